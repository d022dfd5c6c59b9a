"""Nothing is defined twice: types, fields, arguments, enum values, directives (GraphQL, "Type System")."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: Int } type Query { y: Int }",
        "type Query { x: Int x: Int }",
        "type Query { x(a: Int, a: Int): Int }",
        "type Query { x: C } enum C { RED RED }",
        "schema { query: Query } schema { query: Query } type Query { x: Int }",
        "type Query { x: Int } interface I { x: Int } type A implements I & I { x: Int }",
        "type Query { x: Int } interface I { x: Int } type A implements I { x: Int } extend type A implements I",
    ],
)
def test_nothing_is_defined_twice(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_a_schema_may_be_defined_in_parts():
    assert_composes(
        a="schema { query: Query } schema { mutation: M } type Query { x: Int } type M { y: Int }",
    )
