"""Guests have a cart by its token alone, and take it along when they sign in."""

import pytest

from chassis.testing import Client
from tests.subgraphs.cart.conftest import (
    CART,
    MERGE,
    guest,
    put,
)

pytestmark = pytest.mark.anyio


async def test_a_guest_gets_a_token_once_and_comes_back_with_it(cart: Client) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]

    again = await put(cart, "MOUSE", **guest(token))

    assert len(token) >= 40
    assert again["cart"]["token"] == token
    assert again["cart"]["itemCount"] == 2


async def test_a_guests_token_is_stored_only_as_its_digest(cart: Client) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]

    async with cart.database.reading() as session:
        from sqlalchemy import text

        assert await session.scalar(text(f"SELECT count(*) FROM carts c WHERE c::text LIKE '%{token}%'")) == 0


async def test_a_token_nobody_was_given_opens_no_cart_and_names_none(cart: Client) -> None:
    forged = "x" * 43

    made = (await put(cart, "LAPTOP", **guest(forged)))["cart"]

    assert made["token"] not in (None, forged)
    assert (await cart.ask(CART, **guest(forged))).data == {"cart": None}


async def test_signing_in_takes_the_guests_cart_along(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "MOUSE", 2, **guest(token))
    await put(cart, "MOUSE", 1, user=user)

    merged = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]["cart"]
    again = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]["cart"]

    assert sorted((line["variant"]["sku"], line["quantity"]) for line in merged["lines"]) == [
        ("LAPTOP", 1),
        ("MOUSE", 3),
    ]
    assert again == merged
    assert merged["token"] is None
    assert (await cart.ask(CART, **guest(token))).data == {"cart": None}


async def test_a_customer_without_a_cart_keeps_the_guests_one_as_it_is(cart: Client, user: str) -> None:
    made = (await put(cart, "LAPTOP"))["cart"]

    merged = (await cart.ask(MERGE, user=user, **guest(made["token"]))).data["cartMerge"]["cart"]

    assert merged["id"] == made["id"]
    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 1


async def test_a_merge_too_large_moves_nothing(cart: Client, user: str) -> None:
    token = (await put(cart, "MOUSE", 60))["cart"]["token"]
    await put(cart, "MOUSE", 60, user=user)

    answer = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]

    assert answer["__typename"] == "CartLimitReached"
    assert (await cart.ask(CART, **guest(token))).data["cart"]["itemCount"] == 60


async def test_a_guest_cannot_merge(cart: Client) -> None:
    assert (await cart.ask(MERGE, **guest("z" * 43))).codes == ["UNAUTHENTICATED"]
