"""Every query payments makes, the sandbox's books included. The only module here that writes SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chassis.database import Database

from .model import AbandonedKey, Base, Operation, Outcome, PayableOrder, Payment, SavedMethod, Status, Transaction
from .providers.ledger import Entry, SandboxCharge, SandboxOperation

# -------------------------------------------------------------------------------------------------------------- reading


async def by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Payment]:
    """Payments by id; unknown ids are missing."""
    rows = await session.scalars(select(Payment).where(Payment.id.in_(ids)))
    return {row.id: row for row in rows}


async def by_orders(session: AsyncSession, order_ids: Collection[str]) -> dict[str, list[Payment]]:
    """Each order's payments, oldest first; orders without any are missing."""
    rows = await session.scalars(
        select(Payment).where(Payment.order_id.in_(order_ids)).order_by(Payment.created_at, Payment.id)
    )
    found: defaultdict[str, list[Payment]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return dict(found)


async def owners(session: AsyncSession, order_ids: Collection[str]) -> dict[str, str]:
    """Who owns each order, as `Owner.key`; orders nobody told of are missing."""
    rows = await session.execute(
        select(PayableOrder.order_id, PayableOrder.owner).where(PayableOrder.order_id.in_(order_ids))
    )
    return {row.order_id: row.owner for row in rows}


async def transactions(session: AsyncSession, payment_ids: Collection[str]) -> dict[str, list[Transaction]]:
    """Each payment's transactions in the order they happened."""
    rows = await session.scalars(
        select(Transaction)
        .where(Transaction.payment_id.in_(payment_ids))
        .order_by(Transaction.payment_id, Transaction.sequence)
    )
    found: defaultdict[str, list[Transaction]] = defaultdict(list)
    for row in rows:
        found[row.payment_id].append(row)
    return dict(found)


async def saved_methods(session: AsyncSession, customer_ids: Collection[str]) -> dict[str, list[SavedMethod]]:
    """Each customer's ways to pay, the default first."""
    rows = await session.scalars(
        select(SavedMethod)
        .where(SavedMethod.customer_id.in_(customer_ids))
        .order_by(SavedMethod.is_default.desc(), SavedMethod.created_at, SavedMethod.id)
    )
    found: defaultdict[str, list[SavedMethod]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return dict(found)


async def saved_method(session: AsyncSession, method_id: str) -> SavedMethod | None:
    """One saved way to pay."""
    return await session.get(SavedMethod, method_id)


async def by_key(session: AsyncSession, key: str) -> Payment | None:
    """The payment asked for under an idempotency key."""
    rows = await session.scalars(select(Payment).where(Payment.idempotency_key == key))
    return rows.one_or_none()


async def unsettled(session: AsyncSession, *, limit: int) -> list[Payment]:
    """Payments whose provider has not answered yet, oldest first."""
    rows = await session.scalars(
        select(Payment).where(Payment.status == Status.PENDING).order_by(Payment.created_at).limit(limit)
    )
    return list(rows)


async def unanswered(session: AsyncSession, *, before: datetime, limit: int) -> list[Transaction]:
    """Captures, voids and refunds asked for before a moment and still without an answer, oldest first."""
    answer = aliased(Transaction)
    is_answered = (
        select(answer.id)
        .where(
            answer.idempotency_key == Transaction.idempotency_key,
            answer.operation == Transaction.operation,
            answer.outcome != Outcome.REQUESTED,
        )
        .exists()
    )
    rows = await session.scalars(
        select(Transaction)
        .where(
            Transaction.operation != Operation.AUTHORIZATION,
            Transaction.outcome == Outcome.REQUESTED,
            Transaction.occurred_at < before,
            ~is_answered,
        )
        .order_by(Transaction.occurred_at)
        .limit(limit)
    )
    return list(rows)


async def answer_of(session: AsyncSession, payment_id: str, operation: Operation, *, key: str) -> Transaction | None:
    """The last thing recorded for an operation under its key, or None when it was never asked for."""
    rows = await session.scalars(
        select(Transaction)
        .where(
            Transaction.payment_id == payment_id,
            Transaction.operation == operation,
            Transaction.idempotency_key == key,
        )
        .order_by(Transaction.sequence.desc())
        .limit(1)
    )
    return rows.one_or_none()


# -------------------------------------------------------------------------------------------------------------- writing


async def lock_key(session: AsyncSession, key: str) -> None:
    """Make transactions about one idempotency key take turns, even before there is a row to lock."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, text("0")))))


async def for_update(session: AsyncSession, payment_id: str) -> Payment | None:
    """A payment, locked until the transaction ends. Never held across a call to a provider."""
    return await session.get(Payment, payment_id, with_for_update=True, populate_existing=True)


async def is_abandoned(session: AsyncSession, key: str) -> bool:
    """Whether the key was given up before it arrived."""
    return await session.get(AbandonedKey, key) is not None


async def abandon(session: AsyncSession, row: AbandonedKey) -> None:
    """Remember that nothing may be authorized under the key any more."""
    values = {"idempotency_key": row.idempotency_key, "abandoned_at": row.abandoned_at}
    await session.execute(insert(AbandonedKey).values(values).on_conflict_do_nothing())


async def tell_owner(session: AsyncSession, order_id: str, owner: str) -> None:
    """Remember whose order it is; the first word stands."""
    await session.execute(insert(PayableOrder).values(order_id=order_id, owner=owner).on_conflict_do_nothing())


def add(session: AsyncSession, *rows: Payment | Transaction | SavedMethod) -> None:
    """Store new rows."""
    session.add_all(rows)


# ------------------------------------------------------------------------------------------------- the sandbox's books


@dataclass(frozen=True, slots=True)
class SandboxBooks:
    """The sandbox's tables. Unlike the rest each is a transaction of its own, as another company's books would be."""

    database: Database

    async def open(self, charge: SandboxCharge) -> bool:
        """Open a charge unless its key has one; whether it was opened."""
        values = {column.key: getattr(charge, column.key) for column in SandboxCharge.__mapper__.column_attrs}
        query = insert(SandboxCharge).values(values).on_conflict_do_nothing().returning(SandboxCharge.idempotency_key)
        async with self.database.transaction() as session:
            return (await session.scalars(query)).one_or_none() is not None

    @asynccontextmanager
    async def charge(self, key: str) -> AsyncIterator[SandboxCharge | None]:
        """The charge under a key, locked; what is changed inside is kept."""
        async with self.database.transaction() as session:
            yield await session.get(SandboxCharge, key, with_for_update=True)

    @asynccontextmanager
    async def entry(self, reference: str, *, key: str) -> AsyncIterator[Entry | None]:
        """The charge with a reference, locked, and what was done to it under the key before."""
        async with self.database.transaction() as session:
            query = select(SandboxCharge).where(SandboxCharge.reference == reference).with_for_update()
            charge = (await session.scalars(query)).one_or_none()
            if charge is None:
                yield None
                return
            yield Entry(charge, await session.get(SandboxOperation, key), session.add)


# ---------------------------------------------------------------------------------------------------------------- seed


async def insert_new_payments(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> set[str]:
    """Insert payments that are not there yet; answers their ids."""
    known = set(await session.scalars(select(Payment.id).where(Payment.id.in_([row["id"] for row in rows]))))
    new = [row for row in rows if row["id"] not in known]
    await insert_missing(session, new, Payment)
    return {str(row["id"]) for row in new}


async def insert_missing(session: AsyncSession, rows: Sequence[Mapping[str, object]], into: type[Base]) -> None:
    """Insert plain rows, leaving those that are there as they are. One statement, sent with all rows at once."""
    if rows:
        await session.execute(insert(into).on_conflict_do_nothing(), rows)
