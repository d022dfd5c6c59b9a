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
class OrderConfirmed:
    """Orders says that somebody bought these products; `customer_id` is None for a guest."""

    customer_id: str | None
    product_ids: tuple[str, ...]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> OrderConfirmed:
        """Read orders' event, version 1: `{orderId, customerId, lines: [{sku, productId, quantity}]}`."""
        products = sorted({str(line["productId"]) for line in payload["lines"]})
        customer = payload.get("customerId")
        return cls(customer_id=None if customer is None else str(customer), product_ids=tuple(products))


@dataclass(frozen=True)
class PersonNamed:
    """Users says what a person is called (UserRegistered and UserRenamed, version 1)."""

    user_id: str
    display_name: str

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> PersonNamed:
        """Read users' event; fields this subgraph has no use for are left out."""
        return cls(user_id=str(payload["userId"]), display_name=str(payload["displayName"]))
