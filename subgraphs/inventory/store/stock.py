"""Queries about stock as it lies: items, levels, warehouses, and pages of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Key, Window
from chassis.errors import InvalidInput
from subgraphs.inventory.model import Filter, Item, Level, Movement, Warehouse


async def items_by_skus(session: AsyncSession, skus: Collection[str]) -> dict[str, Item]:
    """Items by SKU."""
    return {row.sku: row for row in await session.scalars(select(Item).where(Item.sku.in_(skus)))}


async def levels_by_skus(session: AsyncSession, skus: Collection[str]) -> dict[str, list[Level]]:
    """The levels of each SKU, by warehouse."""
    query = select(Level).where(Level.sku.in_(skus)).order_by(Level.sku, Level.warehouse_id)
    grouped: dict[str, list[Level]] = {}
    for row in await session.scalars(query):
        grouped.setdefault(row.sku, []).append(row)
    return grouped


async def on_hand(session: AsyncSession) -> dict[str, int]:
    """How many pieces there are in each warehouse."""
    query = select(Level.warehouse_id, func.sum(Level.on_hand)).group_by(Level.warehouse_id)
    return {warehouse_id: int(pieces) for warehouse_id, pieces in await session.execute(query)}


async def warehouses_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Warehouse]:
    """Warehouses by id."""
    return {row.id: row for row in await session.scalars(select(Warehouse).where(Warehouse.id.in_(ids)))}


# --------------------------------------------------------------------------------------------------------------- lists


async def levels(session: AsyncSession, window: Window, *, filter: Filter) -> Sequence[Level]:
    """A page of levels by SKU and warehouse."""
    query = select(Level)
    if filter.low_stock is not None:
        low = (Item.on_hand - Item.held - Item.committed <= Item.low_stock_threshold) & Item.listed
        query = query.join(Item, and_(Item.sku == Level.sku, low if filter.low_stock else ~low))
    if filter.skus is not None:
        query = query.where(Level.sku.in_(filter.skus))
    if filter.warehouse_id is not None:
        query = query.where(Level.warehouse_id == filter.warehouse_id)
    if window.after:
        query = query.where(tuple_(Level.sku, Level.warehouse_id) > tuple_(*_texts(window.after)))
    return (await session.scalars(query.order_by(Level.sku, Level.warehouse_id).limit(window.limit))).all()


async def movements(session: AsyncSession, window: Window, *, sku: str) -> Sequence[Movement]:
    """A page of the ledger of one SKU, newest first."""
    query = select(Movement).where(Movement.sku == sku)
    if window.after:
        query = query.where(tuple_(Movement.at, Movement.id) < _moment_and_id(window.after))
    return (await session.scalars(query.order_by(Movement.at.desc(), Movement.id.desc()).limit(window.limit))).all()


async def warehouses(session: AsyncSession) -> Sequence[Warehouse]:
    """Every warehouse, the preferred first."""
    return (await session.scalars(select(Warehouse).order_by(Warehouse.priority, Warehouse.id))).all()


async def insert_warehouse(session: AsyncSession, warehouse: Mapping[str, object]) -> bool:
    """Add a warehouse; False when one has this id already."""
    statement = postgresql.insert(Warehouse).values(warehouse).on_conflict_do_nothing().returning(Warehouse.id)
    return await session.scalar(statement) is not None


async def update_warehouse(session: AsyncSession, id: str, *, name: str, priority: int) -> Warehouse | None:
    """Change a warehouse; None when there is none of this id."""
    statement = update(Warehouse).where(Warehouse.id == id).values(name=name, priority=priority).returning(Warehouse)
    return (await session.scalars(statement)).one_or_none()


def _texts(after: Key) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in after):
        raise InvalidInput("This cursor is of another list.", field=("after",))
    return tuple(map(str, after))


def _moment_and_id(after: Key) -> Any:
    moment, id = _texts(after)
    try:
        return tuple_(literal(datetime.fromisoformat(moment)), literal(id))
    except ValueError as error:
        raise InvalidInput("This cursor is of another list.", field=("after",)) from error
