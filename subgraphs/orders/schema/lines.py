"""The lines of orders in the graph: what was bought, as it was then."""

from __future__ import annotations

import strawberry
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

from chassis.money import Money
from subgraphs.orders import model
from subgraphs.orders.service import may_see

from .context import Info


@strawberry.federation.type(keys=[Key(fields=FieldSet("sku"), resolvable=False)])
class Variant:
    """What a line bought, as it is today; it may be gone."""

    sku: str


@strawberry.federation.type(keys=["id"], description="So many pieces of one variant, as it was when it was bought.")
class OrderLine:
    """Keeps its own sku, name and price."""

    id: strawberry.ID
    sku: str
    name: str
    unit_price: Money
    quantity: int
    line_total: Money

    @classmethod
    def of(cls, row: model.Line, order: model.Order) -> OrderLine:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            sku=row.sku,
            name=row.name,
            unit_price=Money.of(order.money(row.unit_price_minor)),
            quantity=row.quantity,
            line_total=Money.of(order.money(row.total_minor)),
        )

    @strawberry.field
    def variant(self) -> Variant | None:
        """The variant today; null when it is no longer sold."""
        return Variant(sku=self.sku)

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> OrderLine | None:
        """The line, if the viewer may see its order."""
        loaders = info.context.loaders
        row = await loaders.line.load(id)
        order = await loaders.order.load(row.order_id) if row else None
        return cls.of(row, order) if row and order and may_see(info.context.viewer, order) else None
