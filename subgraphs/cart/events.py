"""Cart's own view of what it listens to: what was bought. It announces nothing yet that others would act on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class OrderConfirmed:
    """What cart wants to know of orders' event of that name: which cart, and how many pieces of which SKU."""

    cart_id: str
    bought: Mapping[str, int]

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Read the payload; KeyError when it is not that event's."""
        bought: Counter[str] = Counter()
        for line in payload["lines"]:
            bought[line["sku"]] += int(line["quantity"])
        return cls(cart_id=str(payload["cartId"]), bought=bought)
