"""Carrying checkouts on: by what payments announce, whatever way a peer fails, and from wherever a process died."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import text

import subgraphs.orders.service
from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.peers import PeerFailed
from subgraphs.orders.service import CRASH_POINTS, Carrier, carrying
from subgraphs.payments.providers import books, sandbox
from tests.subgraphs.orders.acts import (
    ADMIN,
    announced,
    buy,
    cancel,
    deliver_all,
    give_back,
    inspect,
    mails,
    refunds,
)
from tests.subgraphs.orders.shop import (
    CARD,
    CHALLENGED,
    SILENT,
    Shop,
    another_process,
    answer_challenge,
    charges,
    ended,
    orders_of,
    reservations,
    rows,
    status_of,
    sweep,
)

pytestmark = pytest.mark.anyio

SOURCE = {"card": {**CARD, "number": "4242424242424242"}, "savedMethodId": None}


# ------------------------------------------------------------------------------------------------------------- events


async def test_a_payment_settled_late_finishes_its_order_without_anybody_asking(shop: Shop, user: str) -> None:
    waiting = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=CHALLENGED)

    await answer_challenge(shop, waiting, code="123456", user=user)

    assert await ended(shop, waiting["order"]["id"]) == "CONFIRMED"
    assert await charges(shop, waiting["order"]["id"]) == [("CAPTURED", 5_990)]


async def test_a_payment_declined_late_frees_the_stock_without_anybody_asking(shop: Shop, user: str) -> None:
    before = await shop.available("MOUSE-001")
    waiting = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=CHALLENGED)

    await answer_challenge(shop, waiting, code="000000", user=user)

    assert await ended(shop, waiting["order"]["id"]) == "FAILED"
    assert await shop.available("MOUSE-001") == before
    assert (await announced(shop, waiting["order"]["id"]))[-1] == "OrderAbandoned"


async def test_news_told_twice_or_about_nothing_change_nothing(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})

    for _ in range(2):
        for order_id in (order["id"], "order-nothing"):
            async with another_process(shop) as (carrier, _), shop.database("orders").transaction() as session:
                await carrier.payment_moved(session, moved("PaymentAuthorized", order_id))

    assert await status_of(shop, order["id"]) == "CONFIRMED"
    assert (await announced(shop, order["id"])).count("OrderConfirmed") == 1


def moved(kind: str, order_id: str) -> Envelope:
    amount = {"amount": "59.90", "currency": "USD"}
    return Envelope(
        id=new_id(),
        source="payments",
        type=kind,
        version=1,
        occurred_at=now(),
        aggregate_id="payment",
        sequence=1,
        payload={"paymentId": "payment", "orderId": order_id, "amount": amount},
    )


# --------------------------------------------------------------------------------------------------- peers that fail

WAYS = ("refused", "slow", "cut_off", "wrong", "errors")
QUESTIONS = ("stockReserve", "paymentAuthorize", "stockCommit", "paymentCapture")


class Failing(httpx.AsyncBaseTransport):
    """A line on which every request with the word in it fails this way, until it is mended."""

    def __init__(self, word: str, way: str) -> None:
        self.word, self.way, self.is_mended = word, way, False
        self.line = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_mended or self.word.encode() not in await request.aread():
            return await self.line.handle_async_request(request)
        match self.way:
            case "refused":
                raise httpx.ConnectError("nobody listens", request=request)
            case "slow":
                raise httpx.ReadTimeout("no answer", request=request)
            case "cut_off":
                # It was done; only the answer is lost.
                await (await self.line.handle_async_request(request)).aread()
                raise httpx.RemoteProtocolError("hung up", request=request)
            case "wrong":
                return httpx.Response(502, html="<h1>Bad gateway</h1>")
            case _:
                return httpx.Response(200, json={"data": None, "errors": [{"message": "An internal error."}]})

    async def aclose(self) -> None:
        await self.line.aclose()


async def left_lying(shop: Shop, user: str) -> str:
    """An order that was placed while inventory could not be reached."""
    shop.wire.cut_before("stockReserve")
    await shop.check_out(await shop.fill({"SPEAKER-001": 1}, user=user), user=user)
    shop.wire.mend()
    ((order_id, _),) = await orders_of(shop, user)
    return order_id


async def carry(carrier: Carrier, order_id: str) -> str | None:
    """Carry on as the customer's own request would; answers how a peer failed, if one did."""
    try:
        await carrier.carry(order_id, SOURCE)
    except PeerFailed as failed:
        return failed.reason
    return None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("question", QUESTIONS)
async def test_however_a_peer_fails_the_checkout_goes_on_from_there(shop, user, question: str, way: str) -> None:
    before = await shop.available("SPEAKER-001")
    order_id = await left_lying(shop, user)

    line = Failing(question, way)
    async with another_process(shop, line) as (carrier, _):
        failed = await carry(carrier, order_id)
        line.is_mended = True
        again = await carry(carrier, order_id)

    # A lost answer of the authorization is made good at once: payments is asked what became of the key.
    made_good = (question, way) == ("paymentAuthorize", "cut_off")
    assert failed == (None if made_good else way)
    assert again is None
    assert await ended(shop, order_id) == "CONFIRMED"
    assert await charges(shop, order_id) == [("CAPTURED", 14_900)]
    assert await reservations(shop, order_id) == ["COMMITTED"]
    assert await shop.available("SPEAKER-001") == before - 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("question", ["paymentVoid", "stockRelease"])
async def test_however_a_peer_fails_what_is_given_up_is_given_back(shop, user, question: str, way: str) -> None:
    before = await shop.available("SPEAKER-001")
    waiting = await shop.check_out(await shop.fill({"SPEAKER-001": 1}, user=user), user=user, card=CHALLENGED)
    order_id = waiting["order"]["id"]

    line = Failing(question, way)
    async with another_process(shop, line, hours=2) as (carrier, _):
        await carrier.finish_stuck()
        between = await status_of(shop, order_id)
        line.is_mended = True
        await carrier.finish_stuck()

    assert between == "AWAITING_PAYMENT"
    assert await ended(shop, order_id) == "EXPIRED"
    assert await charges(shop, order_id) == [("VOIDED", 0)]
    assert await reservations(shop, order_id) == ["RELEASED"]
    assert await shop.available("SPEAKER-001") == before
    assert (await announced(shop, order_id)).count("OrderAbandoned") == 1


async def test_one_sweep_takes_on_all_that_was_left(shop: Shop, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "SWEEP_BATCH", 2)
    for _ in range(5):
        await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=CHALLENGED)

    async with another_process(shop, hours=2) as (carrier, _):
        ended_at_once = await carrier.finish_stuck()

    assert [status for _, status in await orders_of(shop, user)] == ["EXPIRED"] * 5
    assert ended_at_once == 5


async def test_a_sweep_tries_once_what_cannot_be_finished_now(
    shop: Shop, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "SWEEP_BATCH", 1)
    for _ in range(3):
        await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=CHALLENGED)

    line = Failing("paymentVoid", "refused")
    async with another_process(shop, line, hours=2) as (carrier, _):
        assert await carrier.finish_stuck() == 0
        line.is_mended = True
        assert await carrier.finish_stuck() == 3


async def test_the_stock_is_not_held_again_for_ever(shop: Shop, user: str) -> None:
    waiting = await shop.check_out(await shop.fill({"SPEAKER-001": 1}, user=user), user=user, card=CHALLENGED)
    order_id = waiting["order"]["id"]

    class Forgetful(Failing):
        """Every hold is gone by the time it is to be committed."""

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            content = await request.aread()
            if b"stockCommit" in content:
                refusal = {"__typename": "ReservationClosed", "message": "EXPIRED"}
                return httpx.Response(200, json={"data": {"stockCommit": refusal}})
            if b"paymentByKey" in content:
                payment = {"id": "p", "status": "AUTHORIZED", "declineCode": None, "actionUrl": None}
                money = {"amount": "0.00", "currency": "USD"}
                found = {**payment, "captured": money, "refunded": money, "refunding": money}
                return httpx.Response(200, json={"data": {"paymentByKey": found}})
            return await self.line.handle_async_request(request)

    async with another_process(shop, Forgetful("", "")) as (carrier, _):
        await carrier.carry(order_id)

    assert await ended(shop, order_id) == "EXPIRED"
    assert await reservations(shop, order_id) == ["RELEASED"]
    assert await charges(shop, order_id) == [("VOIDED", 0)]
    assert await mails(shop, order_id) == ["given_up"]


class Refusing(Failing):
    """Payments give nothing back by themselves, and refuse the first refund they are asked for."""

    def __init__(self, payment_id: str | None = None) -> None:
        super().__init__("", "")
        self.payment_id = payment_id
        self.keys: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = orjson.loads(await request.aread())
        if "paymentVoid" in asked["query"] and self.payment_id is not None:
            captured, nothing = {"amount": "59.90", "currency": "USD"}, {"amount": "0.00", "currency": "USD"}
            payment = {"id": self.payment_id, "status": "CAPTURED", "declineCode": None, "actionUrl": None}
            kept = {
                "__typename": "PaymentVoidSuccess",
                "payment": {**payment, "captured": captured, "refunded": nothing, "refunding": nothing},
            }
            return httpx.Response(200, json={"data": {"paymentVoid": kept}})
        if "paymentRefund" in asked["query"]:
            self.keys.append(asked["variables"]["key"])
            if len(self.keys) == 1:
                refusal = {"__typename": "PaymentNotPossible", "message": "The bank said no."}
                return httpx.Response(200, json={"data": {"paymentRefund": refusal}})
        return await self.line.handle_async_request(request)


async def test_a_refused_refund_of_a_return_is_asked_for_under_another_key_later(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await deliver_all(shop, order)
    return_id = (await give_back(shop, order, {"MOUSE-001": 1}, user=user))["order"]["returns"][0]["id"]
    shop.wire.cut_before("paymentRefund")
    await inspect(shop, order, return_id, {"MOUSE-001": (1, 0)})
    line, done = Refusing(), []

    for seconds in (1, 20, 60):
        async with another_process(shop, line, seconds=seconds) as (_, returns):
            done.append(await returns.finish_stuck())

    assert done == [0, 0, 1]
    assert line.keys == [f"{order['id']}:refund:{return_id}", f"{order['id']}:refund:{return_id}:2"]
    assert await refunds(shop, order["id"]) == [5_990]
    assert await status_of(shop, order["id"]) == "REFUNDED"


async def test_what_somebody_gave_back_by_hand_is_not_given_back_again(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await deliver_all(shop, order)
    ((payment_id,),) = await rows(shop, "orders", "SELECT payment_id FROM orders WHERE id = :id", id=order["id"])
    by_hand = """mutation($id: ID!, $amount: MoneyInput!) {
        paymentRefund(paymentId: $id, amount: $amount, idempotencyKey: "by-hand") { __typename }
    }"""
    ten = {"id": payment_id, "amount": {"amount": "10.00", "currency": "USD"}}
    given = await shop.ask("payments", by_hand, ten, **ADMIN)
    assert given.data == {"paymentRefund": {"__typename": "PaymentRefundSuccess"}}

    return_id = (await give_back(shop, order, {"MOUSE-001": 1}, user=user))["order"]["returns"][0]["id"]
    await inspect(shop, order, return_id, {"MOUSE-001": (1, 0)})
    async with another_process(shop, seconds=60) as (_, returns):
        await returns.finish_stuck()

    assert sorted(await refunds(shop, order["id"])) == [1_000, 4_990]
    assert await status_of(shop, order["id"]) == "REFUNDED"


async def test_a_refused_refund_of_a_cancellation_is_asked_for_under_another_key_later(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    ((payment_id,),) = await rows(shop, "orders", "SELECT payment_id FROM orders WHERE id = :id", id=order["id"])
    shop.wire.cut_before("paymentVoid")
    await cancel(shop, order, user=user)
    line, done = Refusing(payment_id), []

    for seconds in (1, 20, 60):
        async with another_process(shop, line, seconds=seconds) as (carrier, _):
            done.append(await carrier.finish_stuck())

    assert done == [0, 0, 1]
    assert line.keys == [f"{order['id']}:refund:cancel", f"{order['id']}:refund:cancel:2"]
    assert await refunds(shop, order["id"]) == [5_990]
    assert await reservations(shop, order["id"]) == ["RELEASED"]
    assert await mails(shop, order["id"]) == ["confirmed", "cancelled", "refund:cancel"]


REFUND_LATE, REFUND_FAILS_LATE = "4000000000000531", "4000000000000549"


@pytest.fixture
def slow_refunds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Late refunds arrive when the test says so."""
    monkeypatch.setattr(sandbox, "LATENESS", timedelta(hours=1))


async def arrive(shop: Shop, order: dict[str, Any]) -> None:
    """Let an order's refund come to its end, and the provider tell of it."""
    async with shop.database("payments").transaction() as bank:
        query = text("SELECT reference FROM payments WHERE order_id = :id")
        charge = {"charge": await bank.scalar(query, {"id": order["id"]})}
        await bank.execute(text("UPDATE sandbox_operations SET settles_at = now() WHERE reference = :charge"), charge)
        told = "UPDATE sandbox_webhooks SET not_before = now() WHERE payload::jsonb->'data'->>'reference' = :charge"
        await bank.execute(text(told), charge)


async def test_a_refund_that_takes_its_time_is_told_once_it_has_arrived(shop: Shop, user: str, slow_refunds) -> None:
    before = await shop.available("SPEAKER-001")
    order = await buy(shop, user, {"SPEAKER-001": 1}, card=REFUND_LATE)

    answer = await cancel(shop, order, user=user)

    # The stock is free at once; the money is on its way, and nothing says that it has arrived.
    assert (answer["order"]["status"], answer["order"]["refunded"]) == ("CANCELLED", {"amount": "0.00"})
    assert await shop.available("SPEAKER-001") == before
    assert await mails(shop, order["id"]) == ["confirmed", "cancelled"]
    await arrive(shop, order)
    assert await ended(shop, order["id"]) == "CANCELLED"
    assert await mails(shop, order["id"]) == ["confirmed", "cancelled", "refund:cancel"]
    assert await refunds(shop, order["id"]) == [14_900]


async def test_a_return_is_refunded_once_the_money_has_arrived(shop: Shop, user: str, slow_refunds) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1}, card=REFUND_LATE)
    await deliver_all(shop, order)
    return_id = (await give_back(shop, order, {"MOUSE-001": 1}, user=user))["order"]["returns"][0]["id"]

    answer = await inspect(shop, order, return_id, {"MOUSE-001": (1, 0)})

    assert answer["order"]["status"] == "RETURNED"
    await arrive(shop, order)
    async with asyncio.timeout(30):
        while await status_of(shop, order["id"]) != "REFUNDED":
            pass
    assert await refunds(shop, order["id"]) == [5_990]


async def test_a_refund_that_fails_on_its_way_is_asked_for_again(shop: Shop, user: str, slow_refunds) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1}, card=REFUND_FAILS_LATE)
    await deliver_all(shop, order)
    return_id = (await give_back(shop, order, {"MOUSE-001": 1}, user=user))["order"]["returns"][0]["id"]
    await inspect(shop, order, return_id, {"MOUSE-001": (1, 0)})

    await arrive(shop, order)
    async with asyncio.timeout(30):
        while await rows(shop, "orders", "SELECT attempt FROM returns WHERE id = :id", id=return_id) != [(2,)]:
            pass

    assert await status_of(shop, order["id"]) == "RETURNED"
    assert "OrderRefunded" not in await announced(shop, order["id"])


async def test_a_payment_nobody_knows_the_outcome_of_is_waited_for_longer_than_the_stock(
    shop: Shop, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The provider stays silent however often it is asked.
    monkeypatch.setattr(books, "SILENCES", 1_000)
    answer = await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user, card=SILENT)
    order_id = answer["order"]["id"]

    async with another_process(shop, minutes=16) as (carrier, _):
        await carrier.carry(order_id)
    between = await status_of(shop, order_id)
    async with another_process(shop, minutes=76) as (carrier, _):
        await carrier.carry(order_id)

    assert between == "AWAITING_PAYMENT"
    assert await ended(shop, order_id) == "EXPIRED"
    kept = "SELECT COALESCE(sum(captured_minor - refunded_minor), 0)::int FROM payments WHERE order_id = :id"
    assert await rows(shop, "payments", kept, id=order_id) == [(0,)]


# ------------------------------------------------------------------------------------------------------ crash points


def test_every_crash_point_is_on_the_way_once_and_listed() -> None:
    folder = Path(subgraphs.orders.service.__file__).parent
    reached = [name for file in folder.glob("*.py") for name in re.findall(r'reach\("([^"]+)"\)', file.read_text())]

    assert sorted(reached) == sorted(CRASH_POINTS)


async def test_a_dead_process_leaves_an_order_that_the_next_finishes(shop: Shop, user: str) -> None:
    order_id = await left_lying(shop, user)
    async with another_process(shop, Failing("paymentCapture", "cut_off")) as (carrier, _):
        await carry(carrier, order_id)

    await sweep(shop, seconds=60)

    assert await ended(shop, order_id) == "CONFIRMED"
    assert await mails(shop, order_id) == ["confirmed"]


async def test_a_checkout_whose_process_died_is_taken_over_once_its_lease_has_run_out(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1}, user=user)
    shop.wire.cut_before("stockCommit")
    await shop.check_out(cart, user=user)
    ((order_id, _),) = await orders_of(shop, user)
    # A killed process lets nothing go: its lease stands.
    async with shop.database("orders").transaction() as session:
        leased = "UPDATE checkouts SET leased_until = now() + interval '1 hour' WHERE order_id = :id"
        await session.execute(text(leased), {"id": order_id})

    await sweep(shop, seconds=60)
    assert await status_of(shop, order_id) == "AWAITING_PAYMENT"
    await sweep(shop, hours=1, seconds=1)

    assert await ended(shop, order_id) == "CONFIRMED"
    assert await charges(shop, order_id) == [("CAPTURED", 5_990)]
