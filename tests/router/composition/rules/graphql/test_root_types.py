"""Root types exist, and are object types (GraphQL, "Root Operation Types")."""

import pytest

from tests.router.composition.vocabulary import assert_refused


@pytest.mark.parametrize(
    ("sdl", "why"),
    [
        ("schema { query: Root } type Query { x: Int }", "Cannot set schema query root to unknown type Root"),
        ("interface Query { x: Int }", "it cannot be set to Query (an InterfaceType)."),
        (
            "schema { query: Query mutation: E } type Query { x: Int } enum E { A }",
            "Mutation root type must be an Object type if provided, it cannot be set to E (an EnumType).",
        ),
    ],
)
def test_root_types_are_object_types_that_exist(sdl, why):
    assert why in assert_refused("INVALID_GRAPHQL", a=sdl)
