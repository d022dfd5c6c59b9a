"""`router diff`: what changed for clients between two schemas, the worst first."""

from __future__ import annotations

import argparse
from pathlib import Path

from router.checks.changes import changes
from router.checks.report import Report, Variant
from router.checks.reports import as_json, github, table
from router.checks.verdict import judge
from router.commands.check import in_colour
from router.sources.config import BadConfig
from router.sources.files import Unreadable
from router.sources.schemas import read_schema
from router.telling import Form, add_form_options, print_json, tell_bad_config, tell_faults


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    kinds = "a supergraph, a supergraph.yaml (which is composed), or a plain schema"
    parser.add_argument("old", type=Path, metavar="OLD", help=kinds)
    parser.add_argument("new", type=Path, metavar="NEW", help=kinds)
    add_form_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 nothing breaks, 1 something may, or NEW does not compose, 2 not to be judged."""
    try:
        old, new = read_schema(args.old), read_schema(args.new)
    except BadConfig as bad:
        tell_bad_config(args.form, bad)
        return 2
    if old.api is None:
        raise Unreadable(f"{old.name} does not compose, so nothing can be compared with it")
    if new.api is None:
        tell_faults(args.form, new.faults, new.sources)
        return 1
    found = changes(old.api, new.api, old.authorization, new.authorization)
    verdict = judge(found, old.api, new.api, None)
    report = Report(old.name, new.name, (Variant("", verdict),))
    match args.form:
        case Form.JSON:
            print_json(as_json(report))
        case Form.GITHUB:
            print(github(report) + table(report, colour=False, title="router diff"), end="")
        case _:
            print(table(report, colour=in_colour(), title="router diff"), end="")
    return 0 if report.passed else 1
