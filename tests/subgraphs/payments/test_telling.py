"""Webhooks come late, twice, in the wrong order, or before we are ready: the payment comes out right."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from random import Random

import httpx
import pytest
from sqlalchemy import select, text, update

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.ids import new_id
from chassis.money import Amount
from chassis.viewer import Viewer
from subgraphs.payments.model import Payment, Status, WebhookEvent
from subgraphs.payments.providers.books import ChargeState, SandboxWebhook
from subgraphs.payments.providers.deliveries import Deliveries, over_http
from subgraphs.payments.providers.port import Token
from subgraphs.payments.providers.sandbox import CHALLENGE_CODE
from subgraphs.payments.providers.signature import sign
from subgraphs.payments.service import Payments, Webhooks
from subgraphs.payments.service.webhooks import ATTEMPTS_MAX
from subgraphs.payments.store import SandboxOutbox, WebhookInbox
from tests.subgraphs.payments.counter import (
    APPROVED,
    CHALLENGED,
    DUPLICATES,
    LATE,
    LATE_DECLINE,
    REFUND_PENDING,
    REFUND_PENDING_FAILS,
    SECRET,
    SHUFFLED,
    TOTAL,
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


@pytest.fixture
def webhooks(payments: Payments, database: Database) -> Webhooks:
    return Webhooks(payments, WebhookInbox(database))


@pytest.fixture
async def deliver(webhooks: Webhooks, database: Database, clock: StoppedClock) -> AsyncIterator[Callable]:
    """Sends what the sandbox has to send by now; answers how many the shop took."""
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE webhook_events, sandbox_webhooks"))

    async def take(request: httpx.Request) -> httpx.Response:
        await webhooks.receive("sandbox", request.content, request.headers.get("sandbox-signature"))
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as client:
        travel = over_http("http://shop/webhooks/sandbox", client, header="sandbox-signature")
        deliveries = Deliveries(SandboxOutbox(database), sandbox_of(database, clock), travel, clock)

        async def send() -> int:
            return await deliveries.send_due()

        yield send


async def now_of(database: Database, payment: Payment) -> Payment:
    async with database.reading() as session:
        return await session.get_one(Payment, payment.id)


async def waiting(database: Database) -> list[WebhookEvent]:
    async with database.reading() as session:
        rows = await session.scalars(select(WebhookEvent).where(WebhookEvent.handled_at.is_(None)))
        return list(rows)


async def test_a_payment_that_is_decided_late_stays_pending_until_the_webhook_tells(
    payments, webhooks, database, clock, deliver
) -> None:
    payment = await payments.authorize(wish(LATE))
    assert payment.status is Status.PENDING
    assert await deliver() == 0

    clock.advance(seconds=5)
    assert await deliver() == 1
    assert (await now_of(database, payment)).status is Status.PENDING
    await webhooks.handle_waiting()

    assert (await now_of(database, payment)).status is Status.AUTHORIZED
    assert await announced(database, payment.id) == ["PaymentAuthorized"]
    assert await history(database, payment.id) == [
        "AUTHORIZATION REQUESTED", "AUTHORIZATION PENDING", "AUTHORIZATION SUCCEEDED",
    ]  # fmt: skip


async def test_what_is_known_already_is_not_asked_again(payments, webhooks, database, clock, deliver) -> None:
    payment = await payments.authorize(wish())
    await payments.capture(payment.id, TOTAL, key=new_id())
    assert await deliver() == 2

    with database.counting() as statements:
        assert await webhooks.handle_waiting() == 2

    # Taken, compared with where the payment is, and done: the provider's books were not opened.
    assert len(statements) == 3
    assert await waiting(database) == []
    assert (await now_of(database, payment)).status is Status.CAPTURED


async def test_a_capture_whose_answer_was_lost_is_learned_from_its_webhook(
    payments, webhooks, database, clock, deliver
) -> None:
    payment = await payments.authorize(wish())
    await sandbox_of(database, clock).capture(payment.reference, TOTAL, key="asked for elsewhere")
    await deliver()

    await webhooks.handle_waiting()

    assert (await now_of(database, payment)).status is Status.CAPTURED
    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptured"]


async def test_a_late_decline_is_told_too(payments, webhooks, database, clock, deliver) -> None:
    payment = await payments.authorize(wish(LATE_DECLINE))

    clock.advance(seconds=5)
    await deliver()
    await webhooks.handle_waiting()

    final = await now_of(database, payment)
    assert (final.status, final.decline_code) == (Status.DECLINED, "card_declined")
    assert await announced(database, payment.id) == ["PaymentDeclined"]


async def test_an_approval_that_comes_after_the_order_was_given_up_is_let_go(
    payments, webhooks, database, clock, deliver
) -> None:
    asked = wish(LATE)
    payment = await payments.authorize(asked)
    given_up = await payments.abandon(asked.key)
    assert given_up is not None
    assert given_up.status is Status.VOIDED
    assert await charges(database, asked.key) == [(ChargeState.PROCESSING, 0)]

    clock.advance(seconds=5)
    await deliver()
    await webhooks.handle_waiting()

    assert await charges(database, asked.key) == [(ChargeState.VOIDED, 0)]
    final = await now_of(database, payment)
    assert (final.status, final.authorized_minor, final.unsettled) == (Status.VOIDED, 0, False)
    assert await announced(database, payment.id) == ["PaymentVoided"]
    assert await history(database, payment.id) == [
        "AUTHORIZATION REQUESTED", "AUTHORIZATION PENDING", "VOID REQUESTED", "VOID PENDING",
        "AUTHORIZATION TOO_LATE", "VOID SUCCEEDED",
    ]  # fmt: skip


async def test_it_is_let_go_even_when_the_webhook_never_comes(payments, database, clock, deliver) -> None:
    asked = wish(LATE)
    await payments.authorize(asked)
    await payments.abandon(asked.key)

    clock.advance(minutes=1)
    await payments.settle_stuck()

    assert await charges(database, asked.key) == [(ChargeState.VOIDED, 0)]


async def test_webhooks_sent_three_times_are_told_once(payments, webhooks, database, deliver) -> None:
    payment = await captured(payments, DUPLICATES)

    assert await deliver() == 6
    await webhooks.handle_waiting()

    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptured"]
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM webhook_events")) == 2


async def test_an_old_webhook_does_not_undo_a_newer_one(payments, webhooks, database, clock, deliver) -> None:
    payment = await captured(payments, SHUFFLED)
    await deliver()
    await webhooks.handle_waiting()

    clock.advance(seconds=5)
    await deliver()
    await webhooks.handle_waiting()

    async with database.reading() as session:
        arrived = (await session.scalars(text("SELECT type FROM webhook_events ORDER BY position"))).all()
    assert arrived == ["charge.captured", "charge.authorized"]
    assert (await now_of(database, payment)).status is Status.CAPTURED
    assert await waiting(database) == []


async def test_a_webhook_faster_than_our_own_commit_is_tried_again(
    payments, webhooks, database, clock, deliver
) -> None:
    """The charge is captured at the provider, and its payment row is not there yet."""
    sandbox = sandbox_of(database, clock)
    reference = await sandbox.open(TOTAL, key="elsewhere first", customer=None, saves=False)
    await sandbox.authorize(reference, Token("sandbox-visa"), key="elsewhere first")
    await deliver()
    await webhooks.handle_waiting()
    (early,) = await waiting(database)
    assert (early.attempts, early.error) == (1, "There is no payment of that charge.")

    payment = await payments.authorize(wish(key="elsewhere first"))
    assert await webhooks.handle_waiting() == 0
    clock.advance(seconds=2)
    assert await webhooks.handle_waiting() == 1

    assert await waiting(database) == []
    assert payment.status is Status.AUTHORIZED


async def test_a_webhook_of_a_charge_nobody_ever_heard_of_is_set_aside_in_the_end(
    webhooks, database, clock, deliver
) -> None:
    body = b'{"id": "stranger", "type": "charge.captured", "data": {"reference": "sandbox-of-another-shop"}}'
    await webhooks.receive("sandbox", body, sign(body, [SECRET], at=clock()))

    tries = 0
    for _ in range(ATTEMPTS_MAX * 3):
        tries += await webhooks.handle_waiting()
        clock.advance(minutes=11)

    (row,) = await waiting(database)
    assert (tries, row.attempts) == (ATTEMPTS_MAX, ATTEMPTS_MAX)
    assert row.dead_at is not None


async def test_a_silent_provider_puts_its_webhooks_back(database, clock, deliver, payments) -> None:
    line = BadLine(sandbox_of(database, clock), lost={"find": 3})
    payment = await payments.authorize(wish(LATE))
    webhooks = Webhooks(payments_of(database, clock, line), WebhookInbox(database))
    clock.advance(seconds=5)
    await deliver()

    await webhooks.handle_waiting()
    assert len(await waiting(database)) == 1
    clock.advance(seconds=2)
    await webhooks.handle_waiting()

    assert (await now_of(database, payment)).status is Status.AUTHORIZED


async def test_two_workers_do_not_handle_the_same_webhook(payments, webhooks, database, clock, deliver) -> None:
    for _ in range(5):
        await payments.authorize(wish())
    await deliver()

    handled = await asyncio.gather(*(webhooks.handle_waiting() for _ in range(4)))

    assert sum(handled) == 5


async def test_a_worker_that_dies_leaves_its_webhooks_to_others(webhooks, payments, database, clock, deliver) -> None:
    payment = await payments.authorize(wish(LATE))
    clock.advance(seconds=5)
    await deliver()
    taken = await webhooks.inbox.take(at=clock(), limit=10)
    assert len(taken) == 1

    clock.advance(seconds=2)
    await webhooks.handle_waiting()

    assert (await now_of(database, payment)).status is Status.AUTHORIZED


@pytest.mark.parametrize("passes", [True, False])
async def test_answering_the_challenge_and_its_webhook_may_come_at_once(
    payments, webhooks, database, deliver, passes
) -> None:
    payment = await payments.authorize(wish(CHALLENGED))
    code = CHALLENGE_CODE if passes else "000000"
    await payments.till.providers.default.confirm(payment.reference, code=code)
    await deliver()

    await asyncio.gather(
        *(payments.confirm(payment.id, code=code, viewer=Viewer(user_id="user-alice")) for _ in range(3)),
        *(webhooks.handle_waiting() for _ in range(3)),
        *(payments.by_key(payment.idempotency_key) for _ in range(3)),
    )

    assert await announced(database, payment.id) == ["PaymentAuthorized" if passes else "PaymentDeclined"]
    assert await waiting(database) == []


async def test_a_refund_under_way_is_set_aside_until_the_webhook_says_it_arrived(
    payments, webhooks, database, clock, deliver
) -> None:
    payment = await captured(payments, REFUND_PENDING)

    payment = await payments.refund(payment.id, Amount(4_000), key="slow refund")
    assert (payment.status, payment.refunded_minor, payment.refunding_minor) == (Status.CAPTURED, 0, 4_000)
    assert (await payments.refund(payment.id, Amount(4_000), key="slow refund")).refunding_minor == 4_000
    clock.advance(seconds=5)
    await deliver()
    await webhooks.handle_waiting()

    final = await now_of(database, payment)
    assert (final.status, final.refunded_minor, final.refunding_minor) == (Status.PARTIALLY_REFUNDED, 4_000, 0)
    assert (await announced(database, payment.id))[2:] == ["PaymentRefunded"]


async def test_a_refund_that_fails_in_the_end_is_ours_again(payments, webhooks, database, clock, deliver) -> None:
    payment = await captured(payments, REFUND_PENDING_FAILS)
    await payments.refund(payment.id, TOTAL, key=new_id())

    clock.advance(seconds=5)
    await deliver()
    await webhooks.handle_waiting()

    final = await now_of(database, payment)
    assert (final.status, final.refunded_minor, final.refundable) == (Status.CAPTURED, 0, TOTAL)
    assert (await announced(database, payment.id))[2:] == ["PaymentRefundFailed"]
    assert (await history(database, payment.id))[-3:] == ["REFUND REQUESTED", "REFUND PENDING", "REFUND DECLINED"]


async def test_a_refund_under_way_is_settled_without_its_webhook_too(payments, database, clock, deliver) -> None:
    payment = await captured(payments, REFUND_PENDING)
    await payments.refund(payment.id, TOTAL, key=new_id())

    clock.advance(minutes=1)
    await payments.settle_stuck()

    assert (await now_of(database, payment)).status is Status.REFUNDED


@pytest.mark.parametrize("seed", range(6))
async def test_webhooks_in_any_order_and_number_leave_every_payment_as_the_provider_has_it(
    payments, webhooks, database, clock, deliver, seed
) -> None:
    random = Random(seed)
    made = [await captured(payments, number) for number in (APPROVED, SHUFFLED, DUPLICATES, REFUND_PENDING)]
    for payment in made:
        await payments.refund(payment.id, Amount(2_500), key=new_id())
        await payments.refund(payment.id, Amount(2_500), key=new_id())
    clock.advance(seconds=5)
    async with database.transaction() as session:
        ids = list(await session.scalars(select(SandboxWebhook.id)))
        random.shuffle(ids)
        for position, id in enumerate(ids):
            moment = clock() if position % 3 else clock.at.replace(microsecond=position)
            await session.execute(update(SandboxWebhook).where(SandboxWebhook.id == id).values(not_before=moment))

    async def some(call: Callable[[], Awaitable[int]]) -> None:
        for _ in range(3):
            await call()

    await asyncio.gather(some(deliver), some(webhooks.handle_waiting), some(webhooks.handle_waiting))
    clock.advance(seconds=5)
    while await webhooks.handle_waiting():
        pass

    for payment in made:
        final = await now_of(database, payment)
        assert (final.status, final.refunded_minor, final.refunding_minor) == (Status.PARTIALLY_REFUNDED, 5_000, 0)
        assert await announced(database, payment.id) == [
            "PaymentAuthorized", "PaymentCaptured", "PaymentRefunded", "PaymentRefunded",
        ]  # fmt: skip
        await history(database, payment.id)


async def test_a_webhook_that_is_not_taken_is_sent_again_later_and_later(payments, database, clock, deliver) -> None:
    sandbox = sandbox_of(database, clock)
    await payments.authorize(wish())

    async def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(clock())
        return httpx.Response(503)

    asked: list[datetime] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        travel = over_http("http://shop", client, header="sandbox-signature")
        deliveries = Deliveries(SandboxOutbox(database), sandbox, travel, clock)
        for _ in range(40):
            await deliveries.send_due()
            clock.advance(seconds=1)

    seconds = [(moment - asked[0]).seconds for moment in asked]
    assert seconds == [0, 1, 3, 7, 15, 31]
