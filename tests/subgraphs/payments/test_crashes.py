"""Payments dies at each of its crash points, and comes back: the provider and the books agree, and all was told once."""

import re
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from sqlalchemy import text

from chassis import faults
from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.ids import new_id
from chassis.money import Amount
from chassis.viewer import Viewer
from subgraphs.payments.model import Status
from subgraphs.payments.providers.books import ChargeState
from subgraphs.payments.providers.deliveries import Deliveries, over_http
from subgraphs.payments.providers.sandbox import CHALLENGE_CODE
from subgraphs.payments.service import CRASH_POINTS, Webhooks
from subgraphs.payments.store import SandboxOutbox, WebhookInbox
from tests.architecture.repository import ROOT
from tests.subgraphs.payments.counter import (
    APPROVED,
    CHALLENGED,
    LATE,
    TOTAL,
    announced,
    charges,
    history,
    payments_of,
    sandbox_of,
    wish,
)

pytestmark = pytest.mark.anyio


class Killed(BaseException):
    """What SIGKILL is to a process: nothing catches it and nothing is tidied up."""


@pytest.fixture(autouse=True)
def unarmed() -> Iterator[None]:
    yield
    faults.arm(None)


def arm(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill() -> None:
        faults.arm(None)
        raise Killed

    monkeypatch.setattr(faults, "_plan", faults.CrashPlan(point, kill=kill))


async def surviving(work: Callable[[], Awaitable[object]]) -> bool:
    """Whether it was killed."""
    try:
        await work()
    except Killed:
        return True
    return False


async def one_order(database: Database, clock: StoppedClock, number: str, key: str) -> None:
    """What orders and the customer ask for, each by its key; asked again from the start after a crash."""
    payments = payments_of(database, clock)
    payment = await payments.authorize(wish(number, key=key))
    if payment.status is Status.REQUIRES_ACTION:
        payment = await payments.confirm(payment.id, code=CHALLENGE_CODE, viewer=Viewer(user_id="user-alice"))
    await payments.capture(payment.id, TOTAL, key=f"{key}:capture")
    await payments.refund(payment.id, Amount(2_500), key=f"{key}:refund")


def of(*steps: str) -> list[str]:
    return [point for point in CRASH_POINTS if point.split(".")[1] in steps]


@pytest.mark.parametrize("point", of("authorize", "confirm", "capture", "refund", "settle"))
async def test_an_order_that_is_asked_for_again_is_paid_once(database, clock, monkeypatch, point) -> None:
    key = new_id()
    arm(point, monkeypatch)

    assert await surviving(lambda: one_order(database, clock, CHALLENGED, key))
    await one_order(database, clock, CHALLENGED, key)

    assert await charges(database, key) == [(ChargeState.CAPTURED, 7_500)]
    payment = await payments_of(database, clock).by_key(key)
    assert payment is not None
    assert await announced(database, payment.id) == ["PaymentAuthorized", "PaymentCaptured", "PaymentRefunded"]
    await history(database, payment.id)


@pytest.mark.parametrize("point", of("authorize", "confirm", "capture", "refund", "settle"))
async def test_an_order_nobody_asks_for_again_is_settled_by_itself(database, clock, monkeypatch, point) -> None:
    key = new_id()
    arm(point, monkeypatch)
    assert await surviving(lambda: one_order(database, clock, CHALLENGED, key))

    for _ in range(3):
        clock.advance(minutes=1)
        await payments_of(database, clock).settle_stuck()

    payment = await payments_of(database, clock).by_key(key)
    ((state, taken),) = await charges(database, key)
    if payment is None:
        assert state is ChargeState.OPEN
        return
    known = payment.captured_minor - payment.refunded_minor
    assert (payment.refunding_minor, known) == (0, taken)
    assert (payment.status is Status.AUTHORIZED) == (state is ChargeState.APPROVED)
    assert payment.unsettled is (payment.status in {Status.PENDING, Status.REQUIRES_ACTION})
    await history(database, payment.id)


@pytest.mark.parametrize("point", [*of("authorize", "void"), "payments.settle.recorded"])
@pytest.mark.parametrize("number", [APPROVED, LATE])
async def test_an_order_that_is_given_up_leaves_nothing_reserved(database, clock, monkeypatch, point, number) -> None:
    key = new_id()

    async def give_up() -> None:
        payments = payments_of(database, clock)
        await payments.authorize(wish(number, key=key))
        await payments.abandon(key)

    arm(point, monkeypatch)
    await surviving(give_up)
    faults.arm(None)
    await payments_of(database, clock).abandon(key)
    for _ in range(3):
        clock.advance(minutes=1)
        await payments_of(database, clock).settle_stuck()

    ((state, taken),) = await charges(database, key)
    assert taken == 0
    payment = await payments_of(database, clock).by_key(key)
    if payment is None:
        assert state is ChargeState.OPEN
        return
    assert (payment.status, payment.authorized_minor, payment.unsettled) == (Status.VOIDED, 0, False)
    assert state is ChargeState.VOIDED
    assert (await announced(database, payment.id)).count("PaymentVoided") == 1
    await history(database, payment.id)


@pytest.mark.parametrize("point", of("webhook"))
async def test_a_webhook_is_told_though_its_handling_was_cut_off(database, clock, monkeypatch, point) -> None:
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE webhook_events, sandbox_webhooks"))
    payment = await payments_of(database, clock).authorize(wish(LATE))
    clock.advance(seconds=5)

    async def deliver_and_handle() -> None:
        webhooks = Webhooks(payments_of(database, clock), WebhookInbox(database))

        async def take(request: httpx.Request) -> httpx.Response:
            await webhooks.receive("sandbox", request.content, request.headers["sandbox-signature"])
            return httpx.Response(200)

        async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as client:
            outbox, sandbox = SandboxOutbox(database), sandbox_of(database, clock)
            send = over_http("http://shop", client, header="sandbox-signature")
            await Deliveries(outbox, sandbox, send, clock).send_due()
        await webhooks.handle_waiting()

    arm(point, monkeypatch)
    assert await surviving(deliver_and_handle)
    clock.advance(seconds=3)
    await deliver_and_handle()

    assert await announced(database, payment.id) == ["PaymentAuthorized"]
    async with database.reading() as session:
        left = await session.scalar(text("SELECT count(*) FROM webhook_events WHERE handled_at IS NULL"))
        assert left == 0


def test_every_place_is_listed_and_every_listed_place_is_reached() -> None:
    folder = ROOT / "subgraphs" / "payments"
    code = "\n".join(file.read_text() for file in folder.rglob("*.py"))

    plain = set(re.findall(r'faults\.reach\("([\w.]+)"\)', code))
    by_step = set(re.findall(r'faults\.reach\(f"payments\.\{step\}\.(\w+)"\)', code))
    changes = {f"payments.{step}.{moment}" for step in ("capture", "void", "refund") for moment in by_step}

    assert plain | changes == set(CRASH_POINTS)
