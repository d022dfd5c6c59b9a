"""The bulkhead by itself: who is let in, who waits, who is sent away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chassis.caller import answering
from subgraphs.orders.service.turns import Crowded, Turns

pytestmark = pytest.mark.anyio

PATIENT_MS = 60_000


class Buyers:
    """People who take turns; each works until told to stop."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.began: list[str] = []
        self._over: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[bool]] = {}

    async def come(self, name: str, *, key: str | None = None) -> None:
        self._over[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._buy(name, key or name))
        await settled()

    async def _buy(self, name: str, key: str) -> bool:
        async with self.turns.turn(key) as waited:
            self.began.append(name)
            await self._over[name].wait()
            return waited

    async def finish(self, name: str) -> bool:
        """Let them finish; whether they had to wait."""
        self._over[name].set()
        waited = await self._tasks[name]
        await settled()
        return waited

    async def outcome(self, name: str) -> bool:
        return await self._tasks[name]

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.wait([self._tasks[name]])
        await settled()


async def settled() -> None:
    """Let everybody come as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def opened(*, at_once: int = 1, waiting_max: int = 10, wait_ms: int = PATIENT_MS) -> AsyncIterator[Buyers]:
    buyers = Buyers(Turns(at_once, waiting_max, wait_ms))
    yield buyers
    # However it went, nobody's place is lost and nobody is kept.
    for name, task in buyers._tasks.items():
        if not task.done():
            await buyers.give_up(name)
    assert (buyers.turns.at_work, await buyers.turns.count_waiting(), buyers.turns._keys) == (0, 0, {})


async def test_so_many_are_let_in_and_the_others_follow_in_the_order_they_came() -> None:
    async with opened(at_once=2) as buyers:
        for name in ("ann", "ben", "cat", "dan"):
            await buyers.come(name)
        assert buyers.began == ["ann", "ben"]

        assert await buyers.finish("ben") is False
        assert buyers.began == ["ann", "ben", "cat"]
        await buyers.finish("ann")
        assert buyers.began == ["ann", "ben", "cat", "dan"]

        assert await buyers.finish("dan") is True


async def test_a_line_of_full_length_takes_nobody_else() -> None:
    async with opened(waiting_max=1) as buyers:
        for name in ("ann", "ben", "cat"):
            await buyers.come(name)

        with pytest.raises(Crowded) as refused:
            await buyers.outcome("cat")
        assert refused.value.retry_after_s >= 1
        await buyers.finish("ann")
        assert buyers.began == ["ann", "ben"]


async def test_who_has_waited_long_enough_is_sent_away() -> None:
    async with opened(wait_ms=1) as buyers:
        await buyers.come("ann")
        await buyers.come("ben")

        with pytest.raises(Crowded):
            await buyers.outcome("ben")
        await buyers.finish("ann")
        await buyers.come("cat")
        assert buyers.began == ["ann", "cat"]


async def test_the_same_key_never_works_twice_at_once_and_takes_no_place_in_the_line() -> None:
    async with opened(at_once=2, waiting_max=0) as buyers:
        await buyers.come("ann", key="sale")
        await buyers.come("again", key="sale")
        await buyers.come("ben")
        assert buyers.began == ["ann", "ben"]

        await buyers.finish("ann")
        assert buyers.began == ["ann", "ben", "again"]
        assert await buyers.finish("again") is True


async def test_the_same_key_waits_for_one_that_waits_itself() -> None:
    async with opened() as buyers:
        await buyers.come("ann")
        await buyers.come("ben", key="sale")
        await buyers.come("again", key="sale")
        assert await buyers.turns.count_waiting() == 1

        await buyers.finish("ann")
        assert buyers.began == ["ann", "ben"]
        await buyers.finish("ben")
        assert buyers.began == ["ann", "ben", "again"]


async def test_what_fails_gives_its_turn_to_the_next() -> None:
    async with opened() as buyers:
        await buyers.come("ann")
        await buyers.come("ben")

        await buyers.give_up("ann")

        assert buyers.began == ["ann", "ben"]


async def test_who_leaves_the_line_leaves_no_gap() -> None:
    async with opened() as buyers:
        for name in ("ann", "ben", "cat"):
            await buyers.come(name)

        await buyers.give_up("ben")
        await buyers.finish("ann")

        assert buyers.began == ["ann", "cat"]


async def test_a_turn_that_comes_in_the_moment_its_owner_leaves_is_the_next_ones() -> None:
    async with opened() as buyers:
        for name in ("ann", "ben", "cat"):
            await buyers.come(name)

        # Ben's turn comes, and before Ben notices, Ben is cancelled.
        buyers._over["ann"].set()
        for _ in range(20):
            if len(buyers.turns._line) == 1:
                break
            await asyncio.sleep(0)
        assert buyers.began == ["ann"]
        await buyers.give_up("ben")

        assert buyers.began == ["ann", "cat"]


async def test_who_hangs_up_while_waiting_is_not_let_in() -> None:
    hangs_up = asyncio.Event()

    async def receive() -> dict[str, str]:
        await hangs_up.wait()
        return {"type": "http.disconnect"}

    async with opened() as buyers:
        await buyers.come("ann")
        with answering(receive):
            await buyers.come("ben")
        await buyers.come("cat")

        hangs_up.set()
        with pytest.raises(Crowded):
            await buyers.outcome("ben")
        await buyers.finish("ann")

        assert buyers.began == ["ann", "cat"]


async def test_who_is_let_in_and_hangs_up_is_finished_with() -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async with opened() as buyers:
        with answering(gone):
            await buyers.come("ann")

        assert await buyers.finish("ann") is False


@pytest.mark.parametrize(("waiting", "at_least"), [(1, 1), (8, 5)])
async def test_a_longer_line_sends_people_away_for_longer(waiting: int, at_least: int) -> None:
    async with opened(waiting_max=waiting) as buyers:
        # Seconds that earlier turns took.
        buyers.turns._took_s = 0.6
        for number in range(waiting + 2):
            await buyers.come(str(number))

        with pytest.raises(Crowded) as refused:
            await buyers.outcome(str(waiting + 1))
        assert at_least <= refused.value.retry_after_s <= 30
