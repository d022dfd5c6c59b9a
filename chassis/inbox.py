"""The effect of an event, once: handlers run in the transaction that remembers the event's id.

    consumer = Consumer("inventory", database, [Listener("orders", "OrderCancelled", stock.release_cancelled)])
    transport.subscribe("inventory", consumer.sources, consumer.deliver)

An event that arrives twice finds its id in `inbox` and does nothing. A handler that raises leaves no trace, and the
transport delivers again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from chassis import trace
from chassis.clock import Clock, now
from chassis.database import Database
from chassis.events import Envelope, Handler, Listener
from chassis.outbox import INBOX

# How long an event's id is remembered: far longer than any transport keeps trying.
REMEMBERED = timedelta(days=30)


class Consumer:
    """One subgraph's listeners on its database."""

    def __init__(self, name: str, database: Database, listeners: Sequence[Listener], *, clock: Clock = now) -> None:
        self.name = name
        self._database = database
        self._clock = clock
        self._handlers: dict[tuple[str, str], list[Handler]] = defaultdict(list)
        for listener in listeners:
            self._handlers[listener.source, listener.type].append(listener.handle)
        self.sources = frozenset(listener.source for listener in listeners)

    async def forget_old(self) -> None:
        """Remove the ids of events too old to arrive again."""
        async with self._database.transaction() as session:
            await session.execute(delete(INBOX).where(INBOX.c.handled_at < self._clock() - REMEMBERED))

    async def deliver(self, envelope: Envelope) -> None:
        """Make the event's effect happen unless it already has; raises what a handler raised."""
        handlers = self._handlers.get((envelope.source, envelope.type))
        if not handlers:
            return
        trace.accept(envelope.traceparent)
        async with self._database.transaction() as session:
            remembered = await session.execute(
                insert(INBOX)
                .values(id=envelope.id, source=envelope.source, type=envelope.type, handled_at=self._clock())
                .on_conflict_do_nothing()
                .returning(INBOX.c.id)
            )
            if remembered.scalar_one_or_none() is None:
                return
            for handle in handlers:
                await handle(session, envelope)
