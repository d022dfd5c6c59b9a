"""The demo stock with what the demo orders hold of it, and a larger one by formula. Loading twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.demo import Zipf, item_id, stream
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


# What became of the stock of each demo order, all of it in the first warehouse. What is held or was sold to stay came
# in on top of the default stock (SET), so that what can be had is the default whatever the demo orders are at.
BASKET = {"SPEAKER-001": 1, "MOUSE-001": 2}
_SOLD = (MovementKind.SET, MovementKind.HOLD, MovementKind.COMMIT)
_CAME_BACK = (MovementKind.HOLD, MovementKind.COMMIT, MovementKind.SHIP, MovementKind.RETURN)
ORDERS = {
    "reserved": (ReservationStatus.HELD, _SOLD[:2]),
    "awaiting_payment": (ReservationStatus.HELD, _SOLD[:2]),
    "under_review": (ReservationStatus.HELD, _SOLD[:2]),
    "confirmed": (ReservationStatus.COMMITTED, _SOLD),
    "partially_shipped": (ReservationStatus.COMMITTED, (*_SOLD, MovementKind.SHIP)),
    "shipped": (ReservationStatus.COMMITTED, (*_SOLD, MovementKind.SHIP)),
    "delivered": (ReservationStatus.COMMITTED, (*_SOLD, MovementKind.SHIP)),
    "return_requested": (ReservationStatus.COMMITTED, (*_SOLD, MovementKind.SHIP)),
    "returned": (ReservationStatus.COMMITTED, _CAME_BACK),
    "refunded": (ReservationStatus.COMMITTED, _CAME_BACK),
    "cancelled": (ReservationStatus.RELEASED, (MovementKind.HOLD, MovementKind.COMMIT, MovementKind.RELEASE)),
    "failed": (ReservationStatus.RELEASED, (MovementKind.HOLD, MovementKind.RELEASE)),
    "expired": (ReservationStatus.RELEASED, (MovementKind.HOLD, MovementKind.EXPIRE)),
}
# Of an order that is shipped in part, only this has left.
SHIPPED_IN_PART = {"SPEAKER-001"}
# The demo's holds are there to be looked at: no sweep takes them.
NEVER = datetime(2099, 1, 1, tzinfo=UTC)


async def demo(database: Database) -> None:
    """Two warehouses, the stock of the demo catalogue, and the reservations of the demo orders."""
    async with database.transaction() as session:
        if await store.items_by_skus(session, list(SKUS)):
            return
        await _insert(session, Warehouse, WAREHOUSES)
        await _stock(session, ((sku, product, counts) for sku, (product, counts) in SKUS.items()))
        for order, (status, steps) in ORDERS.items():
            await _reserve(session, order, status, steps)


async def _reserve(session: AsyncSession, order: str, status: ReservationStatus, steps: Sequence[MovementKind]) -> None:
    """A demo order's reservation under the id and the key that orders knows, and its ledger."""
    order_id, reservation_id = f"order-demo-{order}", f"reservation-demo-{order}"
    await _insert(session, Reservation, [_reservation(reservation_id, order_id, status)])
    causes = {MovementKind.SHIP: f"parcel-{order_id}", MovementKind.RETURN: f"return-{order_id}"}
    for sku, quantity in BASKET.items():
        place = {"sku": sku, "warehouse_id": WAREHOUSES[0]["id"]}
        await _insert(session, Allocation, [{**place, "reservation_id": reservation_id, "quantity": quantity}])
        was = ReservationStatus.COMMITTED if MovementKind.COMMIT in steps else ReservationStatus.HELD
        for kind in steps:
            if kind is MovementKind.SHIP and order == "partially_shipped" and sku not in SHIPPED_IN_PART:
                continue
            change = _change(kind, quantity, was)
            movement = Movement(
                **place,
                id=f"move-demo-{order}-{sku.lower()}-{kind.value.lower()}",
                kind=kind.value,
                on_hand=change.on_hand,
                held=change.held,
                committed=change.committed,
                reservation_id=None if kind is MovementKind.SET else reservation_id,
                cause_id=causes.get(kind),
                at=COUNTED_AT,
            )
            await store.move(session, [movement], now=COUNTED_AT)


def _reservation(id: str, key: str, status: ReservationStatus) -> dict[str, Any]:
    is_open = status in {ReservationStatus.HELD, ReservationStatus.COMMITTED}
    return {
        "id": id,
        "key": key,
        "status": status.value,
        "created_at": COUNTED_AT,
        "expires_at": NEVER,
        "closed_at": None if is_open else COUNTED_AT,
    }


def _change(kind: MovementKind, quantity: int, was: ReservationStatus) -> Change:
    match kind:
        case MovementKind.SET | MovementKind.ADJUST:
            return Change(on_hand=quantity)
        case MovementKind.HOLD:
            return Change.hold(quantity)
        case MovementKind.COMMIT:
            return Change.commit(quantity)
        case MovementKind.RELEASE | MovementKind.EXPIRE:
            return Change.give_back(quantity, was=was)
        case MovementKind.SHIP:
            return Change.ship(quantity)
        case MovementKind.RETURN:
            return Change.take_back(quantity)


# ---------------------------------------------------------------------------------------------------------- at scale


async def scale(database: Database, n: int) -> None:
    """The stock of `n` products of the scale catalogue and what its `n` orders took; the same for the same number."""
    for start in range(1, n + 1, CHUNK):
        async with database.transaction() as session:
            await _insert(session, Warehouse, WAREHOUSES)
            await _stock(session, (_made(number) for number in range(start, min(start + CHUNK, n + 1))))
    popular = Zipf(n, exponent=0.9)
    for start in range(1, n + 1, CHUNK):
        async with database.transaction() as session:
            await _sell(session, [ordered(number, popular) for number in range(start, min(start + CHUNK, n + 1))])


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order of the scale data, as far as stock is concerned: one piece of each SKU."""

    number: int
    skus: Sequence[str]
    is_cancelled: bool
    is_shipped: bool

    @property
    def id(self) -> str:
        """What orders calls it."""
        return item_id("order", self.number)

    @property
    def reservation_id(self) -> str:
        """What orders calls its reservation."""
        return f"reservation-scale-{self.number:06}"


def ordered(number: int, popular: Zipf) -> Ordered:
    """The number-th order, as orders' generator makes it: of ten, eight are delivered, one stands, one is cancelled."""
    random = stream("orders", number)
    picks = sorted({popular.pick(random) for _ in range(1 + number % 3)})
    skus = [f"SCALE-{pick:06}" for pick in picks]
    return Ordered(number, skus, is_cancelled=number % 10 == 9, is_shipped=number % 10 < 8)


async def _sell(session: AsyncSession, orders: Sequence[Ordered]) -> None:
    """What orders took, out of a delivery just large enough for them. What is there already stays as it is."""
    known = await store.reservations_by_ids(session, [each.reservation_id for each in orders])
    new = [each for each in orders if each.reservation_id not in known]
    cancelled, sold = ReservationStatus.RELEASED, ReservationStatus.COMMITTED
    await _insert(
        session,
        Reservation,
        [_reservation(each.reservation_id, each.id, cancelled if each.is_cancelled else sold) for each in new],
    )
    earned = [each for each in new if not each.is_cancelled]
    pieces = [(each, sku) for each in earned for sku in each.skus]
    if not pieces:
        return
    warehouse_id = WAREHOUSES[0]["id"]
    allocations = [
        {"reservation_id": each.reservation_id, "sku": sku, "warehouse_id": warehouse_id, "quantity": 1}
        for each, sku in pieces
    ]
    delivered = Counter(sku for _, sku in pieces)
    movements = [
        _moved(f"delivery-{orders[0].number:06}", (sku, warehouse_id), MovementKind.SET, quantity)
        for sku, quantity in delivered.items()
    ]
    for each, sku in pieces:
        for kind in (MovementKind.HOLD, MovementKind.COMMIT, *([MovementKind.SHIP] if each.is_shipped else [])):
            row = _moved(each.id, (sku, warehouse_id), kind, 1)
            cause = f"parcel-{each.id}" if kind is MovementKind.SHIP else None
            movements.append({**row, "reservation_id": each.reservation_id, "cause_id": cause})
    waiting = Counter(sku for each, sku in pieces if not each.is_shipped)
    await _insert(session, Allocation, allocations)
    await store.shift(
        session, {(sku, warehouse_id): Change(on_hand=count, committed=count) for sku, count in waiting.items()}
    )
    await _insert(session, Movement, movements)


def _moved(what: str, place: tuple[str, str], kind: MovementKind, quantity: int) -> dict[str, Any]:
    change = _change(kind, quantity, ReservationStatus.COMMITTED)
    return {
        "id": f"move-{what}-{place[0].lower()}-{kind.value.lower()}",
        "sku": place[0],
        "warehouse_id": place[1],
        "kind": kind.value,
        "on_hand": change.on_hand,
        "held": change.held,
        "committed": change.committed,
        "reservation_id": None,
        "cause_id": None,
        "at": COUNTED_AT,
    }


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
