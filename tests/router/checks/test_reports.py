"""Each report says the same in its own form, whatever names and texts a schema or a client brings along."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

from graphql import build_schema

from router.checks.change import Severity
from router.checks.changes import changes
from router.checks.lint import Finding, Level
from router.checks.operations import Sender, from_documents
from router.checks.report import Report, Variant
from router.checks.reports import as_json, github, junit, markdown, table
from router.checks.reports.table import EFFECTS_MAX, SAFE_MAX
from router.checks.verdict import Verdict, judge
from router.composition import Refused, Source, compose
from tests.router.checks.judging import judged

OLD = "type Query { a: Int b: Kind c: Int } enum Kind { X }"
NEW = "type Query { b: Kind } enum Kind { X Y }"
FINDING = Finding("TYPE_SUFFIX", Level.ERROR, "ItemType", "it repeats", "a", "a.graphql", 3, 6)


def read(text: str) -> Element:
    return fromstring(text)  # noqa: S314 (we wrote it)


def report(verdict: Verdict | None = None, **changes: object) -> Report:
    made = Report("old.graphql", "new.graphql", (Variant("", verdict or judged(OLD, NEW, "query O {\n a b }")),))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_table_names_operation_client_file_and_line() -> None:
    assert table(report(), colour=False) == (
        "✗ router check: 1 breaking, 1 dangerous, 1 safe change\n"
        "  old.graphql → new.graphql\n"
        "  judged by 1 operation\n"
        "\n"
        "BREAKING   Query.a  FIELD_REMOVED\n"
        "           the field was removed\n"
        "           ✗ O of web@1.0 selects `a`\n"
        "             1.graphql:2:2\n"
        "\n"
        "DANGEROUS  Kind.Y  VALUE_ADDED_TO_ENUM\n"
        "           the value may now be answered\n"
        "           ! O of web@1.0 may be answered `Y`, which it was not written for\n"
        "             1.graphql:2:4\n"
        "\n"
        "SAFE       Query.c  FIELD_REMOVED\n"
        "           the field was removed; no operation is affected\n"
    ).replace("1 safe change\n", "1 safe changes\n")


def test_the_table_has_colours_only_where_asked() -> None:
    assert "\x1b" not in table(report(), colour=False)
    assert "\x1b[1;31m" in table(report(), colour=True)


def test_the_table_stays_readable_when_much_changed() -> None:
    fields = " ".join(f"f{number}: Int" for number in range(SAFE_MAX + 5))
    operations = [f"query O{number} {{ a }}" for number in range(EFFECTS_MAX + 3)]

    text = table(
        report(judged(f"type Query {{ a: Int b: Int {fields} }}", "type Query { b: Int }", *operations)), colour=False
    )

    assert "… and 5 more safe changes (all in --json)" in text
    assert "… and 3 more operations (all in --json)" in text


def test_a_check_fails_on_what_it_is_told_to() -> None:
    dangerous = judged(OLD, OLD.replace("{ X }", "{ X Y }"), "{ b }")

    assert not report().passed
    assert report(dangerous).passed
    assert not report(dangerous, fail_on=Severity.DANGEROUS).passed
    assert not report(dangerous, findings=(FINDING,)).passed
    assert report(dangerous, findings=(replace(FINDING, level=Level.WARN),)).passed


def test_json_has_all_of_it() -> None:
    told = as_json(report(findings=(FINDING,), unknown_requests=3, notes=("so it is",)))

    change = told["variants"][0]["changes"][0]
    assert (told["passed"], told["verdict"], told["failOn"], told["unknownRequests"]) == (
        False,
        "breaking",
        "breaking",
        3,
    )
    assert (change["kind"], change["coordinate"], change["severity"], change["verdict"]) == (
        "FIELD_REMOVED",
        "Query.a",
        "breaking",
        "breaking",
    )
    assert change["operations"] == [
        {
            "operation": "O",
            "file": "1.graphql",
            "line": 2,
            "column": 2,
            "clients": [{"name": "web", "version": "1.0", "count": None, "firstSeen": None, "lastSeen": None}],
            "severity": "breaking",
            "why": "selects `a`",
        }
    ]
    assert told["lint"][0]["code"] == "TYPE_SUFFIX"
    assert told["notes"] == ["so it is"]


def test_junit_has_a_test_for_each_change_and_finding() -> None:
    suites = read(junit(report(findings=(FINDING,)))).findall("testsuite")

    assert [(each.get("name"), each.get("tests"), each.get("failures")) for each in suites] == [
        ("schema", "4", "1"),
        ("lint", "1", "1"),
    ]
    (failure,) = suites[0].findall("testcase/failure")
    assert failure.text == "the field was removed\n1.graphql:2: O of web@1.0 selects `a`"


def test_markdown_tells_the_verdict_first_and_then_who_is_at_risk() -> None:
    lines = markdown(report(findings=(FINDING,))).splitlines()

    assert lines[0] == "## ❌ Schema check: 1 breaking, 1 dangerous, 1 safe changes; 1 lint error, 0 warnings"
    assert "| ❌ breaking | `Query.a` | the field was removed |" in lines
    assert "| ❌ `O` | web\\@1.0 | 1.graphql:2 | `Query.a`: selects `a` |" in lines
    assert lines.index("#### Operations at risk") < lines.index("### Lint: 1 finding")


def test_annotations_stand_at_the_lines() -> None:
    assert github(report(findings=(FINDING,))).splitlines() == [
        "::error file=1.graphql,line=2,col=2,title=FIELD_REMOVED Query.a::O of web@1.0 selects `a`: the field was removed",
        "::warning file=1.graphql,line=2,col=4,title=VALUE_ADDED_TO_ENUM Kind.Y::O of web@1.0 may be answered `Y`, which it was not written for: the value may now be answered",
        "::error file=a.graphql,line=3,col=6,title=TYPE_SUFFIX ItemType::it repeats",
    ]


def test_what_a_client_calls_itself_cannot_break_a_report() -> None:
    name = "a|b\n::error::<img src=x> **@all** `x` \x00\x1b[2J"
    verdict = judged(OLD, NEW, "query O { a }", client=name, version="1\x0b")

    text = markdown(report(verdict))
    annotated = github(report(verdict))
    suites = read(junit(report(verdict)))

    (row,) = [line for line in text.splitlines() if line.startswith("| ❌ `O`")]
    assert "<img" not in row
    assert "\\*\\*\\@all\\*\\*" in row
    assert row.count("|") - row.count("\\|") == 5
    assert "\x1b" not in table(report(verdict), colour=False)
    assert all(line.startswith(("::error file=", "::warning file=")) for line in annotated.splitlines())
    assert suites.find(".//failure") is not None


def test_what_does_not_compose_is_told_with_the_faults_own_words() -> None:
    sources = (Source("a", "", "type Query { a: Missing }", "a.graphql"),)
    outcome = compose(sources)
    assert isinstance(outcome, Refused)
    made = Report("old", "new", (Variant("", None, outcome.faults),), sources)

    assert not made.passed
    assert as_json(made)["verdict"] == "composition"
    assert as_json(made)["variants"][0]["errors"][0]["code"] == outcome.faults[0].code
    assert outcome.faults[0].code in table(made, colour=False)
    assert "a.graphql:1" in markdown(made)
    assert github(made).startswith("::error file=a.graphql,line=1")
    assert read(junit(made)).find(".//failure") is not None


def test_a_contract_lists_only_what_is_its_own() -> None:
    whole = Variant("", judged(OLD, NEW, "query O { a }"))
    same = Variant("partners", judged(OLD, NEW, "query O { a }")).beside(whole)
    more = Variant("partners", judged(OLD, NEW.replace("b: Kind", "b: Kind!"), "query O { a }")).beside(whole)

    made = report(variants=(whole, same, more))

    assert same.verdict is not None
    assert same.verdict.changes == ()
    assert same.shared == 3
    assert [each.change.coordinate for each in more.verdict.changes] == ["Query.b"]  # type: ignore[union-attr]
    assert made.headline() == "1 breaking, 0 dangerous, 3 safe changes"
    assert "3 of the changes above show here too; nothing else changed for clients" in table(made, colour=False)


def test_who_sends_most_is_named_first() -> None:
    before, after = build_schema(OLD), build_schema(NEW)
    senders = tuple(Sender(f"app{number}", "", number * 1000) for number in range(1, 6))
    (operation,) = from_documents([("1.graphql", "query O { a }")], Sender())
    verdict = judge(changes(before, after), before, after, [replace(operation, senders=senders)])

    assert "O of app5 (5,000 requests), app4 (4,000 requests), app3 (3,000 requests) and 2 more selects" in table(
        report(verdict), colour=False
    )


def test_stale_and_invalid_operations_are_named() -> None:
    verdict = judged(OLD, NEW, "query Stale { a gone }")

    assert "Stale (1.graphql:1:1) was invalid before: nothing here breaks it" in table(report(verdict), colour=False)
    assert as_json(report(verdict))["variants"][0]["staleOperations"][0]["operation"] == "Stale"
