"""@authenticated, @requiresScopes, @policy: rules add up, reach interfaces, and leave no way around."""

import pytest

from tests.router.composition.vocabulary import assert_composes, marks


def test_rules_of_several_subgraphs_hold_together():
    sdl = assert_composes(
        a='type Query { x: Int @shareable @requiresScopes(scopes: [["a"], ["b"]]) }',
        b='type Query { x: Int @shareable @requiresScopes(scopes: [["a"], ["c"]]) }',
    )

    assert marks(sdl, "Query.x") == ['@requiresScopes(scopes: [["a"], ["b", "c"]])']


def test_an_interface_takes_over_the_rules_of_its_types():
    sdl = assert_composes(
        a="type Query { n: Node } interface Node { id: ID } "
        'type A implements Node @authenticated { id: ID } type B implements Node { id: ID @policy(policies: [["b"]]) }'
    )

    assert "@authenticated" in marks(sdl, "Node")
    assert marks(sdl, "Node.id") == ['@policy(policies: [["b"]])']


def summary(rule: str) -> str:
    return (
        'type Query { account: Account } type Account @key(fields: "id") { id: ID! balance: Int @external '
        f'summary: String @requires(fields: "balance") {rule} }}'
    )


BANK = 'type Account @key(fields: "id") { id: ID! balance: Int @requiresScopes(scopes: [["bank"], ["admin"]]) }'


@pytest.mark.parametrize("scopes", ['[["bank"], ["admin"]]', '[["bank", "more"]]', '[["admin"]]'])
def test_a_reader_who_may_see_the_required_fields_may_see_what_is_made_of_them(scopes):
    assert_composes(a=summary(f"@requiresScopes(scopes: {scopes})"), bank=BANK)
