"""@authenticated, @requiresScopes, @policy: rules add up, reach interfaces, and leave no way around."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks


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


@pytest.mark.parametrize(
    "sdl",
    [
        "interface N @authenticated { id: ID } type T implements N { id: ID }",
        "interface N { id: ID @authenticated } type T implements N { id: ID }",
    ],
)
def test_rules_do_not_stand_on_interfaces(sdl):
    assert_refused("AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE", a=f"type Query {{ n: N }} {sdl}")


def summary(rule: str) -> str:
    return (
        'type Query { account: Account } type Account @key(fields: "id") { id: ID! balance: Int @external '
        f'summary: String @requires(fields: "balance") {rule} }}'
    )


BANK = 'type Account @key(fields: "id") { id: ID! balance: Int @requiresScopes(scopes: [["bank"], ["admin"]]) }'


@pytest.mark.parametrize("rule", ["", "@authenticated", '@requiresScopes(scopes: [["bank"], ["x"]])'])
def test_a_field_does_not_show_through_its_requirement_what_its_reader_may_not_see(rule):
    message = assert_refused("MISSING_TRANSITIVE_AUTH_REQUIREMENTS", a=summary(rule), bank=BANK)

    assert 'to access the transitive field "Account.balance" data' in message


@pytest.mark.parametrize("scopes", ['[["bank"], ["admin"]]', '[["bank", "more"]]', '[["admin"]]'])
def test_a_reader_who_may_see_the_required_fields_may_see_what_is_made_of_them(scopes):
    assert_composes(a=summary(f"@requiresScopes(scopes: {scopes})"), bank=BANK)
