"""Many buyers at once on a real PostgreSQL: never oversold, never deadlocked, and the ledger explains every counter."""

import asyncio
import random
from collections import Counter

import pytest

from chassis.testing import Client
from chassis.viewer import Viewer
from subgraphs.inventory.errors import ReservationClosed, StockShort
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Counting, Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, disagreements, rows

pytestmark = pytest.mark.anyio

BUYERS = 16


async def test_a_hot_sku_sells_exactly_what_there_is(inventory: Client, stock: Reservations) -> None:
    async def buyer(number: int) -> int:
        sold = 0
        for turn in range(20):
            key = f"buyer-{number}-{turn}"
            try:
                await stock.reserve([Line("CONTROLLER-001", 1)], key=key, hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
            except StockShort:
                continue
            await stock.commit(key, viewer=ANOTHER_SUBGRAPH)
            sold += 1
        return sold

    sold = sum(await asyncio.gather(*(buyer(number) for number in range(BUYERS))))

    assert sold == 100
    assert await rows(inventory, "SELECT on_hand, held, committed FROM items WHERE sku = 'CONTROLLER-001'") == [
        (100, 0, 100)
    ]
    assert await disagreements(inventory) == []


async def test_baskets_in_any_order_never_deadlock(inventory: Client, stock: Reservations) -> None:
    skus = ["LAPTOP-001", "TV-001", "CONTROLLER-001", "CHAIR-001", "GAME-001", "TABLET-001", "MONITOR-001", "MINI-001"]
    outcomes: Counter[str] = Counter()

    async def buyer(number: int) -> None:
        chance = random.Random(number)
        for turn in range(8):
            key = f"basket-{number}-{turn}"
            lines = [Line(sku, chance.randint(1, 6)) for sku in chance.sample(skus, 4)]
            try:
                await stock.reserve(lines, key=key, hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
            except StockShort:
                outcomes["short"] += 1
                continue
            if chance.random() < 0.5:
                await stock.commit(key, viewer=ANOTHER_SUBGRAPH)
                outcomes["sold"] += 1
            if chance.random() < 0.5:
                await stock.release(key, viewer=ANOTHER_SUBGRAPH)
                outcomes["released"] += 1

    await asyncio.gather(*(buyer(number) for number in range(BUYERS)))

    assert outcomes["short"] > 0
    assert outcomes["sold"] > 0
    assert outcomes["released"] > 0
    assert await disagreements(inventory) == []


async def test_one_key_asked_many_times_at_once_holds_once(inventory: Client, stock: Reservations) -> None:
    async def ask() -> str:
        lines = [Line("CONTROLLER-001", 2), Line("TV-001", 1)]
        return (await stock.reserve(lines, key="same", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)).id

    found = await asyncio.gather(*(ask() for _ in range(BUYERS)))

    assert len(set(found)) == 1
    assert await rows(inventory, "SELECT held FROM items WHERE sku IN ('CONTROLLER-001', 'TV-001') ORDER BY sku") == [
        (2,),
        (1,),
    ]


async def test_commit_release_and_sweep_at_once_settle_on_one(inventory: Client, stock: Reservations) -> None:
    keys = [f"race-{number}" for number in range(12)]
    for key in keys:
        await stock.reserve([Line("CONTROLLER-001", 2)], key=key, hold_seconds=1, viewer=ANOTHER_SUBGRAPH)

    async def commit(key: str) -> None:
        try:
            await stock.commit(key, viewer=ANOTHER_SUBGRAPH)
        except ReservationClosed:
            return

    await asyncio.gather(
        *(commit(key) for key in keys),
        *(stock.release(key, viewer=ANOTHER_SUBGRAPH) for key in keys),
        *(stock.sweep() for _ in range(4)),
    )

    assert await rows(inventory, "SELECT on_hand, held, committed FROM items WHERE sku = 'CONTROLLER-001'") == [
        (100, 0, 0)
    ]
    assert await disagreements(inventory) == []


async def test_counting_while_people_buy_loses_nothing(
    inventory: Client, stock: Reservations, counting: Counting
) -> None:
    admin = Viewer(user_id="user-admin", scopes=frozenset({"inventory:write"}))

    async def buy(number: int) -> None:
        try:
            await stock.reserve([Line("TV-001", 1)], key=f"tv-{number}", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
        except StockShort:
            return

    async def adjust(number: int) -> None:
        await counting.adjust(
            "TV-001", warehouse_id="wh-east", by=1, reason="Found", idempotency_key=f"found-{number}", viewer=admin
        )

    await asyncio.gather(*(buy(number) for number in range(30)), *(adjust(number) for number in range(30)))

    assert await rows(inventory, "SELECT on_hand, held FROM items WHERE sku = 'TV-001'") == [(130, 30)]
    assert await disagreements(inventory) == []
