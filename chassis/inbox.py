"""The effect of an event, once: handlers run in the transaction that remembers the event's id.

    consumer = Consumer("inventory", database, [Listener("orders", "OrderCancelled", stock.release_cancelled)])
    transport.subscribe("inventory", consumer.sources, consumer.deliver)

An event that arrives twice finds its id in `inbox` and does nothing. A handler that raises leaves no trace but a row
in `inbox_failures`, and the transport delivers again; after `attempts_max` failures the event is set aside there, as a
dead letter, and its aggregate's next event may come. `revive` lets it come again.

Events that arrive together are handled in one transaction (`deliver_all`), which does for a burst of them what would
cost each its own. Should any of them fail, or should another transaction be in the way for long, nothing of it stays,
and each is delivered by itself.

While this database does not answer, or a peer that a handler asks, the event is postponed: no failure is counted, so a
restart costs no event.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import faults, trace
from chassis.clock import Clock, now
from chassis.database import Database, is_away
from chassis.events import SIDE_BY_SIDE, Envelope, Handler, Listener, Postponed
from chassis.outbox import FAILURES, INBOX
from chassis.peers import PeerFailed
from chassis.relay import DeadEvent

log = structlog.get_logger("chassis.inbox")

# How long an event's id is remembered: longer than outboxes keep events, and so longer than any can arrive again.
REMEMBERED = timedelta(days=30)
# So many events share a transaction: what they lock, others wait for.
TOGETHER_MAX = 20
# One that has to wait longer than this for others steps back, well before PostgreSQL looks for a deadlock and ends one
# of the two at random, which might be somebody's request.
_PATIENCE_MS = 300
_REMEMBER_ALL = sa.text("""
INSERT INTO inbox (id, source, type, handled_at)
SELECT id, source, type, :at
FROM (SELECT set_config('lock_timeout', :patience, true)) AS limited, jsonb_to_recordset(CAST(:events AS jsonb))
    AS arrived (id text, source text, type text)
ORDER BY id
ON CONFLICT DO NOTHING RETURNING id
""").bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)))


class Consumer:
    """One subgraph's listeners on its database."""

    def __init__(
        self,
        name: str,
        database: Database,
        listeners: Sequence[Listener],
        *,
        attempts_max: int = 8,
        clock: Clock = now,
    ) -> None:
        self.name = name
        self._database = database
        self._attempts_max = attempts_max
        self._clock = clock
        self._handlers: dict[tuple[str, str], list[Handler]] = defaultdict(list)
        for listener in listeners:
            self._handlers[listener.source, listener.type].append(listener.handle)
        self.sources = frozenset(listener.source for listener in listeners)
        # Ids that failed here and are being tried again.
        self._failing: set[str] = set()

    async def forget_old(self) -> None:
        """Remove the ids of events too old to arrive again, and failures that came to nothing."""
        cutoff = self._clock() - REMEMBERED
        async with self._database.transaction() as session:
            await session.execute(sa.delete(INBOX).where(INBOX.c.handled_at < cutoff))
            over = FAILURES.c.dead_at.is_(None) & (FAILURES.c.failed_at < cutoff)
            await session.execute(sa.delete(FAILURES).where(over))

    async def deliver(self, envelope: Envelope) -> None:
        """Make the event's effect happen unless it already has, or set the event aside.

        Raises Postponed when it should come again.
        """
        handlers = self._handlers.get((envelope.source, envelope.type))
        if not handlers or envelope.only_to not in {None, self.name}:
            return
        trace.accept(envelope.traceparent)
        try:
            await self._handle(envelope, handlers)
        except Exception as error:  # noqa: BLE001 -- whatever a handler may raise
            await self._failed(envelope, error)
        else:
            faults.reach("inbox.committed")

    async def deliver_all(self, envelopes: Sequence[Envelope]) -> list[Exception | None]:
        """Deliver events of different aggregates, together where that is possible; what `deliver` raised for each."""
        mine = [each for each in envelopes if self._handlers.get((each.source, each.type))]
        mine = [each for each in mine if each.only_to in {None, self.name} and each.id not in self._failing]
        done: set[str] = {each.id for each in envelopes} - {each.id for each in mine} - self._failing
        for start in range(0, len(mine), TOGETHER_MAX):
            together = mine[start : start + TOGETHER_MAX]
            if len(together) == 1:
                continue
            if await self._handled_together(together):
                done.update(each.id for each in together)
            elif not await self._database.ready():
                # One by one they would only wait in turn.
                away = Postponed(f"{self.name}: its database does not answer")
                return [None if each.id in done else away for each in envelopes]
        turns = asyncio.Semaphore(SIDE_BY_SIDE)

        async def alone(envelope: Envelope) -> Exception | None:
            if envelope.id in done:
                return None
            async with turns:
                try:
                    await self.deliver(envelope)
                except Postponed as postponed:
                    return postponed
            return None

        return await asyncio.gather(*map(alone, envelopes))

    async def _handled_together(self, envelopes: Sequence[Envelope]) -> bool:
        """Whether the events had their effects in one transaction; if not, none of them had any."""
        try:
            async with self._database.transaction() as session:
                for envelope in await self._new(session, envelopes):
                    trace.accept(envelope.traceparent)
                    for handle in self._handlers[envelope.source, envelope.type]:
                        await handle(session, envelope)
                    # The next handler finds the rows as they are, as it would in a transaction of its own.
                    await session.flush()
                    session.expunge_all()
                    faults.reach("inbox.handled")
        except Exception as error:  # noqa: BLE001 -- whatever it was, each is now delivered by itself
            log.info("events_taken_apart", consumer=self.name, count=len(envelopes), error=repr(error))
            return False
        for _ in envelopes:
            faults.reach("inbox.committed")
        return True

    async def _new(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> list[Envelope]:
        """Those that were not here before; they are remembered now."""
        events = [{"id": each.id, "source": each.source, "type": each.type} for each in envelopes]
        arrived = {"events": orjson.dumps(events).decode(), "at": self._clock(), "patience": f"{_PATIENCE_MS}ms"}
        new = set((await session.execute(_REMEMBER_ALL, arrived)).scalars())
        return [each for each in envelopes if each.id in new]

    async def _handle(self, envelope: Envelope, handlers: Sequence[Handler]) -> None:
        async with self._database.transaction() as session:
            if not await self._remember(session, envelope):
                return
            for handle in handlers:
                await handle(session, envelope)
            if envelope.id in self._failing:
                await session.execute(sa.delete(FAILURES).where(FAILURES.c.id == envelope.id))
            faults.reach("inbox.handled")
        self._failing.discard(envelope.id)

    async def _remember(self, session: AsyncSession, envelope: Envelope) -> bool:
        """Whether the event is new; it is not new any more."""
        remembered = await session.execute(
            insert(INBOX)
            .values(id=envelope.id, source=envelope.source, type=envelope.type, handled_at=self._clock())
            .on_conflict_do_nothing()
            .returning(INBOX.c.id)
        )
        return remembered.scalar_one_or_none() is not None

    async def _failed(self, envelope: Envelope, error: Exception) -> None:
        if await self._will_pass(error):
            log.warning("event_postponed", consumer=self.name, id=envelope.id, type=envelope.type, error=repr(error))
            raise Postponed(f"{self.name}: {error!r}") from error
        try:
            async with self._database.transaction() as session:
                attempts = await self._count(session, envelope, error)
                dead = attempts >= self._attempts_max
                if dead:
                    await self._set_aside(session, envelope)
        except Exception as uncounted:  # noqa: BLE001 -- what cannot be counted is not over
            raise Postponed(f"{self.name}: {uncounted!r}") from error
        report = log.error if dead else log.warning
        report(
            "event_dead" if dead else "event_not_handled",
            consumer=self.name,
            id=envelope.id,
            type=envelope.type,
            attempts=attempts,
            exc_info=error,
        )
        if not dead:
            self._failing.add(envelope.id)
            raise Postponed(f"{self.name}: {error!r}") from error
        self._failing.discard(envelope.id)

    async def _will_pass(self, error: BaseException) -> bool:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, PeerFailed) and cause.reason in {"refused", "slow", "cut_off"}:
                return True
            if isinstance(cause, DBAPIError) and _in_the_way(cause):
                return True
            cause = cause.__cause__
        return is_away(error) or not await self._database.ready()

    async def _count(self, session: AsyncSession, envelope: Envelope, error: Exception) -> int:
        said = repr(error)[:1_000].replace("\0", "")
        first = insert(FAILURES).values(
            id=envelope.id,
            source=envelope.source,
            type=envelope.type,
            envelope=orjson.loads(envelope.to_json()),
            attempts=1,
            error=said,
            failed_at=self._clock(),
        )
        counted = first.on_conflict_do_update(
            index_elements=[FAILURES.c.id],
            set_={"attempts": FAILURES.c.attempts + 1, "error": said, "failed_at": self._clock()},
        ).returning(FAILURES.c.attempts)
        return int((await session.execute(counted)).scalar_one())

    async def _set_aside(self, session: AsyncSession, envelope: Envelope) -> None:
        # Remembered as if it had been handled: should it arrive again, it is left alone until it is revived.
        await self._remember(session, envelope)
        await session.execute(sa.update(FAILURES).where(FAILURES.c.id == envelope.id).values(dead_at=self._clock()))

    async def revive(self, event_id: str) -> bool:
        """Try an event that was set aside once more, now; False when there is no such event.

        Raises Postponed when it failed again: it stays set aside, with its new error.
        """
        async with self._database.transaction() as session:
            query = sa.select(FAILURES).where(FAILURES.c.id == event_id, FAILURES.c.dead_at.is_not(None))
            found: Any = (await session.execute(query)).one_or_none()
        if found is None:
            return False
        envelope = Envelope.from_json(orjson.dumps(found.envelope))
        handlers = self._handlers.get((envelope.source, envelope.type), [])
        trace.accept(envelope.traceparent)
        try:
            async with self._database.transaction() as session:
                for handle in handlers:
                    await handle(session, envelope)
                await session.execute(sa.delete(FAILURES).where(FAILURES.c.id == event_id))
        except Exception as error:
            async with self._database.transaction() as session:
                await self._count(session, envelope, error)
            raise Postponed(f"{self.name}: {error!r}") from error
        return True


def _in_the_way(error: DBAPIError) -> bool:
    """Whether the server was ending or starting, or another transaction was in the way (PostgreSQL's appendix A)."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return state.startswith(("08", "57P", "53")) or state in {"40001", "40P01", "55P03"}


async def dead_letters(database: Database) -> list[DeadEvent]:
    """What this database's consumer set aside, the latest first."""
    query = sa.select(FAILURES).where(FAILURES.c.dead_at.is_not(None)).order_by(FAILURES.c.dead_at.desc())
    async with database.reading() as session:
        rows = (await session.execute(query)).all()
    return [DeadEvent(row.id, row.source, row.type, row.dead_at, row.attempts, row.error) for row in rows]


async def dead_letter_count(database: Database) -> int:
    """How many events this database's consumer set aside."""
    query = sa.select(sa.func.count()).select_from(FAILURES).where(FAILURES.c.dead_at.is_not(None))
    async with database.reading() as session:
        return int((await session.execute(query)).scalar_one())
