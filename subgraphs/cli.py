"""The `subgraphs` command: serve, migrate, seed, and print schemas.

subgraphs serve [NAME…] [--host 127.0.0.1] [--port 4001 | --fd N]
subgraphs migrate [NAME…]
subgraphs seed [NAME…] [--scale N]
subgraphs schema [NAME…] [--check] [--write]
subgraphs check-invariants
subgraphs refusals [--check] [--write]
subgraphs grant EMAIL ROLE…
subgraphs events NAME [--from POSITION] [--count 20] [--dead] [--revive ID]
subgraphs replay NAME --from POSITION [--to CONSUMER]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import asyncpg
import structlog
from pydantic import ValidationError
from sqlalchemy.exc import ProgrammingError

from chassis.app import Subgraph, check, create_app, open_database
from chassis.clock import now
from chassis.errors import Refused
from chassis.logs import configure
from chassis.migrations import migrate
from chassis.settings import Settings, UnsafeSettings
from subgraphs import NAMES, events, refusals
from subgraphs.invariants import Finding, audit, open_books

log = structlog.get_logger("subgraphs")
HERE = Path(__file__).resolve().parent
# How many violations of one invariant are printed.
VIOLATIONS_SHOWN = 20


def load(name: str, settings: Settings) -> Subgraph:
    """The subgraph of that name, wired; nothing connects yet."""
    built: Subgraph = importlib.import_module(f"subgraphs.{name}.app").subgraph(settings)
    return built


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the process's exit code."""
    args = _parser().parse_args(arguments)
    try:
        settings = Settings()
        configure(level=settings.log_level, form=settings.log_format)
        code: int = args.run(args, settings)
    except ValidationError as wrong:
        for error in wrong.errors():
            _complain(f"{str(error['loc'][0]).upper()}: {error['msg']} (see docs/settings.md)")
        return 2
    except UnsafeSettings as unsafe:
        _complain(str(unsafe))
        return 2
    except (OSError, asyncpg.PostgresError) as error:
        _complain(f"{error} (does PostgreSQL answer where DATABASE_URL says?)")
        return 1
    except ProgrammingError as error:
        _complain(f"{error.orig} (run: subgraphs migrate)")
        return 1
    return code


def _complain(message: str) -> None:
    print(f"subgraphs: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="subgraphs", description="The shop's subgraphs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help)
        added.add_argument("names", nargs="*", metavar="NAME", help=f"which, of {', '.join(NAMES)}; all by default")
        added.set_defaults(run=run)
        return added

    serving = command("serve", serve, "Serve subgraphs over HTTP, each at /NAME/graphql.")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=4001)
    help = "the number of an inherited socket that listens already, instead of both"
    serving.add_argument("--fd", type=_listener, metavar="N", help=help)
    command("migrate", run_migrations, "Create databases and bring their schemas up to date.")
    seeding = command("seed", seed, "Load the demo data; twice changes nothing.")
    seeding.add_argument("--scale", type=int, metavar="N", help="also load deterministic data of size N")
    auditing = commands.add_parser("check-invariants", help="Audit all databases: what must always hold, and does it.")
    auditing.set_defaults(run=check_invariants)
    _event_commands(commands)
    help = "Give roles to the person with this address: somebody must be the first admin."
    granting = commands.add_parser("grant", help=help, description=help)
    granting.add_argument("email", metavar="EMAIL")
    granting.add_argument("roles", metavar="ROLE", nargs="+")
    granting.set_defaults(run=grant)
    help = "Print docs/refusals.md: every refusal, its code and its mutations."
    listing = commands.add_parser("refusals", help=help, description=help)
    listing.set_defaults(run=print_refusals)
    listing.add_argument("--check", action="store_true", help="fail unless docs/refusals.md is what would be printed")
    listing.add_argument("--write", action="store_true", help="write docs/refusals.md instead of printing")
    printing = command("schema", schema, "Print the Federation 2 schema of subgraphs.")
    printing.add_argument("--check", action="store_true", help="fail unless schema.graphql is what would be printed")
    printing.add_argument("--write", action="store_true", help="write schema.graphql instead of printing")
    return parser


def _event_commands(commands: Any) -> None:
    help = "List a subgraph's events and their positions, or those set aside, or revive one of these."
    listing = commands.add_parser("events", help=help, description=help)
    listing.add_argument("--from", dest="position", type=int, metavar="POSITION", help="begin there; else the latest")
    listing.add_argument("--count", type=int, default=20)
    listing.add_argument("--dead", action="store_true", help="those set aside, by its relay and by it as a consumer")
    listing.add_argument("--revive", metavar="ID", help="let one of these have another chance")
    listing.set_defaults(run=list_events)
    help = "Send a subgraph's events again from a position; who has handled one does nothing."
    replaying = commands.add_parser("replay", help=help, description=help)
    replaying.add_argument("--from", dest="position", type=int, required=True, metavar="POSITION")
    replaying.add_argument("--to", metavar="CONSUMER", help="to one subgraph only")
    replaying.set_defaults(run=replay_events)
    for parser in (listing, replaying):
        parser.add_argument("name", metavar="NAME", choices=NAMES, help=f"one of {', '.join(NAMES)}")


def _listener(number: str) -> socket.socket:
    try:
        listener = socket.socket(fileno=int(number))
    except (ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"{number!r} is no socket of this process: {error}") from None
    if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        listener.close()
        raise argparse.ArgumentTypeError(f"socket {number} does not listen")
    return listener


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """The names asked for, all of them by default. Exits when one is unknown."""
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        raise SystemExit(f"subgraphs: there is no subgraph {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return tuple(dict.fromkeys(names)) or NAMES


def serve(args: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted."""
    import uvicorn

    serving = [load(name, settings) for name in chosen(args.names)]
    app = create_app(serving, settings, complete=len(serving) == len(NAMES))

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Subscriptions never end by themselves: the server would wait for them.
            app.stop()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        host=args.host,
        port=args.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Who may say for whom they ask is TRUSTED_PROXIES alone.
        proxy_headers=False,
        # Longer than anybody who asks keeps one idle: one that closes as a mutation arrives leaves its fate unknown.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)

    async def checked() -> None:
        # Before the server starts, so that a reason not to start is one line and no traceback.
        await check(serving)
        # Schemas and mappings stay for good. To look through them at every few hundred new objects took the collector a
        # twentieth of what an order costs.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        await server.serve([args.fd] if args.fd else None)

    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(checked())
    return 0 if server.started else 3


def run_migrations(args: argparse.Namespace, settings: Settings) -> int:
    """Migrate the chosen databases, one after another: Alembic's `op` is one for the whole process."""

    async def all_of() -> None:
        for name in chosen(args.names):
            await _migrate_one(name, settings)

    asyncio.run(all_of())
    return 0


async def _migrate_one(name: str, settings: Settings) -> None:
    revision = await migrate(name, settings)
    log.info("migrated", subgraph=name, revision=revision)


def seed(args: argparse.Namespace, settings: Settings) -> int:
    """Load demo data, and scale data when asked."""
    if settings.production:
        raise UnsafeSettings("demo data is not for production: its passwords are public")

    async def all_of() -> None:
        for name in chosen(args.names):
            await _seed_one(name, settings, args.scale)

    asyncio.run(all_of())
    return 0


async def _seed_one(name: str, settings: Settings, scale: int | None) -> None:
    module = importlib.import_module(f"subgraphs.{name}.seed")
    database = open_database(name, settings)
    try:
        await module.demo(database)
        # What belongs to demo data and not into the database.
        if furnish := getattr(module, "furnish", None):
            await furnish(database, settings)
        if scale:
            await module.scale(database, scale)
    finally:
        await database.close()
    log.info("seeded", subgraph=name, scale=scale)


def list_events(args: argparse.Namespace, settings: Settings) -> int:
    """List events, or what was set aside, or revive one of that; 1 when it cannot be."""

    async def lines(subgraph: Subgraph) -> list[str]:
        if args.revive:
            return [await events.revive(subgraph, args.revive, settings)]
        if args.dead:
            return await events.set_aside(subgraph)
        return await events.listed(subgraph, position=args.position, count=args.count)

    return _say(load(args.name, settings), lines)


def replay_events(args: argparse.Namespace, settings: Settings) -> int:
    """Send events again from a position; 1 when nobody would listen."""

    async def lines(subgraph: Subgraph) -> list[str]:
        others = [load(name, settings) for name in NAMES]
        try:
            return [await events.replay(subgraph, position=args.position, to=args.to, others=others)]
        finally:
            for other in others:
                await _let_go(other)

    return _say(load(args.name, settings), lines)


def _say(subgraph: Subgraph, ask: Callable[[Subgraph], Awaitable[list[str]]]) -> int:
    async def asked() -> int:
        try:
            for line in (lines := await ask(subgraph)):
                print(line)
            if not lines:
                _complain("there is none")
        except events.NothingDone as nothing:
            _complain(str(nothing))
            return 1
        finally:
            await _let_go(subgraph)
        return 0

    return asyncio.run(asked())


async def _let_go(subgraph: Subgraph) -> None:
    for close in (subgraph.database.close, *subgraph.closes):
        await close()


def schema(args: argparse.Namespace, settings: Settings) -> int:
    """Print, write or check schemas; 1 when one is stale."""
    stale = []
    for name in chosen(args.names):
        sdl = load(name, settings).schema.sdl
        path = HERE / name / "schema.graphql"
        if args.write:
            path.write_text(sdl, encoding="utf-8")
        elif args.check:
            if not path.exists() or path.read_text(encoding="utf-8") != sdl:
                stale.append(name)
        else:
            sys.stdout.write(sdl)
    if stale:
        print(f"stale schema.graphql: {', '.join(stale)} (run: subgraphs schema --write)", file=sys.stderr)
        return 1
    return 0


def grant(args: argparse.Namespace, settings: Settings) -> int:
    """Add roles to a person; 1 when there is no such person or role."""
    from subgraphs.users.service.administration import grant as grant_roles

    async def granted() -> list[str]:
        database = open_database("users", settings)
        try:
            return await grant_roles(database, args.email, args.roles, clock=now)
        finally:
            await database.close()

    try:
        print(f"{args.email} is {' and '.join(asyncio.run(granted()))} from the next sign-in or refresh on")
    except Refused as refused:
        _complain(refused.message)
        return 1
    return 0


def check_invariants(args: argparse.Namespace, settings: Settings) -> int:
    """Look at every invariant and print what breaks it; 1 when something does."""
    del args
    listened = {
        name: frozenset((listener.source, listener.type) for listener in load(name, settings).listens) for name in NAMES
    }

    async def findings() -> list[Finding]:
        async with open_books(settings, listened) as books:
            return await audit(books)

    broken = False
    for finding in asyncio.run(findings()):
        kept = "holds" if not finding.violations else f"BROKEN in {len(finding.violations)} places"
        print(f"{finding.invariant.name}  {finding.invariant.claim}: {kept}")
        for violation in finding.violations[:VIOLATIONS_SHOWN]:
            print(f"      {violation}")
        broken = broken or bool(finding.violations)
    return int(broken)


def print_refusals(args: argparse.Namespace, settings: Settings) -> int:
    """Print, write or check the catalogue of refusals; 1 when it is stale."""
    printed = refusals.page({name: load(name, settings).schema.sdl for name in NAMES})
    if args.write:
        refusals.PAGE.write_text(printed, encoding="utf-8")
    elif not args.check:
        sys.stdout.write(printed)
    elif not refusals.PAGE.exists() or refusals.PAGE.read_text(encoding="utf-8") != printed:
        print("docs/refusals.md is stale (run: subgraphs refusals --write)", file=sys.stderr)
        return 1
    return 0
