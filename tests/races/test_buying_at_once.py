"""Troubles other shops have had, at the moment of buying: each is played by several people, or tabs, at once.

One voucher used twice is missing here because there are no vouchers yet.
"""

import uuid
from collections import Counter

import pytest

from tests.journeys.operations import CHALLENGE_CODE, CHALLENGED_CARD, DECLINED_CARD
from tests.races.crowd import Crowd, at_once

pytestmark = pytest.mark.anyio

CONFIRM = "mutation($id: ID!, $code: String) { paymentConfirm(paymentId: $id, code: $code) { __typename } }"
PAYMENTS = """query($t: String!) {
  orderByToken(token: $t) { status payments { id status transactions { kind outcome } } }
}"""
CANCEL = "mutation($id: ID!, $t: String) { orderCancel(orderId: $id, token: $t) { __typename } }"


async def test_the_last_piece_is_sold_once(crowd: Crowd) -> None:
    await crowd.stock("MIC-001", 1)
    people = [crowd.guest() for _ in range(8)]
    carts = await at_once(*(person.add("MIC-001") for person in people))

    results = await at_once(*(person.check_out(cart) for person, cart in zip(people, carts, strict=True)))

    assert Counter(result["__typename"] for result in results) == {"CheckoutSuccess": 1, "StockUnavailable": 7}
    assert await crowd.available("MIC-001") == 0


async def test_two_completions_with_one_key_are_one_order(crowd: Crowd) -> None:
    before, person, key = await crowd.available("MOUSE-001"), crowd.guest(), uuid.uuid4().hex
    cart = await person.add("MOUSE-001")

    results = await at_once(*(person.check_out(cart, key=key) for _ in range(5)))

    assert [result["__typename"] for result in results] == ["CheckoutSuccess"] * 5
    assert len({result["order"]["id"] for result in results}) == 1
    assert {result["order"]["status"] for result in results} == {"CONFIRMED"}
    assert await crowd.available("MOUSE-001") == before - 1


async def test_two_completions_with_two_keys_sell_one_version_of_a_cart_once(crowd: Crowd) -> None:
    before, person = await crowd.available("MOUSE-001"), crowd.guest()
    cart = await person.add("MOUSE-001")

    results = await at_once(*(person.check_out(cart) for _ in range(5)))

    assert Counter(result["__typename"] for result in results) == {"CheckoutSuccess": 1, "CartAlreadyOrdered": 4}
    assert await crowd.available("MOUSE-001") == before - 1


async def test_a_double_click_on_pay_asks_for_the_money_once(crowd: Crowd) -> None:
    person, key = crowd.guest(), uuid.uuid4().hex
    cart = await person.add("KEYBOARD-001-RED")
    clicks = await at_once(*(person.check_out(cart, key=key, card=CHALLENGED_CARD) for _ in range(2)))
    [payment_id] = {click["paymentAction"]["paymentId"] for click in clicks}

    await at_once(*(person.send(CONFIRM, {"id": payment_id, "code": CHALLENGE_CODE}) for _ in range(2)))
    paid = await at_once(*(person.paid(cart, key=key, card=CHALLENGED_CARD) for _ in range(2)))

    assert len({order["id"] for order in paid}) == 1
    order = (await person.send(PAYMENTS, {"t": paid[0]["token"]}))["orderByToken"]
    assert [payment["status"] for payment in order["payments"]] == ["CAPTURED"]


async def test_a_double_click_with_a_bad_card_is_declined_once_and_leaves_the_cart(crowd: Crowd) -> None:
    before, person, key = await crowd.available("MOUSE-001"), crowd.guest(), uuid.uuid4().hex
    cart = await person.add("MOUSE-001")

    declined = await at_once(*(person.check_out(cart, key=key, card=DECLINED_CARD) for _ in range(3)))
    bought = await person.check_out(cart)

    assert {result["__typename"] for result in declined} == {"PaymentDeclined"}
    assert bought["order"]["status"] == "CONFIRMED"
    assert await crowd.available("MOUSE-001") == before - 1


async def test_parallel_additions_to_a_cart_are_all_counted_in_one_line(crowd: Crowd) -> None:
    person = crowd.guest()
    await person.add("SPEAKER-001")

    await at_once(*(crowd.again(person).add("MOUSE-001") for _ in range(8)))

    cart = (await person.ask("CartPage"))["cart"]
    assert [(line["variant"]["sku"], line["quantity"]) for line in cart["lines"]] == [
        ("SPEAKER-001", 1),
        ("MOUSE-001", 8),
    ]


async def test_a_cart_changed_while_it_is_bought_is_bought_as_agreed_or_not_at_all(crowd: Crowd) -> None:
    person = crowd.guest()
    cart = await person.add("MOUSE-001")

    result, *_ = await at_once(person.check_out(cart), *(crowd.again(person).add("SPEAKER-001") for _ in range(3)))

    if result["__typename"] == "CheckoutSuccess":
        assert [(line["sku"], line["quantity"]) for line in result["order"]["lines"]] == [("MOUSE-001", 1)]
    else:
        assert result["__typename"] == "CartChanged"


async def test_crossing_orders_of_the_same_two_skus_do_not_wait_for_each_other_for_ever(crowd: Crowd) -> None:
    await crowd.stock("TABLET-001", 10)
    await crowd.stock("MONITOR-001", 10)
    people = [crowd.guest() for _ in range(10)]
    carts = []
    for number, person in enumerate(people):
        first, second = ("TABLET-001", "MONITOR-001") if number % 2 else ("MONITOR-001", "TABLET-001")
        await person.add(first)
        carts.append(await person.add(second))

    results = await at_once(*(person.check_out(cart) for person, cart in zip(people, carts, strict=True)))

    assert [result["__typename"] for result in results] == ["CheckoutSuccess"] * 10
    assert {result["order"]["status"] for result in results} == {"CONFIRMED"}


async def test_a_checkout_cancelled_while_it_waits_for_its_customer_is_never_confirmed(crowd: Crowd) -> None:
    before, person, key = await crowd.available("MOUSE-001"), crowd.guest(), uuid.uuid4().hex
    cart = await person.add("MOUSE-001")
    waiting = await person.check_out(cart, key=key, card=CHALLENGED_CARD)
    order, payment_id = waiting["order"], waiting["paymentAction"]["paymentId"]

    cancelled, *_ = await at_once(
        person.send(CANCEL, {"id": order["id"], "t": order["token"]}),
        person.send(CONFIRM, {"id": payment_id, "code": CHALLENGE_CODE}),
        person.check_out(cart, key=key, card=CHALLENGED_CARD),
    )

    assert cancelled["orderCancel"]["__typename"] == "OrderCancelSuccess"
    stands = (await person.send(PAYMENTS, {"t": order["token"]}))["orderByToken"]
    assert stands["status"] == "CANCELLED"
    assert await crowd.available("MOUSE-001") == before
