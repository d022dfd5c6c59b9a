"""What can be read of orders."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Annotated

import strawberry

from chassis.connection import connection_of
from chassis.errors import InvalidInput
from chassis.money import Amount, Currency, Money
from subgraphs.orders.listing import Filter
from subgraphs.orders.listing import Revenue as Earned
from subgraphs.orders.service.reading import window_of
from subgraphs.orders.status import Status

from .context import Info
from .types import Order, OrderConnection, OrderEdge


@strawberry.input(
    description="Which orders to list; what is left out does not matter. Times are [placedFrom, placedTo)."
)
class OrderFilter:
    """All conditions must hold; placed in [placedFrom, placedTo)."""

    statuses: list[Status] | None = None
    customer_id: strawberry.ID | None = None
    email: str | None = None
    number: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None

    def to_filter(self) -> Filter:
        """In the words of the store. Raises InvalidInput."""
        if self.number is not None and not (self.number.isascii() and self.number.isdigit() and len(self.number) <= 18):
            raise InvalidInput("An order's number is made of digits.", field=("filter", "number"))
        for name, moment in (("placedFrom", self.placed_from), ("placedTo", self.placed_to)):
            if moment is not None and moment.tzinfo is None:
                raise InvalidInput("Give times with their offset: 2026-01-31T00:00:00Z.", field=("filter", name))
        return Filter(
            statuses=self.statuses,
            customer_id=self.customer_id,
            email=self.email,
            number=int(self.number) if self.number is not None else None,
            placed_from=self.placed_from,
            placed_to=self.placed_to,
        )


@strawberry.type(description="What one UTC day brought in.")
class RevenueDay:
    """Only days with orders are listed."""

    date: dt.date
    total: Money
    order_count: int


@strawberry.type(description="What was earned in [from, to): confirmed orders, without cancelled and refunded ones.")
class Revenue:
    """The days add up to the total, to the cent."""

    total: Money
    order_count: int
    average_order_value: Money | None
    days: list[RevenueDay]

    @classmethod
    def of(cls, earned: Earned) -> Revenue:
        """Show what was earned."""
        average = earned.average
        return cls(
            total=Money.of(earned.total),
            order_count=earned.orders,
            average_order_value=Money.of(average) if average else None,
            days=[
                RevenueDay(date=day.day, total=Money.of(Amount(day.total_minor, day.currency)), order_count=day.orders)
                for day in earned.days
            ],
        )


@strawberry.type
class Query:
    """Reads of orders."""

    @strawberry.federation.field(tags=["storefront"])
    async def order(self, info: Info, id: strawberry.ID) -> Order | None:
        """One order of the viewer's, or any for administrators; null when there is none."""
        return await Order.resolve_reference(info, id)

    @strawberry.federation.field(tags=["storefront"])
    async def order_by_token(self, info: Info, token: str) -> Order | None:
        """A guest's order by the token they were given at checkout."""
        row = await info.context.orders.by_token(token)
        return Order.of(row, by_token=True) if row else None

    @strawberry.federation.field(requires_scopes=[["orders:read"]], tags=["admin"])
    async def orders(
        self, info: Info, first: int | None = None, after: str | None = None, filter: OrderFilter | None = None
    ) -> OrderConnection | None:
        """Everybody's orders, newest first."""
        window = window_of(first, after)
        wanted = filter.to_filter() if filter else Filter()
        page = await info.context.orders.page(wanted, window, viewer=info.context.viewer)
        return connection_of(page, node=Order.of, edge=OrderEdge, connection=OrderConnection)

    @strawberry.federation.field(requires_scopes=[["orders:read"]], tags=["admin"])
    async def revenue(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(name="from")],
        until: Annotated[datetime, strawberry.argument(name="to")],
        currency: Currency = Currency.USD,
    ) -> Revenue | None:
        """What was earned in [from, to), by UTC day of confirmation; at most 366 days."""
        viewer = info.context.viewer
        return Revenue.of(await info.context.orders.revenue(since, until, currency=currency.value, viewer=viewer))
