"""Directives stand where they may, once unless repeatable, with the arguments they take (GraphQL, "Directives")."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: Int @deprecated @deprecated }",
        'type Query { x: Int @deprecated(why: "no") }',
        "type Query { x: Int @tag }",
        "type Query { x: Int @tag(name: 1) }",
        "union U @shareable = Query type Query { x: Int }",
        "type Query { x: Int } type A @inaccessible { x: Int } extend type A @inaccessible",
        "schema @d { query: Query } extend schema @d directive @d on SCHEMA type Query { x: Int }",
    ],
)
def test_directives_stand_where_and_as_they_may(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_directives_on_the_specifications_own_types_are_judged_too():
    assert "may not be used on ENUM_VALUE" in assert_refused(
        "INVALID_GRAPHQL",
        a='type Query { x: Int } enum link__Purpose { SECURITY @override(from: "b") EXECUTION }',
    )


def test_directives_on_arguments_of_specified_directives_are_judged_too():
    definition = "directive @tag(name: String! @external) repeatable on OBJECT"

    assert "may not be used on ARGUMENT_DEFINITION" in assert_refused(
        "INVALID_GRAPHQL", a=f"type Query {{ x: Int }} {definition}"
    )
