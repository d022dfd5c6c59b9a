"""What payments announces, and its own view of what it listens to: whose an order is."""

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
class PaymentVoided(_OfPayment):
    """The reservation was let go; nothing was taken."""


@dataclass(frozen=True)
class PaymentRefunded(_OfPayment):
    """The amount was given back."""


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """What payments wants to know of orders' event of that name."""

    order_id: str
    owner: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        return cls(order_id=str(payload["orderId"]), owner=str(payload["owner"]))
