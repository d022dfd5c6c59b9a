"""What inventory keeps: counters per SKU and warehouse, the ledger behind them, reservations and their transitions.

A counter has three parts: `on_hand` lies on the shelf, `held` of it is promised until a reservation expires,
`committed` of it is sold and waits to be shipped. Always held + committed <= on_hand; the rest is available. What is
shipped is neither on hand nor committed any more; its reservation stays COMMITTED, as the record of the sale. The item
row holds the sums over all warehouses, so that one guarded update of one row decides whether a SKU can be promised;
a level row says which warehouse it comes from. Every change of a level is a ledger row: the sum of a level's ledger
rows is the level.

Locks are taken in one order everywhere: reservation, then items by SKU, then levels by (SKU, warehouse). Levels of
a SKU are only touched while its item is locked. A reservation that is new is kept after its items are locked: it cannot
have been locked before.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.errors import InvalidInput
from chassis.quoting import quoted
from subgraphs.inventory.errors import ReservationClosed, ReservationShipped

LINES_MAX = 200


class Base(DeclarativeBase):
    """The tables of the inventory database."""

    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}  # noqa: RUF012 -- SQLAlchemy's own name


class Availability(enum.Enum):
    """How a SKU stands, as customers see it."""

    IN_STOCK = "IN_STOCK"
    LOW_STOCK = "LOW_STOCK"
    OUT_OF_STOCK = "OUT_OF_STOCK"


class ReservationStatus(enum.Enum):
    """HELD until committed, released or expired; COMMITTED until released; EXPIRED until held again or released."""

    HELD = "HELD"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


class MovementKind(enum.Enum):
    """Why a level changed."""

    SET = "SET"
    ADJUST = "ADJUST"
    HOLD = "HOLD"
    COMMIT = "COMMIT"
    RELEASE = "RELEASE"
    EXPIRE = "EXPIRE"
    SHIP = "SHIP"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True)
class Change:
    """By how much each part of a counter moves."""

    on_hand: int = 0
    held: int = 0
    committed: int = 0

    @property
    def available(self) -> int:
        """By how much what can be promised moves."""
        return self.on_hand - self.held - self.committed

    @classmethod
    def hold(cls, quantity: int) -> Change:
        """Promise some of what is available."""
        return cls(held=quantity)

    @classmethod
    def commit(cls, quantity: int) -> Change:
        """Turn a promise into a sale."""
        return cls(held=-quantity, committed=quantity)

    @classmethod
    def give_back(cls, quantity: int, *, was: ReservationStatus) -> Change:
        """Make available again what a reservation had taken."""
        return cls(committed=-quantity) if was is ReservationStatus.COMMITTED else cls(held=-quantity)

    @classmethod
    def ship(cls, quantity: int) -> Change:
        """Let what was sold leave."""
        return cls(on_hand=-quantity, committed=-quantity)

    @classmethod
    def take_back(cls, quantity: int) -> Change:
        """Put on the shelf what came back."""
        return cls(on_hand=quantity)

    def __add__(self, other: Change) -> Change:
        return Change(self.on_hand + other.on_hand, self.held + other.held, self.committed + other.committed)


class Warehouse(Base):
    """A place where stock lies. Lower `priority` is allocated first."""

    __tablename__ = "warehouses"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    priority: Mapped[int]


class Item(Base):
    """A SKU with its sums over all warehouses."""

    __tablename__ = "items"

    sku: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str]
    on_hand: Mapped[int]
    held: Mapped[int]
    committed: Mapped[int]
    low_stock_threshold: Mapped[int]
    # Whether the catalogue offers it; what it does not offer cannot be had, whatever lies on the shelf.
    listed: Mapped[bool]

    @property
    def available(self) -> int:
        """How many can be promised now."""
        return self.on_hand - self.held - self.committed

    @property
    def availability(self) -> Availability:
        """How the SKU stands."""
        return availability_of(self.available, self.low_stock_threshold)


class Level(Base):
    """One SKU in one warehouse."""

    __tablename__ = "levels"

    sku: Mapped[str] = mapped_column(ForeignKey("items.sku"), primary_key=True)
    warehouse_id: Mapped[str] = mapped_column(ForeignKey("warehouses.id"), primary_key=True)
    on_hand: Mapped[int]
    held: Mapped[int]
    committed: Mapped[int]
    updated_at: Mapped[datetime]

    @property
    def available(self) -> int:
        """How many can be promised from this warehouse now."""
        return self.on_hand - self.held - self.committed


class Movement(Base):
    """A ledger row: one change of one level, never altered.

    `reason` is a person's, `reservation_id` a sale's, `cause_id` the shipment or the return of a SHIP or RETURN.
    """

    __tablename__ = "movements"

    id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str]
    warehouse_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    on_hand: Mapped[int]
    held: Mapped[int]
    committed: Mapped[int]
    reason: Mapped[str | None]
    # Unique where it is set: the same key never moves stock twice.
    idempotency_key: Mapped[str | None]
    reservation_id: Mapped[str | None]
    cause_id: Mapped[str | None]
    actor_id: Mapped[str | None]
    at: Mapped[datetime]

    @property
    def change(self) -> Change:
        """By how much it moves the level."""
        return Change(self.on_hand, self.held, self.committed)


class Reservation(Base):
    """Stock set aside for one purchase, known to its asker by `key`."""

    __tablename__ = "reservations"

    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    def commit(self) -> bool:
        """Become COMMITTED; False when it already was. Raises ReservationClosed once released or expired."""
        match ReservationStatus(self.status):
            case ReservationStatus.HELD:
                self.status = ReservationStatus.COMMITTED.value
                return True
            case ReservationStatus.COMMITTED:
                return False
            case ReservationStatus.RELEASED | ReservationStatus.EXPIRED:
                raise ReservationClosed(self.key, self.status)

    def hold_on(self, *, now: datetime, until: datetime) -> bool:
        """Be asked for again under the same key: whether the stock must be held anew, until then.

        A hold that has run out gets new time; what it held is taken again if it was given back meanwhile. Raises
        ReservationClosed once released: that is for good.
        """
        match ReservationStatus(self.status):
            case ReservationStatus.COMMITTED:
                return False
            case ReservationStatus.HELD:
                if self.expires_at <= now:
                    self.expires_at = until
                return False
            case ReservationStatus.EXPIRED:
                self.status = ReservationStatus.HELD.value
                self.expires_at, self.closed_at = until, None
                return True
            case ReservationStatus.RELEASED:
                raise ReservationClosed(self.key, self.status)

    def release(self, *, now: datetime, is_shipped: bool) -> ReservationStatus | None:
        """Become RELEASED and answer what it was; None when nothing was held any more.

        Raises ReservationShipped when some of it has left already.
        """
        was = ReservationStatus(self.status)
        match was:
            case ReservationStatus.COMMITTED if is_shipped:
                raise ReservationShipped(self.key)
            case ReservationStatus.HELD | ReservationStatus.COMMITTED:
                self.status = ReservationStatus.RELEASED.value
                self.closed_at = now
                return was
            case ReservationStatus.EXPIRED:
                # Nothing is held, and nothing shall be held again under this key.
                self.status = ReservationStatus.RELEASED.value
                return None
            case ReservationStatus.RELEASED:
                return None

    def expire(self, *, now: datetime) -> None:
        """Become EXPIRED. Only a HELD reservation does."""
        assert self.status == ReservationStatus.HELD.value
        self.status = ReservationStatus.EXPIRED.value
        self.closed_at = now


class Allocation(Base):
    """How many of a SKU a reservation takes from one warehouse."""

    __tablename__ = "allocations"

    reservation_id: Mapped[str] = mapped_column(ForeignKey("reservations.id"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    warehouse_id: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one SKU."""

    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which levels a list holds: all conditions together. `low_stock` is about the SKU, over all its warehouses."""

    low_stock: bool | None = None
    skus: Sequence[str] | None = None
    warehouse_id: str | None = None


def availability_of(available: int, threshold: int) -> Availability:
    """None left is OUT_OF_STOCK, at most `threshold` left is LOW_STOCK."""
    if available <= 0:
        return Availability.OUT_OF_STOCK
    return Availability.LOW_STOCK if available <= threshold else Availability.IN_STOCK


def add_up(lines: Iterable[Line]) -> list[Line]:
    """One line per SKU, in SKU order: the order in which every transaction locks items, so none deadlocks.

    Raises InvalidInput for a quantity below 1, for no line and for more than LINES_MAX.
    """
    totals: dict[str, int] = {}
    for index, line in enumerate(lines):
        if line.quantity < 1:
            raise InvalidInput(
                f"The quantity of {quoted(line.sku)} must be at least 1.",
                field=("input", "lines", str(index), "quantity"),
            )
        totals[line.sku] = totals.get(line.sku, 0) + line.quantity
    if not 1 <= len(totals) <= LINES_MAX:
        raise InvalidInput(f"A reservation has between 1 and {LINES_MAX} SKUs.", field=("input", "lines"))
    return [Line(sku, totals[sku]) for sku in sorted(totals)]


def allocate(quantity: int, available: Mapping[str, int]) -> dict[str, int]:
    """Share `quantity` out over warehouses, given in order of priority: the first that has it all, else each in turn.

    One parcel is cheaper than two, so a single warehouse that has everything goes before a preferred one that has part.
    The caller knows that the sum of `available` covers `quantity`.
    """
    for warehouse, there in available.items():
        if there >= quantity:
            return {warehouse: quantity}
    taken: dict[str, int] = {}
    for warehouse, there in available.items():
        part = min(quantity, there)
        if part > 0:
            taken[warehouse] = part
            quantity -= part
    assert quantity == 0, "the item's sums promised more than its levels have"
    return taken


@dataclass(frozen=True, slots=True)
class Sold:
    """How a reservation stands in one place: what it took there, and how much of that left and came back."""

    quantity: int
    shipped: int = 0
    returned: int = 0

    @property
    def to_ship(self) -> int:
        """What waits there for its parcel."""
        return self.quantity - self.shipped

    @property
    def to_return(self) -> int:
        """What was sent from there and may come back."""
        return self.shipped - self.returned


Place = tuple[str, str]
"""A SKU and a warehouse."""


class Overdrawn(Exception):
    """More is said to have been shipped or to have come back than can have been: one of the books is wrong."""


def draw(wanted: Mapping[str, int], left: Mapping[Place, int]) -> dict[Place, int]:
    """Spread quantities by SKU over the places that have some left, in order of place. Raises Overdrawn."""
    drawn: dict[Place, int] = {}
    for sku, quantity in sorted(wanted.items()):
        rest = quantity
        for place in sorted(place for place in left if place[0] == sku):
            part = min(rest, left[place])
            if part > 0:
                drawn[place] = part
                rest -= part
        if rest > 0:
            raise Overdrawn(f"{quantity} of {sku}, of which only {quantity - rest} are left")
    return drawn
