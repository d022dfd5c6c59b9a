"""Orders in the graph, and what orders adds to users.

An order is shown to its customer, to its guest, to whoever may read orders and to other subgraphs; for everybody else
it is not there, whichever way they ask.
"""

from __future__ import annotations

from datetime import datetime

import strawberry

from chassis.connection import Connection, Edge, connection_of
from chassis.money import Money
from chassis.passes import pass_of
from chassis.schema import SEALED
from subgraphs.orders import model
from subgraphs.orders.model import digest, guest_order_token
from subgraphs.orders.service import may_see
from subgraphs.orders.service.access import is_mine
from subgraphs.orders.service.reading import paged, window_of
from subgraphs.orders.status import Status

from .aftermath import OrderParcel, OrderReturn
from .context import Info
from .history import OrderEvent, event_of
from .lines import OrderLine


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
    # Whether the viewer opened it by its token, and so is its guest wherever else they are nobody.
    by_token: strawberry.Private[bool]
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
    refunded: Money = strawberry.field(description="What was given back of the total so far.")
    shipping_address: ShippingAddress

    @classmethod
    def of(cls, row: model.Order, *, by_token: bool = False) -> Order:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            row=row,
            by_token=by_token,
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
            refunded=Money.of(row.money(row.refunded_minor)),
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

    @strawberry.federation.field(inaccessible=True, metadata=SEALED)
    def payments_pass(self, info: Info) -> str | None:
        """For payments: whose order it is, and who opened it by its token, may see what was paid for it."""
        may_pass = self.by_token or is_mine(info.context.viewer, self.row)
        return pass_of(info.context.secret, "order", self.row.id) if may_pass else None

    @strawberry.field
    async def lines(self, info: Info) -> list[OrderLine]:
        """What was bought."""
        return [OrderLine.of(row, self.row) for row in await info.context.loaders.lines_of_order.load(self.row.id)]

    @strawberry.field
    async def parcels(self, info: Info) -> list[OrderParcel]:
        """What was sent of it, oldest first."""
        rows = await info.context.loaders.parcels_of_order.load(self.row.id)
        return [OrderParcel.of(row, await self._lines_by_id(info)) for row in rows]

    @strawberry.field
    async def returns(self, info: Info) -> list[OrderReturn]:
        """What was given back of it, or is to be, oldest first."""
        rows = await info.context.loaders.returns_of_order.load(self.row.id)
        return [OrderReturn.of(row, self.row, await self._lines_by_id(info)) for row in rows]

    async def _lines_by_id(self, info: Info) -> dict[str, OrderLine]:
        rows = await info.context.loaders.lines_of_order.load(self.row.id)
        return {row.id: OrderLine.of(row, self.row) for row in rows}

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
