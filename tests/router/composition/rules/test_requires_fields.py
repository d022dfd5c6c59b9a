"""REQUIRES_INVALID_FIELDS, REQUIRES_FIELDS_MISSING_EXTERNAL and their family: what a @requires may ask for."""

import json

import pytest

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks

OWNER = (
    'type Query { p: Product } type Product @key(fields: "id") { id: ID! price(currency: String!): Int maker: Maker } '
    "type Maker @shareable { name: String }"
)


def requiring(fields: str) -> str:
    return (
        'type Product @key(fields: "id") { id: ID! price(currency: String!): Int @external maker: Maker @external '
        f"own: Int shipping: Int @requires(fields: {fields}) }} type Maker {{ name: String }}"
    )


def test_a_requirement_gives_all_required_arguments():
    assert_refused("REQUIRES_INVALID_FIELDS", "EXTERNAL_UNUSED", a=OWNER, b=requiring('"price"'))


def test_what_a_subgraph_resolves_it_need_not_require():
    assert_refused("REQUIRES_FIELDS_MISSING_EXTERNAL", "EXTERNAL_UNUSED", a=OWNER, b=requiring('"own"'))


def test_a_requirement_may_give_arguments_and_go_deep():
    sdl = assert_composes(
        a=OWNER,
        b=requiring('"price(currency: \\"USD\\") maker { name }"').replace("type Maker", "type Maker @shareable"),
    )

    assert marks(sdl, "Product.shipping") == [
        '@join__field(graph: B, requires: "price(currency: \\"USD\\") maker { name }")'
    ]


@pytest.mark.parametrize(("value", "why"), [("$size", "Invalid value $size"), ('"big"', 'Invalid value "big"')])
def test_a_requirement_gives_constants_that_fit(value, why):
    requires = f"@requires(fields: {json.dumps(f'cost(of: {value})')})"
    box = f'type Box @key(fields: "id") {{ id: ID! cost(of: Int): Int @external tax: Int {requires} }}'

    assert f'{why} for argument "Box.cost(of:)" of type Int' in assert_refused(
        "REQUIRES_INVALID_FIELDS",
        a=f"type Query {{ box: Box }} {box}",
        b='type Box @key(fields: "id") { id: ID! cost(of: Int): Int }',
    )


def test_a_requirement_may_ask_for_types_that_only_others_know_to_be_there():
    sdl = assert_composes(
        a='interface Place { id: ID! } type Shop @key(fields: "id") { id: ID! at: Place @external '
        'tax: Int @requires(fields: "at { ... on City { rate } }") } type City @key(fields: "id") '
        "{ id: ID! rate: Int @external }",
        b='type Query { shop: Shop } interface Place { id: ID! } type Shop @key(fields: "id") { id: ID! at: Place } '
        'type City implements Place @key(fields: "id") { id: ID! rate: Int }',
    )

    assert 'requires: "at { ... on City { rate } }"' in marks(sdl, "Shop.tax")[0]
