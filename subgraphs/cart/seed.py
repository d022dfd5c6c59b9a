"""Demo and scale data of cart: what people mean to buy. Loading twice changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from chassis.database import Database
from chassis.demo import Zipf, item_id, stream

from . import store
from .model import Line

_AT: Final = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
_BATCH: Final = 500

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
    popular = Zipf(n, exponent=0.9)
    for start in range(3, n + 1, 3 * _BATCH):
        carts, lines = [], []
        for number in range(start, min(start + 3 * _BATCH, n + 1), 3):
            random, cart_id = stream("carts", number), item_id("cart", number)
            carts.append(_cart(cart_id, item_id("user", number), version=2))
            picks = sorted({popular.pick(random) for _ in range(random.randint(1, 3))})
            lines += [
                _line(
                    cart_id,
                    position,
                    f"SCALE-{pick:06}",
                    item_id("prod", pick),
                    random.randint(1, 3),
                    scale_price(pick),
                )
                for position, pick in enumerate(picks, start=1)
            ]
        await _load(database, carts, lines)


def scale_price(sku: int) -> int:
    """What SCALE-<sku> costs, in cents, as the catalogue's generator makes it."""
    return 500 + sku * 7_919 % 50_000


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
        "since_version": 1,
    }


async def _load(database: Database, carts: list[dict[str, object]], lines: list[dict[str, object]]) -> None:
    async with database.transaction() as session:
        # A cart that is there already has been used since: its lines are its owner's business now.
        new = await store.insert_new_carts(session, carts)
        await store.insert_missing(session, [line for line in lines if line["cart_id"] in new], Line)
