"""INVALID_GRAPHQL: what breaks the GraphQL specification's own rules in one subgraph, or in all together."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_refused, faults_of


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: Int",
        "type Query { x: Nope }",
        "type Query { x: Int @nope }",
        "type Query { x: Int } type Query { y: Int }",
        "type Query { x: Int x: Int }",
        "type Query { x(a: Int, a: Int): Int }",
        "type Query { x: C } enum C { RED RED }",
        "type Query { x: Int } type Empty",
        "type Query { x: Int } union U",
        "type Query { x: Int } union U = C enum C { RED }",
        "type Query { __x: Int }",
        "type Query { x: In } input In { a: Int }",
        "type Query { x(by: T): Int } type T { a: Int }",
        'type Query { x(a: Int = "one"): Int }',
        "type Query { x(a: C = GREEN): Int } enum C { RED }",
        "type Query { x(a: Int! @deprecated): Int }",
        "type Query { x(a: In): Int } input In { in: In! }",
        "type Query { x(a: In): Int } input In { b: B! } input B { in: In! }",
        "type Query { x: T } interface N { a: Int } type T implements N { b: Int }",
        "type Query { x: T } interface N { a: Int! } type T implements N { a: Int }",
        "type Query { x: T } interface N { a(x: Int): Int } type T implements N { a: Int }",
        "type Query { x: T } interface N { a: Int } type T implements N { a(x: Int!): Int }",
        "type Query { x: T } interface M { a: Int } interface N implements M { a: Int } type T implements N { a: Int }",
        "type Query { x: T } scalar N type T implements N { a: Int }",
        "type Query { x: Int @deprecated @deprecated }",
        'type Query { x: Int @deprecated(why: "no") }',
        "type Query { x: Int @tag }",
        "type Query { x: Int @tag(name: 1) }",
        "union U @shareable = Query type Query { x: Int }",
        "schema { query: Query } schema { query: Query } type Query { x: Int }",
    ],
)
def test_a_subgraph_is_valid_graphql(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_all_subgraphs_faults_come_together():
    faults = faults_of(a="type Query { x: Nope }", b="type Query { y: Nada }", c="type Query { z: Int }")

    assert [(fault.subgraph, fault.message) for fault in faults] == [
        ("a", "[a] Unknown type Nope"),
        ("b", "[b] Unknown type Nada"),
    ]


def test_what_is_valid_apart_may_not_be_together():
    message = assert_refused(
        "INVALID_GRAPHQL",
        a="type Query { t: T @shareable } interface N { id: ID! } type T implements N { id: ID! @shareable }",
        b="type Query { t: T @shareable } type T { id: ID @shareable }",
    )

    assert message == "Interface field N.id expects type ID! but T.id of type ID is not a proper subtype."


def test_text_that_nests_without_end_is_refused():
    assert_refused("INVALID_GRAPHQL", a=AsWritten(f"type Query {{ x: {'[' * 5000}Int{']' * 5000} }}"))
