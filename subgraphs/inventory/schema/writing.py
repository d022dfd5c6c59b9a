"""What administrators may do to stock, and what other subgraphs do with it during a purchase."""

from __future__ import annotations

import strawberry

from chassis.errors import IdempotencyKeyReused, InvalidInput, NotFound
from chassis.refusals import mutation
from subgraphs.inventory import model
from subgraphs.inventory.errors import (
    ReservationClosed,
    ReservationShipped,
    StockPromised,
    StockShort,
    WarehouseExists,
)
from subgraphs.inventory.schema.context import Info
from subgraphs.inventory.schema.stock import Reservation, StockLevel, Variant, Warehouse

WRITE = [["inventory:write"]]


@strawberry.input(description="How many lie in a warehouse, counted.")
class StockSetInput:
    """A counted level."""

    sku: str
    warehouse_id: strawberry.ID
    on_hand: int
    reason: str | None = None


@strawberry.input(description="By how many the stock in a warehouse changes, and why.")
class StockAdjustInput:
    """A correction."""

    sku: str
    warehouse_id: strawberry.ID
    by: int
    reason: str


@strawberry.input(description="When a SKU is low in stock.")
class StockThresholdSetInput:
    """A line to be warned at."""

    sku: str
    low_stock_threshold: int = strawberry.field(
        description="At or below this many over all warehouses. 0: only when there is none left."
    )


@strawberry.input(description="A place where stock lies.")
class WarehouseInput:
    """A warehouse as it shall be."""

    id: strawberry.ID
    name: str
    priority: int = strawberry.field(description="The lowest is taken from first.")


@strawberry.federation.input(inaccessible=True, description="So many of one SKU.")
class ReserveLineInput:
    """A line; lines of the same SKU add up."""

    sku: str
    quantity: int


@strawberry.federation.input(
    inaccessible=True, description="What to hold, for how long, and the key by which it is known from then on."
)
class StockReserveInput:
    """A purchase that needs stock."""

    key: str
    lines: list[ReserveLineInput]
    hold_seconds: int = 900


@strawberry.type(description="The level as it is now.")
class StockSetSuccess:
    """A set level."""

    stock_level: StockLevel


@strawberry.type(description="The level as it is now.")
class StockAdjustSuccess:
    """An adjusted level."""

    stock_level: StockLevel


@strawberry.type(description="The SKU with its levels, judged by the new threshold.")
class StockThresholdSetSuccess:
    """A new threshold."""

    variant: Variant


@strawberry.type(description="The warehouse, empty.")
class WarehouseCreateSuccess:
    """A new warehouse."""

    warehouse: Warehouse


@strawberry.type(description="The warehouse as it is now.")
class WarehouseUpdateSuccess:
    """A changed warehouse."""

    warehouse: Warehouse


@strawberry.type(description="All lines are held.")
class StockReserveSuccess:
    """A reservation."""

    reservation: Reservation


@strawberry.type(description="What was held is sold.")
class StockCommitSuccess:
    """A committed reservation."""

    reservation: Reservation


@strawberry.type(description="Nothing is held under this key any more.")
class StockReleaseSuccess:
    """A released reservation."""

    reservation: Reservation


@strawberry.type
class Mutation:
    """What can be changed: by administrators, and by other subgraphs during a purchase."""

    @mutation(refuses=(StockPromised, NotFound, InvalidInput), requires_scopes=WRITE, tags=["admin"])
    async def stock_set(self, info: Info, input: StockSetInput) -> StockSetSuccess:
        """State how many lie in a warehouse; the difference goes into the ledger."""
        level = await info.context.counting.set(
            input.sku,
            warehouse_id=input.warehouse_id,
            on_hand=input.on_hand,
            reason=input.reason,
            viewer=info.context.viewer,
        )
        return StockSetSuccess(stock_level=StockLevel.of(level))

    @mutation(
        refuses=(StockPromised, IdempotencyKeyReused, NotFound, InvalidInput), requires_scopes=WRITE, tags=["admin"]
    )
    async def stock_adjust(self, info: Info, input: StockAdjustInput, idempotency_key: str) -> StockAdjustSuccess:
        """Add to or take from what lies in a warehouse; the same key does it once."""
        level = await info.context.counting.adjust(
            input.sku,
            warehouse_id=input.warehouse_id,
            by=input.by,
            reason=input.reason,
            idempotency_key=idempotency_key,
            viewer=info.context.viewer,
        )
        return StockAdjustSuccess(stock_level=StockLevel.of(level))

    @mutation(refuses=(NotFound, InvalidInput), requires_scopes=WRITE, tags=["admin"])
    async def stock_threshold_set(self, info: Info, input: StockThresholdSetInput) -> StockThresholdSetSuccess:
        """Say at how many a SKU is low in stock."""
        item = await info.context.counting.set_threshold(
            input.sku, threshold=input.low_stock_threshold, viewer=info.context.viewer
        )
        return StockThresholdSetSuccess(variant=Variant(sku=item.sku))

    @mutation(refuses=(WarehouseExists, InvalidInput), requires_scopes=WRITE, tags=["admin"])
    async def warehouse_create(self, info: Info, input: WarehouseInput) -> WarehouseCreateSuccess:
        """Open a warehouse."""
        row = await info.context.warehouses.open(
            input.id, name=input.name, priority=input.priority, viewer=info.context.viewer
        )
        return WarehouseCreateSuccess(warehouse=Warehouse.of(row))

    @mutation(refuses=(NotFound, InvalidInput), requires_scopes=WRITE, tags=["admin"])
    async def warehouse_update(self, info: Info, input: WarehouseInput) -> WarehouseUpdateSuccess:
        """Rename a warehouse, or let it be taken from earlier or later; what is held already stays where it is."""
        row = await info.context.warehouses.change(
            input.id, name=input.name, priority=input.priority, viewer=info.context.viewer
        )
        return WarehouseUpdateSuccess(warehouse=Warehouse.of(row))

    @mutation(
        refuses=(StockShort, IdempotencyKeyReused, ReservationClosed, InvalidInput),
        inaccessible=True,
        tags=["internal"],
    )
    async def stock_reserve(self, info: Info, input: StockReserveInput) -> StockReserveSuccess:
        """Hold every line or none. The same key and lines answer the same reservation, held anew if it had expired."""
        reservation = await info.context.reservations.reserve(
            [model.Line(line.sku, line.quantity) for line in input.lines],
            key=input.key,
            hold_seconds=input.hold_seconds,
            viewer=info.context.viewer,
        )
        return StockReserveSuccess(reservation=Reservation.of(reservation))

    @mutation(refuses=(ReservationClosed, NotFound), inaccessible=True, tags=["internal"])
    async def stock_commit(self, info: Info, key: str) -> StockCommitSuccess:
        """Sell what is held under a key; a second call changes nothing."""
        reservation = await info.context.reservations.commit(key, viewer=info.context.viewer)
        return StockCommitSuccess(reservation=Reservation.of(reservation))

    @mutation(refuses=(ReservationShipped, InvalidInput), inaccessible=True, tags=["internal"])
    async def stock_release(self, info: Info, key: str) -> StockReleaseSuccess:
        """Give back what is held or sold under a key; a second call changes nothing."""
        reservation = await info.context.reservations.release(key, viewer=info.context.viewer)
        return StockReleaseSuccess(reservation=Reservation.of(reservation))
