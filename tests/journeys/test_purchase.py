"""From a new account to an order in the books, and the same for a guest: every step through the public endpoint."""

import uuid
from decimal import Decimal

import pytest

from tests.journeys.buying import add, available, buy, newcomer, revenue, until
from tests.journeys.operations import CHECKOUT_CARD, DECLINED_CARD, checkout_input
from tests.journeys.shop import Shop, Visitor


def test_a_newcomer_registers_buys_and_finds_the_order_in_their_history(shop: Shop, admin: Visitor) -> None:
    stock_before, revenue_before = available(shop, "TABLET-001"), revenue(admin)
    visitor = newcomer(shop)

    cart = add(visitor, "TABLET-001", 2)
    checked_out = visitor.ask("Checkout", checkout_input(cart, key=uuid.uuid4().hex, card=CHECKOUT_CARD)).data[
        "checkout"
    ]

    assert checked_out["__typename"] == "CheckoutSuccess", checked_out
    order = checked_out["order"]
    assert order["status"] == "CONFIRMED"
    assert Decimal(order["total"]["amount"]) == Decimal("1198.00")
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("TABLET-001", 2)]
    history = visitor.ask("OrderHistory").data["me"]["orders"]["edges"]
    assert [edge["node"]["id"] for edge in history] == [order["id"]]
    [shown] = [edge["node"] for edge in history]
    assert Decimal(shown["balanceDue"]["amount"]) == 0
    assert [payment["status"] for payment in shown["payments"]] == ["CAPTURED"]
    assert available(shop, "TABLET-001") == stock_before - 2
    assert revenue(admin) == revenue_before + Decimal("1198.00")


def test_a_guest_buys_with_an_email_and_finds_the_order_by_its_token(shop: Shop) -> None:
    guest = shop.guest()

    checked_out = buy(guest, "SPEAKER-001", key=uuid.uuid4().hex, email="guest@example.org").data["checkout"]

    assert checked_out["__typename"] == "CheckoutSuccess", checked_out
    order = checked_out["order"]
    assert order["status"] == "CONFIRMED"
    found = shop.guest().send("query($t: String!) { orderByToken(token: $t) { id status } }", {"t": order["token"]})
    assert found.data["orderByToken"] == {"id": order["id"], "status": "CONFIRMED"}
    assert shop.guest().send("query($id: ID!) { order(id: $id) { id } }", {"id": order["id"]}).data["order"] is None


def test_the_same_key_answers_the_same_order_and_sells_once(shop: Shop) -> None:
    visitor = newcomer(shop)
    variables = checkout_input(add(visitor, "GAME-001", 1), key=uuid.uuid4().hex, card=CHECKOUT_CARD)
    before = available(shop, "GAME-001")

    first = visitor.ask("Checkout", variables).data["checkout"]
    again = visitor.ask("Checkout", variables).data["checkout"]

    assert first["__typename"] == "CheckoutSuccess", first
    assert again["order"]["id"] == first["order"]["id"]
    assert available(shop, "GAME-001") == before - 1


def test_a_declined_card_sells_nothing(shop: Shop) -> None:
    visitor = newcomer(shop)
    before = available(shop, "CONTROLLER-001")

    checkout = buy(visitor, "CONTROLLER-001", key=uuid.uuid4().hex, card=DECLINED_CARD).data["checkout"]

    assert checkout["__typename"] != "CheckoutSuccess"
    assert checkout["code"] == "DECLINED"
    assert available(shop, "CONTROLLER-001") == before
    assert visitor.ask("OrderHistory").data["me"] is not None


@pytest.mark.parametrize("sku", ["MIC-001", "CONSOLE-001"])
def test_what_is_out_of_stock_cannot_be_bought(sku: str, shop: Shop) -> None:
    visitor = newcomer(shop)
    added = visitor.ask("AddToCart", {"sku": sku}).data["cartLineAdd"]

    if added["__typename"] == "CartLineAddSuccess":
        variables = checkout_input(added["cart"], key=uuid.uuid4().hex, card=CHECKOUT_CARD)
        checkout = visitor.ask("Checkout", variables).data["checkout"]
        assert checkout["__typename"] != "CheckoutSuccess"
    else:
        assert added["code"] == "INSUFFICIENT"
    assert available(shop, sku) == 0


def test_a_confirmed_order_empties_the_cart(shop: Shop) -> None:
    visitor = newcomer(shop)
    buy(visitor, "HEADPHONES-001-BLACK", key=uuid.uuid4().hex)

    until(lambda: visitor.ask("CartPage").data["cart"], lambda cart: cart is None or cart["itemCount"] == 0)
