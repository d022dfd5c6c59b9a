"""What reviews announces, and its own view of what orders and users announce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.events import Event


@dataclass(frozen=True)
class ReviewSubmitted(Event):
    """Somebody wrote or rewrote a review; it waits for a moderator."""

    review_id: str
    item_id: str
    author_id: str
    rating: int

    @property
    def aggregate_id(self) -> str:
        """The review's id."""
        return self.review_id


@dataclass(frozen=True)
class ReviewApproved(Event):
    """A review is public now and counts for its item's rating."""

    review_id: str
    item_id: str
    author_id: str
    rating: int

    @property
    def aggregate_id(self) -> str:
        """The review's id."""
        return self.review_id


@dataclass(frozen=True)
class Bought:
    """Orders says that somebody bought or got these products (OrderConfirmed, OrderDelivered).

    `customer_id` is None for a guest.
    """

    order_id: str
    customer_id: str | None
    product_ids: tuple[str, ...]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Bought:
        """Read orders' event, version 1: `{orderId, customerId, lines: [{sku, productId, quantity}]}`."""
        products = sorted({str(line["productId"]) for line in payload["lines"]})
        customer = payload.get("customerId")
        return cls(str(payload["orderId"]), None if customer is None else str(customer), tuple(products))


@dataclass(frozen=True)
class OrderCancelled:
    """Orders says that nothing of an order will be sent: who placed it has bought nothing by it."""

    order_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> OrderCancelled:
        """Read orders' event, version 1."""
        return cls(order_id=str(payload["orderId"]))


@dataclass(frozen=True)
class OrderClaimed:
    """Orders says that a guest's order is a customer's from now on."""

    order_id: str
    customer_id: str | None

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> OrderClaimed:
        """Read orders' event, version 1."""
        customer = payload.get("customerId")
        return cls(str(payload["orderId"]), None if customer is None else str(customer))


@dataclass(frozen=True)
class UserDeleted:
    """Users says that a person left."""

    user_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> UserDeleted:
        """Read users' event, version 1."""
        return cls(user_id=str(payload["userId"]))


@dataclass(frozen=True)
class ProductDeleted:
    """Products says that an item is sold no more, for good."""

    product_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> ProductDeleted:
        """Read products' event, version 1."""
        return cls(product_id=str(payload["productId"]))


@dataclass(frozen=True)
class PersonNamed:
    """Users says what a person is called (UserRegistered and UserRenamed, version 1)."""

    user_id: str
    display_name: str

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> PersonNamed:
        """Read users' event; fields this subgraph has no use for are left out."""
        return cls(user_id=str(payload["userId"]), display_name=str(payload["displayName"]))
