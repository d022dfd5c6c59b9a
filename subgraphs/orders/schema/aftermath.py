"""What comes of an order after its checkout, in the graph: parcels and returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import strawberry

from chassis.money import Money
from subgraphs.orders import model

from .lines import OrderLine

strawberry.enum(model.ReturnStatus, name="OrderReturnStatus", description="Where a return is.")


@strawberry.type(description="So many pieces of a line in a parcel.")
class OrderParcelLine:
    """The line itself says what was bought."""

    line: OrderLine
    quantity: int


@strawberry.type(description="Something that left the warehouse.")
class OrderParcel:
    """An order may be sent in several."""

    id: strawberry.ID
    tracking: str | None
    shipped_at: datetime
    lines: list[OrderParcelLine]

    @classmethod
    def of(cls, row: model.Parcel, lines: Mapping[str, OrderLine]) -> OrderParcel:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            tracking=row.tracking,
            shipped_at=row.shipped_at,
            lines=[OrderParcelLine(line=lines[each.line_id], quantity=each.quantity) for each in row.lines],
        )


@strawberry.type(description="So many pieces of a line given back, and what the inspection said.")
class OrderReturnLine:
    """Accepted are those restocked and those scrapped; both are 0 until the inspection."""

    line: OrderLine
    quantity: int
    restocked: int
    scrapped: int


@strawberry.type(description="Something given back, or to be.")
class OrderReturn:
    """`refund` is what its accepted pieces cost; it was paid back once the status is REFUNDED."""

    id: strawberry.ID
    status: model.ReturnStatus
    reason: str
    note: str | None
    refund: Money
    requested_at: datetime
    closed_at: datetime | None
    lines: list[OrderReturnLine]

    @classmethod
    def of(cls, row: model.Return, order: model.Order, lines: Mapping[str, OrderLine]) -> OrderReturn:
        """Show a row."""
        return cls(
            id=strawberry.ID(row.id),
            status=row.status,
            reason=row.reason,
            note=row.note,
            refund=Money.of(order.money(row.refund_minor)),
            requested_at=row.requested_at,
            closed_at=row.closed_at,
            lines=[
                OrderReturnLine(
                    line=lines[each.line_id],
                    quantity=each.quantity,
                    restocked=each.restocked,
                    scrapped=each.scrapped,
                )
                for each in row.lines
            ],
        )
