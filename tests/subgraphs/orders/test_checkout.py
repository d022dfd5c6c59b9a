"""Checkout through every subgraph it touches, over real HTTP and databases."""

import pytest

from tests.subgraphs.orders.conftest import Shop

pytestmark = pytest.mark.anyio


async def test_a_cart_becomes_a_confirmed_order(shop: Shop, user: str) -> None:
    before = await shop.available("SPEAKER-001")
    cart = await shop.fill({"SPEAKER-001": 1, "MOUSE-001": 2}, user=user)

    answer = await shop.check_out(cart, user=user)

    assert answer["__typename"] == "CheckoutSuccess", answer
    assert (answer["order"]["status"], answer["order"]["total"]) == ("CONFIRMED", {"amount": "268.80"})
    assert await shop.available("SPEAKER-001") == before - 1
