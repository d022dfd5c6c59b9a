"""DIRECTIVE_DEFINITION_INVALID: a subgraph may define the federation directives itself, but only as specified."""

import pytest

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused


def test_own_definitions_of_federation_directives_must_agree_with_the_specification():
    own = "directive @key(fields: {}, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE scalar _FieldSet"
    rest = 'type Query { u: U } type U @key(fields: "id") { id: ID! }'

    for accepted in ("String!", "_FieldSet!"):
        assert_composes(a=AsWritten(f"{own.format(accepted)} {rest}"))
    assert_refused("DIRECTIVE_DEFINITION_INVALID", a=AsWritten(f"{own.format('String')} {rest}"))
    assert_refused("DIRECTIVE_DEFINITION_INVALID", a=AsWritten(f"directive @key(field: String!) on OBJECT {rest}"))
    assert_refused(
        "DIRECTIVE_DEFINITION_INVALID", a=AsWritten(f"directive @key(fields: String!) on OBJECT | ENUM {rest}")
    )


@pytest.mark.parametrize("arguments", ["", "(fields: String)", "(fields: _FieldSet)"])
def test_federation_1_libraries_define_their_directives_loosely(arguments):
    definition = f"scalar _FieldSet directive @key{arguments} on OBJECT | FIELD"

    assert_composes(a=AsWritten(f'{definition} type Query {{ a: A }} type A @key(fields: "id") {{ id: ID }}'))


def test_a_definition_of_link_itself_agrees_with_the_specification():
    message = assert_refused(
        "DIRECTIVE_DEFINITION_INVALID",
        "INVALID_GRAPHQL",
        a='directive @link(url: Int) repeatable on SCHEMA type Query { a: A } type A @key(fields: "id") { id: ID }',
    )

    assert 'argument "url" should have type "String" but found type "Int"' in message
    assert 'Unknown directive "@key"' in message


def test_a_scalar_of_the_schemas_own_is_not_the_specifications():
    definition = "scalar FieldSet directive @key(fields: FieldSet!) repeatable on OBJECT"

    assert 'should have type "federation__FieldSet!" but found type "FieldSet!"' in assert_refused(
        "DIRECTIVE_DEFINITION_INVALID", a=f"type Query {{ x: Int }} {definition}"
    )
