"""`router check`, `diff` and `lint` as they are typed: what they read, what they write, and how they end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from router.cli import main
from router.composition import Outcome, Source, compose
from router.sources import schemas
from tests.architecture.repository import ROOT

EXAMPLE = ROOT / "tests" / "router" / "checks" / "example"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example to change, as the folder the command is typed in."""
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder)
    monkeypatch.chdir(folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


def test_nothing_changed_is_fine(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "nothing changed for clients" in capsys.readouterr().out


def test_a_replaced_subgraph_is_judged_with_the_others(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check", "--subgraph", "films", "--schema", "films.new.graphql", "--json"])

    report = told(capsys)
    assert code == 1
    assert report["verdict"] == "breaking"
    assert report["variants"][1]["contract"] == "partners"


def test_a_new_subgraph_can_be_added(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example / "news.graphql").write_text("type Query { news: String }")

    assert main(["check", "--subgraph", "news", "--schema", "news.graphql"]) == 0
    said = capsys.readouterr().out
    assert "with news (new) from news.graphql" in said
    assert "Query.news  FIELD_ADDED" in said


def test_a_contract_breaks_alone(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(example / "films.graphql", "title: String!", 'title: String! @tag(name: "internal")')

    code = main(["check", "--json"])

    whole, partners = told(capsys)["variants"]
    assert code == 1
    assert whole["changes"] == []
    assert [(each["coordinate"], each["verdict"]) for each in partners["changes"]] == [("Film.title", "breaking")]
    assert {each["operation"] for each in partners["changes"][0]["operations"]} == {"FilmPage", "Browse"}


def test_an_operation_that_is_not_for_a_contract_is_not_held_against_it(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (example / "operations" / "Staff.graphql").write_text("query Staff($id: ID!) { film(id: $id) { budget genre } }")
    change(example / "films.graphql", "  DRAMA", '  DRAMA\n  WESTERN @tag(name: "internal")')
    main(["compose", "--config", "supergraph.yaml", "--output", "supergraph.graphql"])
    change(example / "films.graphql", '  WESTERN @tag(name: "internal")', "  WESTERN")

    assert main(["check", "--json"]) == 0
    _, partners = told(capsys)["variants"]
    (found,) = partners["changes"]
    assert (found["coordinate"], found["verdict"]) == ("Genre.WESTERN", "dangerous")
    assert [each["operation"] for each in found["operations"]] == ["FilmPage"]


def test_a_contract_that_no_longer_composes_fails(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(example / "films.graphql", "genre: Genre,", 'genre: Genre @tag(name: "internal"),')
    change(
        example / "films.graphql",
        "enum Genre {\n  COMEDY\n  DRAMA",
        'enum Genre {\n  COMEDY @tag(name: "internal")\n  DRAMA @tag(name: "internal")',
    )

    assert main(["check"]) == 1
    assert "contract does not compose: partners" in capsys.readouterr().out


def test_what_does_not_compose_fails_with_the_lines(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(example / "ratings.graphql", "stars: Float", "stars: Stars")

    code = main(["check", "--junit", "out.xml", "--markdown", "out.md"])

    assert code == 1
    assert "does not compose" in capsys.readouterr().out
    assert "ratings.graphql:5" in (example / "out.md").read_text()
    assert "<failure message=" in (example / "out.xml").read_text()


def test_an_accepted_change_passes_with_its_reason(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(example / "films.graphql", "  runtime: Int!\n", "")
    assert main(["check"]) == 1
    change(
        example / "supergraph.yaml",
        "checks:\n",
        "checks:\n  accept: [{coordinate: Film.runtime, reason: the page ends in May}]\n",
    )
    capsys.readouterr()

    assert main(["check"]) == 0
    assert "the field was removed; accepted: the page ends in May" in capsys.readouterr().out


def test_a_dangerous_change_fails_only_where_asked(example: Path) -> None:
    change(example / "films.graphql", "  DRAMA", "  DRAMA\n  WESTERN")

    assert main(["check"]) == 0
    assert main(["check", "--fail-on", "dangerous"]) == 1


def test_a_lint_error_fails_unless_nobody_lints(example: Path) -> None:
    change(example / "films.graphql", "  studio: String", "  studio: String\n  box_office: Int")

    assert main(["check"]) == 1
    assert main(["check", "--no-lint"]) == 0


def test_operations_of_the_command_line_replace_those_of_the_configuration(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(example / "films.graphql", "  runtime: Int!\n", "")
    manifest = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [
            {"id": "7", "name": "T", "type": "query", "body": "query T($id: ID!) {\n  film(id: $id) { runtime } }"}
        ],
    }
    (example / "tv.json").write_text(json.dumps(manifest))

    assert main(["check", "--operations", "usage.jsonl"]) == 0
    capsys.readouterr()
    assert main(["check", "--operations", "usage.jsonl", "--operations", "tv@9=tv.json", "--json"]) == 1
    (effect,) = told(capsys)["variants"][0]["changes"][0]["operations"]
    assert (effect["operation"], effect["clients"][0]["name"], effect["clients"][0]["version"]) == ("T", "tv", "9")
    assert (effect["file"], effect["line"]) == ("tv.json#7", 2)


def test_usage_that_nobody_sent_lately_can_be_left_out(example: Path) -> None:
    change(example / "films.graphql", "year: Int,", "year: Int!,")
    change(example / "usage.jsonl", "2026-11-", "2020-11-")

    assert main(["check", "--operations", "usage.jsonl"]) == 1
    assert main(["check", "--operations", "usage.jsonl", "--since-days", "30"]) == 0


def test_rules_may_stand_in_a_file_of_their_own(example: Path) -> None:
    change(example / "films.graphql", "  DRAMA", "  DRAMA\n  WESTERN")
    (example / "rules.yaml").write_text("checks: {fail_on: dangerous, operations: [{path: operations}]}")

    assert main(["check", "--rules", "rules.yaml"]) == 1


def test_two_supergraphs_can_be_compared_without_subgraphs(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(example / "films.graphql", "  studio: String\n", "")
    main(["compose", "--config", "supergraph.yaml", "--output", "new.graphql"])

    assert main(["check", "--config", "new.graphql"]) == 1
    assert main(["check", "--config", "new.graphql", "--operations", "operations"]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "--against", "nothing.graphql"], "nothing.graphql cannot be read"),
        (["check", "--config", "nothing.yaml"], "nothing.yaml cannot be read"),
        (["check", "--subgraph", "films"], "each --subgraph needs its --schema"),
        (["check", "--subgraph", "films", "--schema", "nothing.graphql"], "nothing.graphql cannot be read"),
        (
            ["check", "--config", "supergraph.graphql", "--subgraph", "films", "--schema", "films.graphql"],
            "is no supergraph.yaml",
        ),
        (["check", "--operations", "nowhere"], "nowhere cannot be read"),
        (["check", "--operations", "films.graphql"], "films.graphql holds no operations"),
        (["check", "--operations", "empty"], "holds no operations"),
        (["check", "--against", "operations/facts.graphql"], "is not a schema"),
        (["diff", "supergraph.graphql", "operations/facts.graphql"], "is not a schema"),
        (["lint", "nothing.graphql"], "nothing.graphql cannot be read"),
    ],
)
def test_what_cannot_be_judged_ends_with_2(example: Path, capsys: pytest.CaptureFixture[str], arguments, said) -> None:
    (example / "empty").mkdir()

    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_bad_settings_end_with_2(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(example / "supergraph.yaml", "RELAY_CONNECTIONS: warn", "RELAY_CONNECTIONS: loud")

    assert main(["check"]) == 2
    assert main(["lint"]) == 2
    assert "supergraph.yaml:16:" in capsys.readouterr().err


def test_a_check_composes_each_new_schema_once_and_no_old_one(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[int] = []

    def counting(sources: list[Source]) -> Outcome:
        composed.append(len(sources))
        return compose(sources)

    monkeypatch.setattr(schemas, "compose", counting)

    main(["check", "--subgraph", "films", "--schema", "films.new.graphql"])

    assert composed == [2]


def test_diff_lists_what_changed_and_fails_on_what_breaks(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example / "old.graphql").write_text("type Query { a: Int b: Int }")
    (example / "new.graphql").write_text("type Query { a: Int c: Int }")

    assert main(["diff", "new.graphql", "new.graphql"]) == 0
    assert main(["diff", "old.graphql", "new.graphql"]) == 1
    said = capsys.readouterr().out
    assert "Query.b  FIELD_REMOVED" in said
    assert "no operations were given" in said
    assert main(["diff", "old.graphql", "new.graphql", "--json"]) == 1
    assert [each["coordinate"] for each in told(capsys)["variants"][0]["changes"]] == ["Query.b", "Query.c"]


def test_diff_composes_what_is_given_as_subgraphs(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "supergraph.graphql", "supergraph.yaml"]) == 0
    change(example / "ratings.graphql", "stars: Float", "stars: Stars")
    assert main(["diff", "supergraph.graphql", "supergraph.yaml"]) == 1
    assert "Stars" in capsys.readouterr().err
    assert main(["diff", "supergraph.yaml", "supergraph.graphql"]) == 2


def test_lint_reads_a_configuration_or_files(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    capsys.readouterr()

    assert main(["lint", "films.new.graphql", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert ("FIELD_NAMES_SHOULD_BE_CAMEL_CASE", "films.new.graphql", 14) in [
        (each["code"], each["file"], each["line"]) for each in findings
    ]
    assert main(["lint", "films.new.graphql", "--github"]) == 1
    assert "::error file=films.new.graphql,line=14" in capsys.readouterr().out
    assert main(["lint", "--list"]) == 0
    assert "warn   RELAY_CONNECTIONS" in capsys.readouterr().out


def test_colours_are_for_terminals_alone(
    example: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    main(["check"])
    plain = capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["check"])
    coloured = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    main(["check"])

    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert capsys.readouterr().out == plain
