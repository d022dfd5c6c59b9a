"""Hints: what composes but deserves a second look."""

from router.composition import Composed, Place, compose
from tests.router.composition.vocabulary import AsWritten, sources


def hints(**subgraphs: str) -> dict[str, str]:
    outcome = compose(sources(**subgraphs))
    assert isinstance(outcome, Composed), outcome
    return {hint.code: hint.message for hint in outcome.hints}


def places(code: str, **subgraphs: str) -> list[tuple[Place, ...]]:
    outcome = compose(sources(**subgraphs))
    assert isinstance(outcome, Composed), outcome
    return [hint.places for hint in outcome.hints if hint.code == code]


def linked(version: str, *links: str) -> str:
    return AsWritten(f'extend schema @link(url: "https://specs.apollo.dev/federation/{version}") {" ".join(links)} ')


def test_a_specification_linked_by_itself_may_need_a_newer_federation():
    cost = '@link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@cost"])'

    told = hints(a=AsWritten(linked("v2.5", cost) + "type Query { a: Int @cost(weight: 3) }"))

    assert told == {
        "IMPLICITLY_UPGRADED_FEDERATION_VERSION": (
            "Subgraph a has been implicitly upgraded from federation v2.5 to v2.9"
        )
    }


def test_subgraphs_that_share_a_union_field_should_know_the_same_members():
    both = "type A @shareable { x: Int } type B @shareable { x: Int }"
    told = hints(
        a=f"type Query {{ u: U @shareable }} union U = A | B {both}",
        b=f"type Query {{ u: U @shareable }} union U = A {both}",
    )

    message = told["INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN"]
    assert 'subgraph "a" should never resolve "Query.u" to an object of type "B"' in message
    assert message.startswith("For the following supergraph API query:\n{\n  u {\n    ...\n  }\n}\n")


def test_a_directive_for_operations_repeats_only_where_all_let_it():
    told = hints(
        a="directive @d repeatable on FIELD type Query { a: Int }", b="directive @d on FIELD type Query { b: Int }"
    )

    assert 'it is not repeatable in subgraph "b"' in told["INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE"]


def test_a_composed_directive_should_be_called_the_same_by_those_who_do_not_compose_it():
    address = 'url: "https://example.org/audit/v1.0"'
    composing = (
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"]) '
        f'@link({address}, import: ["@audit"]) @composeDirective(name: "@audit") '
        "directive @audit on FIELD_DEFINITION type Query { a: Int @audit }"
    )
    other = f'@link({address}, import: [{{name: "@audit", as: "@log"}}])'

    told = hints(
        a=AsWritten(composing),
        b=AsWritten(linked("v2.9", other) + "directive @log on FIELD_DEFINITION type Query { b: Int @log }"),
    )

    assert '"@audit" is named differently' in told["DIRECTIVE_COMPOSITION_WARN"]


def test_an_argument_that_a_context_fills_somewhere_is_given_by_nobody():
    cart = (
        'type Query { u: U } type U @context(name: "u") { n: String c: C } type C @key(fields: "id") '
        '{ id: ID! t(x: String @fromContext(field: "$u { n }")): Int @shareable }'
    )

    told = hints(a=cart, b='type C @key(fields: "id") { id: ID! t(x: String): Int @shareable }')

    assert "will not be included" in told["CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS"]


def test_two_descriptions_of_the_schema_are_one_too_many():
    query = "schema { query: Query } type Query"

    told = hints(a=AsWritten(f'"A" {query} {{ a: Int }}'), b=AsWritten(f'"B" {query} {{ b: Int }}'))

    assert told["INCONSISTENT_DESCRIPTION"].startswith("The schema definition has inconsistent descriptions")


def test_a_specification_linked_in_two_major_versions_is_told_even_if_nobody_composes_from_it():
    told = hints(
        a=AsWritten(linked("v2.9", '@link(url: "https://example.org/x/v1.0")') + "type Query { a: Int }"),
        b=AsWritten(linked("v2.9", '@link(url: "https://example.org/x/v2.0")') + "type Query { b: Int }"),
    )

    assert told == {
        "DIRECTIVE_COMPOSITION_INFO": (
            'Non-composed core feature "https://example.org/x" has major version mismatch across subgraphs'
        )
    }


def test_a_hint_has_a_place_in_each_subgraph_concerned():
    a = AsWritten("type Query {\n  one: E\n}\nenum E {\n  A\n  B\n}")
    b = AsWritten("type Query {\n  two: E\n}\nenum E {\n  A\n}")

    at = places("INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM", a=a, b=b)

    assert at == [(Place("a", 6, 3, 6, 4), Place("b", 4, 6, 4, 7))]


def test_a_hint_about_a_directive_is_placed_where_the_directive_is_applied():
    header = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@override", "@shareable"])'
    a = AsWritten(f'{header}\ntype Query {{\n  x: Int @override(from: "gone")\n}}')

    assert places("FROM_SUBGRAPH_DOES_NOT_EXIST", a=a) == [(Place("a", 3, 10, 3, 33),)]
