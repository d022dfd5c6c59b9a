"""Demo and scale data of cart: what people mean to buy. Loading twice changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from chassis.database import Database

from . import store
from .model import Line

_AT: Final = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)

# Whose cart holds what: SKU, product, pieces, and the cents it cost when it was put there. Bob saw the keyboard before
# its price went up, so that his cart has a problem to show; Carol wants more monitors than there are.
_CARTS: Final = {
    "user-customer": (("LAPTOP-001", "prod-laptop-001", 1, 129_999), ("MOUSE-001", "prod-mouse-001", 2, 5_990)),
    "user-bob": (("KEYBOARD-001-BROWN", "prod-keyboard-001", 1, 11_900),),
    "user-carol": (("MONITOR-001", "prod-monitor-001", 5, 37_900), ("GAME-001", "prod-game-001", 1, 3_999)),
}


async def demo(database: Database) -> None:
    """One cart each for three of the demo customers."""
    carts, lines = [], []
    for customer_id, held in _CARTS.items():
        cart_id = f"cart-demo-{customer_id.removeprefix('user-')}"
        carts.append(_cart(cart_id, customer_id, version=len(held) + 1))
        lines += [_line(cart_id, position, *each) for position, each in enumerate(held, start=1)]
    await _load(database, carts, lines)


async def scale(database: Database, n: int) -> None:
    """A cart for every third of n customers, with one to three lines of popular SKUs; always the same for one n."""
    carts, lines = [], []
    for number in range(3, n + 1, 3):
        cart_id = f"cart-scale-{number:06}"
        carts.append(_cart(cart_id, f"user-scale-{number:06}", version=2))
        # Squaring a spread-out fraction makes low numbers, the popular products, come up more often.
        picks = {1 + (number * step * 2_654_435_761 % 2**32) ** 2 * n // 2**64 for step in range(1, 2 + number % 3)}
        lines += [
            _line(cart_id, position, f"SCALE-{pick:06}", f"prod-scale-{pick:06}", 1 + (number + pick) % 3, 1_000)
            for position, pick in enumerate(sorted(picks), start=1)
        ]
    await _load(database, carts, lines)


def _cart(id: str, customer_id: str, *, version: int) -> dict[str, object]:
    return {
        "id": id,
        "customer_id": customer_id,
        "token_digest": None,
        "version": version,
        "created_at": _AT,
        "updated_at": _AT,
    }


def _line(cart_id: str, position: int, sku: str, product_id: str, quantity: int, price: int) -> dict[str, object]:
    return {
        "id": f"{cart_id}-{position}",
        "cart_id": cart_id,
        "sku": sku,
        "product_id": product_id,
        "quantity": quantity,
        "price_minor": price,
        "currency": "USD",
        "added_at": _AT,
    }


async def _load(database: Database, carts: list[dict[str, object]], lines: list[dict[str, object]]) -> None:
    async with database.transaction() as session:
        # A cart that is there already has been used since: its lines are its owner's business now.
        new = await store.insert_new_carts(session, carts)
        await store.insert_missing(session, [line for line in lines if line["cart_id"] in new], Line)
