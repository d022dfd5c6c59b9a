"""An order's history in the graph: one type for each kind of event, behind one interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import strawberry

from chassis.money import Amount, Money
from subgraphs.orders import model
from subgraphs.orders.status import Kind, Status

strawberry.enum(Status, name="OrderStatus", description="Where an order is.")


@strawberry.interface(description="Something that happened to an order. Never changed afterwards.")
class OrderEvent:
    """Numbered from 1 within the order; `status` is where it led."""

    sequence: int
    occurred_at: datetime
    status: Status
    message: str


@strawberry.type(description="The order was placed; nothing is held or charged yet.")
class OrderPlaced(OrderEvent):
    """The first event of every order."""

    total: Money


@strawberry.type(description="The stock is held.")
class OrderStockReserved(OrderEvent):
    """Until it is committed, released or expires. A second time when the first hold had run out before the payment."""


@strawberry.type(description="The payment was asked for.")
class OrderPaymentRequested(OrderEvent):
    """Its outcome comes next."""


@strawberry.type(description="Somebody looks at the order before it is confirmed.")
class OrderReviewOpened(OrderEvent):
    """The payment is authorized and waits."""


@strawberry.type(description="Stock and payment are settled: the order stands.")
class OrderConfirmed(OrderEvent):
    """From here on it is shipped, or cancelled."""


@strawberry.type(description="Lines left the warehouse.")
class OrderShipped(OrderEvent):
    """A partial one is followed by the rest."""

    is_partial: bool
    tracking: str | None


@strawberry.type(description="The order arrived.")
class OrderDelivered(OrderEvent):
    """From here on it can be returned."""


@strawberry.type(description="The customer wants to give something back.")
class OrderReturnRequested(OrderEvent):
    """Accepted or declined next."""

    reason: str | None


@strawberry.type(description="The return was declined.")
class OrderReturnDeclined(OrderEvent):
    """The order is as delivered."""

    reason: str | None


@strawberry.type(description="What was given back has arrived.")
class OrderReturned(OrderEvent):
    """The money follows."""


@strawberry.type(description="Money was given back: for a return, for a cancelled order, or by hand.")
class OrderRefunded(OrderEvent):
    """After a partial one for a return the order is as delivered; one by hand leaves it where it is."""

    amount: Money | None
    is_partial: bool


@strawberry.type(description="Money that was given back did not reach the customer, or came back from them.")
class OrderRefundReversed(OrderEvent):
    """The shop has it again; somebody must settle with the customer."""

    amount: Money | None


@strawberry.type(description="The order came to nothing: no stock, or no money. Nothing is charged.")
class OrderFailed(OrderEvent):
    """`reason` is for programs; `refunded` is what was taken and given back, if it came to that."""

    reason: str | None
    refunded: Money | None


@strawberry.type(description="The checkout was not finished in time. Nothing is charged.")
class OrderExpired(OrderEvent):
    """What was held is free again; `refunded` is what was taken and given back, if it came to that."""

    refunded: Money | None


@strawberry.type(description="The order was cancelled before it was shipped.")
class OrderCancelled(OrderEvent):
    """Stock and money go back."""

    reason: str | None


EVENT_TYPES: Final = (
    OrderPlaced,
    OrderStockReserved,
    OrderPaymentRequested,
    OrderReviewOpened,
    OrderConfirmed,
    OrderShipped,
    OrderDelivered,
    OrderReturnRequested,
    OrderReturnDeclined,
    OrderReturned,
    OrderRefunded,
    OrderRefundReversed,
    OrderFailed,
    OrderExpired,
    OrderCancelled,
)

_MESSAGES: Final[Mapping[Kind, str]] = {
    Kind.PLACED: "Order placed.",
    Kind.STOCK_RESERVED: "Stock reserved.",
    Kind.PAYMENT_REQUESTED: "Payment requested.",
    Kind.REVIEW_OPENED: "The order is being reviewed.",
    Kind.CONFIRMED: "Order confirmed.",
    Kind.PARTIALLY_SHIPPED: "Some of it is on its way.",
    Kind.SHIPPED: "On its way.",
    Kind.DELIVERED: "Delivered.",
    Kind.RETURN_REQUESTED: "Return requested.",
    Kind.RETURN_DECLINED: "Return declined.",
    Kind.RETURNED: "Return received.",
    Kind.PARTIALLY_REFUNDED: "Money given back for a part of it.",
    Kind.REFUNDED: "Money given back.",
    Kind.REFUNDED_BY_HAND: "Money given back.",
    Kind.REFUND_REVERSED: "Money that was given back came back to us.",
    Kind.FAILED: "The order could not be completed. Nothing is charged.",
    Kind.EXPIRED: "The order was not completed in time. Nothing is charged.",
    Kind.CANCELLED: "Order cancelled.",
}

_PLAIN: Final[Mapping[Kind, Callable[..., OrderEvent]]] = {
    Kind.STOCK_RESERVED: OrderStockReserved,
    Kind.PAYMENT_REQUESTED: OrderPaymentRequested,
    Kind.REVIEW_OPENED: OrderReviewOpened,
    Kind.CONFIRMED: OrderConfirmed,
    Kind.DELIVERED: OrderDelivered,
    Kind.RETURNED: OrderReturned,
}
_WITH_REASON: Final[Mapping[Kind, Callable[..., OrderEvent]]] = {
    Kind.RETURN_REQUESTED: OrderReturnRequested,
    Kind.RETURN_DECLINED: OrderReturnDeclined,
    Kind.CANCELLED: OrderCancelled,
}


def event_of(row: model.Event, *, total: Amount) -> OrderEvent:
    """Show a row; `total` is its order's."""
    common: dict[str, Any] = {
        "sequence": row.sequence,
        "occurred_at": row.occurred_at,
        "status": row.status,
        "message": _MESSAGES[row.kind],
    }
    match row.kind:
        case Kind.PLACED:
            return OrderPlaced(**common, total=Money.of(total))
        case Kind.SHIPPED | Kind.PARTIALLY_SHIPPED:
            tracking = row.facts.get("tracking")
            return OrderShipped(**common, is_partial=row.kind is Kind.PARTIALLY_SHIPPED, tracking=tracking)
        case Kind.REFUNDED | Kind.PARTIALLY_REFUNDED:
            amount = _money(row.facts.get("amount"))
            return OrderRefunded(**common, is_partial=row.kind is Kind.PARTIALLY_REFUNDED, amount=amount)
        case Kind.REFUNDED_BY_HAND:
            amount = _money(row.facts.get("amount"))
            return OrderRefunded(**common, is_partial=bool(row.facts.get("isPartial")), amount=amount)
        case Kind.REFUND_REVERSED:
            return OrderRefundReversed(**common, amount=_money(row.facts.get("amount")))
        case Kind.FAILED:
            refunded = _money(row.facts.get("refunded"))
            return OrderFailed(**common, reason=row.facts.get("reason"), refunded=refunded)
        case Kind.EXPIRED:
            return OrderExpired(**common, refunded=_money(row.facts.get("refunded")))
        case kind if kind in _WITH_REASON:
            return _WITH_REASON[kind](**common, reason=row.facts.get("reason"))
        case kind:
            return _PLAIN[kind](**common)


def _money(written: str | None) -> Money | None:
    """An amount as facts keep it, `12.00 USD`."""
    return Money.of(Amount.of(*written.split(" "))) if written else None
