"""One's own cart as it changes; nobody else's."""

from typing import Any

import pytest

from chassis.testing import Client
from tests.subgraphs.cart.conftest import MERGE, REMOVE, Shop, guest, put
from tests.subgraphs.watching import Watched, watching

pytestmark = pytest.mark.anyio

WATCH = "subscription { cartUpdated { version itemCount lines { id quantity variant { sku } } } }"


async def told(stream: Watched) -> dict[str, int] | None:
    """Pieces by SKU, as the next event tells."""
    cart = (await stream.data())["cartUpdated"]
    return cart and {line["variant"]["sku"]: line["quantity"] for line in cart["lines"]}


async def test_a_customer_sees_their_cart_come_and_change(cart: Client, user: str) -> None:
    async with watching(cart, WATCH, user=user) as stream:
        before = await told(stream)
        line = (await put(cart, "MOUSE", 2, user=user))["cart"]["lines"][0]["id"]
        first = await told(stream)
        await put(cart, "LAPTOP", user=user)
        second = await told(stream)
        await cart.ask(REMOVE, {"id": line}, user=user)
        third = await told(stream)

    assert (before, first, second, third) == (None, {"MOUSE": 2}, {"MOUSE": 2, "LAPTOP": 1}, {"LAPTOP": 1})


async def test_others_and_what_is_refused_are_not_told(cart: Client, user: str) -> None:
    async with watching(cart, WATCH, user=user) as stream:
        await told(stream)
        await put(cart, "LAPTOP", user=f"{user}-other")
        await put(cart, "LAPTOP")
        await put(cart, "NOTHING", user=user)
        await put(cart, "MOUSE", user=user)

        assert await told(stream) == {"MOUSE": 1}
        assert stream.is_silent()


async def test_a_guests_token_watches_until_the_cart_is_a_customers(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    async with watching(cart, WATCH, **guest(token)) as as_guest, watching(cart, WATCH, user=user) as as_customer:
        before = await told(as_guest), await told(as_customer)
        await cart.ask(MERGE, user=user, **guest(token))
        after = await told(as_guest), await told(as_customer)
        await put(cart, "MOUSE", user=user)
        later = await told(as_customer)

        assert as_guest.is_silent()

    assert before == ({"LAPTOP": 1}, None)
    assert after == (None, {"LAPTOP": 1})
    assert later == {"LAPTOP": 1, "MOUSE": 1}


async def test_a_merge_into_a_cart_is_told_to_both(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "MOUSE", user=user)
    async with watching(cart, WATCH, **guest(token)) as as_guest, watching(cart, WATCH, user=user) as as_customer:
        await told(as_guest)
        await told(as_customer)
        await cart.ask(MERGE, user=user, **guest(token))

        assert await told(as_guest) is None
        assert await told(as_customer) == {"MOUSE": 1, "LAPTOP": 1}


async def test_a_bought_cart_is_told_to_be_empty(cart: Client, user: str) -> None:
    from chassis.money import Amount
    from subgraphs.orders.events import BoughtLine, OrderConfirmed
    from tests.subgraphs.cart.conftest import envelope_of, hear

    made = (await put(cart, "MOUSE", 2, user=user))["cart"]
    async with watching(cart, WATCH, user=user) as stream:
        await told(stream)
        lines = [BoughtLine("MOUSE", "prod-mouse", 2)]
        bought = OrderConfirmed("order-1", user, made["id"], Amount(1), lines, made["version"])
        await hear(cart, envelope_of("orders", bought))

        assert await told(stream) == {}


@pytest.mark.parametrize(
    ("asking", "code"),
    [
        ({}, "UNAUTHENTICATED"),
        ({"headers": {"x-cart-token": "no token"}}, "UNAUTHENTICATED"),
        ({"headers": {"authorization": "Bearer forged"}}, "UNAUTHENTICATED"),
    ],
)
async def test_whoever_has_no_cart_to_watch_is_told_so(cart: Client, asking: dict[str, Any], code: str) -> None:
    async with watching(cart, WATCH, **asking) as stream:
        refused = await stream.event()

    assert [error["extensions"]["code"] for error in refused["errors"]] == [code]


async def test_a_token_that_opens_nothing_watches_nothing(cart: Client) -> None:
    async with watching(cart, WATCH, **guest("z" * 43)) as stream:
        assert await told(stream) is None
        await put(cart, "MOUSE", **guest("z" * 43))
        assert stream.is_silent()


async def test_live_prices_of_each_event_are_asked_anew(cart: Client, shop: Shop, user: str) -> None:
    query = "subscription { cartUpdated { subtotal { amount } } }"
    await put(cart, "MOUSE", user=user)
    async with watching(cart, query, user=user) as stream:
        first = await stream.data()
        shop.prices["MOUSE"] = "10.00"
        await put(cart, "MOUSE", user=user)
        second = await stream.data()

    assert first["cartUpdated"] == {"subtotal": {"amount": "59.90"}}
    assert second["cartUpdated"] == {"subtotal": {"amount": "20.00"}}
