"""Orders' parcels and returns in the whole shop, by its own events: what the shelf and the cart are left with."""
# ruff: noqa: F811 -- fixtures are imported under the names that tests ask for

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.subgraphs.orders.acts import buy, cancel, deliver, give_back, inspect, ship
from tests.subgraphs.orders.conftest import shop, user, whole_shop  # noqa: F401 -- fixtures
from tests.subgraphs.orders.shop import Shop, rows

pytestmark = pytest.mark.anyio

SKU, OTHER = "CHAIR-001", "GAME-001"


async def counters(shop: Shop, sku: str) -> tuple[int, int, int]:
    counted = "SELECT on_hand, held, committed FROM items WHERE sku = :sku"
    (found,) = await rows(shop, "inventory", counted, sku=sku)
    return (int(found[0]), int(found[1]), int(found[2]))


async def eventually(read: Callable[[], Awaitable[Any]], expected: Any) -> None:
    """Wait for events to have their effect, and say what stood there instead when they have none."""
    found = None
    try:
        async with asyncio.timeout(30):
            while (found := await read()) != expected:
                continue
    except TimeoutError:
        assert found == expected


async def in_cart(shop: Shop, user: str) -> dict[str, int]:
    query = "{ cart { lines { quantity variant { sku } } } }"
    cart = (await shop.ask("cart", query, user=user)).data["cart"]
    return {line["variant"]["sku"]: line["quantity"] for line in cart["lines"]}


async def test_a_parcel_leaves_the_shelf_when_orders_sends_it(shop: Shop, user: str) -> None:
    await shop.stock(SKU, 10)
    await shop.stock(OTHER, 10)
    order = await buy(shop, user, {SKU: 3, OTHER: 1})
    sold = await counters(shop, SKU)

    await ship(shop, order, {SKU: 2})
    await eventually(lambda: counters(shop, SKU), (8, 0, 1))
    await ship(shop, order)

    assert sold == (10, 0, 3)
    await eventually(lambda: counters(shop, SKU), (7, 0, 0))
    await eventually(lambda: counters(shop, OTHER), (9, 0, 0))
    assert await rows(shop, "inventory", "SELECT status FROM reservations WHERE key = :id", id=order["id"]) == [
        ("COMMITTED",)
    ]


async def test_what_comes_back_whole_is_on_the_shelf_again_and_what_is_broken_is_not(
    shop: Shop,
    user: str,
) -> None:
    await shop.stock(SKU, 10)
    order = await buy(shop, user, {SKU: 4})
    await ship(shop, order)
    await deliver(shop, order)
    await eventually(lambda: counters(shop, SKU), (6, 0, 0))

    asked = await give_back(shop, order, {SKU: 3}, user=user)
    await inspect(shop, order, asked["order"]["returns"][0]["id"], {SKU: (2, 1)})

    await eventually(lambda: counters(shop, SKU), (8, 0, 0))


async def test_a_cancelled_order_gives_all_of_it_back(shop: Shop, user: str) -> None:
    await shop.stock(SKU, 10)
    order = await buy(shop, user, {SKU: 4})

    await cancel(shop, order, user=user)

    await eventually(lambda: counters(shop, SKU), (10, 0, 0))


async def test_the_cart_keeps_what_its_order_did_not_buy(shop: Shop, user: str) -> None:
    await shop.stock(SKU, 10)
    await shop.stock(OTHER, 10)
    cart = await shop.fill({SKU: 2}, user=user)
    answer = await shop.check_out(cart, user=user)
    await shop.fill({OTHER: 1}, user=user)

    assert answer["order"]["status"] == "CONFIRMED"
    await eventually(lambda: in_cart(shop, user), {OTHER: 1})
