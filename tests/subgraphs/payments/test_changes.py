"""Captures, voids and refunds whose answers are lost, refused, or crossed by others: each is done once, or not at all."""

import asyncio

import pytest
from sqlalchemy import text

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.money import Amount
from chassis.viewer import Viewer
from subgraphs.payments.errors import PaymentNotPossible
from subgraphs.payments.model import Status
from subgraphs.payments.providers.books import ChargeState
from subgraphs.payments.providers.sandbox import CHALLENGE_CODE
from subgraphs.payments.service import Payments
from tests.subgraphs.payments.counter import (
    ANSWER_LOST,
    APPROVED,
    CAPTURE_FAILS,
    CAPTURE_LOST,
    CHALLENGE_FAILS,
    CHALLENGED,
    DECLINED,
    REFUND_FAILS,
    REFUND_LOST,
    SLOW,
    TOTAL,
    VOID_LOST,
    BadLine,
    announced,
    captured,
    charges,
    history,
    payments_of,
    sandbox_of,
    wish,
)

pytestmark = pytest.mark.anyio


async def test_a_lost_answer_to_a_capture_is_asked_for_by_key(payments: Payments, database: Database) -> None:
    payment = await captured(payments, CAPTURE_LOST)

    assert (payment.status, payment.captured_minor) == (Status.CAPTURED, 10_000)
    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptured"]


async def test_a_capture_that_fails_is_told_and_leaves_the_money_reserved(payments, database: Database) -> None:
    asked, key = wish(CAPTURE_FAILS), new_id()
    payment = await payments.authorize(asked)

    for _ in range(2):
        with pytest.raises(PaymentNotPossible) as refused:
            await payments.capture(payment.id, TOTAL, key=key)
        assert refused.value.reason == "capture_failed"

    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptureFailed"]
    given_up = await payments.abandon(asked.key)
    assert given_up is not None
    assert (given_up.status, given_up.authorized_minor) == (Status.VOIDED, 0)


async def test_a_capture_nobody_got_an_answer_to_is_settled_later(database: Database, clock: StoppedClock) -> None:
    provider = BadLine(sandbox_of(database, clock))
    payments = payments_of(database, clock, provider)
    payment = await payments.authorize(wish())
    provider.lost["capture"] = 9
    with pytest.raises(Unavailable):
        await payments.capture(payment.id, TOTAL, key=new_id())

    clock.advance(minutes=1)
    await payments.settle_stuck()

    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptured"]
    assert (await history(database, payment.id))[-2:] == ["CAPTURE REQUESTED", "CAPTURE SUCCEEDED"]


async def test_a_lost_answer_to_a_void_is_asked_for_again(payments: Payments, database: Database) -> None:
    asked = wish(VOID_LOST)
    payment = await payments.authorize(asked)

    await payments.abandon(asked.key)

    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentVoided"]
    assert await charges(database, asked.key) == [(ChargeState.VOIDED, 0)]


async def test_a_reserved_amount_is_not_called_voided_before_the_provider_says_so(
    database: Database, clock: StoppedClock
) -> None:
    provider = BadLine(sandbox_of(database, clock))
    payments, asked = payments_of(database, clock, provider), wish()
    payment = await payments.authorize(asked)
    provider.lost["void"] = 9
    with pytest.raises(Unavailable):
        await payments.abandon(asked.key)
    with pytest.raises(PaymentNotPossible):
        await payments.capture(payment.id, TOTAL, key=new_id())
    assert await announced(database, payment.id) == ["PaymentAuthorized"]

    provider.lost.clear()
    clock.advance(minutes=1)
    await payments.settle_stuck()

    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentVoided"]


async def test_a_payment_is_given_up_even_while_the_provider_is_silent(database: Database, clock: StoppedClock) -> None:
    asked = wish(ANSWER_LOST)
    provider = BadLine(sandbox_of(database, clock), lost={"find": 99, "void": 99})
    payments = payments_of(database, clock, provider)
    payment = await payments.authorize(asked)

    given_up = await payments.abandon(asked.key)

    assert given_up is not None
    assert given_up.status is Status.VOIDED
    provider.lost.clear()
    clock.advance(minutes=1)
    await payments.settle_stuck()
    assert await charges(database, asked.key) == [(ChargeState.VOIDED, 0)]
    assert await announced(database, payment.id) == ["PaymentVoided"]
    assert (await history(database, payment.id))[-1] == "VOID SUCCEEDED"


async def test_giving_up_while_the_capture_is_done_gives_the_money_back(
    database: Database, clock: StoppedClock
) -> None:
    asked = wish()
    payments = payments_of(database, clock)
    payment = await payments.authorize(asked)
    provider = BadLine(sandbox_of(database, clock))
    # The capture is on its way when the void is asked for: written down before, heard by the provider first.
    provider.before["void"] = lambda: sandbox_of(database, clock).capture(
        payment.reference or "", TOTAL, key="elsewhere"
    )

    given_up = await payments_of(database, clock, provider).abandon(asked.key)

    assert given_up is not None
    assert (given_up.status, given_up.refunded_minor) == (Status.REFUNDED, 10_000)
    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptured", "PaymentRefunded"]


async def test_a_refund_that_fails_can_be_asked_for_another_time(payments: Payments, database: Database) -> None:
    payment = await captured(payments, REFUND_FAILS)

    with pytest.raises(PaymentNotPossible) as refused:
        await payments.refund(payment.id, Amount(4_000), key=new_id())

    assert refused.value.reason == "refund_failed"
    assert (await announced(database, payment.id))[-1] == "PaymentRefundFailed"
    assert (await history(database, payment.id))[-2:] == ["REFUND REQUESTED", "REFUND DECLINED"]


async def test_whoever_refunds_others_hear_of_it_and_of_what_comes_back(payments: Payments, database: Database) -> None:
    payment, key = await captured(payments), new_id()

    await payments.refund(payment.id, Amount(4_000), key=key)
    async with database.transaction() as bank:
        returned = (
            "UPDATE sandbox_operations SET state = 'FAILED', code = 'account_closed' WHERE idempotency_key = :key"
        )
        await bank.execute(text(returned), {"key": key})
    await payments.till.settle(payment)

    facts = {
        "paymentId": payment.id,
        "orderId": payment.order_id,
        "amount": {"amount": "40.00", "currency": "USD"},
        "key": key,
    }
    async with database.reading() as session:
        query = "SELECT type, payload FROM outbox WHERE aggregate_id = :id ORDER BY position OFFSET 2"
        told = [tuple(row) for row in await session.execute(text(query), {"id": payment.id})]
    assert told == [("PaymentRefunded", facts), ("PaymentRefundReversed", {**facts, "code": "account_closed"})]
    assert (await history(database, payment.id))[-1] == "REFUND REVERSED"


async def test_a_lost_answer_to_a_refund_is_asked_for_by_key(payments: Payments, database: Database) -> None:
    payment = await captured(payments, REFUND_LOST)

    payment = await payments.refund(payment.id, Amount(4_000), key=new_id())

    assert (payment.refunded_minor, payment.refunding_minor) == (4_000, 0)
    assert await charges(database, payment.idempotency_key) == [(ChargeState.CAPTURED, 6_000)]


async def test_a_challenge_that_cannot_be_passed_declines_whatever_the_code(payments: Payments) -> None:
    payment = await payments.authorize(wish(CHALLENGE_FAILS))

    failed = await payments.confirm(payment.id, code=CHALLENGE_CODE, viewer=Viewer(user_id="user-alice"))

    assert (failed.status, failed.decline_code) == (Status.DECLINED, "authentication_failed")


async def test_a_challenge_answered_twice_at_once_is_answered_once(payments: Payments, database: Database) -> None:
    payment = await payments.authorize(wish(CHALLENGED))
    viewer = Viewer(user_id="user-alice")

    answers = await asyncio.gather(
        *(payments.confirm(payment.id, code=CHALLENGE_CODE, viewer=viewer) for _ in range(6))
    )

    assert {answer.status for answer in answers} == {Status.AUTHORIZED}
    assert await announced(database, payment.id) == ["PaymentAuthorized"]


async def test_a_slow_provider_is_waited_for(payments: Payments) -> None:
    assert (await payments.authorize(wish(SLOW))).status is Status.AUTHORIZED


async def test_a_double_click_on_pay_with_two_cards_charges_one_of_them(payments: Payments, database: Database) -> None:
    key = new_id()

    answers = await asyncio.gather(
        payments.authorize(wish(APPROVED, key=key)), payments.authorize(wish(DECLINED, key=key))
    )

    assert len({answer.id for answer in answers}) == 1
    final = await payments.by_key(key)
    assert final is not None
    told = await announced(database, final.id)
    assert told == [{Status.AUTHORIZED: "PaymentAuthorized", Status.DECLINED: "PaymentDeclined"}[final.status]]
    assert len(await charges(database, key)) == 1
