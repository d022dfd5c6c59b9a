"""Every query cart makes. The only module here that writes SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from .model import Base, Cart, Filled, Line, Merged

# Advisory locks are shared by the whole server, and there are few thousand: customers share these.
_LOCK_CLASS = int.from_bytes(b"cart", signed=True)
_LOCKS = 1_024

# -------------------------------------------------------------------------------------------------------------- reading


async def by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Cart]:
    """Carts by id; unknown ids are missing."""
    rows = await session.scalars(select(Cart).where(Cart.id.in_(ids)))
    return {row.id: row for row in rows}


async def filled_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Filled]:
    """Carts by id, with what is in them; unknown ids are missing."""
    return {each.cart.id: each for each in await _filled(session, Cart.id.in_(ids))}


async def filled_by_customers(session: AsyncSession, customer_ids: Collection[str]) -> dict[str, Filled]:
    """Each customer's cart, with what is in it; customers without one are missing."""
    found = await _filled(session, Cart.customer_id.in_(customer_ids))
    return {each.cart.customer_id: each for each in found if each.cart.customer_id is not None}


async def filled_by_digests(session: AsyncSession, digests: Collection[str]) -> dict[str, Filled]:
    """Guests' carts by the digest of their token, with what is in them."""
    found = await _filled(session, Cart.token_digest.in_(digests))
    return {each.cart.token_digest: each for each in found if each.cart.token_digest is not None}


async def _filled(session: AsyncSession, condition: ColumnElement[bool]) -> list[Filled]:
    """Carts and their lines as they were at one moment: one statement, so no change falls in between."""
    query = select(Cart, Line).outerjoin(Line, Line.cart_id == Cart.id).where(condition)
    found: dict[str, Filled] = {}
    for cart, line in await session.execute(query.order_by(Line.added_at, Line.id)):
        filled = found.setdefault(cart.id, Filled(cart, []))
        if line is not None:
            filled.lines.append(line)
    return list(found.values())


async def lines(session: AsyncSession, cart_ids: Collection[str]) -> dict[str, list[Line]]:
    """Each cart's lines in the order they were added; empty carts are missing."""
    rows = await session.scalars(select(Line).where(Line.cart_id.in_(cart_ids)).order_by(Line.added_at, Line.id))
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for row in rows:
        found[row.cart_id].append(row)
    return dict(found)


async def lines_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Line]:
    """Lines by id; unknown ids are missing."""
    rows = await session.scalars(select(Line).where(Line.id.in_(ids)))
    return {row.id: row for row in rows}


# -------------------------------------------------------------------------------------------------------------- writing


async def lock_customer(session: AsyncSession, customer_id: str) -> None:
    """Let nobody else give this customer a first cart until the transaction ends. Taken before any cart is locked."""
    number = func.mod(func.hashtext(customer_id), _LOCKS)
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK_CLASS, number)))


async def open_for_update(session: AsyncSession, cart: Cart) -> Cart:
    """The customer's or guest's cart, made of `cart` when they have none; locked until the transaction ends."""
    values = {column.key: getattr(cart, column.key) for column in Cart.__mapper__.column_attrs}
    while True:
        await session.execute(insert(Cart).values(values).on_conflict_do_nothing())
        found = await owned_for_update(session, customer_id=cart.customer_id, token_digest=cart.token_digest)
        # One that was there may be deleted before it is locked.
        if found is not None:
            return found


async def owned_for_update(
    session: AsyncSession, *, customer_id: str | None = None, token_digest: str | None = None
) -> Cart | None:
    """The cart of a customer, or else of the holder of a token, locked until the transaction ends."""
    query = select(Cart).with_for_update()
    if customer_id is not None:
        query = query.where(Cart.customer_id == customer_id)
    else:
        query = query.where(Cart.token_digest == token_digest)
    return (await session.scalars(query)).one_or_none()


async def for_update(session: AsyncSession, cart_id: str) -> Cart | None:
    """A cart, locked until the transaction ends."""
    return await session.get(Cart, cart_id, with_for_update=True)


async def lines_of(session: AsyncSession, cart_id: str) -> list[Line]:
    """The lines of a cart whose row is locked."""
    return (await lines(session, [cart_id])).get(cart_id, [])


async def merged(session: AsyncSession, cart_id: str) -> Merged | None:
    """Where a guest's cart went, if it was moved into another."""
    return await session.get(Merged, cart_id)


def add(session: AsyncSession, row: Base) -> None:
    """Store a new row."""
    session.add(row)


async def delete_lines(session: AsyncSession, ids: Collection[str]) -> None:
    """Remove lines."""
    await session.execute(delete(Line).where(Line.id.in_(ids)))


async def delete_cart(session: AsyncSession, cart_id: str) -> None:
    """Remove a cart whose lines were moved or deleted; those moved are written first, or they would go with it."""
    await session.flush()
    await session.execute(delete(Cart).where(Cart.id == cart_id))


async def delete_guests_carts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Remove guests' carts last changed before then, but for those somebody is at work on; answers how many."""
    old = (
        select(Cart.id)
        .where(Cart.customer_id.is_(None), Cart.updated_at < before)
        .order_by(Cart.updated_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = (await session.scalars(old)).all()
    if found:
        await session.execute(delete(Cart).where(Cart.id.in_(found)))
    return len(found)


async def forget_merged(session: AsyncSession, *, before: datetime) -> None:
    """Forget where carts went that were moved before then."""
    await session.execute(delete(Merged).where(Merged.merged_at < before))


# ---------------------------------------------------------------------------------------------------------------- seed


async def insert_new_carts(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> set[str]:
    """Insert carts whose owner has none yet; answers their ids."""
    owners = [row["customer_id"] for row in rows]
    known = set(await session.scalars(select(Cart.customer_id).where(Cart.customer_id.in_(owners))))
    new = [row for row in rows if row["customer_id"] not in known]
    await insert_missing(session, new, Cart)
    return {str(row["id"]) for row in new}


async def insert_missing(session: AsyncSession, rows: Sequence[Mapping[str, object]], into: type[Base]) -> None:
    """Insert plain rows, leaving those that are there as they are. One statement, sent with all rows at once."""
    if rows:
        await session.execute(insert(into).on_conflict_do_nothing(), rows)
