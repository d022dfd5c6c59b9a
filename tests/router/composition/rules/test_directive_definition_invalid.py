"""DIRECTIVE_DEFINITION_INVALID: a subgraph may define the federation directives itself, but only as specified."""

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
