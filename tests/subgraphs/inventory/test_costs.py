"""What a sale costs inventory: SQL statements per step, however many lines, and no lock for what is not there."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy import text

from chassis.inbox import Consumer
from chassis.testing import Client
from subgraphs.inventory.errors import StockShort
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, disagreements, envelope_of, rows
from tests.subgraphs.inventory.test_shipping import shipped

pytestmark = pytest.mark.anyio

BASKET = [Line("TV-001", 2), Line("CHAIR-001", 1), Line("MOUSE-001", 3)]


async def cost(inventory: Client, step: Callable[[], Awaitable[object]]) -> int:
    with inventory.database.counting() as statements:
        await step()
    return len(statements)


def reserve(stock: Reservations, key: str, lines: list[Line]) -> Callable[[], Awaitable[object]]:
    return lambda: stock.reserve(lines, key=key, hold_seconds=900, viewer=ANOTHER_SUBGRAPH)


async def test_a_sale_is_two_statements_however_many_lines(inventory: Client, stock: Reservations) -> None:
    for key, lines in (("one", BASKET[:1]), ("three", BASKET)):
        held = await cost(inventory, reserve(stock, key, lines))
        sold = await cost(inventory, partial(stock.commit, key, viewer=ANOTHER_SUBGRAPH))

        assert (held, sold) == (1, 1)

    assert await disagreements(inventory) == []
    counted = "SELECT kind, count(*) FROM movements WHERE at > now() - interval '1 hour' GROUP BY kind ORDER BY kind"
    assert await rows(inventory, counted) == [("COMMIT", 4), ("HOLD", 4)]


async def test_doing_it_again_costs_little_more(inventory: Client, stock: Reservations) -> None:
    await reserve(stock, "again", BASKET)()
    held = await cost(inventory, reserve(stock, "again", BASKET))
    await stock.commit("again", viewer=ANOTHER_SUBGRAPH)
    sold = await cost(inventory, lambda: stock.commit("again", viewer=ANOTHER_SUBGRAPH))

    assert held <= 3
    assert sold <= 2


async def test_who_asks_for_what_is_not_there_costs_one_statement_and_waits_for_nobody(
    inventory: Client, stock: Reservations
) -> None:
    async def refused() -> None:
        with pytest.raises(StockShort) as short:
            await reserve(stock, "late", [Line("MIC-001", 1), Line("TV-001", 1), Line("NOT-A-SKU", 1)])()
        assert [(each.sku, each.available) for each in short.value.shortages] == [("MIC-001", 0), ("NOT-A-SKU", 0)]

    async with inventory.database.transaction() as session:
        # A buyer who is just being served.
        await session.execute(text("SELECT 1 FROM items FOR UPDATE"))
        async with asyncio.timeout(30):
            assert await cost(inventory, refused) == 1

    assert await rows(inventory, "SELECT 1 FROM reservations WHERE key = 'late'") == []


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        # Low from here on, out from here on, and not in one warehouse.
        ([Line("TV-001", 95)], 5),
        ([Line("MONITOR-001", 2)], 0),
        ([Line("MINI-001", 3)], 0),
    ],
)
async def test_a_hold_that_is_worth_announcing_costs_a_few_more(
    inventory: Client, stock: Reservations, lines: list[Line], left: int
) -> None:
    held = await cost(inventory, reserve(stock, "last", lines))

    # The last of them wakes the relay of another process; a shop that sends for itself does without.
    assert held <= 9
    sku = lines[0].sku
    assert await rows(inventory, "SELECT on_hand - held - committed FROM items WHERE sku = :sku", sku=sku) == [(left,)]
    announced = "SELECT payload->>'available' FROM outbox WHERE type = 'AvailabilityChanged'"
    assert await rows(inventory, announced) == [(str(left),)]
    assert await disagreements(inventory) == []


async def test_giving_back_costs_the_same_for_any_number_of_lines(inventory: Client, stock: Reservations) -> None:
    costs = set()
    for key, lines in (("one", BASKET[:1]), ("three", BASKET)):
        await reserve(stock, key, lines)()
        costs.add(await cost(inventory, partial(stock.release, key, viewer=ANOTHER_SUBGRAPH)))

    assert costs == {4}
    assert await cost(inventory, lambda: stock.release("three", viewer=ANOTHER_SUBGRAPH)) <= 2


async def test_a_parcel_costs_the_same_for_any_number_of_lines(inventory: Client, stock: Reservations) -> None:
    consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens)

    def left(order: str, lines: list[Line]) -> Callable[[], Awaitable[object]]:
        event = shipped(order, *((line.sku, line.quantity) for line in lines), order_id=order)
        return lambda: consumer.deliver(envelope_of("orders", event))

    costs = set()
    for order, lines in (("order-1", BASKET[:1]), ("order-3", BASKET)):
        await reserve(stock, order, lines)()
        await stock.commit(order, viewer=ANOTHER_SUBGRAPH)
        costs.add(await cost(inventory, left(order, lines)))

    # Of these, one remembers the event.
    assert costs == {5}
    assert await disagreements(inventory) == []


async def test_a_page_of_products_reads_its_stock_in_one_statement(inventory: Client) -> None:
    skus = [row[0] for row in await rows(inventory, "SELECT sku FROM items")]
    answer = await inventory.entities(
        "Variant", [{"sku": sku} for sku in skus], "availability { status availableQuantity }"
    )

    assert answer.errors == []
    assert (len(skus) > 15, answer.statements) == (True, 1)
