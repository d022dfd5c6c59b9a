"""Cancelling: before shipping everything goes back, once, whoever else is at work on the order."""

import asyncio
from typing import Any

import pytest

from chassis.ids import new_id
from tests.subgraphs.orders.acts import ADMIN, announced, buy, cancel, mails, refunds, ship
from tests.subgraphs.orders.shop import (
    CHALLENGED,
    Shop,
    answer_challenge,
    charges,
    ended,
    orders_of,
    reservations,
    rows,
    sweep,
)

pytestmark = pytest.mark.anyio


async def test_a_cancelled_order_gives_back_its_stock_and_its_money(shop: Shop, user: str) -> None:
    before = await shop.available("SPEAKER-001")
    order = await buy(shop, user, {"SPEAKER-001": 2})

    answer = await cancel(shop, order, reason="Found it elsewhere.", user=user)

    assert (answer["__typename"], answer["order"]["status"]) == ("OrderCancelSuccess", "CANCELLED")
    assert answer["order"]["refunded"] == {"amount": "298.00"}
    assert await refunds(shop, order["id"]) == [29_800]
    assert await reservations(shop, order["id"]) == ["RELEASED"]
    assert await shop.available("SPEAKER-001") == before
    assert [event["__typename"] for event in answer["order"]["events"]][-2:] == ["OrderCancelled", "OrderRefunded"]
    assert (await announced(shop, order["id"]))[-2:] == ["OrderCancelled", "OrderRefunded"]
    assert await mails(shop, order["id"]) == ["confirmed", "cancelled", "refund:cancel"]


async def test_a_second_cancellation_changes_nothing(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    first = await cancel(shop, order, user=user)

    assert await cancel(shop, order, user=user) == first

    assert await refunds(shop, order["id"]) == [5_990]


async def test_an_administrator_cancels_for_a_customer(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})

    assert (await cancel(shop, order, **ADMIN))["order"]["status"] == "CANCELLED"


async def test_nobody_else_finds_the_order_to_cancel(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    strangers: list[dict[str, Any]] = [{"user": "user-bob"}, {}, {"token": "x" * 43}]

    for asking in strangers:
        assert (await cancel(shop, order, **asking))["__typename"] == "NotFound"

    assert (await cancel(shop, {"id": "order-nothing"}, user=user))["__typename"] == "NotFound"


async def test_a_guest_cancels_with_the_orders_token(shop: Shop) -> None:
    cart = await shop.fill({"MOUSE-001": 1})
    order = (await shop.check_out(cart, token=cart["token"]))["order"]

    assert (await cancel(shop, order, token="y" * 64))["__typename"] == "NotFound"
    assert (await cancel(shop, order, token=order["token"]))["order"]["status"] == "CANCELLED"


async def test_an_empty_reason_is_refused(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})

    answer = await cancel(shop, order, reason=" ", user=user)

    assert (answer["__typename"], answer["field"]) == ("InvalidInput", ["reason"])


@pytest.mark.parametrize(
    "status", ["PARTIALLY_SHIPPED", "SHIPPED", "DELIVERED", "RETURN_REQUESTED", "REFUNDED", "FAILED", "EXPIRED"]
)
async def test_what_was_shipped_or_has_ended_is_not_cancelled(shop: Shop, status: str) -> None:
    answer = await cancel(shop, {"id": f"order-demo-{status.lower()}"}, user="user-customer")

    assert (answer["__typename"], answer["code"], answer["status"]) == (
        "OrderNotPossible", "NOT_POSSIBLE_NOW", status,
    )  # fmt: skip


async def test_a_checkout_waiting_for_its_payment_is_cancelled_and_its_cart_can_be_bought(shop, user) -> None:
    before, key = await shop.available("SPEAKER-001"), new_id()
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)
    waiting = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)

    answer = await cancel(shop, waiting["order"], user=user)

    order_id = waiting["order"]["id"]
    assert answer["order"]["status"] == "CANCELLED"
    assert await charges(shop, order_id) == [("VOIDED", 0)]
    assert await shop.available("SPEAKER-001") == before
    assert await mails(shop, order_id) == ["cancelled"]
    again = await shop.check_out(cart, user=user, key=key, card=CHALLENGED)
    assert (again["__typename"], again["order"]["status"]) == ("CheckoutSuccess", "CANCELLED")
    assert (await shop.check_out(cart, user=user))["order"]["status"] == "CONFIRMED"


async def test_a_challenge_answered_after_the_cancellation_charges_nothing(shop: Shop, user: str) -> None:
    waiting = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=CHALLENGED)
    await cancel(shop, waiting["order"], user=user)

    confirm = 'mutation($id: ID!) { paymentConfirm(paymentId: $id, code: "123456") { __typename } }'
    await shop.ask("payments", confirm, {"id": waiting["paymentAction"]["paymentId"]}, user=user)

    assert await charges(shop, waiting["order"]["id"]) == [("VOIDED", 0)]
    assert await ended(shop, waiting["order"]["id"]) == "CANCELLED"


MOMENTS = ("stockReserve", "paymentAuthorize", "stockCommit", "paymentCapture")


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("question", MOMENTS)
async def test_a_cancellation_in_the_middle_of_the_checkout_wins(shop, user, question: str, place: str) -> None:
    """The order is cancelled while its own checkout has just asked a peer; that answer comes too late."""
    before = await shop.available("SPEAKER-001")
    cart = await shop.fill({"SPEAKER-001": 1}, user=user)
    cancelled: list[dict[str, Any]] = []

    async def cancel_now() -> None:
        if not cancelled:
            ((order_id, _),) = await orders_of(shop, user)
            cancelled.append(await cancel(shop, {"id": order_id}, user=user))

    getattr(shop.wire, place)[question] = cancel_now
    answer = await shop.check_out(cart, user=user)

    assert cancelled[0]["order"]["status"] == "CANCELLED"
    assert answer["order"]["status"] == "CANCELLED"
    ((order_id, _),) = await orders_of(shop, user)
    assert await ended(shop, order_id) == "CANCELLED"
    assert await reservations(shop, order_id) == ["RELEASED"]
    assert await shop.available("SPEAKER-001") == before
    kept = "SELECT COALESCE(sum(captured_minor - refunded_minor), 0)::int FROM payments WHERE order_id = :id"
    assert await rows(shop, "payments", kept, id=order_id) == [(0,)]
    assert "confirmed" not in await mails(shop, order_id)


async def test_of_a_confirmation_and_a_cancellation_at_once_exactly_one_comes_first(shop: Shop) -> None:
    people = [f"user-{new_id()}" for _ in range(4)]

    async def race(person: str) -> None:
        key = new_id()
        waiting = await shop.check_out(
            await shop.fill({"MOUSE-001": 1}, user=person), user=person, key=key, card=CHALLENGED
        )
        await asyncio.gather(
            answer_challenge_or_not(shop, waiting, person), cancel(shop, waiting["order"], user=person)
        )

    await asyncio.gather(*(race(person) for person in people))

    for person in people:
        ((order_id, _),) = await orders_of(shop, person)
        # Confirmed or not when it was cancelled, the end is the same: nothing is held and nothing is kept.
        assert await ended(shop, order_id) == "CANCELLED"
        assert await reservations(shop, order_id) == ["RELEASED"]
        kept = "SELECT COALESCE(sum(captured_minor - refunded_minor), 0)::int FROM payments WHERE order_id = :id"
        assert await rows(shop, "payments", kept, id=order_id) == [(0,)]


async def answer_challenge_or_not(shop: Shop, waiting: dict[str, Any], person: str) -> None:
    try:
        await answer_challenge(shop, waiting, code="123456", user=person)
    except AssertionError:
        # The cancellation was faster.
        return


async def test_of_shipping_and_cancelling_at_once_exactly_one_happens(shop: Shop) -> None:
    people = [f"user-{new_id()}" for _ in range(4)]
    bought = [await buy(shop, person, {"MOUSE-001": 1}) for person in people]

    outcomes = [
        await asyncio.gather(ship(shop, order), cancel(shop, order, user=person))
        for order, person in zip(bought, people, strict=True)
    ]

    for order, (shipped, cancelled) in zip(bought, outcomes, strict=True):
        kinds = {shipped["__typename"], cancelled["__typename"]}
        assert kinds in ({"OrderShipSuccess", "OrderNotPossible"}, {"OrderNotPossible", "OrderCancelSuccess"})
        was_shipped = shipped["__typename"] == "OrderShipSuccess"
        assert await refunds(shop, order["id"]) == ([] if was_shipped else [5_990])


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("question", ["paymentVoid", "paymentRefund", "stockRelease"])
async def test_what_a_cancellation_could_not_give_back_follows(shop, user, question: str, place: str) -> None:
    before = await shop.available("SPEAKER-001")
    order = await buy(shop, user, {"SPEAKER-001": 1})
    getattr(shop.wire, f"cut_{place}")(question)

    answer = await cancel(shop, order, user=user)
    await sweep(shop, seconds=60)

    assert answer["order"]["status"] == "CANCELLED"
    assert await ended(shop, order["id"]) == "CANCELLED"
    assert await refunds(shop, order["id"]) == [14_900]
    assert await reservations(shop, order["id"]) == ["RELEASED"]
    assert await shop.available("SPEAKER-001") == before
    assert (await announced(shop, order["id"])).count("OrderRefunded") == 1


async def test_two_cancellations_at_once_give_back_once(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})

    answers = await asyncio.gather(*(cancel(shop, order, user=user) for _ in range(4)))

    assert {answer["order"]["status"] for answer in answers} == {"CANCELLED"}
    assert await ended(shop, order["id"]) == "CANCELLED"
    assert await refunds(shop, order["id"]) == [5_990]
    assert (await announced(shop, order["id"])).count("OrderCancelled") == 1
