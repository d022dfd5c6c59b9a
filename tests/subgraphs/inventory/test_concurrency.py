"""Many buyers at once on a real PostgreSQL: never oversold, never deadlocked, and the ledger explains every counter."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import text

from chassis.clock import Clock, StoppedClock, now
from chassis.database import Database
from chassis.errors import IdempotencyKeyReused
from chassis.hints import Hints
from chassis.inbox import Consumer, dead_letter_count
from chassis.live import InProcessLive
from chassis.testing import Client
from chassis.viewer import Viewer
from subgraphs.inventory.errors import ReservationClosed, StockShort
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Counting, Ledger, Reservations
from subgraphs.orders.events import BoughtLine, OrderReturned, OrderShipped, ReturnedLine
from tests.chassis.toy_events import WAITS_FOR_A_LOCK
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, disagreements, envelope_of, rows

pytestmark = pytest.mark.anyio

BUYERS = 40


async def test_a_hot_sku_sells_exactly_what_there_is(inventory: Client, stock: Reservations) -> None:
    async def buyer(number: int) -> int:
        sold = 0
        for turn in range(8):
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
        for turn in range(4):
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


async def test_one_hold_after_another_runs_out_and_is_held_again_by_many_at_once(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    # More is asked for than there is, so some may have it again and some not.
    keys = [f"late-{number}" for number in range(10)]
    for key in keys:
        await stock.reserve([Line("CONTROLLER-001", 10)], key=key, hold_seconds=60, viewer=ANOTHER_SUBGRAPH)
    clock.advance(seconds=61)

    async def again(key: str) -> str:
        try:
            await stock.reserve([Line("CONTROLLER-001", 10)], key=key, hold_seconds=60, viewer=ANOTHER_SUBGRAPH)
            await stock.commit(key, viewer=ANOTHER_SUBGRAPH)
        except (StockShort, ReservationClosed):
            return "refused"
        return "sold"

    async def take(number: int) -> str:
        lines, key = [Line("CONTROLLER-001", 10)], f"new-{number}"
        try:
            await stock.reserve(lines, key=key, hold_seconds=60, viewer=ANOTHER_SUBGRAPH)
        except StockShort:
            return "short"
        return "held"

    outcomes = await asyncio.gather(
        *(stock.sweep() for _ in range(4)), *(again(key) for key in keys * 2), *(take(number) for number in range(8))
    )
    counted = Counter(outcomes[4:])

    sold, held = len(await committed(inventory)), counted["held"]
    assert (sold, held) == (
        len({key for key, out in zip(keys * 2, outcomes[4:24], strict=True) if out == "sold"}),
        held,
    )
    assert await rows(inventory, "SELECT on_hand, held, committed FROM items WHERE sku = 'CONTROLLER-001'") == [
        (100, 10 * held, 10 * sold)
    ]
    assert sold + held <= 10
    assert await disagreements(inventory) == []


async def committed(inventory: Client) -> list[tuple[object, ...]]:
    return await rows(inventory, "SELECT key FROM reservations WHERE status = 'COMMITTED' AND key LIKE 'late-%'")


async def test_several_processes_sweep_at_once_and_each_hold_expires_once(inventory: Client) -> None:
    clock = StoppedClock(now())
    url, timeout_ms = inventory.settings.database_of("inventory"), inventory.settings.database_timeout_ms
    processes = [Database(url, pool_size=2, timeout_ms=timeout_ms) for _ in range(4)]
    sweepers = [Reservations(each, Ledger(Hints(InProcessLive()), clock), clock) for each in processes]
    keys = [f"late-{number}" for number in range(40)]
    for key in keys:
        await sweepers[0].reserve(
            [Line("TV-001", 1), Line("CONTROLLER-001", 2)], key=key, hold_seconds=60, viewer=ANOTHER_SUBGRAPH
        )
    clock.advance(seconds=61)

    swept = await asyncio.gather(*(each.sweep() for each in sweepers))
    left = await asyncio.gather(*(each.sweep() for each in sweepers))
    for each in processes:
        await each.close()

    assert (sum(swept), sum(left)) == (40, 0)
    expired = "SELECT count(*), sum(held) FROM movements WHERE kind = 'EXPIRE' AND sku IN ('TV-001', 'CONTROLLER-001')"
    assert await rows(inventory, expired) == [(80, -120)]
    assert await rows(inventory, "SELECT count(*) FROM reservations WHERE status = 'HELD' AND key LIKE 'late-%'") == [
        (0,)
    ]
    assert await disagreements(inventory) == []


async def test_parcels_returns_and_purchases_of_the_same_skus_never_deadlock(
    inventory: Client, stock: Reservations
) -> None:
    skus = ["LAPTOP-001", "TV-001", "CONTROLLER-001", "CHAIR-001", "GAME-001"]
    consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens, attempts_max=1)

    async def order(number: int) -> int:
        chance, key = random.Random(number), f"order-{number}"
        lines = {sku: chance.randint(1, 3) for sku in chance.sample(skus, 3)}
        await stock.reserve([Line(*each) for each in lines.items()], key=key, hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
        await stock.commit(key, viewer=ANOTHER_SUBGRAPH)
        if number % 4 == 0:
            await stock.release(key, viewer=ANOTHER_SUBGRAPH)
            return 0
        if number % 4 == 1:
            return sum(lines.values())
        sent = [BoughtLine(sku, "p", quantity) for sku, quantity in chance.sample(list(lines.items()), 3)]
        await consumer.deliver(
            envelope_of("orders", OrderShipped(key, None, f"parcel-{number}", sent, is_partial=False))
        )
        if number % 4 == 2:
            return 0
        back = [ReturnedLine(each.sku, "p", 1, restock=True) for each in reversed(sent)]
        await consumer.deliver(envelope_of("orders", OrderReturned(key, None, f"return-{number}", back)))
        return 0

    waiting = sum(await asyncio.gather(*(order(number) for number in range(BUYERS))))

    assert await dead_letter_count(inventory.database) == 0
    assert await rows(
        inventory,
        "SELECT kind, count(DISTINCT reservation_id) FROM movements WHERE reservation_id NOT LIKE 'reservation-demo-%' GROUP BY kind ORDER BY kind",
    ) == [("COMMIT", 40), ("HOLD", 40), ("RELEASE", 10), ("RETURN", 10), ("SHIP", 20)]
    in_question = "SELECT sum(held)::int, sum(committed)::int FROM items WHERE sku NOT IN ('MOUSE-001', 'SPEAKER-001')"
    assert await rows(inventory, in_question) == [(0, waiting)]
    assert await disagreements(inventory) == []


async def test_one_adjustment_sent_by_many_is_made_once(inventory: Client, counting: Counting) -> None:
    admin = Viewer(user_id="user-admin", scopes=frozenset({"inventory:write"}))

    async def adjust(sku: str) -> str:
        try:
            await counting.adjust(
                sku, warehouse_id="wh-east", by=3, reason="Found", idempotency_key="once", viewer=admin
            )
        except IdempotencyKeyReused:
            return "refused"
        return sku

    made = await asyncio.gather(*(adjust(sku) for sku in ("TV-001", "CHAIR-001") for _ in range(10)))

    counted = await rows(inventory, "SELECT sku, on_hand FROM movements WHERE idempotency_key = 'once'")
    assert len(counted) == 1
    assert sorted(made) == sorted(["refused"] * 10 + [str(counted[0][0])] * 10)
    assert await disagreements(inventory) == []


async def test_what_was_held_again_elsewhere_while_its_sale_waited_is_sold_there(
    inventory: Client, stock: Reservations
) -> None:
    await stock.reserve([Line("TV-001", 2)], key="moved", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    async with inventory.database.transaction() as session:
        await session.execute(text("SELECT 1 FROM reservations WHERE key = 'moved' FOR UPDATE"))
        selling = asyncio.create_task(stock.commit("moved", viewer=ANOTHER_SUBGRAPH))
        async with asyncio.timeout(30):
            while not await rows(inventory, WAITS_FOR_A_LOCK):  # noqa: ASYNC110 -- only the server knows who waits
                await asyncio.sleep(0)
        # What the sweep and another request with the same key do between them.
        for statement in (
            "UPDATE reservations SET expires_at = expires_at + interval '1 hour' WHERE key = 'moved'",
            "UPDATE allocations SET warehouse_id = 'wh-west' WHERE sku = 'TV-001'",
            "UPDATE levels SET held = 0 WHERE sku = 'TV-001' AND warehouse_id = 'wh-east'",
            "UPDATE levels SET held = 2 WHERE sku = 'TV-001' AND warehouse_id = 'wh-west'",
            "UPDATE movements SET warehouse_id = 'wh-west' WHERE sku = 'TV-001' AND kind = 'HOLD'",
        ):
            await session.execute(text(statement))
    await selling

    levels = "SELECT warehouse_id, held, committed FROM levels WHERE sku = 'TV-001' ORDER BY 1"
    assert await rows(inventory, levels) == [("wh-east", 0, 0), ("wh-west", 0, 2)]
    assert await disagreements(inventory) == []
