"""Warehouses: opened by administrators, taken from in their order."""

from typing import Any

import pytest

from chassis.testing import Client
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, rows

pytestmark = pytest.mark.anyio

CREATE = """mutation($input: WarehouseInput!) { warehouseCreate(input: $input) { __typename
  ... on WarehouseCreateSuccess { warehouse { id name priority } } ... on Refusal { code field } } }"""
UPDATE = """mutation($input: WarehouseInput!) { warehouseUpdate(input: $input) { __typename
  ... on WarehouseUpdateSuccess { warehouse { id name priority } } ... on Refusal { code field } } }"""
NORTH = {"id": "wh-north", "name": "North", "priority": 0}


async def change(inventory: Client, mutation: str, input: dict[str, Any], **asking: Any) -> dict[str, Any]:
    answer = await inventory.ask(mutation, {"input": input}, **asking)
    assert answer.errors == []
    (result,) = answer.data.values()
    return dict(result)


async def test_a_new_warehouse_is_filled_and_taken_from_in_its_turn(
    inventory: Client, stock: Reservations, admin: dict[str, Any]
) -> None:
    made = await change(inventory, CREATE, NORTH, **admin)
    count = 'mutation { stockSet(input: {sku: "TV-001", warehouseId: "wh-north", onHand: 5}) { __typename } }'
    assert (await inventory.ask(count, **admin)).data == {"stockSet": {"__typename": "StockSetSuccess"}}
    await stock.reserve([Line("TV-001", 2)], key="first", hold_seconds=60, viewer=ANOTHER_SUBGRAPH)
    await change(inventory, UPDATE, {**NORTH, "name": "Far north", "priority": 9}, **admin)
    await stock.reserve([Line("TV-001", 2)], key="second", hold_seconds=60, viewer=ANOTHER_SUBGRAPH)

    assert made["warehouse"] == NORTH
    taken = "SELECT key, warehouse_id FROM reservations JOIN allocations ON reservation_id = id WHERE sku = 'TV-001'"
    assert sorted(await rows(inventory, taken)) == [("first", "wh-north"), ("second", "wh-east")]
    shown = (await inventory.ask("{ warehouses { id name } }", **admin)).data["warehouses"]
    assert shown == [
        {"id": "wh-east", "name": "East"},
        {"id": "wh-west", "name": "West"},
        {"id": "wh-north", "name": "Far north"},
    ]


@pytest.mark.parametrize(
    ("mutation", "changed", "code", "field"),
    [
        (CREATE, {"id": "wh-east"}, "ALREADY_EXISTS", "id"),
        (CREATE, {"id": "Wh North"}, "INVALID", "id"),
        (CREATE, {"id": ""}, "INVALID", "id"),
        (CREATE, {"name": " "}, "INVALID", "name"),
        (CREATE, {"priority": -1}, "INVALID", "priority"),
        (UPDATE, {}, "NOT_FOUND", "id"),
        (UPDATE, {"id": "wh-east", "name": "x" * 101}, "INVALID", "name"),
    ],
)
async def test_what_is_mistyped_is_refused(
    inventory: Client, admin: dict[str, Any], mutation: str, changed: dict[str, Any], code: str, field: str
) -> None:
    refused = await change(inventory, mutation, {**NORTH, **changed}, **admin)

    assert (refused["code"], refused["field"]) == (code, ["input", field])
    assert await rows(inventory, "SELECT id, name FROM warehouses ORDER BY 1") == [
        ("wh-east", "East"),
        ("wh-west", "West"),
    ]


@pytest.mark.parametrize("mutation", [CREATE, UPDATE])
async def test_customers_open_no_warehouse(inventory: Client, mutation: str) -> None:
    assert (await inventory.ask(mutation, {"input": NORTH}, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await inventory.ask(mutation, {"input": NORTH})).codes == ["UNAUTHENTICATED"]
