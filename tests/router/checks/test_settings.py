"""The sections `lint` and `checks`: what may be said, and what is refused with its line."""

from __future__ import annotations

import pytest

from router.checks.change import Severity
from router.checks.lint import Level
from router.checks.settings import BadSettings, OperationsFrom, Settings


def test_everything_that_may_be_said() -> None:
    settings = Settings.parse(
        """
        subgraphs: {a: {schema: {file: a.graphql}}}
        checks:
          operations: [{path: ops, client: web, version: 2.0}, {path: usage.jsonl}]
          accept: [{coordinate: A.b, reason: nobody}]
          fail_on: dangerous
        lint:
          rules: {RELAY_CONNECTIONS: off, TYPE_SUFFIX: error}
          ignore: [{rule: TYPE_SUFFIX, coordinate: A*, reason: old}, {coordinate: B, reason: older}]
        """,
        "s.yaml",
    )

    assert settings.operations == (OperationsFrom("ops", "web", "2.0"), OperationsFrom("usage.jsonl"))
    assert settings.accepted == {"A.b": "nobody"}
    assert settings.fail_on is Severity.DANGEROUS
    assert settings.lint.levels == {"RELAY_CONNECTIONS": Level.OFF, "TYPE_SUFFIX": Level.ERROR}
    assert [(each.code, each.coordinate) for each in settings.lint.ignored] == [("TYPE_SUFFIX", "A*"), ("*", "B")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("checks: []", "s.yaml:1: `checks` must be a mapping"),
        ("\nchecks: {op: 1}", "s.yaml:2: unknown key `checks.op`; known: operations, accept, fail_on"),
        ("checks: {operations: x}", "s.yaml:1: `checks.operations` must be a list"),
        ("checks: {operations: [{client: x}]}", "s.yaml:1: `checks.operations` needs a `path`"),
        ("checks: {accept: [{coordinate: A.b}]}", "s.yaml:1: `checks.accept` needs a `coordinate` and a `reason`"),
        ("checks: {fail_on: never}", "s.yaml:1: `checks.fail_on` is one of breaking, dangerous"),
        ("lint: {rules: {NO_SUCH: warn}}", "s.yaml:1: `lint.rules.NO_SUCH`: there is no such rule"),
        (
            "lint: {rules: {TYPE_SUFFIX: loud}}",
            "s.yaml:1: `lint.rules.TYPE_SUFFIX`: 'loud' is none of off, warn, error",
        ),
        ("lint: {rules: {TYPE_SUFFIX: [1]}}", "s.yaml:1: `lint.rules.TYPE_SUFFIX` must be a single value"),
        ("lint: {ignore: [{coordinate: A}]}", "s.yaml:1: `lint.ignore` needs a `coordinate` and a `reason`"),
        ("lint: {ignore: [{rule: X, coordinate: A, reason: b}]}", "s.yaml:1: `lint.ignore`: there is no rule X"),
        ("a: [", "s.yaml: not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, said) -> None:
    with pytest.raises(BadSettings) as bad:
        Settings.parse(text, "s.yaml")

    assert str(bad.value).startswith(said)


def test_a_file_that_says_nothing_of_checks_is_fine() -> None:
    assert Settings.parse("subgraphs: {}", "s.yaml") == Settings()
    assert Settings.parse("", "s.yaml") == Settings()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ops", OperationsFrom("ops")),
        ("web=ops", OperationsFrom("ops", "web")),
        ("web@2.0=a=b", OperationsFrom("a=b", "web", "2.0")),
    ],
)
def test_the_command_line_names_the_client_before_the_path(text, expected) -> None:
    assert OperationsFrom.parse(text) == expected
