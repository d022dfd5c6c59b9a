"""The sandbox's tables. Unlike the rest each call is a transaction of its own, as another company's books would be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from subgraphs.payments.model import Operation
from subgraphs.payments.providers.books import SandboxCharge, SandboxMethod, SandboxOperation, SandboxWebhook

from .webhooks import ERROR_MAX, next_try


@dataclass(frozen=True, slots=True)
class _Entry:
    session: AsyncSession
    charge: SandboxCharge

    async def done(self, key: str) -> SandboxOperation | None:
        return await self.session.get(SandboxOperation, key)

    async def refunds(self) -> Sequence[SandboxOperation]:
        rows = await self.session.scalars(
            select(SandboxOperation)
            .where(SandboxOperation.reference == self.charge.reference, SandboxOperation.operation == Operation.REFUND)
            .order_by(SandboxOperation.idempotency_key)
        )
        return rows.all()

    async def method(self, token: str) -> SandboxMethod | None:
        return await self.session.get(SandboxMethod, token)

    def write(self, *rows: SandboxOperation | SandboxMethod | SandboxWebhook) -> None:
        self.session.add_all(rows)


@dataclass(frozen=True, slots=True)
class SandboxBooks:
    """What `providers.books.Books` asks for."""

    database: Database

    async def open(self, charge: SandboxCharge) -> str:
        """Open a charge unless its key has one; answers the reference of the key's charge."""
        values = {column.key: getattr(charge, column.key) for column in SandboxCharge.__mapper__.column_attrs}
        query = insert(SandboxCharge).values(values).on_conflict_do_nothing().returning(SandboxCharge.reference)
        async with self.database.single() as session:
            opened = (await session.scalars(query)).one_or_none()
            if opened is not None:
                return opened
            known = await session.get(SandboxCharge, charge.idempotency_key)
            assert known is not None, "a conflict is with a row that is there"
            return known.reference

    @asynccontextmanager
    async def entry(self, reference: str) -> AsyncIterator[_Entry | None]:
        """The charge with a reference, locked; what is changed inside is kept."""
        async with self.database.transaction() as session:
            query = select(SandboxCharge).where(SandboxCharge.reference == reference).with_for_update()
            charge = (await session.scalars(query)).one_or_none()
            yield _Entry(session, charge) if charge else None

    async def method(self, token: str) -> SandboxMethod | None:
        """A way to pay that is kept."""
        async with self.database.reading() as session:
            return await session.get(SandboxMethod, token)

    async def keep(self, method: SandboxMethod) -> None:
        """Keep a way to pay; one of that name stays as it is."""
        values = {column.key: getattr(method, column.key) for column in SandboxMethod.__mapper__.column_attrs}
        async with self.database.single() as session:
            await session.execute(insert(SandboxMethod).values(values).on_conflict_do_nothing())

    async def forget(self, token: str) -> None:
        """Keep it no longer."""
        async with self.database.single() as session:
            await session.execute(delete(SandboxMethod).where(SandboxMethod.token == token))


@dataclass(frozen=True, slots=True)
class SandboxOutbox:
    """The webhooks the sandbox has to send."""

    database: Database

    async def take(self, *, at: datetime, limit: int) -> Sequence[SandboxWebhook]:
        """What is due, oldest first, put off until it should be sent again."""
        due = (
            select(SandboxWebhook.id, SandboxWebhook.not_before)
            .where(
                SandboxWebhook.delivered_at.is_(None),
                SandboxWebhook.dead_at.is_(None),
                SandboxWebhook.not_before <= at,
            )
            .order_by(SandboxWebhook.not_before, SandboxWebhook.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        taken = (
            update(SandboxWebhook)
            .where(SandboxWebhook.id == due.c.id)
            .values(attempts=SandboxWebhook.attempts + 1, not_before=next_try(SandboxWebhook.attempts.expression, at))
            .returning(SandboxWebhook, due.c.not_before.label("was_due"))
            .execution_options(synchronize_session=False)
        )
        async with self.database.single() as session:
            rows = (await session.execute(taken)).all()
        return [webhook for webhook, _ in sorted(rows, key=lambda row: (row.was_due, row[0].id))]

    async def delivered(self, ids: Sequence[int], *, at: datetime) -> None:
        """They were taken."""
        async with self.database.single() as session:
            await session.execute(
                update(SandboxWebhook).where(SandboxWebhook.id.in_(ids)).values(delivered_at=at, error=None)
            )

    async def failed(self, id: int, error: str, *, at: datetime, attempts_max: int) -> None:
        """It was not; after so many attempts it never will be."""
        async with self.database.single() as session:
            await session.execute(
                update(SandboxWebhook)
                .where(SandboxWebhook.id == id)
                .values(
                    error=error[:ERROR_MAX],
                    dead_at=case((SandboxWebhook.attempts >= attempts_max, at), else_=None),
                )
            )

    async def forget_delivered(self, *, before: datetime) -> None:
        """Remove what was delivered before a moment."""
        async with self.database.single() as session:
            await session.execute(delete(SandboxWebhook).where(SandboxWebhook.delivered_at < before))
