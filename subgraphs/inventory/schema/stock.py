"""The types of inventory, and what it adds to products and variants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.federation import field

from subgraphs.inventory import model
from subgraphs.inventory.schema.context import Info
from subgraphs.inventory.service.counting import may_see

READ = [["inventory:read"]]

strawberry.enum(model.Availability, description="How a SKU stands.")
strawberry.enum(model.MovementKind, name="StockMovementKind", description="Why a level changed.")
strawberry.enum(
    model.ReservationStatus,
    description="HELD until it is committed, released or expires; COMMITTED until it is released.",
)


@strawberry.federation.type(keys=["id"], description="A place where stock lies.")
class Warehouse:
    """A warehouse; administrators see it."""

    id: strawberry.ID
    name: str
    priority: int = strawberry.field(description="The lowest is taken from first.")

    @classmethod
    def of(cls, row: model.Warehouse) -> Warehouse:
        """Show a warehouse."""
        return cls(id=strawberry.ID(row.id), name=row.name, priority=row.priority)

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Warehouse | None:
        if not info.context.viewer.has_scope("inventory:read"):
            return None
        row = await info.context.loaders.warehouse.load(id)
        return None if row is None else cls.of(row)


@strawberry.type(description="Whether a variant can be had, over all warehouses.")
class VariantAvailability:
    """How a SKU stands; one that inventory does not know is out of stock."""

    status: model.Availability
    available_quantity: int

    @classmethod
    def of(cls, item: model.Item | None) -> VariantAvailability:
        """Show how an item stands."""
        if item is None:
            return cls(status=model.Availability.OUT_OF_STOCK, available_quantity=0)
        return cls(status=item.availability, available_quantity=item.available)


async def shown_items(info: Info, skus: Sequence[str]) -> list[model.Item | None]:
    """Items by SKU, as far as the viewer may see them."""
    items = await info.context.loaders.item.load_many(skus)
    return [item if item is not None and may_see(info.context.viewer, item) else None for item in items]


@strawberry.federation.type(keys=["sku"])
class Variant:
    """A variant of the catalogue, with what inventory knows of it."""

    sku: str

    @strawberry.field
    async def availability(self, info: Info) -> VariantAvailability:
        return VariantAvailability.of(*await shown_items(info, [self.sku]))

    @field(requires_scopes=READ, tags=["admin"], description="How many lie in each warehouse.")
    async def stock_levels(self, info: Info) -> list[StockLevel] | None:
        return [StockLevel.of(row) for row in await info.context.loaders.levels_of_sku.load(self.sku)]

    @classmethod
    def resolve_reference(cls, sku: str, **_: Any) -> Variant:
        return cls(sku=sku)


@strawberry.federation.type(keys=["id"])
class Product:
    """A product of the catalogue, with the stock of all its variants together."""

    id: strawberry.ID
    skus: strawberry.Private[list[str] | None]

    @field(external=True)
    def variants(self) -> list[Variant]:
        return [Variant(sku=sku) for sku in self._required_skus()]

    def _required_skus(self) -> list[str]:
        """What the catalogue says the product's SKUs are; without them its stock is unknown, which is not none."""
        if self.skus is None:
            raise GraphQLError("The representation lacks variants.", extensions={"code": "BAD_REPRESENTATION"})
        return self.skus

    async def _items(self, info: Info) -> Sequence[model.Item]:
        return [item for item in await shown_items(info, self._required_skus()) if item is not None]

    @field(requires=["variants { sku }"], description="Whether any variant can be had.")
    async def in_stock(self, info: Info) -> bool:
        return any(item.available > 0 for item in await self._items(info))

    @field(
        override="products", requires=["variants { sku }"], description="How many can be had, all variants together."
    )
    async def stock_quantity(self, info: Info) -> int:
        return sum(item.available for item in await self._items(info))

    @classmethod
    def resolve_reference(cls, id: str, variants: list[dict[str, Any]] | None = None, **_: Any) -> Product:
        skus = None if variants is None else [str(each["sku"]) for each in variants]
        return cls(id=strawberry.ID(id), skus=skus)


@strawberry.type(description="One SKU in one warehouse. Available is what is neither held nor committed.")
class StockLevel:
    """A counter and its parts."""

    sku: str
    on_hand: int
    held: int = strawberry.field(description="Promised until a reservation expires.")
    committed: int = strawberry.field(description="Sold and not yet shipped.")
    available: int
    updated_at: datetime
    warehouse_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: model.Level) -> StockLevel:
        """Show a level."""
        return cls(
            sku=row.sku,
            on_hand=row.on_hand,
            held=row.held,
            committed=row.committed,
            available=row.available,
            updated_at=row.updated_at,
            warehouse_id=row.warehouse_id,
        )

    @strawberry.field
    def variant(self) -> Variant:
        return Variant(sku=self.sku)

    @strawberry.field
    async def warehouse(self, info: Info) -> Warehouse:
        row = await info.context.loaders.warehouse.load(self.warehouse_id)
        assert row is not None, "a foreign key says it is there"
        return Warehouse.of(row)

    @strawberry.field(description="At or below this many over all warehouses, the SKU is low in stock.")
    async def low_stock_threshold(self, info: Info) -> int:
        item = await info.context.loaders.item.load(self.sku)
        assert item is not None, "a foreign key says it is there"
        return item.low_stock_threshold


@strawberry.type(description="A row of the ledger: by how much one level changed, and why.")
class StockMovement:
    """Never altered; the rows of a level add up to it."""

    id: strawberry.ID
    sku: str
    kind: model.MovementKind
    on_hand: int
    held: int
    committed: int
    reason: str | None
    actor_id: strawberry.ID | None
    reservation_id: strawberry.ID | None
    cause_id: strawberry.ID | None = strawberry.field(description="The shipment of a SHIP, the return of a RETURN.")
    at: datetime
    warehouse_id: strawberry.Private[str]

    @classmethod
    def of(cls, row: model.Movement) -> StockMovement:
        """Show a ledger row."""
        return cls(
            id=strawberry.ID(row.id),
            sku=row.sku,
            kind=model.MovementKind(row.kind),
            on_hand=row.on_hand,
            held=row.held,
            committed=row.committed,
            reason=row.reason,
            actor_id=None if row.actor_id is None else strawberry.ID(row.actor_id),
            reservation_id=None if row.reservation_id is None else strawberry.ID(row.reservation_id),
            cause_id=None if row.cause_id is None else strawberry.ID(row.cause_id),
            at=row.at,
            warehouse_id=row.warehouse_id,
        )

    @strawberry.field
    async def warehouse(self, info: Info) -> Warehouse:
        row = await info.context.loaders.warehouse.load(self.warehouse_id)
        assert row is not None, "a foreign key says it is there"
        return Warehouse.of(row)


@strawberry.type(description="How many of a SKU a reservation takes from one warehouse.")
class ReservationLine:
    """An allocation."""

    sku: str
    quantity: int
    warehouse_id: strawberry.ID


@strawberry.federation.type(keys=["id"], description="Stock set aside for one purchase.")
class Reservation:
    """A reservation; administrators and other subgraphs see it."""

    id: strawberry.ID
    key: str
    status: model.ReservationStatus
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: model.Reservation) -> Reservation:
        """Show a reservation."""
        return cls(
            id=strawberry.ID(row.id),
            key=row.key,
            status=model.ReservationStatus(row.status),
            created_at=row.created_at,
            expires_at=row.expires_at,
        )

    @strawberry.field
    async def lines(self, info: Info) -> list[ReservationLine]:
        rows = await info.context.loaders.allocations_of_reservation.load(self.id)
        return [
            ReservationLine(sku=row.sku, quantity=row.quantity, warehouse_id=strawberry.ID(row.warehouse_id))
            for row in rows
        ]

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Reservation | None:
        if not info.context.viewer.has_scope("inventory:read"):
            return None
        row = await info.context.loaders.reservation.load(id)
        return None if row is None else cls.of(row)
