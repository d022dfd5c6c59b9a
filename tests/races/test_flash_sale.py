"""A small flash sale through the router; `./dev bench flash-sale` holds the large one."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.races.crowd import Crowd, Person, at_once

pytestmark = pytest.mark.anyio

BUYERS, PIECES, AT_ONCE = 60, 12, 30
ORDERS = """query($after: String) {
  orders(first: 100, after: $after, filter: {email: "race@example.org", statuses: [CONFIRMED]}) {
    edges { node { id lines { sku } } } pageInfo { hasNextPage endCursor }
  }
}"""


async def test_a_flash_sale_sells_every_piece_once_and_tells_everybody_else(crowd: Crowd) -> None:
    await crowd.stock("CONSOLE-001", PIECES)
    people = [crowd.guest() for _ in range(BUYERS)]
    turn = asyncio.Semaphore(AT_ONCE)

    async def buy(person: Person) -> dict[str, Any]:
        async with turn:
            return await person.check_out(await person.add("CONSOLE-001"))

    results = await at_once(*(buy(person) for person in people))

    assert Counter(result["__typename"] for result in results) == {
        "CheckoutSuccess": PIECES,
        "StockUnavailable": BUYERS - PIECES,
    }
    sold = [result["order"] for result in results if result["__typename"] == "CheckoutSuccess"]
    assert {order["status"] for order in sold} == {"CONFIRMED"}
    assert len({order["id"] for order in sold}) == PIECES
    assert {order["id"] for order in sold} == await confirmed(crowd, "CONSOLE-001")
    assert await crowd.available("CONSOLE-001") == 0


async def confirmed(crowd: Crowd, sku: str) -> set[str]:
    """The confirmed orders of a SKU, as the administrator finds them."""
    found: set[str] = set()
    after: str | None = None
    while True:
        page = (await crowd.admin.send(ORDERS, {"after": after}))["orders"]
        nodes = [edge["node"] for edge in page["edges"]]
        found |= {node["id"] for node in nodes if any(line["sku"] == sku for line in node["lines"])}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]
