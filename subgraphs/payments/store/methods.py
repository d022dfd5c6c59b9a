"""Queries about the ways to pay that customers keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.payments.model import ForgottenMethod, Payment, ProviderCustomer, SavedMethod


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


async def lock_customer(session: AsyncSession, customer_id: str) -> None:
    """Make changes to one customer's ways to pay take turns. Taken after the lock of a payment, never before it."""
    key = f"saved methods of {customer_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, text("0")))))


async def add_method(session: AsyncSession, method: SavedMethod) -> None:
    """Store a new one."""
    session.add(method)
    await session.flush()


async def make_default(session: AsyncSession, method: SavedMethod) -> None:
    """This one from now on, and no other of its customer's."""
    await session.execute(
        update(SavedMethod)
        .where(SavedMethod.customer_id == method.customer_id, SavedMethod.id != method.id)
        .values(is_default=False)
    )
    method.is_default = True
    await session.flush()


async def delete_method(session: AsyncSession, method: SavedMethod, *, at: datetime) -> None:
    """Keep it no longer, and remember to tell its provider."""
    values = {"provider": method.provider, "token": method.token, "forgotten_at": at}
    await session.execute(insert(ForgottenMethod).values(values).on_conflict_do_nothing())
    await session.execute(delete(SavedMethod).where(SavedMethod.id == method.id))


async def forget_customer(session: AsyncSession, customer_id: str, *, at: datetime) -> None:
    """Keep nothing of how a customer pays or paid but what says which card it was."""
    # Payments first, then ways to pay, as when a payment is recorded whose card is kept.
    await session.execute(
        update(Payment).where(Payment.customer_id == customer_id).values(method_holder=None, method_account=None)
    )
    await lock_customer(session, customer_id)
    theirs = select(SavedMethod.provider, SavedMethod.token, literal(at)).where(SavedMethod.customer_id == customer_id)
    columns = ["provider", "token", "forgotten_at"]
    await session.execute(insert(ForgottenMethod).from_select(columns, theirs).on_conflict_do_nothing())
    await session.execute(delete(SavedMethod).where(SavedMethod.customer_id == customer_id))


async def to_forget(session: AsyncSession, *, limit: int) -> list[ForgottenMethod]:
    """What providers are still to be told, longest waiting first."""
    return list(await session.scalars(select(ForgottenMethod).order_by(ForgottenMethod.forgotten_at).limit(limit)))


async def forgotten(session: AsyncSession, method: ForgottenMethod) -> None:
    """The provider knows."""
    await session.execute(
        delete(ForgottenMethod).where(
            ForgottenMethod.provider == method.provider, ForgottenMethod.token == method.token
        )
    )


async def customer_reference(session: AsyncSession, provider: str, customer_id: str) -> str | None:
    """A provider's name for a customer."""
    row = await session.get(ProviderCustomer, (provider, customer_id))
    return row.reference if row else None


async def remember_customer(session: AsyncSession, provider: str, customer_id: str, reference: str) -> None:
    """Note a provider's name for a customer; the first stands."""
    values = {"provider": provider, "customer_id": customer_id, "reference": reference}
    await session.execute(insert(ProviderCustomer).values(values).on_conflict_do_nothing())
