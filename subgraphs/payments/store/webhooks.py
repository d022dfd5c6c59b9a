"""Queries about webhooks: what providers told us, and what the sandbox has to tell.

Both are queues. Taking from one puts the taken rows off to a later time, in a transaction that ends before anything is
done with them: whoever takes them and dies has lost nothing, and nobody waits for a lock (SKIP LOCKED). Everything here
is one statement, and so a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Database
from subgraphs.payments.model import WebhookEvent
from subgraphs.payments.providers.port import Notice

BACKOFF_FIRST: Final = timedelta(seconds=1)
BACKOFF_LAST: Final = timedelta(minutes=10)
ERROR_MAX: Final = 500


def next_try(attempts: ColumnElement[int], at: datetime) -> ColumnElement[datetime]:
    """When a row that was tried so often before is tried again: a second later, then twice as long each time."""
    doubled = BACKOFF_FIRST * func.power(2, func.least(attempts, 20))
    return at + func.least(doubled, BACKOFF_LAST)


@dataclass(frozen=True, slots=True)
class TakenWebhook:
    """A webhook to be handled: which charge it speaks of, and what it says of it."""

    position: int
    provider: str
    reference: str | None
    type: str


@dataclass(frozen=True, slots=True)
class WebhookInbox:
    """The table webhook_events."""

    database: Database

    async def put(self, provider: str, notice: Notice, body: bytes, *, at: datetime) -> bool:
        """Store what came; False when an event of that id was here before, whatever it said.

        What speaks of no charge is kept, and needs no handling.
        """
        values = {
            "provider": provider,
            "event_id": notice.event_id,
            "type": notice.type,
            "reference": notice.reference,
            "payload": body,
            "received_at": at,
            "not_before": at,
            "handled_at": at if notice.reference is None else None,
        }
        query = insert(WebhookEvent).values(values).on_conflict_do_nothing().returning(WebhookEvent.position)
        async with self.database.single() as session:
            return (await session.scalars(query)).one_or_none() is not None

    async def take(self, *, at: datetime, limit: int) -> Sequence[TakenWebhook]:
        """What is due, oldest first; put off until it should be tried again."""
        due = (
            select(WebhookEvent.position)
            .where(WebhookEvent.handled_at.is_(None), WebhookEvent.dead_at.is_(None), WebhookEvent.not_before <= at)
            .order_by(WebhookEvent.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(WebhookEvent)
            .where(WebhookEvent.position.in_(due.scalar_subquery()))
            .values(attempts=WebhookEvent.attempts + 1, not_before=next_try(WebhookEvent.attempts.expression, at))
            .returning(WebhookEvent.position, WebhookEvent.provider, WebhookEvent.reference, WebhookEvent.type)
            .execution_options(synchronize_session=False)
        )
        async with self.database.single() as session:
            rows = (await session.execute(taken)).all()
        return sorted((TakenWebhook(*row) for row in rows), key=lambda webhook: webhook.position)

    async def handled(self, positions: Sequence[int], *, at: datetime) -> None:
        """They had their effect."""
        async with self.database.single() as session:
            await session.execute(
                update(WebhookEvent).where(WebhookEvent.position.in_(positions)).values(handled_at=at, error=None)
            )

    async def failed(self, positions: Sequence[int], error: str, *, at: datetime, attempts_max: int) -> None:
        """They had none yet; those that were tried often enough are set aside, with the reason."""
        async with self.database.single() as session:
            await session.execute(
                update(WebhookEvent)
                .where(WebhookEvent.position.in_(positions))
                .values(error=error[:ERROR_MAX], dead_at=case((WebhookEvent.attempts >= attempts_max, at), else_=None))
            )

    async def forget_handled(self, *, before: datetime) -> None:
        """Remove what was handled before a moment."""
        async with self.database.single() as session:
            await session.execute(delete(WebhookEvent).where(WebhookEvent.handled_at < before))
