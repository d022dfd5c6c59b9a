"""The demo stock with what the demo orders hold of it, and a larger one by formula. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.demo import item_id, stream
from subgraphs.inventory import store
from subgraphs.inventory.model import (
    Allocation,
    Base,
    Change,
    Item,
    Level,
    Movement,
    MovementKind,
    Reservation,
    ReservationStatus,
    Warehouse,
)

COUNTED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
# Rows per transaction.
CHUNK = 1_000

WAREHOUSES: list[dict[str, Any]] = [
    {"id": "wh-east", "name": "East", "priority": 1},
    {"id": "wh-west", "name": "West", "priority": 2},
]
DEFAULT = (40, 60)
# SKU → product, and what lies east and west where it is not the default.
SKUS: dict[str, tuple[str, tuple[int, int]]] = {
    "LAPTOP-001": ("prod-laptop-001", DEFAULT),
    "LAPTOP-001-32GB": ("prod-laptop-001", DEFAULT),
    "DESKTOP-001": ("prod-desktop-001", DEFAULT),
    "MINI-001": ("prod-mini-001", (1, 2)),
    "TABLET-001": ("prod-tablet-001", DEFAULT),
    "TV-001": ("prod-tv-001", DEFAULT),
    "KEYBOARD-001-BROWN": ("prod-keyboard-001", DEFAULT),
    "KEYBOARD-001-RED": ("prod-keyboard-001", DEFAULT),
    "MOUSE-001": ("prod-mouse-001", DEFAULT),
    "MONITOR-001": ("prod-monitor-001", (1, 1)),
    "HEADPHONES-001-BLACK": ("prod-headphones-001", DEFAULT),
    "HEADPHONES-001-SILVER": ("prod-headphones-001", DEFAULT),
    "SPEAKER-001": ("prod-speaker-001", DEFAULT),
    "MIC-001": ("prod-mic-001", (0, 0)),
    "CONSOLE-001": ("prod-console-001", (0, 0)),
    "CONTROLLER-001": ("prod-controller-001", DEFAULT),
    "GAME-001": ("prod-game-001", DEFAULT),
    "CHAIR-001": ("prod-chair-001", DEFAULT),
}


# What each demo order that is not over holds or has sold: in the first warehouse, on top of the default stock.
BASKET = {"SPEAKER-001": 1, "MOUSE-001": 2}
ORDERS = {
    "reserved": ReservationStatus.HELD,
    "awaiting_payment": ReservationStatus.HELD,
    "under_review": ReservationStatus.HELD,
    "confirmed": ReservationStatus.COMMITTED,
    "partially_shipped": ReservationStatus.COMMITTED,
}
# The demo's holds are there to be looked at: no sweep takes them.
NEVER = datetime(2099, 1, 1, tzinfo=UTC)


async def demo(database: Database) -> None:
    """Two warehouses, the stock of the demo catalogue, and the reservations of the demo orders."""
    async with database.transaction() as session:
        if await store.items_by_skus(session, list(SKUS)):
            return
        await _insert(session, Warehouse, WAREHOUSES)
        await _stock(session, ((sku, product, counts) for sku, (product, counts) in SKUS.items()))
        for order, status in ORDERS.items():
            await _reserve(session, order, status)


async def _reserve(session: AsyncSession, order: str, status: ReservationStatus) -> None:
    """A demo order's reservation under the id and the key that orders knows, and its ledger."""
    reservation = {
        "id": f"reservation-demo-{order}",
        "key": f"order-demo-{order}",
        "status": status.value,
        "created_at": COUNTED_AT,
        "expires_at": NEVER,
    }
    await _insert(session, Reservation, [reservation])
    for sku, quantity in BASKET.items():
        place = {"sku": sku, "warehouse_id": WAREHOUSES[0]["id"]}
        taken = {**place, "reservation_id": reservation["id"], "quantity": quantity}
        await _insert(session, Allocation, [taken])
        steps = [(MovementKind.SET, Change(on_hand=quantity)), (MovementKind.HOLD, Change.hold(quantity))]
        if status is ReservationStatus.COMMITTED:
            steps.append((MovementKind.COMMIT, Change.commit(quantity)))
        for kind, change in steps:
            await store.change_item(session, sku, change)
            movement = Movement(
                **place,
                id=f"move-demo-{order}-{sku.lower()}-{kind.value.lower()}",
                kind=kind.value,
                on_hand=change.on_hand,
                held=change.held,
                committed=change.committed,
                reservation_id=None if kind is MovementKind.SET else reservation["id"],
                at=COUNTED_AT,
            )
            await store.move(session, [movement], now=COUNTED_AT)


async def scale(database: Database, n: int) -> None:
    """The stock of `n` products of the scale catalogue; the same for the same number."""
    for start in range(1, n + 1, CHUNK):
        async with database.transaction() as session:
            await _insert(session, Warehouse, WAREHOUSES)
            await _stock(session, (_made(number) for number in range(start, min(start + CHUNK, n + 1))))


def _made(number: int) -> tuple[str, str, tuple[int, int]]:
    """One SKU in twenty is sold out, the others lie in both places."""
    random = stream("inventory", number)
    counts = (0, 0) if number % 20 == 0 else (random.randint(1, 60), random.randint(1, 90))
    return f"SCALE-{number:06}", item_id("prod", number), counts


async def _stock(session: AsyncSession, counted: Iterable[tuple[str, str, tuple[int, int]]]) -> None:
    """Items, levels and the ledger rows that explain them, so that counters equal the ledger from the start."""
    items, levels, movements = [], [], []
    for sku, product_id, counts in counted:
        items.append({"sku": sku, "product_id": product_id, "on_hand": sum(counts)})
        for warehouse, on_hand in zip(WAREHOUSES, counts, strict=True):
            place = {"sku": sku, "warehouse_id": warehouse["id"], "on_hand": on_hand}
            levels.append({**place, "updated_at": COUNTED_AT})
            if on_hand:
                movements.append(
                    {
                        **place,
                        "id": f"move-{sku.lower()}-{warehouse['id']}",
                        "kind": MovementKind.SET.value,
                        "held": 0,
                        "committed": 0,
                        "reason": "Counted at the opening",
                        "at": COUNTED_AT,
                    }
                )
    await _insert(session, Item, items)
    await _insert(session, Level, levels)
    await _insert(session, Movement, movements)


async def _insert(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        # Parameters beside one prepared statement: one long VALUES would take twice the time to build.
        await session.execute(insert(table.__table__).on_conflict_do_nothing(), list(rows))  # type: ignore[arg-type]
