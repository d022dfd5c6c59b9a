"""`router check`: judge a schema before it ships: does it compose, whom does it break, what does lint say."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from router.checks.change import Severity
from router.checks.changes import changes
from router.checks.lint import lint
from router.checks.operations import BadOperations, Operation
from router.checks.report import Report, Variant
from router.checks.reports import as_json, github, junit, markdown, table
from router.checks.settings import BadSettings, OperationsFrom, Settings
from router.checks.verdict import judge
from router.composition.outcome import Fault
from router.sources.config import BadConfig, Contract
from router.sources.files import Unreadable, read_text, write_whole
from router.sources.operations import read_operations
from router.sources.schemas import Schema, parse_schema, read_schema
from router.telling import Form, add_form_options, print_json, say, tell_bad_config

COMMITTED = "supergraph.graphql"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path("supergraph.yaml"),
        help="the new schema: supergraph.yaml, or a composed supergraph (default: supergraph.yaml)",
    )
    parser.add_argument("--subgraph", action="append", default=[], help="a subgraph to take from --schema; may repeat")
    parser.add_argument("--schema", action="append", default=[], type=Path, help="the schema of that --subgraph")
    parser.add_argument(
        "--against",
        type=Path,
        help=f"the old schema: a supergraph, or a supergraph.yaml (default: {COMMITTED} beside --config)",
    )
    parser.add_argument(
        "--operations",
        action="append",
        default=[],
        type=OperationsFrom.parse,
        metavar="[CLIENT[@VERSION]=]PATH",
        help="what clients send: a folder of documents, a manifest (.json), or usage (.jsonl); may repeat",
    )
    parser.add_argument("--since-days", type=int, metavar="N", help="leave out usage that was last seen earlier")
    parser.add_argument("--rules", type=Path, help="a file with the sections `lint` and `checks` (default: --config)")
    parser.add_argument(
        "--fail-on",
        choices=[Severity.BREAKING.value, Severity.DANGEROUS.value],
        help="which verdict fails the check (default: checks.fail_on, breaking)",
    )
    parser.add_argument("--no-lint", action="store_true", help="do not lint")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write Markdown, for a pull request")
    add_form_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 it may ship, 1 it may not, 2 it could not be judged."""
    began = time.perf_counter()
    try:
        report = _report(args)
    except BadConfig as bad:
        tell_bad_config(args.form, bad)
        return 2
    except (BadSettings, BadOperations) as bad:
        print(f"router check: {bad}", file=sys.stderr)
        return 2
    if args.junit is not None:
        write_whole(args.junit, junit(report))
    if args.markdown is not None:
        write_whole(args.markdown, markdown(report))
    match args.form:
        case Form.JSON:
            print_json(as_json(report))
        case Form.GITHUB:
            print(github(report) + table(report, colour=False), end="")
        case _:
            print(table(report, colour=in_colour()), end="")
            say("router check", f"took {time.perf_counter() - began:.2f} s")
    return 0 if report.passed else 1


def _report(args: argparse.Namespace) -> Report:
    """Everything read and judged. Raises Unreadable, BadConfig, BadSettings, BadOperations."""
    if len(args.subgraph) != len(args.schema):
        raise BadSettings("each --subgraph needs its --schema")
    settings = _settings(args)
    asked = args.operations or settings.operations
    folder = Path() if args.operations else (args.rules or args.config).parent
    operations, unknown = read_operations(asked, folder, args.since_days) if asked else (None, 0)
    old = read_schema(args.against or args.config.parent / COMMITTED)
    if old.api is None:
        raise Unreadable(f"{old.name} does not compose, so nothing can be compared with it")
    new = read_schema(args.config, dict(zip(args.subgraph, args.schema, strict=True)))
    variants = [_variant("", old, new, operations, settings.accepted)]
    notes: list[str] = []
    for contract in new.contracts if new.api is not None else ():
        if old.sdl is None or new.sdl is None:
            notes.append(f"contract {contract.name} was not checked: both schemas must be supergraphs")
            continue
        before, after = _contract(old, contract), _contract(new, contract)
        if before.api is None:
            notes.append(f"contract {contract.name} had no schema before, so nothing of it can break")
            before = after
        made = _variant(contract.name, before, after, operations, settings.accepted, variants[0])
        variants.append(made.beside(variants[0]))
    return Report(
        old.name,
        new.name,
        tuple(variants),
        new.sources,
        () if args.no_lint else lint(new.sources, settings.lint),
        Severity(args.fail_on) if args.fail_on else settings.fail_on,
        unknown,
        tuple(notes),
    )


def _settings(args: argparse.Namespace) -> Settings:
    path = args.rules or args.config
    if path.suffix not in (".yaml", ".yml"):
        return Settings()
    return Settings.parse(read_text(path), str(path))


def _variant(
    name: str,
    old: Schema,
    new: Schema,
    operations: tuple[Operation, ...] | None,
    accepted: Mapping[str, str],
    whole: Variant | None = None,
) -> Variant:
    if old.api is None or new.api is None:
        return Variant(name, None, new.faults)
    found = changes(old.api, new.api, old.authorization, new.authorization)
    known = None if whole is None or whole.verdict is None else {each.change for each in whole.verdict.changes}
    return Variant(name, judge(found, old.api, new.api, operations, accepted, known))


def _contract(schema: Schema, contract: Contract) -> Schema:
    from router.composition import Composed, Refused
    from router.contracts import contract as make

    assert schema.sdl is not None
    hide = contract.hide_unreachable_types
    outcome = make(schema.sdl, contract.include, contract.exclude, hide_unreachable_types=hide)
    match outcome:
        case Composed(sdl, _):
            return parse_schema(sdl, contract.name)
        case Refused(faults):
            told: tuple[Fault, ...] = faults
            return Schema(contract.name, None, None, (), told)


def in_colour() -> bool:
    """Whether standard output shows colours: it is a terminal, and nobody said otherwise (NO_COLOR, FORCE_COLOR)."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()
