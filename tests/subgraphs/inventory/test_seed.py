"""Demo and scale stock: the same each time, and explained by the ledger."""

from typing import Any

import pytest

from chassis.testing import Client
from subgraphs.inventory import seed
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, disagreements, rows

pytestmark = pytest.mark.anyio


async def test_loading_the_demo_twice_changes_nothing(inventory: Client, stock: Reservations) -> None:
    await stock.reserve([Line("TV-001", 2)], key="a", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    everything = "SELECT * FROM items ORDER BY 1"
    before = await rows(inventory, everything), await rows(inventory, "SELECT * FROM movements ORDER BY 1")
    await seed.demo(inventory.database)

    assert (await rows(inventory, everything), await rows(inventory, "SELECT * FROM movements ORDER BY 1")) == before
    assert await disagreements(inventory) == []


async def test_stock_by_formula_is_the_same_each_time_and_explained_by_the_ledger(inventory: Client) -> None:
    for _ in range(2):
        await seed.scale(inventory.database, 50)

    sold_out = await rows(
        inventory, "SELECT sku FROM items WHERE sku LIKE 'SCALE-%' AND on_hand = committed ORDER BY 1"
    )
    assert sold_out == [("SCALE-000020",), ("SCALE-000040",)]
    assert await rows(inventory, "SELECT count(*) FROM items WHERE sku LIKE 'SCALE-%'") == [(50,)]
    assert await disagreements(inventory) == []


async def test_the_demo_orders_hold_and_have_sold_what_they_say(inventory: Client, admin: dict[str, Any]) -> None:
    confirmed = await inventory.ask(
        '{ reservation(id: "reservation-demo-confirmed") { key status lines { sku quantity } } }', **admin
    )
    counted = await rows(inventory, "SELECT sku, on_hand, held, committed FROM items WHERE held > 0 ORDER BY sku")

    assert confirmed.data["reservation"] == {
        "key": "order-demo-confirmed",
        "status": "COMMITTED",
        "lines": [{"sku": "MOUSE-001", "quantity": 2}, {"sku": "SPEAKER-001", "quantity": 1}],
    }
    assert counted == [("MOUSE-001", 110, 6, 4), ("SPEAKER-001", 104, 3, 1)]
    assert await rows(inventory, "SELECT on_hand - held - committed FROM items WHERE sku = 'MOUSE-001'") == [(100,)]
    assert await disagreements(inventory) == []
