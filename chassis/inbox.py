"""The effect of an event, once: handlers run in the transaction that remembers the event's id.

    consumer = Consumer("inventory", database, [Listener("orders", "OrderCancelled", stock.release_cancelled)])
    transport.subscribe("inventory", consumer.sources, consumer.deliver)

An event that arrives twice finds its id in `inbox` and does nothing. A handler that raises leaves no trace but a row
in `inbox_failures`, and the transport delivers again; after `attempts_max` failures the event is set aside there, as a
dead letter, and its aggregate's next event may come. `revive` lets it come again.

While this database does not answer, or a peer that a handler asks, the event is postponed: no failure is counted, so a
restart costs no event.
"""

from __future__ import annotations

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
from chassis.database import Database
from chassis.events import Envelope, Handler, Listener, Postponed
from chassis.outbox import FAILURES, INBOX
from chassis.peers import PeerFailed
from chassis.relay import DeadEvent

log = structlog.get_logger("chassis.inbox")

# How long an event's id is remembered: longer than outboxes keep events, and so longer than any can arrive again.
REMEMBERED = timedelta(days=30)


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
            if isinstance(cause, DBAPIError) and (cause.connection_invalidated or _in_the_way(cause)):
                return True
            cause = cause.__cause__
        return not await self._database.ready()

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
