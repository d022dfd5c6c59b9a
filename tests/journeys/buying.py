"""What a buyer does, and what the books say before and after."""

import time
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from tests.journeys.operations import CHECKOUT_CARD, SHOWN, checkout_input
from tests.journeys.shop import Answer, Shop, Visitor

T = TypeVar("T")
HAPPENS_WITHIN_S = 60


def add(visitor: Visitor, sku: str, quantity: int = 1) -> dict[str, Any]:
    added = visitor.ask("AddToCart", {"sku": sku, "quantity": quantity}).data["cartLineAdd"]
    assert added["__typename"] == "CartLineAddSuccess", added
    cart: dict[str, Any] = added["cart"]
    return cart


def buy(
    visitor: Visitor, sku: str, *, key: str, quantity: int = 1, card: str = CHECKOUT_CARD, email: str | None = None
) -> Answer:
    cart = add(visitor, sku, quantity)
    return visitor.ask("Checkout", checkout_input(cart, key=key, card=card, email=email))


def available(shop: Shop, sku: str) -> int:
    query = "query($sku: String!) { variant(sku: $sku) { availability { availableQuantity } } }"
    quantity: int = shop.guest().send(query, {"sku": sku}).data["variant"]["availability"]["availableQuantity"]
    return quantity


def revenue(admin: Visitor) -> Decimal:
    [dashboard] = [case for case in SHOWN if case.operation == "AdminDashboard"]
    return Decimal(admin.ask("AdminDashboard", dashboard.variables).data["revenue"]["total"]["amount"])


def newcomer(shop: Shop) -> Visitor:
    visitor = shop.guest()
    registered = visitor.ask(
        "Register",
        {
            "input": {
                "email": f"{uuid.uuid4().hex}@example.org",
                "password": "correct horse battery staple",
                "firstName": "Nora",
                "lastName": "Newcomer",
            }
        },
    ).data["registration"]
    assert registered["__typename"] == "RegisterSuccess", registered
    visitor.headers["Authorization"] = f"Bearer {registered['tokens']['accessToken']}"
    return visitor


def until(what: Callable[[], T], is_so: Callable[[T], bool]) -> T:
    """Ask until it is so: an event is on its way."""
    deadline = time.monotonic() + HAPPENS_WITHIN_S
    while not is_so(found := what()):
        assert time.monotonic() < deadline, f"it stays {found}"
        time.sleep(0.1)
    return found
