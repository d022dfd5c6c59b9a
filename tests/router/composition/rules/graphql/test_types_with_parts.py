"""Types have what their kind must have: fields, members, values; and members are object types (GraphQL, "Types")."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: Int } type Empty",
        "type Query { x: Int } union U",
        "type Query { x: Int } union U = C enum C { RED }",
        "type Query { __x: Int }",
        "type Query { x(__y: Int): Int }",
    ],
)
def test_types_have_what_their_kind_has(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_built_in_scalars_are_not_extended():
    assert 'built-in type "String"' in assert_refused(
        "INVALID_GRAPHQL", a='type Query { x: Int } extend scalar String @tag(name: "t")'
    )
