"""Too little stock, and too many people at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from chassis.ids import new_id
from chassis.viewer import Viewer
from subgraphs.orders.service.turns import Turns
from tests.subgraphs.orders.shop import Shop, charges, orders_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def other() -> str:
    """Another customer nobody has heard of yet."""
    return f"user-{new_id()}"


@asynccontextmanager
async def crowded(shop: Shop, *, at_once: int, waiting_max: int) -> AsyncIterator[Turns]:
    """Let fewer people in than usual."""
    turns: Turns = shop.subgraphs["orders"].context(Viewer()).checkouts.turns  # type: ignore[attr-defined]
    usual = turns.at_once, turns.waiting_max
    turns.at_once, turns.waiting_max = at_once, waiting_max
    try:
        yield turns
    finally:
        turns.at_once, turns.waiting_max = usual


@dataclass
class Held:
    """A question that has arrived and is not passed on yet."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)


def held_up(shop: Shop, word: str) -> Held:
    """Keep the next question with this word until the test says so."""
    held = Held()

    async def keep() -> None:
        del shop.wire.before[word]
        held.arrived.set()
        await held.go_on.wait()

    shop.wire.before[word] = keep
    return held


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(30):
        while not is_so():  # noqa: ASYNC110 -- nobody sets an event
            await asyncio.sleep(0.01)


async def test_without_enough_stock_no_order_is_placed_and_nothing_asked_of_payments(shop: Shop, user: str) -> None:
    await shop.stock("MIC-001", 1)
    cart = await shop.fill({"MIC-001": 2, "MOUSE-001": 1}, user=user)
    shop.wire.calls.clear()

    answer = await shop.check_out(cart, user=user)

    assert (answer["__typename"], answer["skus"], answer["actualTotal"]) == ("StockUnavailable", ["MIC-001"], None)
    assert sorted(shop.wire.calls) == ["cart", "inventory", "orders", "products"]
    assert await orders_of(shop, user) == []
    assert await shop.available("MIC-001") == 1


async def test_who_is_refused_for_stock_may_ask_again_with_the_same_key(shop: Shop, user: str) -> None:
    await shop.stock("MONITOR-001", 1)
    cart, key = await shop.fill({"MONITOR-001": 2}, user=user), new_id()
    assert (await shop.check_out(cart, user=user, key=key))["__typename"] == "StockUnavailable"

    await shop.stock("MONITOR-001", 2)
    answer = await shop.check_out(cart, user=user, key=key)

    assert answer["order"]["status"] == "CONFIRMED"


async def test_what_is_both_short_and_dearer_says_both(shop: Shop, user: str) -> None:
    await shop.stock("MIC-001", 1)
    cart = await shop.fill({"MIC-001": 2}, user=user)

    answer = await shop.check_out(cart, user=user, total="0.01")

    assert (answer["__typename"], answer["skus"]) == ("StockUnavailable", ["MIC-001"])
    assert answer["actualTotal"] == {"amount": cart["subtotal"]["amount"]}


async def test_stock_that_is_gone_when_it_is_held_ends_the_order_uncharged(shop: Shop, user: str) -> None:
    await shop.stock("MIC-001", 2)
    cart, key = await shop.fill({"MIC-001": 2, "MOUSE-001": 1}, user=user), new_id()

    async def bought_by_others() -> None:
        del shop.wire.before["stockReserve"]
        await shop.stock("MIC-001", 1)

    shop.wire.before["stockReserve"] = bought_by_others

    answer = await shop.check_out(cart, user=user, key=key)
    again = await shop.check_out(cart, user=user, key=key)

    assert (answer["__typename"], answer["skus"]) == ("StockUnavailable", ["MIC-001"])
    assert again == answer
    ((order_id, status),) = await orders_of(shop, user)
    assert status == "FAILED"
    assert await charges(shop, order_id) == []
    assert await shop.available("MIC-001") == 1


# ------------------------------------------------------------------------------------------------------ too many people


async def test_who_is_not_let_in_is_told_when_to_ask_again_and_nothing_is_asked_of_anybody(
    shop: Shop, user: str, other: str
) -> None:
    carts = {person: await shop.fill({"SPEAKER-001": 1}, user=person) for person in (user, other)}
    key = new_id()
    shop.wire.calls.clear()

    async with crowded(shop, at_once=1, waiting_max=0):
        held = held_up(shop, "cartSnapshot")
        first = asyncio.create_task(shop.check_out(carts[user], user=user))
        await held.arrived.wait()
        refused = await shop.check_out(carts[other], user=other, key=key)
        held.go_on.set()
        assert (await first)["order"]["status"] == "CONFIRMED"

        assert (refused["__typename"], refused["code"]) == ("CheckoutBusy", "UNAVAILABLE")
        assert refused["retryAfterSeconds"] >= 1
        assert shop.wire.calls.count("cart") == 1
        answer = await shop.check_out(carts[other], user=other, key=key)
        assert answer["order"]["status"] == "CONFIRMED"


async def test_the_same_key_twice_at_once_begins_once_even_before_there_is_an_order(shop: Shop, user: str) -> None:
    cart, key = await shop.fill({"SPEAKER-001": 1}, user=user), new_id()
    async with crowded(shop, at_once=2, waiting_max=0):
        held = held_up(shop, "cartSnapshot")
        first = asyncio.create_task(shop.check_out(cart, user=user, key=key))
        await held.arrived.wait()
        again = asyncio.create_task(shop.check_out(cart, user=user, key=key))
        held.go_on.set()
        answers = await asyncio.gather(first, again)

    assert answers[0] == answers[1]
    assert answers[0]["order"]["status"] == "CONFIRMED"
    assert shop.wire.calls.count("cart") == 2, "one to fill it, one snapshot"


async def test_who_leaves_the_line_is_not_checked_out(shop: Shop, user: str, other: str) -> None:
    carts = {person: await shop.fill({"SPEAKER-001": 1}, user=person) for person in (user, other)}
    async with crowded(shop, at_once=1, waiting_max=1) as turns:
        held = held_up(shop, "cartSnapshot")
        first = asyncio.create_task(shop.check_out(carts[user], user=user))
        await held.arrived.wait()
        impatient = asyncio.create_task(shop.check_out(carts[other], user=other))
        await until(lambda: len(turns._line) == 1)

        impatient.cancel()
        await until(lambda: len(turns._line) == 0)
        held.go_on.set()

        assert (await first)["order"]["status"] == "CONFIRMED"
    assert await orders_of(shop, other) == []


async def test_what_is_finished_is_answered_however_crowded_it_is(shop: Shop, user: str) -> None:
    cart, key = await shop.fill({"SPEAKER-001": 1}, user=user), new_id()
    bought = await shop.check_out(cart, user=user, key=key)

    async with crowded(shop, at_once=0, waiting_max=0):
        assert await shop.check_out(cart, user=user, key=key) == bought
