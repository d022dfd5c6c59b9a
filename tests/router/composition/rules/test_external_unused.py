"""EXTERNAL_UNUSED: a field of another subgraph is declared only where some directive or interface needs it."""

from tests.router.composition.vocabulary import assert_refused

OWNER = 'type Query { u: User } type User @key(fields: "id") { id: ID! name(short: Boolean): String }'


def user(fields: str) -> str:
    return f'type User @key(fields: "id") {{ id: ID! {fields} }}'


def test_an_external_field_that_nothing_needs_is_refused():
    assert_refused("EXTERNAL_UNUSED", a=OWNER, b=user("name(short: Boolean): String @external"))
