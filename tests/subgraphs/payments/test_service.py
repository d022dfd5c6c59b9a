"""Money moves once per key, whatever the provider does."""

import asyncio

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound, Unavailable
from chassis.ids import new_id
from chassis.money import Amount
from chassis.viewer import Viewer
from subgraphs.payments.errors import IdempotencyKeyReused, PaymentNotPossible, RefundExceedsCharge
from subgraphs.payments.model import Operation, Outcome, Payment, Status, Transaction
from subgraphs.payments.providers.books import ChargeState
from subgraphs.payments.providers.sandbox import CHALLENGE_CODE
from subgraphs.payments.service import Payments
from tests.subgraphs.payments.counter import (
    ANSWER_LOST,
    APPROVED,
    CHALLENGED,
    DECLINED,
    REQUEST_LOST,
    SILENT,
    TOTAL,
    BadLine,
    announced,
    card,
    charges,
    history,
    payments_of,
    sandbox_of,
    wish,
)

pytestmark = pytest.mark.anyio


async def test_an_approved_card_is_authorized_then_captured(payments: Payments, database: Database) -> None:
    payment = await payments.authorize(wish())
    assert (payment.status, payment.authorized_minor, payment.captured_minor) == (Status.AUTHORIZED, 10_000, 0)

    payment = await payments.capture(payment.id, TOTAL, key=new_id())

    assert (payment.status, payment.captured_minor) == (Status.CAPTURED, 10_000)
    assert await history(database, payment.id) == [
        "AUTHORIZATION REQUESTED", "AUTHORIZATION SUCCEEDED", "CAPTURE REQUESTED", "CAPTURE SUCCEEDED",
    ]  # fmt: skip


async def test_a_declined_card_says_why_and_reserves_nothing(payments: Payments, database: Database) -> None:
    payment = await payments.authorize(wish(DECLINED))

    assert (payment.status, payment.decline_code, payment.authorized_minor) == (
        Status.DECLINED,
        "insufficient_funds",
        0,
    )


async def test_a_card_number_that_is_no_test_card_is_never_charged(payments: Payments) -> None:
    payment = await payments.authorize(wish("4111111111111111"))

    assert (payment.status, payment.decline_code) == (Status.DECLINED, "test_card_expected")


async def test_a_lost_answer_is_asked_for_and_not_charged_again(payments: Payments, database: Database) -> None:
    asked = wish(ANSWER_LOST)

    payment = await payments.authorize(asked)

    assert payment.status is Status.AUTHORIZED
    assert await charges(database, asked.key) == [(ChargeState.APPROVED, 0)]


async def test_a_lost_request_is_sent_again_once_the_provider_says_it_never_came(payments: Payments) -> None:
    payment = await payments.authorize(wish(REQUEST_LOST))

    assert payment.status is Status.AUTHORIZED


async def test_a_silent_provider_leaves_the_payment_pending_and_a_later_question_settles_it(
    payments: Payments, database: Database
) -> None:
    asked = wish(SILENT)
    payment = await payments.authorize(asked)
    assert payment.status is Status.PENDING

    settled = await payments.by_key(asked.key)

    assert settled is not None
    assert settled.status is Status.AUTHORIZED
    assert len(await charges(database, asked.key)) == 1


async def test_after_no_answer_nothing_is_charged_until_the_provider_denies_having_heard(
    database: Database, clock: StoppedClock
) -> None:
    provider = BadLine(sandbox_of(database, clock), lost={"find": 5})

    payment = await payments_of(database, clock, provider).authorize(wish(ANSWER_LOST))

    assert payment.status is Status.PENDING
    assert provider.asked == ["open", "authorize", "find", "find"]


async def test_the_same_key_twice_in_parallel_is_one_payment_and_one_charge(
    payments: Payments, database: Database
) -> None:
    asked = wish()

    answers = await asyncio.gather(*(payments.authorize(asked) for _ in range(8)))

    assert len({payment.id for payment in answers}) == 1
    assert len(await charges(database, asked.key)) == 1
    final = await payments.by_key(asked.key)
    assert final is not None
    assert await history(database, final.id) == ["AUTHORIZATION REQUESTED", "AUTHORIZATION SUCCEEDED"]


async def test_a_key_cannot_be_used_for_another_amount(payments: Payments) -> None:
    asked = wish()
    await payments.authorize(asked)

    with pytest.raises(IdempotencyKeyReused):
        await payments.authorize(wish(key=asked.key, amount=Amount(1)))


async def test_a_challenge_passed_authorizes_and_one_failed_declines(payments: Payments) -> None:
    viewer = Viewer(user_id="user-alice")
    first, second = await payments.authorize(wish(CHALLENGED)), await payments.authorize(wish(CHALLENGED))
    assert first.status is Status.REQUIRES_ACTION
    assert first.action_url

    passed = await payments.confirm(first.id, code=CHALLENGE_CODE, viewer=viewer)
    failed = await payments.confirm(second.id, code="000000", viewer=viewer)

    assert passed.status is Status.AUTHORIZED
    assert (failed.status, failed.decline_code) == (Status.DECLINED, "authentication_failed")


async def test_nobody_answers_a_challenge_for_somebody_else(payments: Payments) -> None:
    payment = await payments.authorize(wish(CHALLENGED))

    with pytest.raises(NotFound):
        await payments.confirm(payment.id, code=CHALLENGE_CODE, viewer=Viewer(user_id="user-bob"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": "4242424242424241"}, "number"),
        ({"number": "١" * 16}, "number"),
        ({"exp_month": 13}, "expMonth"),
        ({"exp_month": 5, "exp_year": 2026}, "expYear"),
        ({"cvc": "12"}, "cvc"),
    ],
)
async def test_a_mistyped_card_is_refused_before_anything_is_written(payments, changed, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        await payments.check(card(**changed), customer_id=None)

    assert refused.value.field == ("payment", "card", field)


async def test_a_card_is_good_through_the_end_of_its_month(payments: Payments) -> None:
    await payments.check(card(exp_month=6, exp_year=2026), customer_id=None)


async def test_a_void_lets_the_reservation_go_at_the_provider_too(payments: Payments, database: Database) -> None:
    asked = wish()
    await payments.authorize(asked)

    payment = await payments.abandon(asked.key)

    assert payment is not None
    assert (payment.status, payment.authorized_minor) == (Status.VOIDED, 0)
    assert await charges(database, asked.key) == [(ChargeState.VOIDED, 0)]
    assert (await payments.abandon(asked.key)) is not None


async def test_a_key_given_up_before_it_arrived_is_refused_when_it_does(payments: Payments, database: Database) -> None:
    asked = wish()
    assert await payments.abandon(asked.key) is None

    with pytest.raises(PaymentNotPossible):
        await payments.authorize(asked)

    assert await charges(database, asked.key) == [(ChargeState.OPEN, 0)]


async def test_an_approval_that_comes_after_the_void_is_let_go(database: Database, clock: StoppedClock) -> None:
    asked = wish()
    payments = payments_of(database, clock)
    provider = BadLine(sandbox_of(database, clock), before={"authorize": lambda: payments.abandon(asked.key)})

    payment = await payments_of(database, clock, provider).authorize(asked)

    assert payment.status is Status.VOIDED
    assert await charges(database, asked.key) == [(ChargeState.VOIDED, 0)]


async def test_no_row_stays_locked_while_the_provider_is_asked(database: Database, clock: StoppedClock) -> None:
    asked = wish()
    looked: list[str] = []

    async def look() -> None:
        # NOWAIT: raises if anybody holds the row.
        query = text("SELECT status FROM payments WHERE idempotency_key = :key FOR UPDATE NOWAIT")
        async with database.transaction() as session:
            looked.extend(await session.scalars(query, {"key": asked.key}))

    provider = BadLine(sandbox_of(database, clock), before={"authorize": look})

    await payments_of(database, clock, provider).authorize(asked)

    assert looked == ["PENDING"]


async def test_giving_up_a_captured_payment_gives_the_money_back(payments: Payments, database: Database) -> None:
    asked = wish()
    payment = await payments.authorize(asked)
    await payments.capture(payment.id, TOTAL, key=new_id())
    await payments.refund(payment.id, Amount(1_000), key=new_id())

    answers = [await payments.abandon(asked.key), await payments.abandon(asked.key)]

    assert [answer and (answer.status, answer.refunded_minor) for answer in answers] == [(Status.REFUNDED, 10_000)] * 2
    assert await charges(database, asked.key) == [(ChargeState.CAPTURED, 0)]


async def test_refunds_never_exceed_what_was_captured_however_many_come_at_once(
    payments: Payments, database: Database
) -> None:
    asked = wish()
    payment = await payments.authorize(asked)
    await payments.capture(payment.id, TOTAL, key=new_id())

    answers = await asyncio.gather(
        *(payments.refund(payment.id, Amount(3_000), key=new_id()) for _ in range(6)), return_exceptions=True
    )

    assert sum(isinstance(answer, Payment) for answer in answers) == 3
    assert sum(isinstance(answer, RefundExceedsCharge) for answer in answers) == 3
    assert await charges(database, asked.key) == [(ChargeState.CAPTURED, 1_000)]
    last = await payments.refund(payment.id, Amount(1_000), key=new_id())
    assert (last.status, last.refunded_minor, last.refunding_minor) == (Status.REFUNDED, 10_000, 0)


async def test_a_refund_asked_twice_with_one_key_gives_back_once(payments: Payments, database: Database) -> None:
    payment = await payments.authorize(wish())
    await payments.capture(payment.id, TOTAL, key=new_id())
    key = new_id()

    await asyncio.gather(*(payments.refund(payment.id, Amount(4_000), key=key) for _ in range(4)))

    answer = await payments.refund(payment.id, Amount(4_000), key=key)
    assert (answer.refunded_minor, answer.refunding_minor) == (4_000, 0)


async def test_an_interrupted_refund_is_finished_by_asking_again(database: Database, clock: StoppedClock) -> None:
    payments = payments_of(database, clock)
    payment = await payments.authorize(wish())
    await payments.capture(payment.id, TOTAL, key=new_id())
    key = new_id()
    with pytest.raises(Unavailable):
        provider = BadLine(sandbox_of(database, clock), lost={"refund": 1, "find": 9})
        await payments_of(database, clock, provider).refund(payment.id, TOTAL, key=key)

    answer = await payments.refund(payment.id, TOTAL, key=key)

    assert (answer.status, answer.refunded_minor, answer.refunding_minor) == (Status.REFUNDED, 10_000, 0)


async def test_an_interrupted_refund_nobody_asks_for_again_is_settled_too(
    database: Database, clock: StoppedClock
) -> None:
    payments = payments_of(database, clock)
    asked = wish()
    payment = await payments.authorize(asked)
    await payments.capture(payment.id, TOTAL, key=new_id())
    with pytest.raises(Unavailable):
        provider = BadLine(sandbox_of(database, clock), lost={"refund": 1, "find": 9})
        await payments_of(database, clock, provider).refund(payment.id, TOTAL, key=new_id())

    await payments.settle_stuck()
    young = await payments.by_key(asked.key)
    clock.advance(minutes=2)
    await payments.settle_stuck()
    settled = await payments.by_key(asked.key)

    assert young is not None
    assert (young.refunded_minor, young.refunding_minor) == (0, 10_000)
    assert settled is not None
    assert (settled.refunded_minor, settled.refunding_minor) == (10_000, 0)


async def test_nothing_is_captured_before_it_is_authorized(payments: Payments) -> None:
    payment = await payments.authorize(wish(DECLINED))

    with pytest.raises(PaymentNotPossible):
        await payments.capture(payment.id, TOTAL, key=new_id())


async def test_the_database_itself_refuses_to_refund_more_than_was_captured(
    payments: Payments, database: Database
) -> None:
    payment = await payments.authorize(wish())

    with pytest.raises(DBAPIError, match="payments_refunds_within_captured"):
        async with database.transaction() as session:
            await session.execute(update(Payment).where(Payment.id == payment.id).values(refunded_minor=1))


@pytest.mark.parametrize("change", ["UPDATE transactions SET amount_minor = 1", "DELETE FROM transactions"])
async def test_the_database_itself_keeps_transactions_as_they_were(payments, database: Database, change) -> None:
    await payments.authorize(wish())

    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text(change))


async def test_no_card_number_is_stored_anywhere(payments: Payments, database: Database) -> None:
    await payments.authorize(wish())

    async with database.reading() as session:
        tables = (await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).all()
        for table in tables:
            found = await session.scalar(text(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{APPROVED}%'"))
            assert found == 0, table


async def test_every_authorization_is_announced_once(payments, database: Database, clock: StoppedClock) -> None:
    payment = await payments.authorize(wish(SILENT))
    for _ in range(3):
        clock.advance(minutes=1)
        await payments.settle_stuck()

    assert await announced(database, payment.id) == ["PaymentAuthorized"]


async def test_each_payment_keeps_one_authorization_request(payments: Payments, database: Database) -> None:
    async with database.reading() as session:
        counted = await session.execute(
            select(Transaction.payment_id, func.count())
            .where(Transaction.operation == Operation.AUTHORIZATION, Transaction.outcome == Outcome.REQUESTED)
            .group_by(Transaction.payment_id)
        )
        assert {count for _, count in counted} == {1}
