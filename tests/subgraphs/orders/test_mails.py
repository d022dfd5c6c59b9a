"""What customers are written: to the address of the order, in text and HTML, about what has happened."""

import pytest

from tests.subgraphs.orders.acts import body_of, buy, cancel, deliver_all, give_back, inspect, letter, ship
from tests.subgraphs.orders.shop import Shop

pytestmark = pytest.mark.anyio


async def test_a_confirmed_order_is_confirmed_by_mail(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 2, "SPEAKER-001": 1})

    mail = await letter(shop, order["id"], "confirmed")

    assert mail["To"] == "casey@example.com"
    assert mail["Subject"].startswith("Order ")
    assert mail["Subject"].endswith(" is confirmed")
    for kind in ("plain", "html"):
        body = body_of(mail, kind)
        assert all(word in body for word in ("Precision Mouse", "119.80 USD", "Room Speaker", "268.80 USD"))
        assert f"https://shop.example/orders/{order['id']}" in body
        assert "token" not in body


async def test_a_parcel_is_told_with_its_tracking_number(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 2, "SPEAKER-001": 1})
    part = (await ship(shop, order, {"MOUSE-001": 1}, tracking="1Z<b>9"))["order"]["parcels"][0]["id"]

    mail = await letter(shop, order["id"], f"parcel:{part}")

    assert mail["Subject"].startswith("A part of order")
    plain, html = body_of(mail, "plain"), body_of(mail, "html")
    assert "1 x Precision Mouse" in plain
    assert "Room Speaker" not in plain
    assert "Tracking number: 1Z<b>9" in plain
    assert "1Z&lt;b&gt;9" in html
    assert "The rest follows." in html


async def test_a_cancellation_says_what_becomes_of_the_money(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await cancel(shop, order, user=user)

    cancelled = await letter(shop, order["id"], "cancelled")
    refunded = await letter(shop, order["id"], "refund:cancel")

    assert "59.90 USD" in body_of(cancelled, "plain")
    assert "59.90 USD" in body_of(refunded, "html")


async def test_a_return_says_how_much_came_back(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 2})
    await deliver_all(shop, order)
    asked = (await give_back(shop, order, {"MOUSE-001": 2}, user=user))["order"]["returns"][0]["id"]
    await inspect(shop, order, asked, {"MOUSE-001": (1, 0)})

    mail = await letter(shop, order["id"], f"refund:{asked}")

    assert "59.90 USD" in body_of(mail, "plain")
