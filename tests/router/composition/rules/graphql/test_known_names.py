"""Every type and directive that a schema names exists (GraphQL, "Type System")."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_refused


@pytest.mark.parametrize("sdl", ["type Query { x: Nope }", "type Query { x: Int @nope }"])
def test_what_is_named_exists(sdl):
    assert_refused("INVALID_GRAPHQL", a=sdl)


def test_what_a_directive_takes_is_defined_where_the_directive_is():
    assert "Unknown type FieldSet" in assert_refused(
        "INVALID_GRAPHQL", a=AsWritten("directive @key(fields: FieldSet!) on OBJECT type Query { x: Int }")
    )


def test_directives_on_the_entity_resolvers_types_are_known():
    assert 'Unknown directive "@nope"' in assert_refused(
        "INVALID_GRAPHQL", a="type Query { x: Int } type _Service @nope { sdl: String }"
    )
