"""Events written in the transaction that caused them, and the relay that sends them on afterwards.

    async with database.transaction() as session:
        order.cancel()
        await announce(session, OrderCancelled(order.id, ...))   # a row in the outbox, or nothing at all

Each subgraph's database has the tables `outbox` and `inbox`; its first migration calls `create_event_tables(op)`.

The relay sends the oldest unsent event of each aggregate (FOR UPDATE SKIP LOCKED, so several relays share the work and
none overtakes another within an aggregate), waits longer after each failure, and after `attempts_max` sets the event
aside as a dead letter: it stays in the table with its error, and the aggregate's next event may go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trace
from chassis.clock import Clock, now
from chassis.database import Database, after_commit
from chassis.events import Envelope, Event, Transport
from chassis.ids import new_id
from chassis.tasks import end

log = structlog.get_logger("chassis.outbox")

EVENT_TABLES = sa.MetaData()

OUTBOX = sa.Table(
    "outbox",
    EVENT_TABLES,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("aggregate_id", sa.Text, nullable=False),
    sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("traceparent", sa.Text),
    sa.Column("payload", JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("dead_at", sa.DateTime(timezone=True)),
)

INBOX = sa.Table(
    "inbox",
    EVENT_TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False, index=True),
)

sa.Index("outbox_waiting", OUTBOX.c.aggregate_id, OUTBOX.c.position, postgresql_where=OUTBOX.c.dead_at.is_(None))

# How a session finds the relay to wake once it commits.
_WAKE = "chassis.outbox.wake"
BACKOFF_FIRST = timedelta(milliseconds=200)
BACKOFF_LAST = timedelta(minutes=5)


def create_event_tables(op: Any) -> None:
    """Create `outbox` and `inbox` in an Alembic migration: `create_event_tables(op)` in the first upgrade()."""
    EVENT_TABLES.create_all(op.get_bind())


def drop_event_tables(op: Any) -> None:
    """Undo create_event_tables, in downgrade()."""
    EVENT_TABLES.drop_all(op.get_bind())


async def announce(session: AsyncSession, *events: Event, clock: Clock = now) -> None:
    """Write events into the outbox of the session's own transaction; they are sent once it commits.

    The session must come from `database.transaction()`.
    """
    if not events:
        return
    moment = clock()
    rows = [
        {
            "id": new_id(),
            "type": type(event).__name__,
            "version": event.version,
            "aggregate_id": event.aggregate_id,
            "occurred_at": moment,
            "payload": event.payload(),
            "traceparent": trace.traceparent.get(),
            "not_before": moment,
        }
        for event in events
    ]
    await session.execute(sa.insert(OUTBOX), rows)
    wake: Callable[[], None] | None = session.info.get(_WAKE)
    if wake is not None:
        after_commit(session, wake)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How an outbox stands."""

    waiting: int
    dead: int


class Relay:
    """Sends one database's outbox to a transport, until stopped."""

    def __init__(
        self,
        source: str,
        database: Database,
        transport: Transport,
        *,
        poll_ms: int = 1_000,
        attempts_max: int = 8,
        batch: int = 100,
        clock: Clock = now,
    ) -> None:
        self.source = source
        self._database = database
        self._transport = transport
        self._poll_s = poll_ms / 1_000
        self._attempts_max = attempts_max
        self._batch = batch
        self._clock = clock
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        database.session_info[_WAKE] = self._woken.set

    async def start(self) -> None:
        """Begin relaying in the background."""
        self._task = asyncio.create_task(self._run(), name=f"outbox of {self.source}")

    async def stop(self) -> None:
        """Stop after what is being sent now."""
        self._database.session_info.pop(_WAKE, None)
        if self._task:
            await end([self._task])
            self._task = None

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                while await self.relay_once():
                    pass
            except Exception as error:  # noqa: BLE001 -- the database may be away; the relay outlives that
                log.warning("outbox_not_relayed", source=self.source, error=repr(error))
            try:
                await asyncio.wait_for(self._woken.wait(), self._poll_s)
            except TimeoutError:
                continue

    async def relay_once(self) -> int:
        """Send what may be sent now, at most one event per aggregate; answers how many were settled."""
        moment = self._clock()
        settled = 0
        async with self._database.transaction() as session:
            for row in await self._due(session, moment):
                envelope = self._envelope(row)
                try:
                    await self._transport.publish(envelope)
                except Exception as error:  # noqa: BLE001 -- a failed delivery is kept and tried again
                    settled += await self._failed(session, row, error)
                else:
                    await session.execute(sa.delete(OUTBOX).where(OUTBOX.c.position == row.position))
                    settled += 1
        return settled

    async def _due(self, session: AsyncSession, moment: Any) -> list[Any]:
        earlier = OUTBOX.alias("earlier")
        overtaken = (
            sa.select(sa.literal(1))
            .where(
                earlier.c.aggregate_id == OUTBOX.c.aggregate_id,
                earlier.c.position < OUTBOX.c.position,
                earlier.c.dead_at.is_(None),
            )
            .exists()
        )
        query = (
            sa.select(OUTBOX)
            .where(OUTBOX.c.dead_at.is_(None), OUTBOX.c.not_before <= moment, ~overtaken)
            .order_by(OUTBOX.c.position)
            .limit(self._batch)
            .with_for_update(skip_locked=True, of=OUTBOX)
        )
        return list((await session.execute(query)).all())

    def _envelope(self, row: Any) -> Envelope:
        return Envelope(
            id=row.id,
            source=self.source,
            type=row.type,
            version=row.version,
            occurred_at=row.occurred_at,
            aggregate_id=row.aggregate_id,
            sequence=row.position,
            payload=row.payload,
            traceparent=row.traceparent,
        )

    async def _failed(self, session: AsyncSession, row: Any, error: Exception) -> int:
        attempts, moment = row.attempts + 1, self._clock()
        dead = attempts >= self._attempts_max
        wait = min(BACKOFF_FIRST * 2 ** (attempts - 1), BACKOFF_LAST)
        await session.execute(
            sa.update(OUTBOX)
            .where(OUTBOX.c.position == row.position)
            .values(
                attempts=attempts,
                not_before=moment + wait,
                error=repr(error)[:1_000],
                dead_at=moment if dead else None,
            )
        )
        log.log(
            *(40 if dead else 30, "event_dead" if dead else "event_not_delivered"),
            source=self.source,
            id=row.id,
            type=row.type,
            attempts=attempts,
            error=repr(error),
        )
        return int(dead)

    async def backlog(self) -> Backlog:
        """How many events wait, and how many were given up."""
        dead = sa.func.count().filter(OUTBOX.c.dead_at.isnot(None))
        waiting = sa.func.count().filter(OUTBOX.c.dead_at.is_(None))
        async with self._database.reading() as session:
            row = (await session.execute(sa.select(waiting, dead).select_from(OUTBOX))).one()
        return Backlog(waiting=row[0], dead=row[1])
