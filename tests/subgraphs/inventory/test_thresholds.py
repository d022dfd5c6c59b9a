"""When a SKU is low in stock: said by administrators, and told when it comes to be so."""

from typing import Any

import pytest

from chassis.testing import Client
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, FakeCatalogue, rows

pytestmark = pytest.mark.anyio

SET = """mutation($sku: String!, $at: Int!) { stockThresholdSet(input: {sku: $sku, lowStockThreshold: $at}) {
  __typename ... on StockThresholdSetSuccess { variant { sku availability { status } stockLevels { lowStockThreshold } } }
  ... on Refusal { code field } } }"""
LOW = "{ lowStock(first: 50) { edges { node { sku } } } }"


async def set_threshold(inventory: Client, sku: str, at: int, **asking: Any) -> dict[str, Any]:
    answer = await inventory.ask(SET, {"sku": sku, "at": at}, **asking)
    assert answer.errors == []
    return dict(answer.data["stockThresholdSet"])


async def announced(inventory: Client) -> list[tuple[object, ...]]:
    return await rows(inventory, "SELECT type, payload->>'sku' FROM outbox ORDER BY position")


async def low(inventory: Client, admin: dict[str, Any]) -> set[str]:
    answer = await inventory.ask(LOW, **admin)
    return {edge["node"]["sku"] for edge in answer.data["lowStock"]["edges"]}


async def test_a_sku_has_a_threshold_of_its_own(inventory: Client, stock: Reservations, admin: dict[str, Any]) -> None:
    done = await set_threshold(inventory, "TV-001", 99, **admin)
    before = await low(inventory, admin)
    await stock.reserve([Line("TV-001", 1)], key="a", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)

    assert done["variant"] == {
        "sku": "TV-001",
        "availability": {"status": "IN_STOCK"},
        "stockLevels": [{"lowStockThreshold": 99}, {"lowStockThreshold": 99}],
    }
    assert "TV-001" not in before
    assert "TV-001" in await low(inventory, admin)
    assert await announced(inventory) == [("AvailabilityChanged", "TV-001"), ("StockLow", "TV-001")]


async def test_a_threshold_that_moves_past_the_stock_is_a_crossing_like_any_other(
    inventory: Client, admin: dict[str, Any]
) -> None:
    for at in (100, 120, 99, 0):
        await set_threshold(inventory, "TV-001", at, **admin)

    assert await announced(inventory) == [
        ("AvailabilityChanged", "TV-001"),
        ("StockLow", "TV-001"),
        ("AvailabilityChanged", "TV-001"),
    ]


async def test_with_a_threshold_of_none_only_the_last_piece_is_news(
    inventory: Client, stock: Reservations, admin: dict[str, Any]
) -> None:
    await set_threshold(inventory, "MINI-001", 0, **admin)
    for number in range(3):
        await stock.reserve([Line("MINI-001", 1)], key=f"a-{number}", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)

    assert [type for type, _ in await announced(inventory)] == [
        "AvailabilityChanged",
        "AvailabilityChanged",
        "StockLow",
    ]


@pytest.mark.parametrize(
    ("sku", "at", "code"), [("TV-00l", 1, "NOT_FOUND"), ("TV-001", -1, "INVALID"), ("TV-001", 1_000_001, "INVALID")]
)
async def test_what_is_mistyped_is_refused(
    inventory: Client, catalogue: FakeCatalogue, admin: dict[str, Any], sku: str, at: int, code: str
) -> None:
    assert (await set_threshold(inventory, sku, at, **admin))["code"] == code


async def test_customers_say_nothing_about_thresholds(inventory: Client) -> None:
    asked = {"sku": "TV-001", "at": 1}

    assert (await inventory.ask(SET, asked, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await inventory.ask(SET, asked)).codes == ["UNAUTHENTICATED"]
    looked = await inventory.ask(SET, asked, user="user-clerk", scopes={"inventory:read"})
    assert looked.codes == ["FORBIDDEN"]
