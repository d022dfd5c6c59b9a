"""Orders and their lines in the graph, and what orders adds to users.

An order is shown to its customer, to its guest, to whoever may read orders and to other subgraphs; for everybody else
it is not there, whichever way they ask.
"""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry.federation.schema_directives import Key
from strawberry.federation.types import FieldSet

from chassis.connection import Connection, Edge, connection_of
from chassis.money import Money
from subgraphs.orders import model
from subgraphs.orders.model import digest, guest_order_token
from subgraphs.orders.service import may_see
from subgraphs.orders.service.reading import paged, window_of
from subgraphs.orders.status import Status

from .context import Info
from .history import OrderEvent, event_of


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


@strawberry.type(description="Where an order goes, as it was when the order was placed.")
class ShippingAddress:
    """Not an entry of an address book: that may change."""

    name: str
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str
    country: str
    phone: str | None

    @classmethod
    def of(cls, address: model.Address) -> ShippingAddress:
        """Show an address."""
        return cls(
            name=address.name,
            line1=address.line1,
            line2=address.line2,
            city=address.city,
            region=address.region,
            postal_code=address.postal_code,
            country=address.country,
            phone=address.phone,
        )


@strawberry.federation.type(keys=["id"], description="One purchase.")
class Order:
    """total = subtotal + shipping + tax - discount."""

    id: strawberry.ID
    row: strawberry.Private[model.Order]
    number: str = strawberry.field(description="What people call it by.")
    status: Status
    created_at: datetime
    confirmed_at: datetime | None
    email: str | None
    subtotal: Money
    shipping: Money
    tax: Money
    discount: Money
    total: Money
    shipping_address: ShippingAddress

    @classmethod
    def of(cls, row: model.Order) -> Order:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            number=str(row.number),
            status=row.status,
            created_at=row.created_at,
            confirmed_at=row.confirmed_at,
            email=row.email,
            subtotal=Money.of(row.money(row.subtotal_minor)),
            shipping=Money.of(row.money(row.shipping_minor)),
            tax=Money.of(row.money(row.tax_minor)),
            discount=Money.of(row.money(row.discount_minor)),
            total=Money.of(row.total),
            shipping_address=ShippingAddress.of(model.address_from_json(row.shipping_address)),
        )

    @strawberry.field
    def customer(self) -> User | None:
        """Who bought it; null for guests."""
        return User(id=strawberry.ID(self.row.customer_id)) if self.row.customer_id else None

    @strawberry.field
    def token(self, info: Info) -> str | None:
        """What a guest reads the order with later (`orderByToken`); only for the guest whose cart it was."""
        sent = info.context.viewer.cart_token
        if sent is None or self.row.token_digest is None:
            return None
        token = guest_order_token(sent, self.row.id)
        return token if digest(token) == self.row.token_digest else None

    @strawberry.field
    async def lines(self, info: Info) -> list[OrderLine]:
        """What was bought."""
        return [OrderLine.of(row, self.row) for row in await info.context.loaders.lines_of_order.load(self.row.id)]

    @strawberry.field
    async def events(self, info: Info) -> list[OrderEvent]:
        """Everything that happened to it, oldest first."""
        rows = await info.context.loaders.events_of_order.load(self.row.id)
        return [event_of(row, total=self.row.total) for row in rows]

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Order | None:
        """The order, if the viewer may see it."""
        row = await info.context.loaders.order.load(id)
        return cls.of(row) if row is not None and may_see(info.context.viewer, row) else None


@strawberry.type
class OrderEdge(Edge[Order]):
    """An order in a list."""


@strawberry.type
class OrderConnection(Connection[OrderEdge]):
    """A page of orders, newest first."""


@strawberry.federation.type(keys=["id"])
class User:
    """A person and what they bought."""

    id: strawberry.ID

    @strawberry.field
    async def orders(self, info: Info, first: int | None = None, after: str | None = None) -> OrderConnection | None:
        """What they bought, newest first; null for everybody else's."""
        if not info.context.viewer.may_see(self.id, scope="orders:read"):
            return None
        window = window_of(first, after)
        rows = await info.context.loaders.page_of_customer.load((self.id, window))
        return connection_of(paged(window, rows), node=Order.of, edge=OrderEdge, connection=OrderConnection)

    @classmethod
    def resolve_reference(cls, info: Info, id: str) -> User:
        """Whoever has this id; what is theirs is checked field by field."""
        del info
        return cls(id=strawberry.ID(id))
