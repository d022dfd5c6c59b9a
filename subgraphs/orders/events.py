"""What orders announces, and its own view of what it listens to: payments that moved, and people who left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from chassis.events import Event
from chassis.money import Amount

from .model import Line, Order


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """So many pieces of one SKU."""

    sku: str
    product_id: str
    quantity: int


@dataclass(frozen=True)
class _OfOrder(Event):
    order_id: str
    customer_id: str | None

    @property
    def aggregate_id(self) -> str:
        """Events of one order arrive in order."""
        return self.order_id


@dataclass(frozen=True)
class OrderPlaced(_OfOrder):
    """An order exists; nothing is held or charged for it yet. `owner` is how subgraphs know whose it is."""

    owner: str
    total: Amount

    @classmethod
    def of(cls, order: Order) -> OrderPlaced:
        """Announce an order."""
        return cls(order.id, order.customer_id, order.owner, order.total)


@dataclass(frozen=True)
class OrderConfirmed(_OfOrder):
    """The stock is committed and the money taken. What was bought was in `cart_version` of the cart."""

    cart_id: str
    total: Amount
    lines: Sequence[BoughtLine]
    cart_version: int

    @classmethod
    def of(cls, order: Order, lines: Sequence[Line]) -> OrderConfirmed:
        """Announce a confirmed order."""
        return cls(order.id, order.customer_id, order.cart_id, order.total, bought_lines(lines), order.cart_version)


def bought_lines(lines: Sequence[Line]) -> list[BoughtLine]:
    """Whole lines as events carry them."""
    return [BoughtLine(line.sku, line.product_id, line.quantity) for line in lines]


@dataclass(frozen=True)
class OrderAbandoned(_OfOrder):
    """The order came to nothing: no stock is held and nothing was charged. `reason` is a checkout's ending."""

    reason: str


@dataclass(frozen=True)
class OrderCancelled(_OfOrder):
    """Nothing of the order will be sent. Its stock is free, or about to be; its money goes back."""

    reason: str


@dataclass(frozen=True)
class OrderShipped(_OfOrder):
    """A parcel with these lines left the warehouse; more follows when it is partial."""

    shipment_id: str
    lines: Sequence[BoughtLine]
    is_partial: bool


@dataclass(frozen=True)
class OrderDelivered(_OfOrder):
    """Everything has arrived."""

    lines: Sequence[BoughtLine]


@dataclass(frozen=True)
class OrderReturnRequested(_OfOrder):
    """The customer wants to give these pieces back."""

    return_id: str
    lines: Sequence[BoughtLine]


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """So many accepted pieces of one SKU; `restock`: they can be sold again."""

    sku: str
    product_id: str
    quantity: int
    restock: bool


@dataclass(frozen=True)
class OrderReturned(_OfOrder):
    """These pieces have come back and were accepted; their money follows."""

    return_id: str
    lines: Sequence[ReturnedLine]


@dataclass(frozen=True)
class OrderRefunded(_OfOrder):
    """So much of the order's money was given back."""

    amount: Amount


@dataclass(frozen=True)
class OrderClaimed(_OfOrder):
    """A guest's order is a customer's from now on."""

    customer_id: str


@dataclass(frozen=True, slots=True)
class PaymentMoved:
    """What orders wants to know of payments' events: whose payment it was. What became of it is asked by key."""

    order_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not such an event's."""
        return cls(order_id=str(payload["orderId"]))


@dataclass(frozen=True, slots=True)
class RefundMoved:
    """What orders wants to know of a refund: how much it was, and under which key it was asked for."""

    order_id: str
    payment_id: str
    amount: Amount
    key: str

    @property
    def is_of_orders(self) -> bool:
        """Whether it was orders that asked for it."""
        return self.key.startswith(f"{self.order_id}:")

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not such an event's."""
        return cls(
            order_id=str(payload["orderId"]),
            payment_id=str(payload["paymentId"]),
            amount=Amount.from_reference(payload["amount"]),
            key=str(payload["key"]),
        )


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """What orders wants to know of users' UserDeleted."""

    user_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        return cls(user_id=str(payload["userId"]))
