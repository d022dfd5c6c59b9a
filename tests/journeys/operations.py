"""The shop's operations as a visitor uses them: who asks, with which variables, and what each may cost.

A budget is the number of subgraph fetches the router makes for one request: the fewest the graph allows. A change that
needs more has to say so here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# Card numbers the sandbox provider gives an outcome by.
CHECKOUT_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
CHALLENGED_CARD = "4000002500003155"
# What the sandbox's bank accepts as proof.
CHALLENGE_CODE = "123456"


# Revenue is asked of whole days, today's included.
LAST_MONTH = {
    "from": (datetime.now(UTC) - timedelta(days=30)).isoformat(),
    "to": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
}


@dataclass(frozen=True)
class Case:
    """One operation asked by one kind of visitor: guest, customer or admin."""

    operation: str
    visitor: str
    budget: Mapping[str, int]
    variables: Mapping[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.operation} ({self.visitor})"


SHOWN = (
    Case("Home", "guest", {"products": 1, "inventory": 1, "reviews": 1, "users": 1, "cart": 1}, {"first": 12}),
    Case("Search", "guest", {"products": 1, "inventory": 1, "reviews": 1}, {"text": "keyboard", "first": 20}),
    Case("ProductPage", "guest", {"products": 1, "inventory": 1, "reviews": 1}, {"slug": "premium-ultrabook-pro-15"}),
    Case("CartPage", "customer", {"cart": 1, "products": 1, "inventory": 1}),
    Case("CheckoutPage", "customer", {"users": 1, "payments": 1, "cart": 1, "products": 1, "inventory": 1}),
    Case(
        "OrderHistory",
        "customer",
        {"users": 1, "cart": 1, "orders": 1, "payments": 1, "products": 1, "inventory": 1, "reviews": 1},
    ),
    Case(
        "AdminDashboard",
        "admin",
        {"inventory": 1, "orders": 1, "payments": 1, "products": 1, "reviews": 1, "users": 1},
        LAST_MONTH,
    ),
)


def checkout_input(
    cart: Mapping[str, object], *, key: str, card: str = CHECKOUT_CARD, email: str | None = None
) -> dict[str, Any]:
    """Variables of Checkout for a cart as AddToCart or CartPage answered it."""
    return {
        "idempotencyKey": key,
        "input": {
            "cartId": cart["id"],
            "cartVersion": cart["version"],
            "expectedTotal": cart["subtotal"],
            "email": email,
            "shippingAddress": {
                "name": "Nora Newcomer",
                "line1": "1 Market Street",
                "city": "Springfield",
                "region": "IL",
                "postalCode": "62701",
                "country": "US",
            },
            "payment": {"card": {"number": card, "expMonth": 12, "expYear": 2039, "cvc": "123"}},
        },
    }
