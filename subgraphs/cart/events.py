"""Cart's own view of what it listens to: what was bought, who has left. It announces nothing that others act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class OrderConfirmed:
    """What cart wants to know of orders' event of that name: how many pieces of which SKU, and which cart they were in.

    `cart_version` is the version that was bought; None in events from before it was told.
    """

    cart_id: str
    cart_version: int | None
    bought: Mapping[str, int]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        bought: Counter[str] = Counter()
        for line in payload["lines"]:
            bought[line["sku"]] += int(line["quantity"])
        version = payload.get("cartVersion")
        return cls(
            cart_id=str(payload["cartId"]), cart_version=None if version is None else int(version), bought=bought
        )


@dataclass(frozen=True, slots=True)
class UserDeleted:
    """What cart wants to know of users' event of that name: whose cart goes."""

    user_id: str

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        return cls(user_id=str(payload["userId"]))
