"""How long stock is held for an order that is not paid yet is the shop's to say (CHECKOUT_HOLD_S)."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.money import Amount
from chassis.peers import peer
from chassis.settings import Settings
from subgraphs.orders.model import Address, Owner, Placement, place
from subgraphs.orders.peers import Held, Peers
from subgraphs.orders.quote import Bought, quote

pytestmark = pytest.mark.anyio

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_stock_is_asked_for_as_long_as_the_shop_says() -> None:
    asked: list[int] = []

    def inventory(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content)["variables"]["input"]["holdSeconds"])
        held = {"__typename": "StockReserveSuccess", "reservation": {"id": "reservation-1"}}
        return httpx.Response(200, json={"data": {"stockReserve": held}})

    wire = httpx.MockTransport(inventory)
    names = ("users", "products", "cart", "inventory", "payments")
    peers = Peers(**{name: peer(name, Settings(), transport=wire) for name in names}, hold=timedelta(minutes=2))

    held = await peers.reserve("order-1", {"SKU-1": 1})
    await peers.close()

    assert (held, asked) == (Held("reservation-1"), [120])


def test_a_checkout_may_take_as_long_as_its_stock_is_held() -> None:
    placement = Placement(
        owner=Owner.customer("user-1"),
        customer_id="user-1",
        email=None,
        cart_id="cart-1",
        cart_version=1,
        cart_token=None,
        idempotency_key="key",
        request_digest="",
        address=Address("Casey", "1 Main St", None, "Springfield", None, "62701", "US", None),
        quote=quote([Bought("SKU-1", "prod-1", "Something", Amount(100), 1)]),
    )

    *_, checkout = place(placement, at=MOMENT, hold=timedelta(minutes=2))

    assert checkout.expires_at == MOMENT + timedelta(minutes=2)
