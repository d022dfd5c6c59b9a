"""Every kind of change is seen, once, at its coordinate, with the severity it has where nobody knows the operations."""

import pytest
from graphql import build_schema

from router.checks import Change, Kind, Severity, changes

SAFE, DANGEROUS, BREAKING = Severity.SAFE, Severity.DANGEROUS, Severity.BREAKING

# The kind, how bad, where, and the schema before and after.
CASES = [
    (Kind.TYPE_ADDED, SAFE, "A", "", "type A { x: Int }"),
    (Kind.TYPE_REMOVED, BREAKING, "A", "type A { x: Int }", ""),
    (Kind.TYPE_CHANGED_KIND, BREAKING, "A", "type A { x: Int }", "interface A { x: Int }"),
    (Kind.FIELD_ADDED, SAFE, "A.y", "type A { x: Int }", "type A { x: Int y: Int }"),
    (Kind.FIELD_REMOVED, BREAKING, "A.y", "type A { x: Int y: Int }", "type A { x: Int }"),
    (Kind.FIELD_CHANGED_TYPE, BREAKING, "A.x", "type A { x: Int }", "type A { x: Float }"),
    (Kind.FIELD_CHANGED_TYPE, BREAKING, "A.x", "type A { x: Int }", "type A { x: [Int] }"),
    (Kind.FIELD_BECAME_NULLABLE, BREAKING, "A.x", "type A { x: Int! }", "type A { x: Int }"),
    (Kind.FIELD_BECAME_NULLABLE, BREAKING, "A.x", "type A { x: [Int!] }", "type A { x: [Int] }"),
    (Kind.FIELD_BECAME_NULLABLE, BREAKING, "A.x", "type A { x: [Int!] }", "type A { x: [Int]! }"),
    (Kind.FIELD_BECAME_NON_NULL, SAFE, "A.x", "type A { x: [Int] }", "type A { x: [Int!]! }"),
    (Kind.OPTIONAL_ARG_ADDED, SAFE, "A.x(i:)", "type A { x: Int }", "type A { x(i: Int! = 1): Int }"),
    (Kind.REQUIRED_ARG_ADDED, BREAKING, "A.x(i:)", "type A { x: Int }", "type A { x(i: Int!): Int }"),
    (Kind.ARG_REMOVED, BREAKING, "A.x(i:)", "type A { x(i: Int): Int }", "type A { x: Int }"),
    (Kind.ARG_CHANGED_TYPE, BREAKING, "A.x(i:)", "type A { x(i: Int): Int }", "type A { x(i: ID): Int }"),
    (Kind.ARG_CHANGED_TYPE, BREAKING, "A.x(i:)", "type A { x(i: [Int]): Int }", "type A { x(i: [Int!]): Int }"),
    (Kind.ARG_CHANGED_TYPE, BREAKING, "A.x(i:)", "type A { x(i: Int = 1): Int }", "type A { x(i: Int! = 1): Int }"),
    (Kind.ARG_BECAME_REQUIRED, BREAKING, "A.x(i:)", "type A { x(i: Int): Int }", "type A { x(i: Int!): Int }"),
    (Kind.ARG_BECAME_REQUIRED, BREAKING, "A.x(i:)", "type A { x(i: Int! = 1): Int }", "type A { x(i: Int!): Int }"),
    (Kind.ARG_BECAME_OPTIONAL, SAFE, "A.x(i:)", "type A { x(i: Int!): Int }", "type A { x(i: Int): Int }"),
    (Kind.ARG_BECAME_OPTIONAL, SAFE, "A.x(i:)", "type A { x(i: Int!): Int }", "type A { x(i: Int! = 1): Int }"),
    (
        Kind.ARG_DEFAULT_VALUE_CHANGED,
        DANGEROUS,
        "A.x(i:)",
        "type A { x(i: Int = 2): Int }",
        "type A { x(i: Int = 1): Int }",
    ),
    (
        Kind.ARG_DEFAULT_VALUE_CHANGED,
        DANGEROUS,
        "A.x(i:)",
        "type A { x(i: Int = 2): Int }",
        "type A { x(i: Int): Int }",
    ),
    (Kind.OPTIONAL_INPUT_FIELD_ADDED, SAFE, "I.b", "input I { a: Int }", "input I { a: Int b: Int }"),
    (Kind.REQUIRED_INPUT_FIELD_ADDED, BREAKING, "I.b", "input I { a: Int }", "input I { a: Int b: Int! }"),
    (Kind.INPUT_FIELD_REMOVED, BREAKING, "I.b", "input I { a: Int b: Int }", "input I { a: Int }"),
    (Kind.INPUT_FIELD_CHANGED_TYPE, BREAKING, "I.a", "input I { a: Int }", "input I { a: String }"),
    (Kind.INPUT_FIELD_BECAME_REQUIRED, BREAKING, "I.a", "input I { a: Int }", "input I { a: Int! }"),
    (Kind.INPUT_FIELD_BECAME_OPTIONAL, SAFE, "I.a", "input I { a: Int! }", "input I { a: Int }"),
    (Kind.INPUT_FIELD_DEFAULT_VALUE_CHANGED, DANGEROUS, "I.a", "input I { a: Int }", "input I { a: Int = 1 }"),
    (Kind.ONE_OF_ADDED, BREAKING, "I", "input I { a: Int }", "input I @oneOf { a: Int }"),
    (Kind.ONE_OF_REMOVED, SAFE, "I", "input I @oneOf { a: Int }", "input I { a: Int }"),
    (Kind.VALUE_ADDED_TO_ENUM, SAFE, "E.Y", "enum E { X }", "enum E { X Y }"),
    (
        Kind.VALUE_ADDED_TO_ENUM,
        DANGEROUS,
        "E.Y",
        "enum E { X } type A { e: [E!] }",
        "enum E { X Y } type A { e: [E!] }",
    ),
    (Kind.VALUE_REMOVED_FROM_ENUM, BREAKING, "E.Y", "enum E { X Y }", "enum E { X }"),
    (
        Kind.TYPE_ADDED_TO_UNION,
        DANGEROUS,
        "U",
        "type A { x: Int } type B { x: Int } union U = A",
        "type A { x: Int } type B { x: Int } union U = A | B",
    ),
    (
        Kind.TYPE_REMOVED_FROM_UNION,
        BREAKING,
        "U",
        "type A { x: Int } type B { x: Int } union U = A | B",
        "type A { x: Int } type B { x: Int } union U = A",
    ),
    (
        Kind.IMPLEMENTED_INTERFACE_ADDED,
        DANGEROUS,
        "A",
        "interface I { x: Int } type A { x: Int }",
        "interface I { x: Int } type A implements I { x: Int }",
    ),
    (
        Kind.IMPLEMENTED_INTERFACE_REMOVED,
        BREAKING,
        "A",
        "interface I { x: Int } type A implements I { x: Int }",
        "interface I { x: Int } type A { x: Int }",
    ),
    (
        Kind.SPECIFIED_BY_CHANGED,
        DANGEROUS,
        "S",
        'scalar S @specifiedBy(url: "https://a.example")',
        'scalar S @specifiedBy(url: "https://b.example")',
    ),
    (Kind.DIRECTIVE_ADDED, SAFE, "@d", "", "directive @d on FIELD"),
    (Kind.DIRECTIVE_REMOVED, BREAKING, "@d", "directive @d on FIELD", ""),
    (Kind.DIRECTIVE_LOCATION_ADDED, SAFE, "@d", "directive @d on FIELD", "directive @d on FIELD | QUERY"),
    (Kind.DIRECTIVE_LOCATION_REMOVED, BREAKING, "@d", "directive @d on FIELD | QUERY", "directive @d on FIELD"),
    (Kind.DIRECTIVE_REPEATABLE_ADDED, SAFE, "@d", "directive @d on FIELD", "directive @d repeatable on FIELD"),
    (Kind.DIRECTIVE_REPEATABLE_REMOVED, BREAKING, "@d", "directive @d repeatable on FIELD", "directive @d on FIELD"),
    (Kind.REQUIRED_ARG_ADDED, BREAKING, "@d(i:)", "directive @d on FIELD", "directive @d(i: Int!) on FIELD"),
    (Kind.ARG_REMOVED, BREAKING, "@d(i:)", "directive @d(i: Int) on FIELD", "directive @d on FIELD"),
    (Kind.DEPRECATION_ADDED, SAFE, "A.x", "type A { x: Int }", 'type A { x: Int @deprecated(reason: "old") }'),
    (Kind.DEPRECATION_ADDED, SAFE, "A.x(i:)", "type A { x(i: Int): Int }", "type A { x(i: Int @deprecated): Int }"),
    (Kind.DEPRECATION_ADDED, SAFE, "E.X", "enum E { X }", "enum E { X @deprecated }"),
    (Kind.DEPRECATION_REMOVED, SAFE, "A.x", "type A { x: Int @deprecated }", "type A { x: Int }"),
    (
        Kind.DEPRECATION_REASON_CHANGED,
        SAFE,
        "A.x",
        'type A { x: Int @deprecated(reason: "a") }',
        'type A { x: Int @deprecated(reason: "b") }',
    ),
    (Kind.DESCRIPTION_CHANGED, SAFE, "A", "type A { x: Int }", '"An a." type A { x: Int }'),
    (Kind.DESCRIPTION_CHANGED, SAFE, "A.x", "type A { x: Int }", 'type A { "An x." x: Int }'),
    (Kind.DESCRIPTION_CHANGED, SAFE, "I.a", "input I { a: Int }", 'input I { "An a." a: Int }'),
    (Kind.DESCRIPTION_CHANGED, SAFE, "@d", "directive @d on FIELD", '"A d." directive @d on FIELD'),
]
# These need another root.
ROOTS = [
    (Kind.ROOT_TYPE_ADDED, SAFE, "M", "schema { query: Q }", "schema { query: Q mutation: M }"),
    (Kind.ROOT_TYPE_REMOVED, BREAKING, "M", "schema { query: Q mutation: M }", "schema { query: Q }"),
    (Kind.ROOT_TYPE_CHANGED, BREAKING, "Q", "schema { query: Q }", "schema { query: M }"),
]


def between(old: str, new: str) -> tuple[Change, ...]:
    return changes(build_schema(old), build_schema(new))


@pytest.mark.parametrize(("kind", "severity", "coordinate", "old", "new"), CASES)
def test_a_change_is_seen_once_and_nothing_else_is(kind, severity, coordinate, old, new) -> None:
    root = "type Query { ok: Boolean }"

    found = between(f"{root} {old}", f"{root} {new}")

    assert [(each.kind, each.severity, each.coordinate) for each in found] == [(kind, severity, coordinate)]


@pytest.mark.parametrize(("kind", "severity", "coordinate", "old", "new"), ROOTS)
def test_a_change_of_roots_is_seen(kind, severity, coordinate, old, new) -> None:
    types = "type Q { ok: Boolean } type M { ok: Boolean }"

    found = between(f"{old} {types}", f"{new} {types}")

    assert [(each.kind, each.severity, each.coordinate) for each in found] == [(kind, severity, coordinate)]


def test_every_kind_of_change_has_a_case() -> None:
    asked = {Kind.AUTHORIZATION_TIGHTENED, Kind.AUTHORIZATION_LOOSENED}  # see test_authorization.py

    assert {case[0] for case in [*CASES, *ROOTS]} | asked == set(Kind)


def test_a_schema_does_not_differ_from_itself() -> None:
    text = "type Query { a(i: I = {x: 1}): [U!]! } input I { x: Int = 3 } union U = A type A { e: E } enum E { X }"

    assert between(text, text) == ()


def test_what_a_type_that_came_implements_may_surprise_who_asks_the_interface() -> None:
    shared = "type Query { n: Node } interface Node { id: ID } type A implements Node { id: ID }"

    found = between(shared, f"{shared} type B implements Node {{ id: ID }}")

    assert [(each.kind, each.coordinate, each.other) for each in found] == [
        (Kind.IMPLEMENTED_INTERFACE_ADDED, "B", "Node"),
        (Kind.TYPE_ADDED, "B", ""),
    ]


def test_a_removal_says_that_it_was_announced() -> None:
    old = 'type Query { a: Int @deprecated(reason: "use b") b: Int }'

    (found,) = between(old, "type Query { b: Int }")

    assert found.message == "the field was removed; it was deprecated: use b"


def test_the_worst_comes_first() -> None:
    found = between(
        "type Query { a: Int b: E } enum E { X }",
        "type Query { b: E c: Int } enum E { X Y }",
    )

    assert [each.severity for each in found] == [BREAKING, DANGEROUS, SAFE]
