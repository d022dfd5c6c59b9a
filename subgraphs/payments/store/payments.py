"""Queries about payments, their transactions and whose they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, text, tuple_, union_all, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.payments.model import AbandonedKey, Base, PayableOrder, Payment, Transaction
from subgraphs.payments.model.ledger import Ledger

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
    """Who owns each order, as `Owner.key`: orders told it, or whoever paid; orders nobody told of are missing."""
    told = select(PayableOrder.order_id, PayableOrder.owner).where(PayableOrder.order_id.in_(order_ids))
    paid = select(Payment.order_id, Payment.owner).where(Payment.order_id.in_(order_ids))
    rows = await session.execute(union_all(paid, told))
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


async def by_key(session: AsyncSession, key: str) -> Payment | None:
    """The payment asked for under an idempotency key."""
    rows = await session.scalars(select(Payment).where(Payment.idempotency_key == key))
    return rows.one_or_none()


async def by_key_unless_abandoned(session: AsyncSession, key: str) -> tuple[Payment | None, bool]:
    """The payment asked for under an idempotency key, and whether the key was given up before it arrived."""
    given_up = select(AbandonedKey.idempotency_key).where(AbandonedKey.idempotency_key == key).exists()
    asked = select(literal(key).label("key")).subquery()
    query = select(Payment, given_up).select_from(asked).outerjoin(Payment, Payment.idempotency_key == asked.c.key)
    found: Any = (await session.execute(query)).one()
    return found[0], found[1]


async def by_references(session: AsyncSession, charges: Collection[tuple[str, str]]) -> dict[tuple[str, str], Payment]:
    """Payments by (provider, the provider's name of their charge); unknown ones are missing."""
    rows = await session.scalars(select(Payment).where(tuple_(Payment.provider, Payment.reference).in_(charges)))
    return {(row.provider, row.reference or ""): row for row in rows}


async def ledger(session: AsyncSession, payment_id: str, *, known: Sequence[Transaction] = ()) -> Ledger | None:
    """A payment, locked until the transaction ends, and its transactions. Never held across a call to a provider.

    `known` are the rows the caller saw last; where none was added since, they are not read again.
    """
    payment = await session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None:
        return None
    # Rows are numbered without gaps and never change, so as many as there are are all there are.
    if known and len(known) == payment.sequence:
        return Ledger(payment, list(known))
    rows = await transactions(session, [payment_id])
    return Ledger(payment, rows.get(payment_id, []))


# -------------------------------------------------------------------------------------------------------------- writing


async def lock_key(session: AsyncSession, key: str) -> None:
    """Make transactions about one idempotency key take turns, even before there is a row to lock."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, text("0")))))


async def claim_unsettled(session: AsyncSession, *, at: datetime, after: timedelta, limit: int) -> list[str]:
    """The payments whose provider owes an answer and was not asked lately, longest first; they count as asked now.

    Lately: within `after`, or within a tenth of the time it has been owing, so what takes days is not asked all day.
    """
    asked_s = func.extract("epoch", at - Payment.checked_at)
    owing_s = func.extract("epoch", at - Payment.updated_at)
    due = (
        select(Payment.id)
        .where(Payment.unsettled, Payment.checked_at < at - after, asked_s > owing_s * 0.1)
        .order_by(Payment.checked_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.scalars(
        update(Payment)
        .where(Payment.id.in_(due))
        .values(checked_at=at)
        .returning(Payment.id)
        .execution_options(synchronize_session=False)
    )
    return list(rows)


async def abandon(session: AsyncSession, key: str, *, at: datetime) -> None:
    """Remember that nothing may be authorized under the key any more."""
    values = {"idempotency_key": key, "abandoned_at": at}
    await session.execute(insert(AbandonedKey).values(values).on_conflict_do_nothing())


async def tell_owner(session: AsyncSession, order_id: str, owner: str) -> None:
    """Remember whose order it is; the first word stands."""
    await session.execute(insert(PayableOrder).values(order_id=order_id, owner=owner).on_conflict_do_nothing())


async def new_owner(session: AsyncSession, order_id: str, owner: str, customer_id: str) -> None:
    """A guest's order, and what was paid for it, is a customer's from now on."""
    await session.execute(
        insert(PayableOrder)
        .values(order_id=order_id, owner=owner)
        .on_conflict_do_update(index_elements=["order_id"], set_={"owner": owner})
    )
    await session.execute(
        update(Payment).where(Payment.order_id == order_id).values(owner=owner, customer_id=customer_id)
    )


async def add_payment(session: AsyncSession, book: Ledger) -> None:
    """Store a new payment; its rows are added afterwards, since they refer to it."""
    session.add(book.payment)
    await session.flush()


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
