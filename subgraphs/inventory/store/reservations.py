"""Statements about reservations: what becomes of a key, and a sale's two steps in one statement each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.inventory.model import (
    Allocation,
    Base,
    Line,
    Movement,
    MovementKind,
    Place,
    Reservation,
    ReservationStatus,
    Sold,
)

# A transaction of its own, which is why it does nothing unless it does everything. Who asks for what is not there is
# told so by what the statement saw, and locks nothing. What it leaves to a transaction of several steps: a key that is
# known already, a line that no warehouse has alone, and a hold that is worth announcing because the SKU is low or out
# then. Each guard is judged again, by the newest row, once the lock before it was had (PostgreSQL's manual, 13.2.1).
_HOLD: Final = text("""
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:quantities AS int[]), CAST(:movement_ids AS text[]))
        AS line (sku, quantity, movement_id)
), seen AS MATERIALIZED (
    SELECT w.sku, w.quantity, coalesce(i.on_hand - i.held - i.committed, 0) AS available
    FROM wanted w LEFT JOIN items i USING (sku)
), known AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM reservations WHERE key = :key) AS is_known
), locked AS MATERIALIZED (
    SELECT i.sku, w.quantity, w.movement_id
    FROM items i JOIN wanted w USING (sku)
    WHERE NOT (SELECT is_known FROM known)
      AND NOT EXISTS (SELECT FROM seen WHERE available < quantity)
      AND i.on_hand - i.held - i.committed > w.quantity
      AND (i.on_hand - i.held - i.committed <= i.low_stock_threshold
           OR i.on_hand - i.held - i.committed - w.quantity > i.low_stock_threshold)
    ORDER BY i.sku FOR NO KEY UPDATE OF i
), places AS MATERIALIZED (
    SELECT l.sku, l.warehouse_id, w.priority, locked.quantity, locked.movement_id
    FROM locked JOIN levels l USING (sku) JOIN warehouses w ON w.id = l.warehouse_id
    WHERE (SELECT count(*) FROM locked) = (SELECT count(*) FROM wanted)
      AND l.on_hand - l.held - l.committed >= locked.quantity
    ORDER BY l.sku, l.warehouse_id FOR NO KEY UPDATE OF l
), chosen AS MATERIALIZED (
    SELECT DISTINCT ON (sku) sku, warehouse_id, quantity, movement_id FROM places ORDER BY sku, priority, warehouse_id
), made AS (
    INSERT INTO reservations (id, key, status, created_at, expires_at)
    SELECT :id, :key, 'HELD', :now, :expires_at
    WHERE (SELECT count(*) FROM chosen) = (SELECT count(*) FROM wanted)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
), summed AS (
    UPDATE items i SET held = i.held + c.quantity FROM chosen c, made WHERE i.sku = c.sku
), leveled AS (
    UPDATE levels l SET held = l.held + c.quantity, updated_at = :now
    FROM chosen c, made WHERE l.sku = c.sku AND l.warehouse_id = c.warehouse_id
), allocated AS (
    INSERT INTO allocations (reservation_id, sku, warehouse_id, quantity)
    SELECT made.id, c.sku, c.warehouse_id, c.quantity FROM chosen c, made
), written AS (
    INSERT INTO movements (id, sku, warehouse_id, kind, on_hand, held, committed, reservation_id, at)
    SELECT c.movement_id, c.sku, c.warehouse_id, 'HOLD', 0, c.quantity, 0, made.id, :now FROM chosen c, made
)
SELECT EXISTS (SELECT FROM made) AS is_made, (SELECT is_known FROM known) AS is_known, sku, quantity, available
FROM seen ORDER BY sku
""")

# What is sold can be had as little as what is held: there is nothing to announce. The allocations are those the
# statement saw; a reservation that expired and was held again, perhaps elsewhere, while it waited has another expiry,
# and is left alone.
_COMMIT: Final = text("""
WITH held AS MATERIALIZED (
    SELECT r.id
    FROM reservations r JOIN (SELECT id, expires_at FROM reservations WHERE key = :key) AS seen USING (id)
    WHERE r.status = 'HELD' AND r.expires_at = seen.expires_at
    FOR NO KEY UPDATE OF r
), taken AS MATERIALIZED (
    SELECT a.* FROM held JOIN allocations a ON a.reservation_id = held.id
), sums AS MATERIALIZED (
    SELECT sku, sum(quantity)::int AS quantity FROM taken GROUP BY sku
), locked AS MATERIALIZED (
    SELECT i.sku FROM items i JOIN sums USING (sku) ORDER BY i.sku FOR NO KEY UPDATE OF i
), summed AS (
    UPDATE items i SET held = i.held - s.quantity, committed = i.committed + s.quantity
    FROM locked JOIN sums s USING (sku) WHERE i.sku = locked.sku
), leveled AS (
    UPDATE levels l SET held = l.held - t.quantity, committed = l.committed + t.quantity, updated_at = :now
    FROM locked JOIN taken t USING (sku) WHERE l.sku = locked.sku AND l.warehouse_id = t.warehouse_id
), written AS (
    INSERT INTO movements (id, sku, warehouse_id, kind, on_hand, held, committed, reservation_id, at)
    SELECT CAST(:movement_id AS text) || '-' || row_number() OVER (ORDER BY sku, warehouse_id),
           sku, warehouse_id, 'COMMIT', 0, -quantity, quantity, reservation_id, :now
    FROM taken
)
UPDATE reservations r SET status = 'COMMITTED' FROM held WHERE r.id = held.id
RETURNING r.id, r.key, r.status, r.created_at, r.expires_at, r.closed_at
""")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a statement saw that held nothing: whether the key is known, and what could be had of each SKU."""

    is_known: bool
    available: dict[str, int]


async def hold_at_once(
    session: AsyncSession, lines: Sequence[Line], reservation: Reservation, movement_ids: Sequence[str]
) -> Seen | None:
    """Make a reservation that holds all lines, in one statement; else nothing, and what it saw.

    `lines` has each SKU once, `movement_ids` an id for each line's row in the ledger.
    """
    found = await session.execute(
        _HOLD,
        {
            "id": reservation.id,
            "key": reservation.key,
            "now": reservation.created_at,
            "expires_at": reservation.expires_at,
            "skus": [line.sku for line in lines],
            "quantities": [line.quantity for line in lines],
            "movement_ids": list(movement_ids),
        },
    )
    rows = found.all()
    if rows[0].is_made:
        return None
    return Seen(rows[0].is_known, {row.sku: row.available for row in rows})


async def commit_at_once(session: AsyncSession, key: str, *, movement_id: str, now: datetime) -> Reservation | None:
    """Sell what a HELD reservation holds, in one statement; None when there is no such reservation.

    `movement_id` begins the ids of its rows in the ledger.
    """
    found = await session.execute(_COMMIT, {"key": key, "movement_id": movement_id, "now": now})
    row = found.mappings().one_or_none()
    return None if row is None else Reservation(**row)


async def reservations_by_ids(session: AsyncSession, ids: Collection[str]) -> dict[str, Reservation]:
    """Reservations by id."""
    return {row.id: row for row in await session.scalars(select(Reservation).where(Reservation.id.in_(ids)))}


async def reservation_by_key(session: AsyncSession, key: str) -> Reservation | None:
    """A reservation by its key, as it is at this moment."""
    return (await session.scalars(select(Reservation).where(Reservation.key == key))).one_or_none()


async def allocations_by_reservations(session: AsyncSession, ids: Collection[str]) -> dict[str, list[Allocation]]:
    """What each reservation takes, by SKU and warehouse."""
    query = select(Allocation).where(Allocation.reservation_id.in_(ids))
    grouped: dict[str, list[Allocation]] = {}
    for row in await session.scalars(query.order_by(Allocation.sku, Allocation.warehouse_id)):
        grouped.setdefault(row.reservation_id, []).append(row)
    return grouped


async def insert_reservation(session: AsyncSession, reservation: Reservation) -> bool:
    """Keep a new reservation; False when its key is taken.

    Whoever asks with the same key at the same time waits for the first to commit or roll back.
    """
    values = {column.key: getattr(reservation, column.key) for column in Reservation.__table__.columns}
    statement = postgresql.insert(Reservation).values(values).on_conflict_do_nothing(index_elements=["key"])
    return await session.scalar(statement.returning(Reservation.id)) is not None


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


async def delete_allocations(session: AsyncSession, reservation_id: str) -> None:
    """Forget where a reservation was held."""
    await session.execute(delete(Allocation).where(Allocation.reservation_id == reservation_id))


def add(session: AsyncSession, row: Base) -> None:
    """Store a new row."""
    session.add(row)
