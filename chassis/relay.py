"""What was announced, sent on: the relay of one database's outbox, and what a person may ask of it afterwards.

The relay claims aggregates by their oldest unsent event (FOR UPDATE SKIP LOCKED, so several relays share the work and
none overtakes another within an aggregate), takes what follows these along, sends it in order, and marks all of it in
one transaction. It waits longer after each failure, and what follows a failed event waits with it. An event the
transport will not have is set aside after `attempts_max`: it stays in the table with its error, and the aggregate's
next event may go. A transport that is away, or a consumer that is, costs time and no attempts.

Sent events are kept for a while: `send_again` sends them once more, all or from a position, to everyone or to one
consumer. The relay asks so itself when the transport has forgotten what it was given (Redis restarted, or flushed).
Consumers' inboxes make the effect happen once.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import faults
from chassis.clock import Clock, now
from chassis.database import Database
from chassis.events import Envelope, Postponed, Transport, TransportAway
from chassis.outbox import CHANNEL, OUTBOX, WAITING, WAKE
from chassis.tasks import end
from chassis.wakeups import Wakeups

log = structlog.get_logger("chassis.relay")

BACKOFF_FIRST = timedelta(milliseconds=200)
BACKOFF_LAST = timedelta(minutes=5)
# A consumer that is away wants its events soon after it is back.
BACKOFF_LAST_POSTPONED = timedelta(seconds=5)
BACKOFF_AWAY = timedelta(milliseconds=500)
SWEEP_MAX = 5_000
# So long after the first of them, events that were announced together are looked for together.
GATHERING_S = 0.05

# Held shared while sending and alone while deciding what to send again: b"sent" as a number.
_SENDING = int.from_bytes(b"sent", signed=True)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How an outbox stands. `oldest_s` is the age in seconds of the event that waits longest; 0 when none waits."""

    waiting: int
    dead: int
    oldest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DeadEvent:
    """An event that was set aside: by the relay, or by a consumer (chassis.inbox)."""

    id: str
    source: str
    type: str
    dead_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event in the outbox; `position` is where a replay may begin."""

    position: int
    id: str
    type: str
    aggregate_id: str
    occurred_at: datetime
    state: Literal["sent", "dead", "waiting"]


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
        resend_hours: int = 24,
        clock: Clock = now,
    ) -> None:
        """`resend_hours`: how far back events are sent again once the transport has forgotten."""
        self.source = source
        self._database = database
        self._transport = transport
        self._poll_s = poll_ms / 1_000
        self._attempts_max = attempts_max
        self._batch = batch
        self._resent = timedelta(hours=resend_hours)
        self._clock = clock
        self._woken = asyncio.Event()
        self._retry_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._wakeups = Wakeups(database.url, CHANNEL, self._woken.set)
        database.session_info[WAKE] = self._woken.set

    async def start(self) -> None:
        """Begin relaying in the background."""
        self._wakeups.start()
        self._task = asyncio.create_task(self._run(), name=f"outbox of {self.source}")

    async def stop(self) -> None:
        """Stop; what is being sent now may be sent again by whoever relays next."""
        self._database.session_info.pop(WAKE, None)
        await self._wakeups.stop()
        if self._task:
            await end([self._task])
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        mend_at, is_called = loop.time(), True
        while True:
            self._woken.clear()
            try:
                if loop.time() >= mend_at:
                    await self.mend()
                    mend_at = loop.time() + self._poll_s
                if is_called or await self._anything_due():
                    while await self.relay_once() >= self._batch:
                        pass
            except Exception as error:  # noqa: BLE001 -- the database may be away; the relay outlives that
                log.warning("outbox_not_relayed", source=self.source, error=repr(error))
            try:
                await asyncio.wait_for(self._woken.wait(), self._pause_s())
                is_called = True
                await asyncio.sleep(GATHERING_S)
            except TimeoutError:
                is_called = False

    def _pause_s(self) -> float:
        if self._retry_at is None:
            return self._poll_s
        return min(self._poll_s, max(0.0, (self._retry_at - self._clock()).total_seconds()))

    async def _anything_due(self) -> bool:
        """Whether it is worth a transaction to look: one index read, as most looks find nothing."""
        due = sa.select(sa.literal(1)).where(WAITING, OUTBOX.c.not_before <= self._clock()).exists()
        async with self._database.reading() as session:
            return bool((await session.execute(sa.select(due))).scalar_one())

    async def relay_once(self) -> int:
        """Send what may be sent now, at most `batch` events; answers how many were settled."""
        moment = self._clock()
        settled, sent, self._retry_at = 0, [], None
        async with self._database.transaction() as session:
            await session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_SENDING)))
            for row, outcome in await self._publish(await self._due(session, moment)):
                match outcome:
                    case None:
                        sent.append(row.position)
                    case TransportAway():
                        # Nothing is wrong with the event: it waits as it is.
                        self._retry_at = moment + BACKOFF_AWAY
                    case _:
                        settled += await self._failed(session, row, outcome)
            if sent:
                faults.reach("outbox.published")
                done = sa.update(OUTBOX).where(OUTBOX.c.position.in_(sent))
                await session.execute(done.values(sent_at=self._clock(), only_to=None, error=None))
        if settled:
            # What waited behind an event that was set aside may go now.
            self._woken.set()
        return settled + len(sent)

    async def _publish(self, rows: Sequence[Any]) -> list[tuple[Any, Exception | None]]:
        """Publish in order per aggregate: the first of each, then the second, …; what came of those that were tried.

        Of an aggregate nothing is tried behind what failed.
        """
        turns: defaultdict[str, list[Any]] = defaultdict(list)
        for row in rows:
            turns[row.aggregate_id].append(row)
        tried: list[tuple[Any, Exception | None]] = []
        while turns:
            wave = [waiting.pop(0) for waiting in turns.values()]
            outcomes = await self._transport.publish_all([_envelope(self.source, row) for row in wave])
            tried += zip(wave, outcomes, strict=True)
            if away := next((each for each in outcomes if isinstance(each, TransportAway)), None):
                log.warning("transport_away", source=self.source, error=str(away))
                break
            for row, outcome in zip(wave, outcomes, strict=True):
                if outcome is not None or not turns[row.aggregate_id]:
                    del turns[row.aggregate_id]
        return tried

    async def _due(self, session: AsyncSession, moment: datetime) -> list[Any]:
        """The oldest events of aggregates nobody else is sending, and what follows them, in order."""
        earlier = OUTBOX.alias("earlier")
        overtaken = (
            sa.select(sa.literal(1))
            .where(
                earlier.c.aggregate_id == OUTBOX.c.aggregate_id,
                earlier.c.position < OUTBOX.c.position,
                earlier.c.sent_at.is_(None),
                earlier.c.dead_at.is_(None),
            )
            .exists()
        )
        # An event may be due while an earlier one, sent again or not, waits for its next try.
        held_up = (
            sa.select(sa.literal(1))
            .where(
                earlier.c.aggregate_id == OUTBOX.c.aggregate_id,
                earlier.c.position <= OUTBOX.c.position,
                earlier.c.sent_at.is_(None),
                earlier.c.dead_at.is_(None),
                earlier.c.not_before > moment,
            )
            .exists()
        )
        # An aggregate is whose first event is locked. What others settled meanwhile is let go when its lock is had.
        heads = (
            sa.select(OUTBOX.c.aggregate_id, OUTBOX.c.position)
            .where(WAITING, OUTBOX.c.not_before <= moment, ~overtaken)
            .order_by(OUTBOX.c.position)
            .limit(self._batch)
            .with_for_update(skip_locked=True, of=OUTBOX)
            .cte("heads")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        follows = (OUTBOX.c.aggregate_id == heads.c.aggregate_id) & (OUTBOX.c.position >= heads.c.position)
        query = sa.select(OUTBOX).join(heads, follows).where(WAITING, ~held_up)
        return list((await session.execute(query.order_by(OUTBOX.c.position).limit(self._batch))).all())

    async def _failed(self, session: AsyncSession, row: Any, error: Exception) -> int:
        attempts, moment = row.attempts + 1, self._clock()
        passing = isinstance(error, Postponed)
        dead = attempts >= self._attempts_max and not passing
        # Bounded before it is multiplied: an event may wait for days.
        wait = min(BACKOFF_FIRST * 2 ** min(attempts - 1, 20), BACKOFF_LAST_POSTPONED if passing else BACKOFF_LAST)
        if not dead:
            self._retry_at = min(filter(None, (self._retry_at, moment + wait)))
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
        report = log.error if dead else log.warning
        report(
            "event_dead" if dead else "event_not_delivered",
            source=self.source,
            id=row.id,
            type=row.type,
            attempts=attempts,
            error=repr(error),
        )
        return int(dead)

    async def mend(self) -> None:
        """Send again what the transport may have forgotten, if it has."""
        try:
            gap = await self._transport.gap(self.source)
        except TransportAway:
            # Publishing will say so, if there is anything to publish.
            return
        if gap is None:
            return
        async with self._database.transaction() as session:
            # After whoever is sending: what they have sent may be forgotten too, and is not marked as sent yet.
            await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SENDING)))
            again = await _send_again(session, OUTBOX.c.sent_at >= self._clock() - self._resent, at=self._clock())
        await self._transport.mended(self.source, gap)
        log.warning("transport_had_forgotten", source=self.source, sent_again=again)

    async def backlog(self) -> Backlog:
        """How many events wait and for how long, and how many were given up."""
        return await backlog(self._database, clock=self._clock)


async def backlog(database: Database, *, clock: Clock = now) -> Backlog:
    """How the outbox of a database stands."""
    oldest = sa.func.min(sa.func.coalesce(OUTBOX.c.asked_again_at, OUTBOX.c.occurred_at))
    dead = sa.select(sa.func.count()).where(OUTBOX.c.dead_at.is_not(None)).scalar_subquery()
    async with database.reading() as session:
        row = (await session.execute(sa.select(sa.func.count(), oldest, dead).where(WAITING))).one()
    age = (clock() - row[1]).total_seconds() if row[1] else 0.0
    return Backlog(waiting=row[0], dead=row[2], oldest_s=max(0.0, age))


def _envelope(source: str, row: Any) -> Envelope:
    return Envelope(
        id=row.id,
        source=source,
        type=row.type,
        version=row.version,
        occurred_at=row.occurred_at,
        aggregate_id=row.aggregate_id,
        sequence=row.position,
        payload=row.payload,
        traceparent=row.traceparent,
        only_to=row.only_to,
    )


async def send_again(
    database: Database,
    *,
    position: int,
    to: str | None = None,
    types: Collection[str] | None = None,
    clock: Clock = now,
) -> int:
    """Have every kept event from a position on sent once more, to everyone or to one consumer; answers how many.

    `types` are those of the events; all by default. Consumers that have handled an event do nothing.
    """
    which = OUTBOX.c.position >= position
    if types is not None:
        which &= OUTBOX.c.type.in_(types)
    async with database.transaction() as session:
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(_SENDING)))
        # What is on its way again to somebody else goes to everyone.
        await session.execute(sa.update(OUTBOX).where(which, WAITING, OUTBOX.c.only_to != to).values(only_to=None))
        again = await _send_again(session, which, at=clock(), to=to)
        await session.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
    return again


async def _send_again(
    session: AsyncSession, which: sa.ColumnElement[bool], *, at: datetime, to: str | None = None
) -> int:
    asked = (
        sa.update(OUTBOX)
        .where(OUTBOX.c.sent_at.is_not(None), which)
        .values(sent_at=None, attempts=0, not_before=at, only_to=to, asked_again_at=at)
        .returning(OUTBOX.c.position)
    )
    return len((await session.execute(asked)).all())


async def forget_sent(database: Database, *, days: int, clock: Clock = now) -> None:
    """Remove events sent longer ago than that, some thousand at a time."""
    old = (
        sa.select(OUTBOX.c.position)
        .where(OUTBOX.c.sent_at < clock() - timedelta(days=days))
        .order_by(OUTBOX.c.sent_at)
        .limit(SWEEP_MAX)
    )
    removed = SWEEP_MAX
    while removed == SWEEP_MAX:
        async with database.transaction() as session:
            removal = sa.delete(OUTBOX).where(OUTBOX.c.position.in_(old)).returning(OUTBOX.c.position)
            removed = len((await session.execute(removal)).all())


async def kept_events(database: Database, *, position: int | None = None, count: int) -> list[KeptEvent]:
    """Kept events in order, at most `count`: from a position on, else the latest."""
    query = sa.select(OUTBOX).limit(count)
    if position is None:
        query = query.order_by(OUTBOX.c.position.desc())
    else:
        query = query.where(OUTBOX.c.position >= position).order_by(OUTBOX.c.position)
    async with database.reading() as session:
        rows = (await session.execute(query)).all()
    kept = [KeptEvent(row.position, row.id, row.type, row.aggregate_id, row.occurred_at, _state(row)) for row in rows]
    return sorted(kept, key=lambda event: event.position)


def _state(row: Any) -> Literal["sent", "dead", "waiting"]:
    if row.sent_at is not None:
        return "sent"
    return "dead" if row.dead_at is not None else "waiting"


async def dead_events(database: Database, source: str) -> list[DeadEvent]:
    """What the relay set aside, the latest first."""
    query = sa.select(OUTBOX).where(OUTBOX.c.dead_at.is_not(None)).order_by(OUTBOX.c.dead_at.desc())
    async with database.reading() as session:
        rows = (await session.execute(query)).all()
    return [DeadEvent(row.id, source, row.type, row.dead_at, row.attempts, row.error or "") for row in rows]


async def revive_sending(database: Database, event_id: str, *, clock: Clock = now) -> bool:
    """Let the relay try an event again that it set aside; False when it did not set that one aside."""
    revived = (
        sa.update(OUTBOX)
        .where(OUTBOX.c.id == event_id, OUTBOX.c.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, not_before=clock())
        .returning(OUTBOX.c.position)
    )
    async with database.transaction() as session:
        found = (await session.execute(revived)).first()
        await session.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))
    return found is not None
