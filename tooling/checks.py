"""`./dev check`: everything a machine can judge without running the shop, each with its verdict and seconds."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tooling import composition, schema, web
from tooling.console import Failure, say
from tooling.layout import ROOT, executable


@dataclass(frozen=True)
class Check:
    """One question with a yes or no: `run` answers what is wrong, or nothing; `mend` says how to put it right."""

    name: str
    run: Callable[[], str]
    mend: str


def check() -> int:
    """Run every check, as many at once as there are cores; answer 0 when all hold."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        verdicts = list(threads.map(_judge, _checks()))
    wrong = sum(not held for held in verdicts)
    say(f"{wrong} of {len(verdicts)} checks failed" if wrong else f"{len(verdicts)} checks passed")
    return 1 if wrong else 0


def _checks() -> list[Check]:
    python = sys.executable
    return [
        Check("types (mypy --strict)", _command(python, "-m", "mypy"), "annotate; see [tool.mypy] in pyproject.toml"),
        Check("lint (ruff)", _command(python, "-m", "ruff", "check", "--quiet", "."), "ruff check --fix ."),
        Check("format (ruff)", _command(python, "-m", "ruff", "format", "--check", "--quiet", "."), "ruff format ."),
        Check("arrows (import-linter)", _command(executable("lint-imports")), "see docs/architecture.md"),
        Check(
            "dependencies (deptry)", _command(python, "-m", "deptry", "."), "name what is imported in pyproject.toml"
        ),
        Check(
            "subgraphs/*/schema.graphql are fresh",
            _command(executable("subgraphs"), "schema", "--check"),
            ".venv/bin/subgraphs schema --write",
        ),
        Check("supergraph.graphql is fresh", _supergraph, "./dev compose"),
        Check(
            "clients/schema.graphql is fresh", _command(python, "clients/print_schema.py", "--check"), "./dev compose"
        ),
        Check(
            "the schema breaks nobody (router check)",
            schema.breaks_nobody,
            "keep what is used, or accept it in supergraph.yaml: docs/guides/check.md",
        ),
        Check("operations are valid", _operations, "correct the document in clients/operations, or the schema"),
        Check(
            "clients/python/shop_client is fresh",
            _command(python, "clients/python/generate.py", "--check"),
            ".venv/bin/python clients/python/generate.py",
        ),
        *_web_checks(),
    ]


def _web_checks() -> list[Check]:
    if not web.node_is_there():
        say(f"The TypeScript clients are not checked: {web.WITHOUT}.")
        return []
    return [
        Check("TypeScript clients agree with the schema (tsc)", _typescript, "npm run generate -w core, in clients/")
    ]


def _typescript() -> str:
    web.install()
    return _command("npm", "run", "--silent", "--prefix", web.CLIENTS, "check")()


def _judge(each: Check) -> bool:
    began = time.monotonic()
    try:
        wrong = each.run()
    except Failure as failure:
        wrong = str(failure)
    seconds = f"({time.monotonic() - began:.1f} s)"
    say(f"✗ {each.name} {seconds}\n{wrong.rstrip()}\n  → {each.mend}" if wrong else f"✓ {each.name} {seconds}")
    return not wrong


def _command(*words: object) -> Callable[[], str]:
    """Answer a check that holds when the command ends with 0."""

    def run() -> str:
        result = subprocess.run(
            [str(word) for word in words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return "" if result.returncode == 0 else result.stdout or f"ended with code {result.returncode}"

    return run


def _supergraph() -> str:
    return (
        ""
        if composition.is_committed(composition.compose())
        else "supergraph.graphql is not what the schemas compose to"
    )


def _operations() -> str:
    """Validate every document that clients send against what the committed supergraph lets a client see."""
    from graphql import parse, validate
    from graphql.error import GraphQLSyntaxError

    from router.supergraph import InvalidSupergraph, Supergraph
    from tooling.layout import SUPERGRAPH

    try:
        schema = Supergraph.parse(SUPERGRAPH.read_text(encoding="utf-8")).api_schema
    except (OSError, InvalidSupergraph) as error:
        return str(error)
    documents = sorted(ROOT.glob("clients/operations/*.graphql"))
    if not documents:
        return "clients/operations holds no documents"
    wrong = []
    for file in documents:
        try:
            errors = validate(schema, parse(file.read_text(encoding="utf-8")))
        except GraphQLSyntaxError as error:
            errors = [error]
        wrong += [f"{file.name}: {error.message}" for error in errors]
    return "\n".join(wrong)
