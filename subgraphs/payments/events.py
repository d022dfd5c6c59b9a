"""What payments announces, and its own view of what it listens to: whose an order is, and who has left.

Each is announced once, in the transaction that changed the payment; `amount` is what that moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from chassis.events import Event
from chassis.money import Amount


@dataclass(frozen=True)
class _OfPayment(Event):
    payment_id: str
    order_id: str
    amount: Amount

    @property
    def aggregate_id(self) -> str:
        """Events of one payment arrive in order."""
        return self.payment_id


@dataclass(frozen=True)
class PaymentAuthorized(_OfPayment):
    """The amount is reserved on the customer's account."""


@dataclass(frozen=True)
class PaymentDeclined(_OfPayment):
    """The provider refused; nothing was reserved. `code` is the provider's."""

    code: str


@dataclass(frozen=True)
class PaymentCaptured(_OfPayment):
    """The amount was taken."""


@dataclass(frozen=True)
class PaymentCaptureFailed(_OfPayment):
    """What was reserved could not be taken, after all; it stays reserved until it is voided."""

    code: str


@dataclass(frozen=True)
class PaymentVoided(_OfPayment):
    """The reservation was let go; nothing was taken."""


@dataclass(frozen=True)
class _OfRefund(_OfPayment):
    """`key` is the idempotency key the refund was asked under, by whomever: a return, an administrator, a void.

    One made at the provider itself has a key that nobody chose, of the provider's name for it.
    """

    key: str


@dataclass(frozen=True)
class PaymentRefunded(_OfRefund):
    """The amount was given back."""


@dataclass(frozen=True)
class PaymentRefundFailed(_OfRefund):
    """The amount never reached the customer: it is ours still, and may be refunded another time."""

    code: str


@dataclass(frozen=True)
class PaymentRefundReversed(_OfRefund):
    """The amount had been given back (PaymentRefunded) and came back to us, as when an account is closed."""

    code: str


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """What payments wants to know of orders' event of that name."""

    order_id: str
    owner: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        return cls(order_id=str(payload["orderId"]), owner=str(payload["owner"]))


@dataclass(frozen=True, slots=True)
class OrderClaimed:
    """A guest's order became a customer's."""

    order_id: str
    customer_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        return cls(order_id=str(payload["orderId"]), customer_id=str(payload["customerId"]))


@dataclass(frozen=True, slots=True)
class UserDeleted:
    """A person's account is gone."""

    user_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        return cls(user_id=str(payload["userId"]))
