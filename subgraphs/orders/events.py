"""What orders announces. It listens to nobody: checkout asks its peers and waits for their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """The stock is committed and the money taken."""

    cart_id: str
    total: Amount
    lines: Sequence[BoughtLine]

    @classmethod
    def of(cls, order: Order, lines: Sequence[Line]) -> OrderConfirmed:
        """Announce a confirmed order."""
        bought = [BoughtLine(line.sku, line.product_id, line.quantity) for line in lines]
        return cls(order.id, order.customer_id, order.cart_id, order.total, bought)


@dataclass(frozen=True)
class OrderAbandoned(_OfOrder):
    """The order came to nothing: no stock is held and nothing was charged. `reason` is a checkout's ending."""

    reason: str
