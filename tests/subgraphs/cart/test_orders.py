"""What becomes of a cart when its order is confirmed: late, twice, or after it was merged."""

import asyncio
from typing import Any

import pytest

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.money import Amount
from chassis.testing import Client
from subgraphs.cart import events
from subgraphs.orders.events import BoughtLine, OrderConfirmed
from subgraphs.users.events import UserDeleted
from tests.subgraphs.cart.conftest import (
    CART,
    MERGE,
    REMOVE,
    UPDATE,
    envelope_of,
    guest,
    hear,
    pieces,
    put,
)

pytestmark = pytest.mark.anyio


async def confirm(cart: Client, bought: dict[str, Any], **pieces: int) -> Envelope:
    """Orders' event of an order of these pieces of a cart as it was answered, and that cart hears it."""
    lines = [BoughtLine(sku, f"prod-{sku.lower()}", quantity) for sku, quantity in pieces.items()]
    event = OrderConfirmed("order-1", None, bought["id"], Amount(100), lines, bought["version"])
    envelope = envelope_of("orders", event)
    await hear(cart, envelope)
    return envelope


async def test_a_confirmed_order_takes_out_only_what_it_bought_and_only_once(cart: Client, user: str) -> None:
    await put(cart, "LAPTOP", 1, user=user)
    bought = (await put(cart, "MOUSE", 2, user=user))["cart"]
    await put(cart, "MOUSE", 1, user=user)
    await put(cart, "CABLE", 1, user=user)

    event = await confirm(cart, bought, LAPTOP=1, MOUSE=2)
    await hear(cart, event)

    assert await pieces(cart, user=user) == {"MOUSE": 1, "CABLE": 1}


async def test_what_was_taken_out_and_put_in_again_is_not_what_was_bought(cart: Client, user: str) -> None:
    bought = (await put(cart, "MOUSE", 2, user=user))["cart"]
    await cart.ask(REMOVE, {"id": bought["lines"][0]["id"]}, user=user)
    await put(cart, "MOUSE", 1, user=user)
    before = (await cart.ask(CART, user=user)).data["cart"]["version"]

    await confirm(cart, bought, MOUSE=2)

    assert await pieces(cart, user=user) == {"MOUSE": 1}
    # Whoever is about to check out this version is not held up.
    assert (await cart.ask(CART, user=user)).data["cart"]["version"] == before


async def test_of_fewer_than_were_bought_none_is_left(cart: Client, user: str) -> None:
    bought = (await put(cart, "MOUSE", 5, user=user))["cart"]
    await cart.ask(UPDATE, {"id": bought["lines"][0]["id"], "quantity": 3}, user=user)

    await confirm(cart, bought, MOUSE=5)

    assert await pieces(cart, user=user) == {}


async def test_an_order_confirmed_after_its_guest_signed_in_empties_the_cart_theirs_was_moved_to(
    cart: Client, user: str
) -> None:
    await put(cart, "MOUSE", 1, user=user)
    token = (await put(cart, "MOUSE", 2))["cart"]["token"]
    bought = (await put(cart, "LAPTOP", 1, **guest(token)))["cart"]
    await cart.ask(MERGE, user=user, **guest(token))
    await put(cart, "CABLE", 1, user=user)

    await confirm(cart, bought, MOUSE=2, LAPTOP=1)
    later = (await cart.ask(CART, user=user)).data["cart"]
    await put(cart, "LAPTOP", 1, user=user)
    await confirm(cart, bought, LAPTOP=1)

    assert {line["variant"]["sku"]: line["quantity"] for line in later["lines"]} == {"MOUSE": 1, "CABLE": 1}
    # What came after the merge is another matter.
    assert await pieces(cart, user=user) == {"MOUSE": 1, "CABLE": 1, "LAPTOP": 1}


async def test_an_order_of_a_cart_that_was_taken_over_as_it_is_empties_it(cart: Client, user: str) -> None:
    bought = (await put(cart, "MOUSE", 2))["cart"]
    await cart.ask(MERGE, user=user, **guest(bought["token"]))

    await confirm(cart, bought, MOUSE=2)

    assert await pieces(cart, user=user) == {}


async def test_an_event_from_before_versions_were_told_empties_the_cart_too(cart: Client, user: str) -> None:
    made = (await put(cart, "MOUSE", 2, user=user))["cart"]
    lines = [{"sku": "MOUSE", "productId": "p", "quantity": 2}]

    await hear(
        cart, Envelope(new_id(), "orders", "OrderConfirmed", 1, now(), "o", 1, {"cartId": made["id"], "lines": lines})
    )

    assert await pieces(cart, user=user) == {}


async def test_an_order_of_a_cart_that_is_gone_changes_nothing(cart: Client) -> None:
    await confirm(cart, {"id": "no-such-cart", "version": 1}, LAPTOP=1)


async def test_a_confirmation_among_additions_takes_out_exactly_what_was_bought(cart: Client, user: str) -> None:
    bought = (await put(cart, "MOUSE", 5, user=user))["cart"]

    await asyncio.gather(*(put(cart, "MOUSE", user=user) for _ in range(10)), confirm(cart, bought, MOUSE=5))

    assert await pieces(cart, user=user) == {"MOUSE": 10}


def test_orders_and_users_announce_what_cart_reads() -> None:
    bought = [BoughtLine("MOUSE", "prod-mouse", 2), BoughtLine("MOUSE", "prod-mouse", 1)]
    confirmed = OrderConfirmed("order-1", "user-1", "cart-1", Amount(100), bought, 7)

    assert events.OrderConfirmed.read(confirmed.payload()) == events.OrderConfirmed("cart-1", 7, {"MOUSE": 3})
    assert events.UserDeleted.read(UserDeleted("user-1").payload()) == events.UserDeleted("user-1")
