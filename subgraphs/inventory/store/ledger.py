"""Statements that move counters: sums, levels and the ledger together, under locks taken in SKU order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import ColumnElement, Integer, Text, func, literal, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from subgraphs.inventory.model import Change, Item, Level, Movement, Place, Warehouse

# Advisory locks are shared by the whole server, and there are few thousand: keys share these.
_LOCK_CLASS: Final = int.from_bytes(b"adju", signed=True)
_LOCKS: Final = 1_024

# One statement, because every sale pays for it. Levels are reached through the items that are locked, in SKU order, so
# nothing of a SKU moves before its item is locked.
_MOVE: Final = text("""
WITH steps AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:steps AS jsonb)) AS step (
        id text, sku text, warehouse_id text, kind text, on_hand int, held int, committed int, reason text,
        idempotency_key text, reservation_id text, cause_id text, actor_id text, at timestamptz
    )
), sums AS MATERIALIZED (
    SELECT sku, sum(on_hand)::int AS on_hand, sum(held)::int AS held, sum(committed)::int AS committed
    FROM steps GROUP BY sku
), locked AS MATERIALIZED (
    SELECT i.sku FROM items i JOIN sums USING (sku) ORDER BY i.sku FOR NO KEY UPDATE OF i
), summed AS (
    UPDATE items i
    SET on_hand = i.on_hand + s.on_hand, held = i.held + s.held, committed = i.committed + s.committed
    FROM locked JOIN sums s USING (sku)
    WHERE i.sku = locked.sku
    RETURNING i.*
), leveled AS (
    UPDATE levels l
    SET on_hand = l.on_hand + s.on_hand, held = l.held + s.held, committed = l.committed + s.committed,
        updated_at = :now
    FROM locked JOIN steps s USING (sku)
    WHERE l.sku = locked.sku AND l.warehouse_id = s.warehouse_id
    RETURNING 1
), written AS (
    INSERT INTO movements (id, sku, warehouse_id, kind, on_hand, held, committed, reason, idempotency_key,
                           reservation_id, cause_id, actor_id, at)
    SELECT id, sku, warehouse_id, kind, on_hand, held, committed, reason, idempotency_key,
           reservation_id, cause_id, actor_id, at
    FROM steps
)
SELECT sku, product_id, on_hand, held, committed, low_stock_threshold, listed,
       (SELECT count(*) FROM leveled) AS leveled
FROM summed ORDER BY sku
""")

_LIST: Final = text("""
WITH locked AS MATERIALIZED (
    SELECT sku, sku = ANY (CAST(:skus AS text[])) AS listed FROM items
    WHERE product_id = :product_id ORDER BY sku FOR NO KEY UPDATE
)
UPDATE items i SET listed = locked.listed FROM locked
WHERE i.sku = locked.sku AND i.listed <> locked.listed
RETURNING i.sku
""")


async def move(session: AsyncSession, movements: Sequence[Movement], *, now: datetime) -> list[Item]:
    """Move sums and levels by rows of different places, keep the rows, and answer the items as they are then.

    Locks the items. The database's CHECKs refuse what would promise more than there is.
    """
    steps = orjson.dumps([_row(each) for each in movements]).decode()
    found = (await session.execute(_MOVE, {"steps": steps, "now": now})).mappings().all()
    assert {row["sku"] for row in found} == {each.sku for each in movements}, "a row moves a SKU nobody knows"
    assert all(row["leveled"] == len(movements) for row in found), "a row moves a level that is not there"
    return [Item(**{name: value for name, value in row.items() if name != "leveled"}) for row in found]


def _row(movement: Movement) -> dict[str, object]:
    return {column.key: getattr(movement, column.key) for column in Movement.__table__.columns}


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


async def items_for_update(session: AsyncSession, skus: Collection[str]) -> dict[str, Item]:
    """Items by SKU, locked in SKU order until the transaction ends."""
    query = select(Item).where(Item.sku.in_(skus)).order_by(Item.sku).with_for_update(key_share=True)
    return {row.sku: row for row in await session.scalars(query.execution_options(populate_existing=True))}


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
    return (await session.scalars(_LIST, {"product_id": product_id, "skus": list(skus)})).all()
