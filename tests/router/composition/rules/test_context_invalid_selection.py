"""CONTEXT_INVALID_SELECTION: a context gives one value, of the argument's type."""

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused


def cart(field: str, argument: str = "String", more: str = "") -> str:
    return (
        'type Query { user: User } interface Named { name: String! } type User implements Named @context(name: "user") '
        "{ name: String! named(as: String!): String age: Int tags: [String] address: Address cart: Cart } type Address { city: String } "
        f'type Cart @key(fields: "id") {{ id: ID! total(of: {argument} @fromContext(field: "{field}")): Int }} {more}'
    )


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("$user { name age }", "multiple selections are made"),
        ("$user { nope }", 'Cannot query field "nope" on type "User"'),
        ("$user { address }", 'Invalid empty selection set for field "User.address"'),
        ("$user { n: name }", "aliases are not allowed"),
        ("$user { name @skip(if: true) }", "directives are not allowed"),
        ("$user { ...Name }", "fragment spread is not allowed"),
        ("$user { ... on Address { city } }", 'no type condition matches the location "User"'),
        ("$user { age }", 'the type of the selection "Int" does not match the expected type "String"'),
        ("$user { tags }", 'the type of the selection "[String]" does not match'),
        ("$user { name", "Syntax Error"),
        ("$user {}", "Syntax Error"),
        ("$user { ... on Named { name } }", "type conditions must be an object type"),
        ("$user { ... on User { name } ... on Address { city } }", 'type condition "Address" is never used'),
        ("$user { named }", 'Missing mandatory value for argument "as" of field "User.named"'),
    ],
)
def test_a_context_gives_one_fitting_leaf(field, why):
    assert why in assert_refused("CONTEXT_INVALID_SELECTION", a=cart(field))


def test_a_value_that_may_be_missing_fills_no_argument_that_may_not():
    assert '"String" does not match the expected type "String!"' in assert_refused(
        "CONTEXT_INVALID_SELECTION", a=cart("$user { name }", "String!")
    )


@pytest.mark.parametrize(
    "field", ["$user { name }", "$user name", "$user { address { city } }", "$user { __typename }"]
)
def test_a_leaf_further_down_will_do_and_so_will_a_stricter_type(field):
    assert_composes(a=cart(field))


def test_every_type_that_sets_the_context_must_have_what_is_taken():
    shop = 'type Shop @context(name: "user") { title: String cart: Cart } extend type Query { shop: Shop }'

    assert 'Cannot query field "name" on type "Shop"' in assert_refused(
        "CONTEXT_INVALID_SELECTION", a=cart("$user { name }", more=shop)
    )
    assert 'no type condition matches the location "Shop"' in assert_refused(
        "CONTEXT_INVALID_SELECTION", a=cart("$user ... on User { name }", more=shop)
    )
    assert_composes(a=cart("$user ... on User { name } ... on Shop { title }", more=shop))


def test_nothing_is_taken_from_an_interface_object():
    stand_in = (
        'type Query { user: User } type User @key(fields: "id") @interfaceObject @context(name: "user") '
        '{ id: ID! name: String cart: Cart } type Cart @key(fields: "id") '
        '{ id: ID! total(of: String @fromContext(field: "$user { name }")): Int }'
    )
    interface = (
        'interface User @key(fields: "id") { id: ID! } type Person implements User @key(fields: "id") { id: ID! }'
    )

    assert "interfaceObject" in assert_refused("CONTEXT_INVALID_SELECTION", a=stand_in, b=interface)
