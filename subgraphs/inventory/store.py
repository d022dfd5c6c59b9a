"""Every query inventory makes. The only module here that writes SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.connection import Key, Window
from chassis.errors import InvalidInput
from subgraphs.inventory.model import (
    Allocation,
    Base,
    Change,
    Filter,
    Item,
    Level,
    Line,
    Movement,
    MovementKind,
    Place,
    Reservation,
    ReservationStatus,
    Sold,
    Warehouse,
)

# Advisory locks are shared by the whole server, and there are few thousand: keys share these.
_LOCK_CLASS = int.from_bytes(b"adju", signed=True)
_LOCKS = 1_024

# ------------------------------------------------------------------------------------------------------------- by keys


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


async def levels_to_take_from(session: AsyncSession, skus: Collection[str]) -> dict[str, list[Level]]:
    """The levels of each SKU, the preferred warehouse first."""
    query = (
        select(Level)
        .join(Warehouse, Warehouse.id == Level.warehouse_id)
        .where(Level.sku.in_(skus))
        .order_by(Warehouse.priority, Warehouse.id)
    )
    grouped: dict[str, list[Level]] = {}
    for row in await session.scalars(query):
        grouped.setdefault(row.sku, []).append(row)
    return grouped


async def warehouses_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Warehouse]:
    """Warehouses by id."""
    return {row.id: row for row in await session.scalars(select(Warehouse).where(Warehouse.id.in_(ids)))}


async def reservations_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Reservation]:
    """Reservations by id."""
    return {row.id: row for row in await session.scalars(select(Reservation).where(Reservation.id.in_(ids)))}


async def allocations_by_reservations(session: AsyncSession, ids: Collection[str]) -> dict[str, list[Allocation]]:
    """What each reservation takes, by SKU and warehouse."""
    query = select(Allocation).where(Allocation.reservation_id.in_(ids))
    grouped: dict[str, list[Allocation]] = {}
    for row in await session.scalars(query.order_by(Allocation.sku, Allocation.warehouse_id)):
        grouped.setdefault(row.reservation_id, []).append(row)
    return grouped


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


# ------------------------------------------------------------------------------------------------------------- counters


async def hold(session: AsyncSession, line: Line) -> Item | None:
    """Hold a line if that much is available, and lock the item; None when it is not, or the SKU is unknown.

    The guard and the change are one statement, so nothing can be promised twice between the two.
    """
    available = Item.on_hand - Item.held - Item.committed
    return await _changed(session, line.sku, Change.hold(line.quantity), available >= line.quantity)


async def change_item(session: AsyncSession, sku: str, change: Change) -> Item:
    """Move an item's sums and lock it. The database's CHECK refuses what would break them."""
    item = await _changed(session, sku, change)
    assert item is not None, f"{sku} is not an item"
    return item


async def _changed(session: AsyncSession, sku: str, change: Change, *guards: ColumnElement[bool]) -> Item | None:
    statement = (
        update(Item)
        .where(Item.sku == sku, *guards)
        .values(
            on_hand=Item.on_hand + change.on_hand,
            held=Item.held + change.held,
            committed=Item.committed + change.committed,
        )
        .returning(Item)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).one_or_none()


async def move(session: AsyncSession, moves: Sequence[Movement], *, now: datetime) -> None:
    """Change levels and write the ledger, one row each. The items of all SKUs must be locked already."""
    steps = (
        select(
            func.unnest(_array(Text, [each.sku for each in moves])).label("sku"),
            func.unnest(_array(Text, [each.warehouse_id for each in moves])).label("warehouse_id"),
            func.unnest(_array(Integer, [each.on_hand for each in moves])).label("on_hand"),
            func.unnest(_array(Integer, [each.held for each in moves])).label("held"),
            func.unnest(_array(Integer, [each.committed for each in moves])).label("committed"),
        )
    ).cte("steps")
    on_hand, held = Level.on_hand + steps.c.on_hand, Level.held + steps.c.held
    committed = Level.committed + steps.c.committed
    statement = (
        update(Level)
        .where(
            Level.sku == steps.c.sku,
            Level.warehouse_id == steps.c.warehouse_id,
            held + committed <= on_hand,
        )
        .values(on_hand=on_hand, held=held, committed=committed, updated_at=now)
        .returning(Level.sku)
        .execution_options(synchronize_session=False)
    )
    changed = (await session.execute(statement)).all()
    assert len(changed) == len(moves), "an item's sums and its levels disagree"
    await session.execute(insert(Movement), [_row(each) for each in moves])


async def shift(session: AsyncSession, changes: Mapping[Place, Change]) -> None:
    """Move levels and the sums of their items, each item in one place, by rows of the ledger inserted beside this."""
    steps = (
        select(
            func.unnest(_array(Text, [sku for sku, _ in changes])).label("sku"),
            func.unnest(_array(Text, [warehouse_id for _, warehouse_id in changes])).label("warehouse_id"),
            func.unnest(_array(Integer, [each.on_hand for each in changes.values()])).label("on_hand"),
            func.unnest(_array(Integer, [each.held for each in changes.values()])).label("held"),
            func.unnest(_array(Integer, [each.committed for each in changes.values()])).label("committed"),
        )
    ).cte("steps")
    for table, there in (
        (Item, Item.sku == steps.c.sku),
        (Level, (Level.sku == steps.c.sku) & (Level.warehouse_id == steps.c.warehouse_id)),
    ):
        statement = (
            update(table)
            .where(there)
            .values(
                on_hand=table.on_hand + steps.c.on_hand,
                held=table.held + steps.c.held,
                committed=table.committed + steps.c.committed,
            )
        )
        await session.execute(statement.execution_options(synchronize_session=False))


def _array(kind: type[Text | Integer], values: Sequence[object]) -> ColumnElement[Sequence[object]]:
    return literal(list(values), postgresql.ARRAY(kind))


def _row(movement: Movement) -> dict[str, object]:
    return {column.key: getattr(movement, column.key) for column in Movement.__table__.columns}


async def item_for_update(session: AsyncSession, sku: str) -> Item | None:
    """An item, locked until the transaction ends."""
    query = select(Item).where(Item.sku == sku).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def level_of_locked_item(session: AsyncSession, sku: str, warehouse_id: str, *, now: datetime) -> Level:
    """The level of a SKU in a warehouse, made when there is none yet. The item must be locked."""
    empty = {"sku": sku, "warehouse_id": warehouse_id, "on_hand": 0, "held": 0, "committed": 0, "updated_at": now}
    await session.execute(postgresql.insert(Level).values(empty).on_conflict_do_nothing())
    query = select(Level).where(Level.sku == sku, Level.warehouse_id == warehouse_id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def lock_key(session: AsyncSession, idempotency_key: str) -> None:
    """Let nobody else use this key until the transaction ends."""
    number = func.mod(func.hashtext(idempotency_key), _LOCKS)
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK_CLASS, number)))


async def movement_by_key(session: AsyncSession, idempotency_key: str) -> Movement | None:
    """The ledger row that a key has written."""
    query = select(Movement).where(Movement.idempotency_key == idempotency_key)
    return (await session.scalars(query)).one_or_none()


async def movements_by_cause(session: AsyncSession, cause_id: str) -> Sequence[Movement]:
    """The ledger rows of a shipment or a return."""
    return (await session.scalars(select(Movement).where(Movement.cause_id == cause_id))).all()


async def add_items(session: AsyncSession, product_id: str, skus: Collection[str]) -> None:
    """Know these SKUs, with nothing in stock; those already known stay as they are."""
    if not skus:
        return
    rows = [{"sku": sku, "product_id": product_id} for sku in sorted(skus)]
    await session.execute(postgresql.insert(Item).values(rows).on_conflict_do_nothing())


async def list_items(session: AsyncSession, product_id: str, skus: Collection[str]) -> Sequence[str]:
    """Offer exactly these SKUs of a product, and answer those that were not as they are now.

    Items are locked in SKU order before, as everywhere.
    """
    mine, listed = Item.product_id == product_id, Item.sku.in_(skus)
    await session.execute(select(Item.sku).where(mine).order_by(Item.sku).with_for_update())
    statement = update(Item).where(mine, Item.listed != listed).values(listed=listed).returning(Item.sku)
    return (await session.scalars(statement.execution_options(synchronize_session=False))).all()


# --------------------------------------------------------------------------------------------------------- reservations


async def claim(
    session: AsyncSession, *, id: str, key: str, status: ReservationStatus, now: datetime, expires_at: datetime
) -> tuple[Reservation, bool]:
    """The reservation of this key, locked, and whether it was made by this call.

    Whoever asks with the same key at the same time waits for the first to commit or roll back.
    """
    values = {
        "id": id,
        "key": key,
        "status": status.value,
        "created_at": now,
        "expires_at": expires_at,
        "closed_at": None if status is ReservationStatus.HELD else now,
    }
    statement = postgresql.insert(Reservation).values(values).on_conflict_do_nothing(index_elements=["key"])
    made = (await session.scalars(statement.returning(Reservation))).one_or_none()
    if made is not None:
        return made, True
    found = await reservation_for_update(session, key)
    assert found is not None, "a reservation is never deleted"
    return found, False


async def reservation_for_update(session: AsyncSession, key: str) -> Reservation | None:
    """A reservation by its key, locked until the transaction ends."""
    query = select(Reservation).where(Reservation.key == key).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def overdue_for_update(session: AsyncSession, *, now: datetime) -> Reservation | None:
    """One hold past its expiry that nobody else is working on, locked."""
    query = (
        select(Reservation)
        .where(Reservation.status == ReservationStatus.HELD.value, Reservation.expires_at <= now)
        .order_by(Reservation.expires_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(query)).one_or_none()


async def sold(session: AsyncSession, reservation_id: str) -> dict[Place, Sold]:
    """How a locked reservation stands in each place it takes from."""

    def moved(kind: MovementKind) -> ColumnElement[int]:
        return func.coalesce(func.sum(func.abs(Movement.on_hand)).filter(Movement.kind == kind.value), 0)

    of_movement = (
        (Movement.reservation_id == Allocation.reservation_id)
        & (Movement.sku == Allocation.sku)
        & (Movement.warehouse_id == Allocation.warehouse_id)
    )
    query = (
        select(
            Allocation.sku,
            Allocation.warehouse_id,
            Allocation.quantity,
            moved(MovementKind.SHIP).label("shipped"),
            moved(MovementKind.RETURN).label("returned"),
        )
        .outerjoin(Movement, of_movement)
        .where(Allocation.reservation_id == reservation_id)
        .group_by(Allocation.sku, Allocation.warehouse_id, Allocation.quantity)
    )
    return {
        (row.sku, row.warehouse_id): Sold(row.quantity, int(row.shipped), int(row.returned))
        for row in await session.execute(query)
    }


async def has_shipped(session: AsyncSession, reservation_id: str) -> bool:
    """Whether anything of a locked reservation has left."""
    of_it = (Movement.reservation_id == reservation_id) & (Movement.kind == MovementKind.SHIP.value)
    return bool(await session.scalar(select(select(Movement.id).where(of_it).exists())))


async def delete_allocations(session: AsyncSession, reservation_id: str) -> None:
    """Forget where a reservation was held."""
    await session.execute(delete(Allocation).where(Allocation.reservation_id == reservation_id))


def add(session: AsyncSession, row: Base) -> None:
    """Store a new row."""
    session.add(row)


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
