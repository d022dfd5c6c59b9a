"""Races about what was bought already: refunds, webhooks, parcels, cancellations and returns."""

import json
import uuid
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from chassis.settings import DEVELOPMENT_SANDBOX_SECRET
from subgraphs.payments.providers.signature import sign
from tests.chaos.recovery import settings_of
from tests.journeys.operations import CHALLENGE_CODE, CHALLENGED_CARD
from tests.journeys.shop import Shop
from tests.races.crowd import Crowd, at_once
from tests.races.test_buying_at_once import CONFIRM, PAYMENTS

pytestmark = pytest.mark.anyio

REFUND = """mutation($id: ID!, $amount: MoneyInput!, $key: String!) {
  paymentRefund(paymentId: $id, amount: $amount, idempotencyKey: $key) { __typename }
}"""
CANCEL = "mutation($id: ID!) { orderCancel(orderId: $id) { __typename } }"
SHIP = "mutation($id: ID!, $key: String!) { orderShip(orderId: $id, idempotencyKey: $key) { __typename } }"
DELIVER = "mutation($id: ID!) { orderDeliver(orderId: $id) { __typename } }"
ASK_BACK = """mutation($id: ID!, $lines: [OrderPiecesInput!]!, $key: String!, $t: String) {
  orderReturnRequest(orderId: $id, lines: $lines, reason: "Too big", idempotencyKey: $key, token: $t) {
    __typename ... on OrderReturnRequestSuccess { returnId }
  }
}"""
RECEIVE = """mutation($id: ID!, $lines: [OrderInspectionInput!]!) {
  orderReturnReceive(returnId: $id, lines: $lines) { __typename ... on OrderReturnReceiveSuccess { order { status refunded { amount } } } }
}"""


async def paid(crowd: Crowd, order: dict[str, Any]) -> dict[str, Any]:
    found = (await crowd.guest().send(PAYMENTS, {"t": order["token"]}))["orderByToken"]
    [payment] = found["payments"]
    return dict(payment)


@pytest.mark.parametrize(("amount", "refunds"), [("59.90", 1), ("23.96", 2)])
async def test_parallel_refunds_never_exceed_what_was_captured(amount: str, refunds: int, crowd: Crowd) -> None:
    order = await crowd.guest().bought("MOUSE-001")
    [payment] = order["payments"]
    wish = {"amount": amount, "currency": "USD"}

    results = await at_once(
        *(crowd.admin.send(REFUND, {"id": payment["id"], "amount": wish, "key": uuid.uuid4().hex}) for _ in range(5))
    )

    kinds = Counter(result["paymentRefund"]["__typename"] for result in results)
    assert kinds["PaymentRefundSuccess"] == refunds
    assert kinds["RefundExceedsCharge"] + kinds["PaymentNotPossible"] == 5 - refunds


async def test_a_webhook_and_the_customers_own_confirmation_capture_once(shop: Shop, crowd: Crowd) -> None:
    person, key = crowd.guest(), uuid.uuid4().hex
    cart = await person.add("SPEAKER-001")
    waiting = await person.check_out(cart, key=key, card=CHALLENGED_CARD)
    payment_id = waiting["paymentAction"]["paymentId"]
    told = webhooks_about(await reference_of(shop, payment_id))

    await at_once(
        person.send(CONFIRM, {"id": payment_id, "code": CHALLENGE_CODE}),
        *(deliver(shop, crowd, body) for body in told),
        person.check_out(cart, key=key, card=CHALLENGED_CARD),
    )
    order = await person.paid(cart, key=key, card=CHALLENGED_CARD)

    payment = await paid(crowd, order)
    assert payment["status"] == "CAPTURED"
    captures = [row["outcome"] for row in payment["transactions"] if row["kind"] == "CAPTURE"]
    assert captures.count("SUCCEEDED") == 1


def webhooks_about(reference: str) -> list[bytes]:
    """Three webhooks, each twice."""
    kinds = ("charge.authorized", "charge.captured", "charge.authorized")
    return 2 * [
        json.dumps(
            {"id": f"race-{reference}-{number}", "type": kind, "created": 0, "data": {"reference": reference}}
        ).encode()
        for number, kind in enumerate(kinds)
    ]


async def deliver(shop: Shop, crowd: Crowd, body: bytes) -> dict[str, Any]:
    signature = sign(body, [DEVELOPMENT_SANDBOX_SECRET], at=datetime.now(UTC))
    url = f"{shop.subgraph_url('payments').removesuffix('/graphql')}/webhooks/sandbox"
    answer = await crowd.http.post(url, content=body, headers={"sandbox-signature": signature})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def reference_of(shop: Shop, payment_id: str) -> str:
    settings = settings_of(shop.environment["DATABASE_URL"], shop.environment["DATABASE_PREFIX"])
    connection = await asyncpg.connect(settings.database_of("payments"))
    try:
        return str(await connection.fetchval("SELECT reference FROM payments WHERE id = $1", payment_id))
    finally:
        await connection.close()


async def test_an_order_is_cancelled_or_shipped_never_both(crowd: Crowd) -> None:
    orders = [await crowd.guest().bought("MOUSE-001") for _ in range(4)]

    for order in orders:
        cancelled, shipped = await at_once(
            crowd.admin.send(CANCEL, {"id": order["id"]}),
            crowd.admin.send(SHIP, {"id": order["id"], "key": "first"}),
        )

        won = {cancelled["orderCancel"]["__typename"], shipped["orderShip"]["__typename"]}
        assert won in ({"OrderCancelSuccess", "OrderNotPossible"}, {"OrderNotPossible", "OrderShipSuccess"})


async def test_one_order_cancelled_many_times_gives_its_money_back_once(crowd: Crowd) -> None:
    before, order = await crowd.available("SPEAKER-001"), await crowd.guest().bought("SPEAKER-001")

    results = await at_once(*(crowd.admin.send(CANCEL, {"id": order["id"]}) for _ in range(4)))

    assert {result["orderCancel"]["__typename"] for result in results} == {"OrderCancelSuccess"}
    payment = await paid(crowd, order)
    refunds = [row["outcome"] for row in payment["transactions"] if row["kind"] == "REFUND"]
    assert (payment["status"], refunds.count("SUCCEEDED")) == ("REFUNDED", 1)
    assert await crowd.available("SPEAKER-001") == before


async def test_one_return_asked_for_and_received_twice_is_refunded_once(crowd: Crowd) -> None:
    order = await crowd.guest().bought("MOUSE-001", 2)
    await crowd.admin.send(SHIP, {"id": order["id"], "key": "all"})
    await crowd.admin.send(DELIVER, {"id": order["id"]})
    line = order["lines"][0]["id"]
    wish = {"id": order["id"], "lines": [{"lineId": line, "quantity": 2}], "t": order["token"]}

    asked = await at_once(*(crowd.guest().send(ASK_BACK, {**wish, "key": key}) for key in ("one", "one", "two", "two")))
    results = [each["orderReturnRequest"] for each in asked]
    granted = {each["returnId"] for each in results if each["__typename"] == "OrderReturnRequestSuccess"}
    assert len(granted) == 1
    assert {each["__typename"] for each in results} <= {
        "OrderReturnRequestSuccess",
        "OrderNotPossible",
        "QuantityExceeded",
    }

    found = {"id": granted.pop(), "lines": [{"lineId": line, "restock": 2, "scrap": 0}]}
    received = await at_once(*(crowd.admin.send(RECEIVE, found) for _ in range(3)))

    assert {each["orderReturnReceive"]["__typename"] for each in received} == {"OrderReturnReceiveSuccess"}
    payment = await paid(crowd, order)
    refunds = [row["outcome"] for row in payment["transactions"] if row["kind"] == "REFUND"]
    assert (payment["status"], refunds.count("SUCCEEDED")) == ("REFUNDED", 1)
