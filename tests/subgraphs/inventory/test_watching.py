"""Availability as it changes: told after the commit, read again, shown as a query would show it."""

from typing import Any

import pytest

from chassis.testing import Client
from tests.subgraphs.inventory.conftest import envelope_of, rows
from tests.subgraphs.watching import Watched, watching

pytestmark = pytest.mark.anyio

WATCH = "subscription($skus: [String!]!) { availabilityChanged(skus: $skus) { sku availability { status availableQuantity } } }"
RESERVE = """mutation($key: String!, $quantity: Int!) {
  stockReserve(input: {key: $key, lines: [{sku: "MINI-001", quantity: $quantity}]}) { __typename } }"""
RELEASE = "mutation($key: String!) { stockRelease(key: $key) { __typename } }"


async def told(stream: Watched) -> list[tuple[str, str, int]]:
    changed = (await stream.data())["availabilityChanged"]
    return [
        (each["sku"], each["availability"]["status"], each["availability"]["availableQuantity"]) for each in changed
    ]


async def reserve(inventory: Client, key: str, quantity: int) -> str:
    answer = await inventory.ask(RESERVE, {"key": key, "quantity": quantity}, internal=True)
    return str(answer.data["stockReserve"]["__typename"])


async def test_whoever_watches_sees_how_it_stands_and_then_what_changes(inventory: Client) -> None:
    async with watching(inventory, WATCH, {"skus": ["MINI-001", "TV-001", "NOT-A-SKU"]}) as stream:
        first = await told(stream)
        await reserve(inventory, "a", 2)
        held = await told(stream)
        await inventory.ask(RELEASE, {"key": "a"}, internal=True)
        released = await told(stream)

    assert first == [("MINI-001", "LOW_STOCK", 3), ("TV-001", "IN_STOCK", 100), ("NOT-A-SKU", "OUT_OF_STOCK", 0)]
    assert held == [("MINI-001", "LOW_STOCK", 1)]
    assert released == [("MINI-001", "LOW_STOCK", 3)]


async def test_what_is_rolled_back_or_changes_nothing_is_not_told(inventory: Client) -> None:
    async with watching(inventory, WATCH, {"skus": ["MINI-001"]}) as stream:
        await told(stream)
        refused = await reserve(inventory, "a", 4)
        await reserve(inventory, "b", 1)
        # Selling what is held leaves what can be had as it was.
        await inventory.ask('mutation { stockCommit(key: "b") { __typename } }', internal=True)
        await reserve(inventory, "c", 1)
        seen = [await told(stream)]
        if seen != [[("MINI-001", "LOW_STOCK", 1)]]:
            seen.append(await told(stream))

        assert stream.is_silent()

    assert refused == "StockShort"
    assert seen[-1] == [("MINI-001", "LOW_STOCK", 1)]


async def test_what_is_taken_off_sale_is_gone_for_shoppers_and_there_for_administrators(
    inventory: Client, admin: dict[str, Any]
) -> None:
    from chassis.inbox import Consumer
    from subgraphs.products.events import ProductDeleted

    async with (
        watching(inventory, WATCH, {"skus": ["MINI-001"]}) as shopper,
        watching(inventory, WATCH, {"skus": ["MINI-001"]}, **admin) as keeper,
    ):
        await told(shopper)
        await told(keeper)
        consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens)
        await consumer.deliver(envelope_of("products", ProductDeleted("prod-mini-001", ["MINI-001"])))
        gone = await told(shopper)
        await reserve(inventory, "a", 1)

        assert gone == [("MINI-001", "OUT_OF_STOCK", 0)]
        assert await told(keeper) == [("MINI-001", "LOW_STOCK", 2)]


@pytest.mark.parametrize("skus", [[], [f"SKU-{number}" for number in range(101)]])
async def test_how_many_can_be_watched_is_bounded(inventory: Client, skus: list[str]) -> None:
    async with watching(inventory, WATCH, {"skus": skus}) as stream:
        refused = await stream.event()

    assert refused["errors"][0]["extensions"] == {"code": "INVALID", "field": ["skus"]}


async def test_an_event_costs_two_statements_however_many_skus_it_is_about(inventory: Client) -> None:
    skus = [str(sku) for (sku,) in await rows(inventory, "SELECT sku FROM items")]
    costs = {}
    for size in (1, len(skus)):
        with inventory.database.counting() as statements:
            async with watching(inventory, WATCH, {"skus": skus[:size]}) as stream:
                assert len(await told(stream)) == size
        costs[size] = len(statements)

    assert costs == {1: 2, len(skus): 2}
