"""Every query orders makes. The only module here that writes SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Date, and_, cast, func, not_, or_, select, tuple_, update
from sqlalchemy import Sequence as SqlSequence
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Window

from .listing import EarnedOnDay, Filter
from .model import (
    Base,
    Checkout,
    Event,
    Line,
    Order,
    OrderToken,
    Owner,
    Parcel,
    Return,
    ReturnStatus,
    Step,
)
from .status import ABANDONED, EARNING, Status

_WITH_CHECKOUT: Final = select(Order, Checkout).join(Checkout, Checkout.order_id == Order.id)

# -------------------------------------------------------------------------------------------------------------- reading


async def by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Order]:
    """Orders by id; unknown ids are missing."""
    rows = await session.scalars(select(Order).where(Order.id.in_(ids)))
    return {row.id: row for row in rows}


async def by_token_digest(session: AsyncSession, token_digest: str) -> Order | None:
    """The order that a guest's token opens: the one given at checkout, or one of a link mailed later."""
    linked = select(OrderToken.order_id).where(OrderToken.token_digest == token_digest).scalar_subquery()
    query = select(Order).where(or_(Order.token_digest == token_digest, Order.id == linked))
    return (await session.scalars(query)).one_or_none()


async def by_cart_version(session: AsyncSession, cart_id: str, version: int) -> Order | None:
    """The order that bought a version of a cart, unless it came to nothing."""
    came_to_nothing = or_(
        Order.status.in_(ABANDONED), and_(Order.status == Status.CANCELLED, Order.confirmed_at.is_(None))
    )
    query = select(Order).where(Order.cart_id == cart_id, Order.cart_version == version, not_(came_to_nothing))
    return (await session.scalars(query)).one_or_none()


async def lines(session: AsyncSession, order_ids: Collection[str]) -> dict[str, list[Line]]:
    """Each order's lines in their order."""
    rows = await session.scalars(
        select(Line).where(Line.order_id.in_(order_ids)).order_by(Line.order_id, Line.position)
    )
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return dict(found)


async def lines_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Line]:
    """Lines by id; unknown ids are missing."""
    rows = await session.scalars(select(Line).where(Line.id.in_(ids)))
    return {row.id: row for row in rows}


async def events(session: AsyncSession, order_ids: Collection[str]) -> dict[str, list[Event]]:
    """Each order's events, oldest first."""
    rows = await session.scalars(
        select(Event).where(Event.order_id.in_(order_ids)).order_by(Event.order_id, Event.sequence)
    )
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return dict(found)


async def parcels(session: AsyncSession, order_ids: Collection[str]) -> dict[str, list[Parcel]]:
    """What was shipped of each order, oldest first, with its lines."""
    rows = await session.scalars(
        select(Parcel).where(Parcel.order_id.in_(order_ids)).order_by(Parcel.order_id, Parcel.shipped_at, Parcel.id)
    )
    found: defaultdict[str, list[Parcel]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return dict(found)


async def returns(session: AsyncSession, order_ids: Collection[str]) -> dict[str, list[Return]]:
    """What was given back of each order, oldest first, with its lines."""
    rows = await session.scalars(
        select(Return).where(Return.order_id.in_(order_ids)).order_by(Return.order_id, Return.requested_at, Return.id)
    )
    found: defaultdict[str, list[Return]] = defaultdict(list)
    for row in rows:
        found[row.order_id].append(row)
    return dict(found)


async def return_by_id(session: AsyncSession, return_id: str) -> Return | None:
    """One return with its lines."""
    return (await session.scalars(select(Return).where(Return.id == return_id))).one_or_none()


async def order_of_return(session: AsyncSession, return_id: str) -> str | None:
    """Which order a return is of."""
    return (await session.scalars(select(Return.order_id).where(Return.id == return_id))).one_or_none()


async def unrefunded(session: AsyncSession, *, at: datetime, limit: int) -> list[str]:
    """Returns whose refund nobody is at work on, the longest left first."""
    query = select(Return.id).where(Return.status == ReturnStatus.RECEIVED, Return.leased_until <= at)
    return list(await session.scalars(query.order_by(Return.leased_until).limit(limit)))


async def unrefunded_of(session: AsyncSession, order_id: str) -> list[str]:
    """Returns of one order whose refund is not certain yet."""
    query = select(Return.id).where(Return.status == ReturnStatus.RECEIVED, Return.order_id == order_id)
    return list(await session.scalars(query))


async def of_customers(session: AsyncSession, customer_ids: Collection[str], window: Window) -> dict[str, list[Order]]:
    """One page of each customer's orders, newest first, one row more than the window shows."""
    place = func.row_number().over(partition_by=Order.customer_id, order_by=(Order.created_at.desc(), Order.id.desc()))
    ranked = (
        select(Order.id, place.label("place")).where(Order.customer_id.in_(customer_ids), *_after(window)).subquery()
    )
    rows = await session.scalars(
        select(Order)
        .join(ranked, ranked.c.id == Order.id)
        .where(ranked.c.place <= window.limit)
        .order_by(Order.customer_id, Order.created_at.desc(), Order.id.desc())
    )
    found: defaultdict[str, list[Order]] = defaultdict(list)
    for row in rows:
        if row.customer_id is not None:
            found[row.customer_id].append(row)
    return dict(found)


async def page(session: AsyncSession, wanted: Filter, window: Window) -> list[Order]:
    """One page of all orders that pass the filter, newest first, one row more than the window shows."""
    query = select(Order).where(*_passing(wanted), *_after(window))
    rows = await session.scalars(query.order_by(Order.created_at.desc(), Order.id.desc()).limit(window.limit))
    return list(rows)


def _after(window: Window) -> list[ColumnElement[bool]]:
    if window.after is None:
        return []
    created_at, order_id = window.after
    return [tuple_(Order.created_at, Order.id) < (datetime.fromisoformat(str(created_at)), str(order_id))]


def _passing(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.statuses is not None:
        conditions.append(Order.status.in_(wanted.statuses))
    if wanted.customer_id is not None:
        conditions.append(Order.customer_id == wanted.customer_id)
    if wanted.email is not None:
        conditions.append(func.lower(Order.email) == wanted.email.lower())
    if wanted.number is not None:
        conditions.append(Order.number == wanted.number)
    if wanted.placed_from is not None:
        conditions.append(Order.created_at >= wanted.placed_from)
    if wanted.placed_to is not None:
        conditions.append(Order.created_at < wanted.placed_to)
    return conditions


async def earned(session: AsyncSession, *, since: datetime, until: datetime) -> list[EarnedOnDay]:
    """What earning orders confirmed in [since, until) brought in, by UTC day of confirmation."""
    day = cast(func.timezone("UTC", Order.confirmed_at), Date).label("day")
    rows = await session.execute(
        select(day, Order.currency, func.sum(Order.total_minor - Order.refunded_minor), func.count())
        .where(Order.confirmed_at >= since, Order.confirmed_at < until, Order.status.in_(EARNING))
        .group_by(day, Order.currency)
        .order_by(day, Order.currency)
    )
    return [EarnedOnDay(day, currency, int(total), orders) for day, currency, total, orders in rows]


async def count_by_status(session: AsyncSession) -> dict[str, float]:
    """How many orders there are in each status."""
    query = select(Order.status, func.count()).group_by(Order.status)
    return {status.value: float(count) for status, count in await session.execute(query)}


async def count_unfinished(session: AsyncSession) -> float:
    """How many checkouts have steps left, giving up counted."""
    query = select(func.count()).select_from(Checkout).where(Checkout.step != Step.DONE)
    return float((await session.execute(query)).scalar_one())


async def count_unrefunded(session: AsyncSession) -> float:
    """How many returns wait for their refund."""
    query = select(func.count()).select_from(Return).where(Return.status == ReturnStatus.RECEIVED)
    return float((await session.execute(query)).scalar_one())


async def checkout_of(session: AsyncSession, order_id: str) -> tuple[Order, Checkout]:
    """An order and how far its checkout has come."""
    row = (await session.execute(_with_checkout(order_id))).one()
    return row[0], row[1]


async def checkout_by_key(session: AsyncSession, owner: Owner, key: str) -> tuple[Order, Checkout] | None:
    """The order placed under an owner's idempotency key, and how far its checkout has come."""
    query = _WITH_CHECKOUT.where(Order.owner == owner.key, Order.idempotency_key == key)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])


async def unfinished(session: AsyncSession, *, at: datetime, limit: int) -> list[str]:
    """Orders whose checkout nobody is at work on, the longest left first."""
    query = select(Checkout.order_id).where(Checkout.step != Step.DONE, Checkout.leased_until <= at)
    return list(await session.scalars(query.order_by(Checkout.leased_until).limit(limit)))


# -------------------------------------------------------------------------------------------------------------- writing


async def insert_order(session: AsyncSession, order: Order) -> bool:
    """Store a new order, and number it, unless its key or its version of a cart has one; whether it was stored.

    No other order has its number; gaps are possible.
    """
    values = {column.key: getattr(order, column.key) for column in Order.__mapper__.column_attrs}
    values["number"] = SqlSequence("order_numbers").next_value()
    inserted = await session.execute(insert(Order).values(values).on_conflict_do_nothing().returning(Order.number))
    number = inserted.scalar_one_or_none()
    if number is not None:
        order.number = number
    return number is not None


def add(session: AsyncSession, *rows: Line | Event | Checkout | OrderToken | Parcel | Return) -> None:
    """Store new rows."""
    session.add_all(rows)


async def checkout_for_update(session: AsyncSession, order_id: str) -> tuple[Order, Checkout]:
    """An order and its checkout, locked until the transaction ends. Never held across a call to a peer."""
    query = _with_checkout(order_id).with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(query)).one()
    return row[0], row[1]


async def for_update(session: AsyncSession, order_id: str) -> Order | None:
    """An order, locked until the transaction ends: everything that happens to it waits for its turn here."""
    query = select(Order).where(Order.id == order_id).with_for_update()
    # What this transaction read before it had the lock may be old.
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def of_customer_for_update(session: AsyncSession, customer_id: str) -> list[Order]:
    """Every order of a customer, locked in the order of their ids."""
    query = select(Order).where(Order.customer_id == customer_id).order_by(Order.id).with_for_update()
    return list(await session.scalars(query))


async def note_news(session: AsyncSession, order_id: str, *, during: Step) -> bool:
    """Let whoever is at work on a checkout in this step know that there are news; whether it is there."""
    query = update(Checkout).where(Checkout.order_id == order_id, Checkout.step == during).values(news=True)
    return (await session.scalars(query.returning(Checkout.order_id))).one_or_none() is not None


def _with_checkout(order_id: str) -> Any:
    return _WITH_CHECKOUT.where(Order.id == order_id)


# ---------------------------------------------------------------------------------------------------------------- seed


async def insert_new_orders(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> set[str]:
    """Insert orders that are not there yet; answers their ids."""
    known = set(await session.scalars(select(Order.id).where(Order.id.in_([row["id"] for row in rows]))))
    new = [row for row in rows if row["id"] not in known]
    await insert_missing(session, new, Order)
    return {str(row["id"]) for row in new}


async def insert_missing(session: AsyncSession, rows: Sequence[Mapping[str, object]], into: type[Base]) -> None:
    """Insert plain rows, leaving those that are there as they are. One statement, sent with all rows at once."""
    if rows:
        await session.execute(insert(into).on_conflict_do_nothing(), rows)
