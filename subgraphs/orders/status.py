"""An order's life as a table: which event may follow which status, and what it leads to.

Events are the truth and the stored status is their sum: `replay` folds an order's events over the table and must
give the status its row holds (invariant I8). Nothing here knows a database, a clock or a network.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where an order is. The last three are ends it can reach without ever being delivered."""

    PENDING = "PENDING"
    RESERVED = "RESERVED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    UNDER_REVIEW = "UNDER_REVIEW"
    CONFIRMED = "CONFIRMED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    RETURN_REQUESTED = "RETURN_REQUESTED"
    RETURNED = "RETURNED"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class Kind(StrEnum):
    """What can happen to an order: the words its append-only history is written in."""

    PLACED = "PLACED"
    STOCK_RESERVED = "STOCK_RESERVED"
    PAYMENT_REQUESTED = "PAYMENT_REQUESTED"
    REVIEW_OPENED = "REVIEW_OPENED"
    CONFIRMED = "CONFIRMED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    RETURN_REQUESTED = "RETURN_REQUESTED"
    RETURN_DECLINED = "RETURN_DECLINED"
    RETURNED = "RETURNED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    REFUNDED_BY_HAND = "REFUNDED_BY_HAND"
    REFUND_REVERSED = "REFUND_REVERSED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class IllegalTransition(Exception):
    """An event that cannot happen to an order in its status: a fault of the caller, never of the customer."""

    def __init__(self, status: Status | None, kind: Kind) -> None:
        super().__init__(f"{kind} cannot happen to an order that is {status or 'not placed yet'}.")
        self.status = status
        self.kind = kind


_BEFORE_PAYMENT: Final = (Status.PENDING, Status.RESERVED, Status.AWAITING_PAYMENT, Status.UNDER_REVIEW)

_WITHOUT_MONEY: Final = (Status.PENDING, Status.RESERVED)

TRANSITIONS: Final[Mapping[tuple[Status | None, Kind], Status]] = {
    (None, Kind.PLACED): Status.PENDING,
    (Status.PENDING, Kind.STOCK_RESERVED): Status.RESERVED,
    (Status.RESERVED, Kind.PAYMENT_REQUESTED): Status.AWAITING_PAYMENT,
    # The hold had run out when the payment came, and the stock could be had a second time.
    (Status.AWAITING_PAYMENT, Kind.STOCK_RESERVED): Status.AWAITING_PAYMENT,
    (Status.AWAITING_PAYMENT, Kind.REVIEW_OPENED): Status.UNDER_REVIEW,
    (Status.AWAITING_PAYMENT, Kind.CONFIRMED): Status.CONFIRMED,
    (Status.UNDER_REVIEW, Kind.CONFIRMED): Status.CONFIRMED,
    (Status.CONFIRMED, Kind.PARTIALLY_SHIPPED): Status.PARTIALLY_SHIPPED,
    (Status.CONFIRMED, Kind.SHIPPED): Status.SHIPPED,
    (Status.CONFIRMED, Kind.CANCELLED): Status.CANCELLED,
    (Status.PARTIALLY_SHIPPED, Kind.PARTIALLY_SHIPPED): Status.PARTIALLY_SHIPPED,
    (Status.PARTIALLY_SHIPPED, Kind.SHIPPED): Status.SHIPPED,
    (Status.SHIPPED, Kind.DELIVERED): Status.DELIVERED,
    (Status.DELIVERED, Kind.RETURN_REQUESTED): Status.RETURN_REQUESTED,
    (Status.RETURN_REQUESTED, Kind.RETURN_DECLINED): Status.DELIVERED,
    (Status.RETURN_REQUESTED, Kind.RETURNED): Status.RETURNED,
    # What was not given back is as delivered, and may be given back later.
    (Status.RETURNED, Kind.PARTIALLY_REFUNDED): Status.DELIVERED,
    (Status.RETURNED, Kind.REFUNDED): Status.REFUNDED,
    # The money of a cancelled order follows; the order stays cancelled.
    (Status.CANCELLED, Kind.REFUNDED): Status.CANCELLED,
    **{(status, Kind.FAILED): Status.FAILED for status in _BEFORE_PAYMENT},
    **{(status, Kind.EXPIRED): Status.EXPIRED for status in _BEFORE_PAYMENT},
    **{(status, Kind.CANCELLED): Status.CANCELLED for status in _BEFORE_PAYMENT},
    # Money moves by others' hands wherever there may be some; that alone leads nowhere.
    **{(status, Kind.REFUNDED_BY_HAND): status for status in Status if status not in _WITHOUT_MONEY},
    **{(status, Kind.REFUND_REVERSED): status for status in Status if status not in _WITHOUT_MONEY},
}

# Orders whose money the shop keeps, but for what was refunded of it: what revenue sums. A cancelled or refunded order's
# money went back as a whole.
EARNING: Final = frozenset(
    {
        Status.CONFIRMED,
        Status.PARTIALLY_SHIPPED,
        Status.SHIPPED,
        Status.DELIVERED,
        Status.RETURN_REQUESTED,
        Status.RETURNED,
    }
)

# What may still be cancelled: nothing has left the warehouse.
CANCELLABLE: Final = frozenset({*_BEFORE_PAYMENT, Status.CONFIRMED})

# Orders that have arrived, whatever came of them afterwards.
ARRIVED: Final = frozenset({Status.DELIVERED, Status.RETURN_REQUESTED, Status.RETURNED, Status.REFUNDED})

# Orders for which nothing will be sent any more: where they go to need not be known.
OVER: Final = ARRIVED | {Status.FAILED, Status.EXPIRED, Status.CANCELLED}

# Orders that never came to be. Their cart may be checked out again.
ABANDONED: Final = frozenset({Status.FAILED, Status.EXPIRED})


def after(status: Status | None, kind: Kind) -> Status:
    """The status that `kind` leads to from `status` (None: not placed yet). Raises IllegalTransition."""
    try:
        return TRANSITIONS[status, kind]
    except KeyError:
        raise IllegalTransition(status, kind) from None


def replay(kinds: Iterable[Kind]) -> Status | None:
    """The status that a history, oldest first, adds up to; None for an empty one. Raises IllegalTransition."""
    status: Status | None = None
    for kind in kinds:
        status = after(status, kind)
    return status
