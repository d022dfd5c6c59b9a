"""MISSING_TRANSITIVE_AUTH_REQUIREMENTS: a field may not show, through its @requires, what its reader may not see."""

import pytest

from tests.router.composition.vocabulary import assert_refused

BANK = 'type Account @key(fields: "id") { id: ID! balance: Int @requiresScopes(scopes: [["bank"], ["admin"]]) }'


def summary(rule: str) -> str:
    return (
        'type Query { account: Account } type Account @key(fields: "id") { id: ID! balance: Int @external '
        f'summary: String @requires(fields: "balance") {rule} }}'
    )


@pytest.mark.parametrize("rule", ["", "@authenticated", '@requiresScopes(scopes: [["bank"], ["x"]])'])
def test_a_field_does_not_show_through_its_requirement_what_its_reader_may_not_see(rule):
    message = assert_refused("MISSING_TRANSITIVE_AUTH_REQUIREMENTS", a=summary(rule), bank=BANK)

    assert 'to access the transitive field "Account.balance" data' in message
