"""Each change is as bad as what it does to the operations that are sent: no worse, and no better."""

import pytest
from graphql import build_schema

from router.checks.change import Severity
from router.checks.changes import changes
from router.checks.verdict import judge
from tests.router.checks.judging import judged, told

ITEM = "type Item { id: ID! name: String! kind: Kind } enum Kind { BIG SMALL }"
OLD = f"""
type Query {{ item(id: ID, first: Int = 10): Item  find(by: By): [Hit!]  node: Node  by(kind: Kind, at: Date): Int }}
type Mutation {{ save(input: Save!): Saved }}
{ITEM}
input By {{ name: String kind: Kind inner: Inner }}
input Inner {{ deep: Int }}
input Save {{ name: String! note: String }}
union Hit = Item | Other
type Other implements Node {{ id: ID! }}
interface Node {{ id: ID! }}
union Saved = Item | Refused
type Refused implements Problem {{ message: String! }}
type Wrong implements Problem {{ message: String! }}
interface Problem {{ message: String! }}
scalar Date
directive @mark(as: String) on FIELD | QUERY
"""


def changed(old: str, new: str) -> str:
    assert OLD.count(old) == 1, old
    return OLD.replace(old, new)


# What is broken, how the schema changes, the operation, and the effects on it: kind, severity, line.
BROKEN = [
    (
        "a selected field goes",
        "name: String! kind: Kind }",
        "kind: Kind }",
        "query O {\n item {\n name } }",
        "FIELD_REMOVED",
        3,
    ),
    (
        "a field may be null now",
        "name: String! kind: Kind }",
        "name: String kind: Kind }",
        "query O { item {\n name } }",
        "FIELD_BECAME_NULLABLE",
        2,
    ),
    (
        "a field answers another type",
        "name: String! kind: Kind }",
        "name: Int! kind: Kind }",
        "query O { item {\n name } }",
        "FIELD_CHANGED_TYPE",
        2,
    ),
    (
        "an argument is demanded that is not given",
        "node: Node",
        "node(id: ID!): Node",
        "query O {\n node { id } }",
        "REQUIRED_ARG_ADDED",
        2,
    ),
    (
        "an argument must be given now",
        "item(id: ID,",
        "item(id: ID!,",
        "query O {\n item { id } }",
        "ARG_BECAME_REQUIRED",
        2,
    ),
    (
        "a nullable variable no longer fits",
        "item(id: ID,",
        "item(id: ID!,",
        "query O($id: ID) {\n item(id: $id) { id } }",
        "ARG_BECAME_REQUIRED",
        2,
    ),
    (
        "an argument goes that is given",
        "item(id: ID, first",
        "item(first",
        "query O($id: ID) { item(\n id: $id) { id } }",
        "ARG_REMOVED",
        2,
    ),
    (
        "a variable is of another type",
        "item(id: ID,",
        "item(id: Int,",
        "query O($id: ID) { item(\n id: $id) { id } }",
        "ARG_CHANGED_TYPE",
        2,
    ),
    (
        "an input field goes that is written out",
        "note: String }",
        "}",
        'mutation O { save(input: {name: "a",\n note: "b"}) { __typename } }',
        "INPUT_FIELD_REMOVED",
        2,
    ),
    (
        "an input field goes that a variable may hold",
        "note: String }",
        "}",
        "mutation O(\n $input: Save!) { save(input: $input) { __typename } }",
        "INPUT_FIELD_REMOVED",
        2,
    ),
    (
        "an input field goes deep in a variable",
        "deep: Int }",
        "other: Int }",
        "query O(\n $by: By) { find(by: $by) { __typename } }",
        "INPUT_FIELD_REMOVED",
        2,
    ),
    (
        "an input field is demanded of a variable",
        "note: String }",
        "note: String tag: ID! }",
        "mutation O(\n $input: Save!) { save(input: $input) { __typename } }",
        "REQUIRED_INPUT_FIELD_ADDED",
        2,
    ),
    (
        "an input field is demanded of what is written out",
        "note: String }",
        "note: String tag: ID! }",
        'mutation O { save(\n input: {name: "a"}) { __typename } }',
        "REQUIRED_INPUT_FIELD_ADDED",
        2,
    ),
    (
        "an input field must be given now",
        "note: String }",
        "note: String! }",
        "mutation O(\n $input: Save!) { save(input: $input) { __typename } }",
        "INPUT_FIELD_BECAME_REQUIRED",
        2,
    ),
    (
        "an input field is of another type",
        "note: String }",
        "note: Int }",
        "mutation O(\n $input: Save!) { save(input: $input) { __typename } }",
        "INPUT_FIELD_CHANGED_TYPE",
        2,
    ),
    (
        "what is written out no longer fits",
        "note: String }",
        "note: Int }",
        'mutation O { save(input: {name: "a",\n note: "b"}) { __typename } }',
        "INPUT_FIELD_CHANGED_TYPE",
        2,
    ),
    (
        "an input takes one of its fields only",
        "input By {",
        "input By @oneOf {",
        "query O(\n $by: By) { find(by: $by) { __typename } }",
        "ONE_OF_ADDED",
        2,
    ),
    (
        "a value goes that is sent",
        "enum Kind { BIG SMALL }",
        "enum Kind { BIG }",
        "query O { by(\n kind: SMALL) }",
        "VALUE_REMOVED_FROM_ENUM",
        2,
    ),
    (
        "a value goes that a variable may hold",
        "enum Kind { BIG SMALL }",
        "enum Kind { BIG }",
        "query O(\n $by: By) { find(by: $by) { __typename } }",
        "VALUE_REMOVED_FROM_ENUM",
        2,
    ),
    (
        "a member goes that is asked for",
        "union Hit = Item | Other",
        "union Hit = Item",
        "query O { find {\n ... on Other { id } } }",
        "TYPE_REMOVED_FROM_UNION",
        2,
    ),
    (
        "an interface goes by which a member is read",
        "type Refused implements Problem",
        "type Refused",
        "mutation O($input: Save!) { save(input: $input) {\n ... on Problem { message } } }",
        "IMPLEMENTED_INTERFACE_REMOVED",
        2,
    ),
    (
        "an interface loses who is asked for",
        "type Other implements Node",
        "type Other",
        "query O { node {\n ... on Other { id } } }",
        "IMPLEMENTED_INTERFACE_REMOVED",
        2,
    ),
    (
        "a type becomes something else",
        "scalar Date",
        "enum Date { A }",
        "query O(\n $at: Date) { by(at: $at) }",
        "TYPE_CHANGED_KIND",
        2,
    ),
    (
        "mutations go",
        "type Mutation { save(input: Save!): Saved }",
        "",
        "\nmutation O($input: Save!) { save(input: $input) { __typename } }",
        "ROOT_TYPE_REMOVED",
        2,
    ),
    (
        "a directive goes",
        "directive @mark(as: String) on FIELD | QUERY",
        "",
        "query O { node {\n id @mark } }",
        "DIRECTIVE_REMOVED",
        2,
    ),
    (
        "a directive may not stand there",
        "on FIELD | QUERY",
        "on QUERY",
        "query O { node {\n id @mark } }",
        "DIRECTIVE_LOCATION_REMOVED",
        2,
    ),
    (
        "a directive's argument goes",
        "@mark(as: String)",
        "@mark",
        'query O { node { id @mark(\n as: "x") } }',
        "ARG_REMOVED",
        2,
    ),
    (
        "a directive demands an argument",
        "@mark(as: String)",
        "@mark(as: String, by: Int!)",
        "query O { node { id\n @mark } }",
        "REQUIRED_ARG_ADDED",
        2,
    ),
]
AT_RISK = [
    (
        "a value may be answered that was unknown",
        "enum Kind { BIG SMALL }",
        "enum Kind { BIG SMALL NEW }",
        "query O { item {\n kind } }",
        "VALUE_ADDED_TO_ENUM",
        2,
    ),
    (
        "a value is never answered again",
        "enum Kind { BIG SMALL }",
        "enum Kind { BIG }",
        "query O { item {\n kind } }",
        "VALUE_REMOVED_FROM_ENUM",
        2,
    ),
    (
        "a default is relied on",
        "first: Int = 10",
        "first: Int = 5",
        "query O {\n item { id } }",
        "ARG_DEFAULT_VALUE_CHANGED",
        2,
    ),
    (
        "a default is relied on where a variable is left out",
        "first: Int = 10",
        "first: Int = 5",
        "query O($n: Int) {\n item(first: $n) { id } }",
        "ARG_DEFAULT_VALUE_CHANGED",
        2,
    ),
    (
        "an input field's default is relied on",
        "note: String }",
        'note: String = "x" }',
        "mutation O(\n $input: Save!) { save(input: $input) { __typename } }",
        "INPUT_FIELD_DEFAULT_VALUE_CHANGED",
        2,
    ),
    (
        "a new member has no selection",
        "union Hit = Item | Other",
        "union Hit = Item | Other | Refused",
        "query O {\n find { ... on Item { id } ... on Other { id } } }",
        "TYPE_ADDED_TO_UNION",
        2,
    ),
    (
        "a new implementation has no selection",
        "type Item {",
        "type Item implements Node {",
        "query O {\n node { ... on Other { id } } }",
        "IMPLEMENTED_INTERFACE_ADDED",
        2,
    ),
    (
        "a scalar is specified otherwise",
        "scalar Date",
        'scalar Date @specifiedBy(url: "https://d.example")',
        "query O(\n $at: Date) { by(at: $at) }",
        "SPECIFIED_BY_CHANGED",
        2,
    ),
    (
        "a literal means another type",
        "at: Date): Int }",
        "at: ID): Int }",
        'query O { by(\n at: "2026-01-01") }',
        "ARG_CHANGED_TYPE",
        2,
    ),
]
UNTOUCHED = [
    ("a field goes that nobody selects", "name: String! kind: Kind }", "kind: Kind }", "{ item { id } }"),
    ("an argument goes that nobody gives", "item(id: ID, first", "item(first", "{ item { id } }"),
    ("an argument becomes required that is always given", "item(id: ID,", "item(id: ID!,", "query O($id: ID!) { item(id: $id) { id } }"),
    ("an input goes that nobody sends", "note: String }", "}", "{ item { id } }"),
    ("an input field goes that is not written out", "note: String }", "}", 'mutation { save(input: {name: "a"}) { __typename } }'),
    ("an input field takes more than before", "note: String }", "note: [ID] }", "mutation O($input: Save!) { save(input: $input) { __typename } }"),
    ("a value goes that is neither sent nor answered", "enum Kind { BIG SMALL }", "enum Kind { BIG }", "{ item { id } }"),
    ("another value is sent than the one that goes", "enum Kind { BIG SMALL }", "enum Kind { BIG }", "{ by(kind: BIG) }"),
    ("a value comes that is never answered", "enum Kind { BIG SMALL }", "enum Kind { BIG SMALL NEW }", "query O($k: Kind) { by(kind: $k) }"),
    ("a new member is covered by its interface", "union Saved = Item | Refused", "union Saved = Item | Refused | Wrong", "mutation O($input: Save!) { save(input: $input) { ... on Problem { message } } }"),
    ("a new implementation is covered by the interface's fields", "type Item {", "type Item implements Node {", "{ node { id } }"),
    ("a member goes that is not asked for", "union Hit = Item | Other", "union Hit = Item", "{ find { ... on Item { id } } }"),
    ("a default changes that is not relied on", "first: Int = 10", "first: Int = 5", "{ item(first: 3) { id } }"),
    ("a default changes where a variable has its own", "first: Int = 10", "first: Int = 5", "query O($n: Int = 3) { item(first: $n) { id } }"),
    ("a directive goes that nobody uses", "directive @mark(as: String) on FIELD | QUERY", "", "{ item { id } }"),
    ("mutations go and only queries are sent", "type Mutation { save(input: Save!): Saved }", "", "{ item { id } }"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "old", "new", "operation", "kind", "line"), BROKEN, ids=lambda value: str(value)[:50]
)
def test_it_breaks_who_uses_it(claim, old, new, operation, kind, line) -> None:
    verdict = judged(OLD, changed(old, new), operation)

    assert verdict.severity is Severity.BREAKING
    assert (kind, "breaking", "O", line) in told(verdict)
    assert verdict.invalid == ()


@pytest.mark.parametrize(
    ("claim", "old", "new", "operation", "kind", "line"), AT_RISK, ids=lambda value: str(value)[:50]
)
def test_it_may_surprise_who_uses_it(claim, old, new, operation, kind, line) -> None:
    verdict = judged(OLD, changed(old, new), operation)

    assert verdict.severity is Severity.DANGEROUS
    assert told(verdict) == [(kind, "dangerous", "O", line)]


@pytest.mark.parametrize(("claim", "old", "new", "operation"), UNTOUCHED, ids=lambda value: str(value)[:50])
def test_it_does_nothing_to_who_does_not_use_it(claim, old, new, operation) -> None:
    before, after = build_schema(OLD), build_schema(changed(old, new))

    verdict = judged(OLD, changed(old, new), operation)

    assert judge(changes(before, after), before, after, None).severity is not Severity.SAFE
    assert verdict.severity is Severity.SAFE
    assert told(verdict) == []


def test_without_operations_a_change_is_as_bad_as_it_may_be() -> None:
    before, after = build_schema(OLD), build_schema(changed("name: String! kind: Kind }", "kind: Kind }"))

    verdict = judge(changes(before, after), before, after, None)

    assert verdict.operations is None
    assert verdict.severity is Severity.BREAKING


def test_what_was_invalid_before_cannot_be_broken_and_is_named() -> None:
    verdict = judged(OLD, changed("name: String! kind: Kind }", "kind: Kind }"), "query Old { item { gone name } }")

    assert verdict.severity is Severity.SAFE
    assert [each.name for each in verdict.stale] == ["Old"]


def test_an_operation_written_for_the_new_schema_is_not_held_against_it() -> None:
    new = changed("name: String! kind: Kind }", "title: String! kind: Kind }")

    verdict = judged(OLD, new, "query New { item { title } }")

    assert verdict.severity is Severity.SAFE
    assert verdict.stale == ()


def test_an_input_type_of_another_name_takes_the_same_variables() -> None:
    new = changed("inner: Inner }", "inner: Within }").replace("input Inner {", "input Within {")

    assert told(judged(OLD, new, "query O($by: By) { find(by: $by) { __typename } }")) == []
    assert ("TYPE_REMOVED", "breaking", "O", 1) in told(
        judged(OLD, new, "query O($in: Inner) { find(by: {inner: $in}) { __typename } }")
    )


def test_what_goes_with_a_type_is_felt_where_the_type_is_named() -> None:
    new = changed("type Other implements Node { id: ID! }", "").replace("union Hit = Item | Other", "union Hit = Item")

    verdict = judged(OLD, new, "query O { find {\n ... on Other { id } } }")

    assert ("TYPE_REMOVED", "breaking", "O", 2) in told(verdict)
    assert ("TYPE_REMOVED_FROM_UNION", "breaking", "O", 2) in told(verdict)


def test_an_accepted_change_does_not_fail_the_check() -> None:
    before, after = build_schema(OLD), build_schema(changed("name: String! kind: Kind }", "kind: Kind }"))

    verdict = judge(changes(before, after), before, after, None, {"Item.name": "nobody has read it since May"})

    assert verdict.severity is Severity.SAFE
    assert [each.accepted for each in verdict.changes] == ["nobody has read it since May"]


def test_an_effect_in_a_fragment_names_the_fragments_file() -> None:
    new = changed("name: String! kind: Kind }", "kind: Kind }")

    verdict = judged(OLD, new, "query O { item { ...F } }", "fragment F on Item {\n name }")

    (effect,) = verdict.changes[0].effects
    assert (effect.operation.name, effect.place.file, effect.place.line) == ("O", "2.graphql", 2)
    assert effect.operation.senders[0].label == "web@1.0"


def test_a_stricter_field_breaks_who_merges_it_with_anothers() -> None:
    old = "type Query { hits: [Hit] } union Hit = A | B type A { name: String } type B { name: String }"

    verdict = judged(
        old,
        old.replace("A { name: String }", "A { name: String! }"),
        "query O { hits {\n ... on A { name }\n ... on B { name } } }",
        "query P { hits { ... on A { name } } }",
    )

    assert verdict.severity is Severity.BREAKING
    assert told(verdict) == [("FIELD_BECAME_NON_NULL", "breaking", "O", 2)]


def test_who_uses_what_is_deprecated_is_told_without_harm() -> None:
    new = changed("name: String! kind: Kind }", 'name: String! @deprecated(reason: "title") kind: Kind }')

    verdict = judged(OLD, new, "query O { item {\n name } }", "query P { item { id } }")

    assert verdict.severity is Severity.SAFE
    assert told(verdict) == [("DEPRECATION_ADDED", "safe", "O", 2)]
