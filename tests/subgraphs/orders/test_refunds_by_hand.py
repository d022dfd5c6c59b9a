"""Money that goes back, or comes back, without orders having asked for it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.money import Amount
from chassis.outbox import announce
from subgraphs.orders import store
from subgraphs.orders.model import Step
from subgraphs.payments.events import PaymentRefunded, PaymentRefundReversed
from tests.chassis.toy_events import WAITS_FOR_A_LOCK
from tests.subgraphs.orders.acts import (
    ADMIN,
    announced,
    body_of,
    buy,
    cancel,
    deliver_all,
    give_back,
    inspect,
    letter,
    mails,
    refunds,
    ship,
)
from tests.subgraphs.orders.shop import Shop, rows

pytestmark = pytest.mark.anyio

REFUND = """mutation($id: ID!, $amount: MoneyInput!, $key: String!) {
  paymentRefund(paymentId: $id, amount: $amount, idempotencyKey: $key) { __typename } }"""
STORY = """query($id: ID!) { order(id: $id) { status refunded { amount } events { __typename status
  ... on OrderRefunded { amount { amount } isPartial } ... on OrderRefundReversed { back: amount { amount } } } } }"""


async def payment_of(shop: Shop, order: dict[str, Any]) -> str:
    ((payment_id,),) = await rows(shop, "orders", "SELECT payment_id FROM orders WHERE id = :id", id=order["id"])
    return str(payment_id)


async def refund_by_hand(shop: Shop, order: dict[str, Any], amount: str, key: str | None = None) -> None:
    """As an administrator does it in payments, where nobody asks orders."""
    variables = {
        "id": await payment_of(shop, order),
        "amount": {"amount": amount, "currency": "USD"},
        "key": key or new_id(),
    }
    answer = await shop.ask("payments", REFUND, variables, **ADMIN)
    assert answer.data == {"paymentRefund": {"__typename": "PaymentRefundSuccess"}}, answer.body


async def refunded(shop: Shop, order: dict[str, Any], cents: int) -> None:
    """Wait until orders has heard of it."""
    async with asyncio.timeout(60):
        while await rows(shop, "orders", "SELECT refunded_minor FROM orders WHERE id = :id", id=order["id"]) != [
            (cents,)
        ]:
            pass


async def story(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask("orders", STORY, {"id": order["id"]}, **ADMIN)).data["order"]
    return found


async def amounts_announced(shop: Shop, order: dict[str, Any]) -> list[str]:
    """What each OrderRefunded of the order says went back."""
    query = """SELECT payload->'amount'->>'amount' FROM outbox
               WHERE type = 'OrderRefunded' AND payload->>'orderId' = :id ORDER BY position"""
    return [amount for (amount,) in await rows(shop, "orders", query, id=order["id"])]


async def heard(shop: Shop, *events: PaymentRefunded | PaymentRefundReversed) -> None:
    """Let payments announce these, and orders hear them."""
    async with shop.database("payments").transaction() as session:
        await announce(session, *events)
    async with asyncio.timeout(60):
        while await rows(shop, "payments", "SELECT 1 FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL"):
            pass


async def test_a_refund_by_hand_is_in_the_order_its_history_the_events_and_a_mail(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 2})

    await refund_by_hand(shop, order, "10.00")
    await refunded(shop, order, 1_000)

    told = await story(shop, order)
    assert (told["status"], told["refunded"]) == ("CONFIRMED", {"amount": "10.00"})
    assert told["events"][-1] == {
        "__typename": "OrderRefunded", "status": "CONFIRMED", "amount": {"amount": "10.00"}, "isPartial": True,
    }  # fmt: skip
    assert (await announced(shop, order["id"]))[-1] == "OrderRefunded"
    (about,) = [about for about in await mails(shop, order["id"]) if about.startswith("refund:")]
    assert "given back 10.00 USD" in body_of(await letter(shop, order["id"], about), "plain")
    assert (await ship(shop, order))["order"]["status"] == "SHIPPED"


async def test_what_was_refunded_whole_is_not_sent_but_may_be_cancelled(shop: Shop, user: str) -> None:
    before = await shop.available("MOUSE-001")
    order = await buy(shop, user, {"MOUSE-001": 1})
    await refund_by_hand(shop, order, "59.90")
    await refunded(shop, order, 5_990)

    refused = await ship(shop, order)
    cancelled = await cancel(shop, order, user=user)

    assert (refused["__typename"], refused["status"]) == ("OrderNotPossible", "CONFIRMED")
    assert cancelled["order"]["status"] == "CANCELLED"
    assert cancelled["order"]["refunded"] == {"amount": "59.90"}
    assert await refunds(shop, order["id"]) == [5_990]
    assert await shop.available("MOUSE-001") == before


async def test_a_cancellation_after_a_refund_by_hand_tells_of_the_rest(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await refund_by_hand(shop, order, "10.00")
    await refunded(shop, order, 1_000)

    await cancel(shop, order, user=user)

    told = await story(shop, order)
    amounts = [event["amount"]["amount"] for event in told["events"] if event["__typename"] == "OrderRefunded"]
    assert (told["status"], told["refunded"], amounts) == ("CANCELLED", {"amount": "59.90"}, ["10.00", "49.90"])
    assert await amounts_announced(shop, order) == ["10.00", "49.90"]
    assert "given back 49.90 USD" in body_of(await letter(shop, order["id"], "refund:cancel"), "plain")
    assert await refunds(shop, order["id"]) == [1_000, 4_990]


async def test_a_return_after_a_refund_by_hand_gives_back_only_what_is_left(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 2})
    await deliver_all(shop, order)
    await refund_by_hand(shop, order, "10.00")
    await refunded(shop, order, 1_000)

    asked = await give_back(shop, order, {"MOUSE-001": 1}, user=user)
    return_id = asked["order"]["returns"][0]["id"]
    await inspect(shop, order, return_id, {"MOUSE-001": (1, 0)})

    told = await story(shop, order)
    assert (told["status"], told["refunded"]) == ("DELIVERED", {"amount": "69.90"})
    assert await refunds(shop, order["id"]) == [1_000, 5_990]


async def test_what_orders_gave_back_itself_is_not_counted_twice(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await cancel(shop, order, user=user)

    await heard(shop)

    told = await story(shop, order)
    assert told["refunded"] == {"amount": "59.90"}
    assert [event["__typename"] for event in told["events"]].count("OrderRefunded") == 1


async def test_a_refund_by_hand_that_is_heard_of_after_the_cancellation_adds_nothing(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await cancel(shop, order, user=user)

    await heard(
        shop, PaymentRefunded(await payment_of(shop, order), order["id"], Amount.of("5.00", "USD"), key=new_id())
    )

    told = await story(shop, order)
    assert told["refunded"] == {"amount": "59.90"}
    assert told["events"][-1]["__typename"] == "OrderRefunded"
    assert await mails(shop, order["id"]) == ["confirmed", "cancelled", "refund:cancel"]


async def test_a_refund_that_came_back_is_ours_again(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await refund_by_hand(shop, order, "10.00", key="by-hand")
    await refunded(shop, order, 1_000)

    payment_id = await payment_of(shop, order)
    back = PaymentRefundReversed(payment_id, order["id"], Amount.of("10.00", "USD"), key="by-hand", code="closed")
    await heard(shop, back)
    await refunded(shop, order, 0)

    told = await story(shop, order)
    assert told["events"][-1] == {
        "__typename": "OrderRefundReversed", "status": "CONFIRMED", "back": {"amount": "10.00"},
    }  # fmt: skip
    assert (await ship(shop, order))["order"]["status"] == "SHIPPED"


async def test_a_refund_by_hand_that_is_heard_of_while_its_order_is_undone_waits_for_its_turn(
    shop: Shop, user: str
) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    by_hand = PaymentRefunded("payment", order["id"], Amount.of("5.00", "USD"), key=new_id())
    event = Envelope(new_id(), "payments", "PaymentRefunded", 1, now(), "payment", 1, by_hand.payload())
    async with shop.database("orders").transaction() as session:
        # Leased, so that the shop leaves the undoing to this test.
        begun = """UPDATE checkouts SET step = 'GIVE_UP', ending = 'CANCELLED', leased_until = now() + interval '1 hour'
                   WHERE order_id = :id"""
        await session.execute(text(begun), {"id": order["id"]})

    async with shop.database("orders").transaction() as undoing:
        assert await store.for_update(undoing, order["id"])
        consumer = Consumer("orders", shop.database("orders"), shop.subgraphs["orders"].listens)
        hearing = asyncio.create_task(consumer.deliver(event))
        async with asyncio.timeout(60):
            while not await rows(shop, "orders", WAITS_FOR_A_LOCK):
                pass
        _, checkout = await store.checkout_for_update(undoing, order["id"])
        checkout.move(Step.DONE, at=now())
    await hearing

    assert (await story(shop, order))["refunded"] == {"amount": "5.00"}


async def test_a_refund_of_an_order_nobody_knows_is_ignored(shop: Shop) -> None:
    await heard(shop, PaymentRefunded("payment-x", "order-nobody-knows", Amount.of("1.00", "USD"), key=new_id()))

    assert await rows(shop, "orders", "SELECT 1 FROM inbox_failures WHERE source = 'payments'") == []
