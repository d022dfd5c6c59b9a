"""`./dev COMMAND`: which commands there are. Standard library until `environment.enter()` has returned.

Each command's own imports stand inside it, because only then does what they import exist.
"""

import argparse
import os
import sys
from collections.abc import Callable

from tooling import environment
from tooling.console import Failure, say

Run = Callable[[argparse.Namespace], int]


def main() -> int:
    """Run the command of `sys.argv`; answer its exit code."""
    arguments = parser().parse_args(sys.argv[1:] or ["--help"])
    if sys.platform == "win32":
        say("./dev needs Linux or macOS: on Windows, run it in WSL.")
        return 1
    try:
        environment.enter()
        run: Run = arguments.run
        return run(arguments)
    except Failure as failure:
        say(f"\n{failure}")
    except PermissionError as error:
        say(
            f"\nNo permission for {error.filename}: it may belong to another user, because root once started ./dev. "
            "Give it back: sudo chown -R $(id -u) .shop .venv"
        )
    except KeyboardInterrupt:
        return 130
    return 1


def parser() -> argparse.ArgumentParser:
    """Answer the command line's grammar."""
    grammar = argparse.ArgumentParser(prog="./dev", description="Runs, tests and checks the shop on this machine.")
    commands = grammar.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    def handed_over(name: str, run: Run, text: str) -> None:
        # Every word is the other program's, --help too: so none may look like an option here.
        added = commands.add_parser(name, help=text, add_help=False, prefix_chars="+")
        added.set_defaults(run=run)
        added.add_argument("arguments", nargs=argparse.REMAINDER)

    command("setup", _setup, "make the environment (.venv) alone")
    up = command("up", _up, "run the shop: database, demo data, subgraphs, router; Ctrl-C stops it")
    up.add_argument("--port", type=int, default=4000, help="the router's port (default: 4000)")
    up.add_argument("--reset", action="store_true", help="start over: deletes the data first")
    test = command("test", _test, "prepare what the tests need and run them all")
    test.add_argument(
        "--quick", action="store_true", help="leave out what starts a whole shop, and the TypeScript tests"
    )
    test.add_argument("pytest", nargs="*", help="paths or options for pytest, instead of everything (options after --)")
    command("check", _check, "lint, types, arrows, dependencies, fresh schemas, valid operations")
    command("compose", _compose, "compose the subgraphs' schemas into supergraph.graphql")
    seed = command("seed", _seed, "load the demo data; with --scale also generated data")
    seed.add_argument(
        "--scale", type=int, metavar="N", help="how many products to generate, and the rest in proportion"
    )
    logs = command("logs", _logs, "show and follow what subgraphs, router and database log")
    logs.add_argument("--no-follow", action="store_true", help="show what there is and end")
    psql = command("psql", _psql, "open a subgraph's database in psql")
    psql.add_argument("name", help="the subgraph, such as orders")
    psql.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to psql")
    handed_over("subgraphs", _subgraphs, "run `subgraphs …` on this shop's data, such as: events orders")
    handed_over("bench", _bench, "measure; `./dev bench --help` lists what")
    return grammar


def _setup(_: argparse.Namespace) -> int:
    say("The environment is ready: .venv/bin/router, .venv/bin/subgraphs. Next: ./dev up")
    return 0


def _up(arguments: argparse.Namespace) -> int:
    from chassis.embedded.process import EmbeddedServerError
    from tooling.shop import up

    try:
        return up(port=arguments.port, reset=arguments.reset)
    except EmbeddedServerError as error:
        raise Failure(str(error)) from error


def _test(arguments: argparse.Namespace) -> int:
    from tooling.testing import test

    return test(arguments.pytest, quick=arguments.quick)


def _check(_: argparse.Namespace) -> int:
    from tooling.checks import check

    return check()


def _compose(_: argparse.Namespace) -> int:
    from tooling import composition

    say("supergraph.graphql is new." if composition.write() else "supergraph.graphql was fresh.")
    return 0


def _seed(arguments: argparse.Namespace) -> int:
    from tooling.data import seed

    return seed(arguments.scale)


def _logs(arguments: argparse.Namespace) -> int:
    from tooling.data import logs

    return logs(follow=not arguments.no_follow)


def _subgraphs(arguments: argparse.Namespace) -> int:
    from tooling.data import ask_subgraphs

    return ask_subgraphs(arguments.arguments)


def _psql(arguments: argparse.Namespace) -> int:
    from tooling.data import psql

    return psql(arguments.name, arguments.arguments)


def _bench(arguments: argparse.Namespace) -> int:
    os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments.arguments])
    return 1
