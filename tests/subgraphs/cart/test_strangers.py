"""A cart is its owner's: everybody else finds nothing, and changes nothing."""

from typing import Any

import pytest

from chassis.testing import Client
from tests.subgraphs.cart.conftest import (
    CART,
    MERGE,
    REMOVE,
    UPDATE,
    guest,
    put,
)

pytestmark = pytest.mark.anyio


async def test_anothers_cart_and_line_are_not_found_by_reference(cart: Client, user: str) -> None:
    mine = (await put(cart, "LAPTOP", user=user))["cart"]
    line = mine["lines"][0]["id"]

    strangers: list[dict[str, Any]] = [{}, {"user": "user-other"}, guest("y" * 43)]
    for asking in strangers:
        assert (await cart.entities("Cart", [{"id": mine["id"]}], "id version", **asking)).data["_entities"] == [None]
        assert (await cart.entities("CartLine", [{"id": line}], "id quantity", **asking)).data["_entities"] == [None]
        whose = (await cart.entities("User", [{"id": user}], "cart { id }", **asking)).data["_entities"]
        assert whose == [{"cart": None}]
    assert (await cart.entities("Cart", [{"id": mine["id"]}], "version", user=user)).data["_entities"] == [
        {"version": 2}
    ]


async def test_anothers_line_cannot_be_changed(cart: Client, user: str) -> None:
    line = (await put(cart, "LAPTOP", user=user))["cart"]["lines"][0]["id"]
    await put(cart, "LAPTOP", user="user-other")
    others: list[dict[str, Any]] = [{"user": "user-other"}, {}]

    for mutation, variables in ((UPDATE, {"id": line, "quantity": 9}), (REMOVE, {"id": line})):
        for asking in others:
            (answer,) = (await cart.ask(mutation, variables, **asking)).data.values()
            assert answer["__typename"] == "NotFound"
    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 1


async def test_the_snapshot_for_checkout_is_for_other_subgraphs_and_the_carts_owner(cart: Client, user: str) -> None:
    query = "query($id: ID!, $c: ID, $t: String) { cartSnapshot(id: $id, customerId: $c, token: $t) { version lines { sku quantity } } }"
    mine = (await put(cart, "LAPTOP", 2, user=user))["cart"]
    theirs = (await put(cart, "MOUSE"))["cart"]

    assert (await cart.ask(query, {"id": mine["id"], "c": user}, user=user)).codes == ["FORBIDDEN"]
    for variables, expected in (
        ({"id": mine["id"], "c": user}, {"version": 2, "lines": [{"sku": "LAPTOP", "quantity": 2}]}),
        ({"id": mine["id"], "c": "user-other"}, None),
        ({"id": mine["id"]}, None),
        ({"id": theirs["id"], "t": theirs["token"]}, {"version": 2, "lines": [{"sku": "MOUSE", "quantity": 1}]}),
        ({"id": theirs["id"], "t": "w" * 43}, None),
    ):
        assert (await cart.ask(query, variables, internal=True)).data == {"cartSnapshot": expected}


@pytest.mark.parametrize(
    ("asking", "sees"),
    [
        ({}, False),
        ({"user": "user-other"}, False),
        ({"user": "user-clerk", "roles": {"customer"}, "scopes": {"orders:read", "inventory:write"}}, False),
        ({"headers": {"x-cart-token": "y" * 43}}, False),
        ({"user": "user-admin", "roles": {"admin"}}, True),
        ({"internal": True}, True),
    ],
    ids=["anonymous", "another customer", "staff of other things", "another's token", "admin", "subgraph"],
)
async def test_whose_cart_it_is_decides_by_every_way_in(
    cart: Client, user: str, asking: dict[str, Any], sees: bool
) -> None:
    theirs = (await put(cart, "LAPTOP", user=user))["cart"]
    guests = (await put(cart, "LAPTOP"))["cart"]

    for each in (theirs, guests):
        (found,) = (await cart.entities("Cart", [{"id": each["id"]}], "id token itemCount", **asking)).data["_entities"]
        line = {"id": each["lines"][0]["id"]}
        (of_line,) = (await cart.entities("CartLine", [line], "id quantity", **asking)).data["_entities"]
        assert (found is not None, of_line is not None) == (sees, sees)
        assert found is None or found["token"] is None
    (person,) = (await cart.entities("User", [{"id": user}], "cart { id }", **asking)).data["_entities"]
    assert (person["cart"] is not None) == sees
    # By the root field everybody finds their own cart and no other's.
    own = (await cart.ask(CART, **asking)).data["cart"]
    assert own is None or own["id"] not in {theirs["id"], guests["id"]}


async def test_a_token_opens_no_customers_cart(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    taken = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]["cart"]

    (left,) = (await cart.entities("Cart", [{"id": taken["id"]}], "id", **guest(token))).data["_entities"]

    assert left is None
    assert (await put(cart, "MOUSE", **guest(token)))["cart"]["id"] != taken["id"]
