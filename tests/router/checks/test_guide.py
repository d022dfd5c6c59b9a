"""The guide shows what the commands print: its sample and its table of rules are compared with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from router.checks.lint import RULES
from router.checks.lint.linter import Rule
from router.cli import main
from tests.architecture.repository import ROOT

GUIDE = ROOT / "docs" / "guides" / "check.md"
EXAMPLE = Path(__file__).parent / "example"
ASK = ["check", "--subgraph", "films", "--schema", "films.new.graphql"]


def row(rule: Rule) -> str:
    return f"| `{rule.code}` | {rule.level.value} | {rule.summary} |"


def test_the_sample_is_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLE)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    code = main(ASK)

    sample = re.search(r"^```text\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert sample is not None
    assert code == 1
    assert sample[1] == capsys.readouterr().out


def test_the_examples_supergraph_is_fresh(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(EXAMPLE)

    main(["compose", "--config", "supergraph.yaml"])

    assert capsys.readouterr().out == (EXAMPLE / "supergraph.graphql").read_text()


def test_the_table_of_rules_is_complete() -> None:
    rows = [line for line in GUIDE.read_text().splitlines() if re.match(r"\| `[A-Z_]+` \|", line)]

    assert rows == [row(rule) for rule in RULES.values()]
