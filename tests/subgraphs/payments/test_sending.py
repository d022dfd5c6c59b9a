"""The sandbox's webhooks arrive: over HTTP, signed, or handed over within the process as they are by default."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from sqlalchemy import text

from chassis.app import create_app
from chassis.clock import StoppedClock, now
from chassis.database import Database
from chassis.ids import new_id
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from subgraphs.payments import app
from subgraphs.payments.service import Payments
from tests.subgraphs.payments.counter import DUPLICATES, LATE, TOTAL, charges, wish

pytestmark = pytest.mark.anyio


@dataclass
class Running:
    payments: Payments
    database: Database
    clock: StoppedClock


@pytest.fixture(scope="module", params=["over HTTP", "in this process"])
async def running(postgres_url, database_prefix, request) -> AsyncIterator[Running]:
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/payments/webhooks/sandbox"
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}sending_",
        sandbox_webhook_url=url if request.param == "over HTTP" else None,
    )
    await migrate("payments", settings)
    clock = StoppedClock(now())
    built = app.subgraph(settings, clock=clock)
    served = create_app([built], settings, keys=KnownKeys(Signer(settings).jwks))
    # As `subgraphs serve` keeps connections: longer than its callers do, so that none is closed under a request.
    server = uvicorn.Server(uvicorn.Config(served, log_level="critical", ws="none", timeout_keep_alive=75))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0)
        assert not task.done(), "payments did not start"
    context: Any = built.context(None)  # type: ignore[arg-type]
    yield Running(context.payments, built.database, clock)
    server.should_exit = True
    await task
    await drop_database(settings.database_of("payments"))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again, as a worker in the background has its turns."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 -- what is waited for happens in the database
            await asyncio.sleep(0.02)


async def events_of(database: Database, payment_id: str) -> list[str]:
    async with database.reading() as session:
        rows = await session.scalars(
            text(
                "SELECT type FROM webhook_events JOIN payments USING (reference)"
                " WHERE payments.id = :id AND handled_at IS NOT NULL ORDER BY position"
            ),
            {"id": payment_id},
        )
        return list(rows)


async def test_a_late_approval_arrives_by_itself(running: Running) -> None:
    asked = wish(LATE)
    payment = await running.payments.authorize(asked)
    assert payment.status == "PENDING"

    running.clock.advance(seconds=5)

    async def told() -> bool:
        return await events_of(running.database, payment.id) == ["charge.authorized"]

    await until(told)
    async with running.database.reading() as session:
        status = await session.scalar(text("SELECT status FROM payments WHERE id = :id"), {"id": payment.id})
    assert status == "AUTHORIZED"


async def test_what_is_sent_three_times_is_kept_and_handled_once(running: Running) -> None:
    asked = wish(DUPLICATES)
    payment = await running.payments.authorize(asked)
    await running.payments.capture(payment.id, TOTAL, key=new_id())

    async def all_delivered() -> bool:
        async with running.database.reading() as session:
            left = await session.scalar(
                text("SELECT count(*) FROM sandbox_webhooks WHERE delivered_at IS NULL AND payload LIKE :reference"),
                {"reference": f"%{payment.reference}%"},
            )
        return left == 0 and len(await events_of(running.database, payment.id)) == 2

    await until(all_delivered)
    assert await events_of(running.database, payment.id) == ["charge.authorized", "charge.captured"]
    assert len(await charges(running.database, asked.key)) == 1
