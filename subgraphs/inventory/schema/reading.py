"""The questions administrators may ask of inventory."""

from __future__ import annotations

import strawberry
from strawberry.federation import field

from chassis.connection import Connection, Edge, Window, connection_of
from chassis.errors import InvalidInput
from subgraphs.inventory import model
from subgraphs.inventory.schema.context import Info
from subgraphs.inventory.schema.stock import READ, Reservation, StockLevel, StockMovement, Warehouse

SKUS_MAX = 100


@strawberry.input(description="Which stock levels: all conditions together.")
class StockLevelFilter:
    """What narrows a list of levels."""

    low_stock: bool | None = strawberry.field(default=None, description="About the SKU over all its warehouses.")
    skus: list[str] | None = None
    warehouse_id: strawberry.ID | None = None

    def read(self) -> model.Filter:
        """The filter as the store takes it."""
        if self.skus is not None and len(self.skus) > SKUS_MAX:
            raise InvalidInput(f"Ask for at most {SKUS_MAX} SKUs.", field=("filter", "skus"))
        return model.Filter(low_stock=self.low_stock, skus=self.skus, warehouse_id=self.warehouse_id)


@strawberry.type
class StockLevelEdge(Edge[StockLevel]):
    """A level in a list."""


@strawberry.type(description="A page of stock levels.")
class StockLevelConnection(Connection[StockLevelEdge]):
    """A page of levels."""


@strawberry.type
class StockMovementEdge(Edge[StockMovement]):
    """A ledger row in a list."""


@strawberry.type(description="A page of the ledger.")
class StockMovementConnection(Connection[StockMovementEdge]):
    """A page of ledger rows."""


@strawberry.type
class Query:
    """What can be read."""

    @field(requires_scopes=READ, tags=["admin"], description="Stock by SKU and warehouse.")
    async def stock_levels(
        self, info: Info, first: int | None = None, after: str | None = None, filter: StockLevelFilter | None = None
    ) -> StockLevelConnection | None:
        window = Window.of(first, after, width=2)
        page = await info.context.counting.levels(window, filter=(filter or StockLevelFilter()).read())
        return connection_of(page, node=StockLevel.of, edge=StockLevelEdge, connection=StockLevelConnection)

    @field(requires_scopes=READ, tags=["admin"], description="Stock of the SKUs that run low or out.")
    async def low_stock(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> StockLevelConnection | None:
        window = Window.of(first, after, width=2)
        page = await info.context.counting.levels(window, filter=model.Filter(low_stock=True))
        return connection_of(page, node=StockLevel.of, edge=StockLevelEdge, connection=StockLevelConnection)

    @field(requires_scopes=READ, tags=["admin"], description="The ledger of one SKU, the newest first.")
    async def stock_movements(
        self, info: Info, sku: str, first: int | None = None, after: str | None = None
    ) -> StockMovementConnection | None:
        page = await info.context.counting.movements(Window.of(first, after, width=2), sku=sku)
        return connection_of(page, node=StockMovement.of, edge=StockMovementEdge, connection=StockMovementConnection)

    @field(requires_scopes=READ, tags=["admin"], description="Every warehouse, the preferred first.")
    async def warehouses(self, info: Info) -> list[Warehouse] | None:
        return [Warehouse.of(row) for row in await info.context.warehouses.all()]

    @field(requires_scopes=READ, tags=["admin"])
    async def reservation(self, info: Info, id: strawberry.ID) -> Reservation | None:
        return await Reservation.resolve_reference(info, id=id)
