"""`router lint`: look over subgraphs for names, descriptions and types that deserve better."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from router.checks.lint import RULES, Finding, Level, lint
from router.checks.report import Report
from router.checks.reports import github, table
from router.checks.settings import BadSettings, Settings
from router.commands.check import in_colour
from router.commands.compose import read_config
from router.composition.outcome import Source
from router.sources.config import BadConfig
from router.sources.files import read_text
from router.telling import Form, add_form_options, print_json, tell_bad_config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("schemas", nargs="*", type=Path, metavar="SCHEMA", help="subgraphs' files, instead of --config")
    parser.add_argument("--config", type=Path, help="supergraph.yaml (default: the one here)")
    parser.add_argument("--rules", type=Path, help="a file with the section `lint` (default: --config)")
    parser.add_argument("--list", action="store_true", help="list the rules with their levels, and end")
    add_form_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 no errors, 1 errors, 2 it could not be judged."""
    try:
        config = args.config or (None if args.schemas else Path("supergraph.yaml"))
        rules = args.rules or (config if config is not None and config.exists() else None)
        settings = Settings.parse(read_text(rules), str(rules)) if rules is not None else Settings()
        if args.list:
            for rule in RULES.values():
                print(f"{settings.lint.levels.get(rule.code, rule.level).value:5}  {rule.code}\n       {rule.summary}")
            return 0
        sources = (
            [Source(str(path), "", read_text(path), str(path)) for path in args.schemas]
            if config is None
            else read_config(config)
        )
    except BadConfig as bad:
        tell_bad_config(args.form, bad)
        return 2
    except BadSettings as bad:
        print(f"router lint: {bad}", file=sys.stderr)
        return 2
    findings = lint(sources, settings.lint)
    _tell(args.form, findings, config)
    return 1 if any(finding.level is Level.ERROR for finding in findings) else 0


def _tell(form: Form, findings: tuple[Finding, ...], config: Path | None) -> None:
    report = Report("", str(config or "schemas"), (), findings=findings)
    match form:
        case Form.JSON:
            print_json([{**asdict(finding), "level": finding.level.value} for finding in findings])
        case Form.GITHUB:
            print(github(report), end="")
        case _:
            print(table(report, colour=in_colour(), title="router lint"), end="")
