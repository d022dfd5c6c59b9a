"""Events over a real Redis: in order, at least once, resumed, and set aside when nobody can take them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from chassis.events import Envelope, Postponed, TransportAway
from chassis.streams import RedisStreams
from tests.chassis.conftest import turns, unused_url

pytestmark = pytest.mark.anyio

TOYS = frozenset({"toys"})


def envelope(step: int, *, of: str = "a") -> Envelope:
    return Envelope(
        id=f"e{step}",
        source="toys",
        type="ToyMoved",
        version=1,
        occurred_at=datetime.now(UTC),
        aggregate_id=of,
        sequence=step,
        payload={"step": step},
    )


class Consumer:
    """Collects what is delivered, failing where told to."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.attempts: Counter[int] = Counter()
        self.failing: set[int] = set()
        self.changed = asyncio.Event()

    async def deliver(self, received: Envelope) -> None:
        self.attempts[received.sequence] += 1
        self.changed.set()
        if received.sequence in self.failing:
            raise OSError("not now")
        self.heard.append(received.sequence)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
def prefix(database_prefix: str) -> str:
    return f"{database_prefix}{uuid4().hex[:8]}_"


@asynccontextmanager
async def streams(
    url: str, prefix: str, *consumers: tuple[str, Consumer], attempts_max: int = 1_000
) -> AsyncIterator[RedisStreams]:
    transport = RedisStreams(url, prefix=prefix, attempts_max=attempts_max, block_ms=50, retry_ms=10)
    for name, consumer in consumers:
        transport.subscribe(name, TOYS, consumer.deliver)
    await transport.start()
    if gap := await transport.gap("toys"):
        await transport.mended("toys", gap)
    try:
        yield transport
    finally:
        await transport.stop()


async def test_every_consumer_hears_every_event_in_order(redis_url: str, prefix: str):
    shelf, till = Consumer(), Consumer()

    async with streams(redis_url, prefix, ("shelf", shelf), ("till", till)) as transport:
        for step in range(10):
            await transport.publish(envelope(step))
        await shelf.until(lambda: len(shelf.heard) == 10)
        await till.until(lambda: len(till.heard) == 10)

    assert shelf.heard == till.heard == list(range(10))


async def test_a_failed_event_is_tried_again_before_the_next(redis_url: str, prefix: str):
    shelf = Consumer()
    shelf.failing = {1}

    async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
        for step in range(3):
            await transport.publish(envelope(step))
        await shelf.until(lambda: shelf.attempts[1] >= 2)
        assert shelf.heard == [0]
        shelf.failing.clear()
        await shelf.until(lambda: len(shelf.heard) == 3)

    assert shelf.heard == [0, 1, 2]
    assert shelf.attempts[2] == 1


async def test_an_event_nobody_can_take_becomes_a_dead_letter(redis_url: str, prefix: str):
    shelf = Consumer()
    shelf.failing = {0}

    async with streams(redis_url, prefix, ("shelf", shelf), attempts_max=3) as transport:
        await transport.publish(envelope(0))
        await transport.publish(envelope(1))
        await shelf.until(lambda: shelf.heard == [1])

    redis = Redis.from_url(redis_url)
    letters: Any = await redis.xrange(f"{prefix}toys-events:shelf.dead")
    await redis.aclose()
    ((_, letter),) = letters
    assert shelf.attempts[0] == 3
    assert Envelope.from_json(letter[b"event"]).id == "e0"
    assert b"not now" in letter[b"error"]


async def test_what_is_no_envelope_does_not_stop_the_stream(redis_url: str, prefix: str):
    shelf = Consumer()
    redis = Redis.from_url(redis_url)
    await redis.xadd(f"{prefix}toys-events", {"other": "thing"})
    await redis.aclose()

    async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
        await transport.publish(envelope(1))
        await shelf.until(lambda: shelf.heard == [1])


async def test_a_restart_resumes_where_it_stopped(redis_url: str, prefix: str):
    before, after = Consumer(), Consumer()
    before.failing = {1}
    async with streams(redis_url, prefix, ("shelf", before)) as transport:
        await transport.publish(envelope(0))
        await transport.publish(envelope(1))
        await before.until(lambda: before.attempts[1] > 0)
    async with streams(redis_url, prefix) as transport:
        await transport.publish(envelope(2))

    async with streams(redis_url, prefix, ("shelf", after)):
        await after.until(lambda: len(after.heard) == 2)

    assert before.heard == [0]
    assert after.heard == [1, 2]


async def test_two_processes_of_one_subgraph_take_turns(redis_url: str, prefix: str):
    one, other = Consumer(), Consumer()

    async with streams(redis_url, prefix, ("shelf", one)) as transport:
        await transport.publish(envelope(0))
        await one.until(lambda: one.heard == [0])
        async with streams(redis_url, prefix, ("shelf", other)):
            for step in range(1, 6):
                await transport.publish(envelope(step))
            await one.until(lambda: len(one.heard) == 6)

    assert one.heard == list(range(6))
    assert other.heard == []


async def test_a_failing_event_holds_back_its_own_aggregate_and_no_other(redis_url: str, prefix: str):
    shelf = Consumer()
    shelf.failing = {0}

    async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
        for step, toy in enumerate("aabab"):
            await transport.publish(envelope(step, of=toy))
        await shelf.until(lambda: len(shelf.heard) == 2)
        assert shelf.heard == [2, 4]
        shelf.failing.clear()
        await shelf.until(lambda: len(shelf.heard) == 5)

    assert shelf.heard == [2, 4, 0, 1, 3]


async def test_a_slow_aggregate_does_not_keep_the_others_waiting(redis_url: str, prefix: str):
    class Waiting(Consumer):
        async def deliver(self, received: Envelope) -> None:
            if received.aggregate_id == "a":
                await self.until(lambda: len(self.heard) >= 2)
            await super().deliver(received)

    shelf = Waiting()
    async with streams(redis_url, prefix) as transport:
        for step, toy in enumerate("aabb"):
            await transport.publish(envelope(step, of=toy))
    async with streams(redis_url, prefix, ("shelf", shelf)):
        await shelf.until(lambda: len(shelf.heard) == 4)

    assert shelf.heard == [2, 3, 0, 1]


async def test_it_is_known_how_far_a_consumer_is_behind(redis_url: str, prefix: str):
    shelf = Consumer()
    shelf.failing = {0, 1}

    async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
        for step, toy in enumerate("abcdd"):
            await transport.publish(envelope(step, of=toy))
        await shelf.until(lambda: len(shelf.heard) == 3)
        # Acknowledged a moment after it was delivered.
        async with asyncio.timeout(30):
            while await transport.behind("shelf") != {"toys": 2}:
                await turns()

        assert await transport.behind("till") == {}


async def test_a_reader_that_holds_back_too_much_reads_no_further(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chassis.streams.HELD_MAX", 2)
    shelf = Consumer()
    shelf.failing = {0}
    redis = Redis.from_url(redis_url)

    async def in_hand() -> int:
        groups: Any = await redis.xinfo_groups(f"{prefix}toys-events")
        return sum(group["pending"] for group in groups)

    async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
        for step in range(2):
            await transport.publish(envelope(step))
        async with asyncio.timeout(30):
            while await in_hand() < 2:
                await turns()
        for step in range(2, 5):
            await transport.publish(envelope(step))
        tried = shelf.attempts[0]
        await shelf.until(lambda: shelf.attempts[0] > tried + 1)
        assert await in_hand() == 2
        shelf.failing.clear()
        await shelf.until(lambda: len(shelf.heard) == 5)

    await redis.aclose()
    assert shelf.heard == list(range(5))


async def test_an_event_postponed_for_long_is_never_given_up(redis_url: str, prefix: str):
    class Busy(Consumer):
        async def deliver(self, received: Envelope) -> None:
            self.attempts[received.sequence] += 1
            self.changed.set()
            if self.attempts[received.sequence] < 6:
                raise Postponed("its database restarts")
            self.heard.append(received.sequence)

    shelf = Busy()
    async with streams(redis_url, prefix, ("shelf", shelf), attempts_max=2) as transport:
        await transport.publish(envelope(0))
        await shelf.until(lambda: shelf.heard == [0])


async def test_an_event_that_kills_whoever_takes_it_is_set_aside(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chassis.streams.DELIVERIES_MAX", 2)
    async with streams(redis_url, prefix) as transport:
        await transport.publish(envelope(0))
        await transport.publish(envelope(1))
    for _ in range(2):
        dying, hanging = Consumer(), asyncio.Event()

        async def hang(received: Envelope, hanging: asyncio.Event = hanging) -> None:
            hanging.set()
            await asyncio.Event().wait()

        dying.deliver = hang  # type: ignore[method-assign]
        async with streams(redis_url, prefix, ("shelf", dying)):
            await hanging.wait()

    surviving = Consumer()
    async with streams(redis_url, prefix, ("shelf", surviving)):
        await surviving.until(lambda: surviving.heard == [1])

    redis = Redis.from_url(redis_url)
    letters: Any = await redis.xrange(f"{prefix}toys-events:shelf.dead")
    await redis.aclose()
    assert [Envelope.from_json(letter[b"event"]).id for _, letter in letters] == ["e0"]


async def test_a_lease_lost_to_another_ends_the_reading(redis_url: str, prefix: str):
    one, other = Consumer(), Consumer()
    redis = Redis.from_url(redis_url)

    async with streams(redis_url, prefix, ("shelf", one)) as transport:
        await transport.publish(envelope(0))
        await one.until(lambda: one.heard == [0])
        # As after a pause longer than the lease: what it still waited for came long ago, and is left alone.
        await redis.delete(f"{prefix}toys-events:shelf:reader")
        transport._readers[0].lease._until = 0.0
        await transport.publish(envelope(1))
        async with streams(redis_url, prefix, ("shelf", other)):
            for step in range(2, 4):
                await transport.publish(envelope(step))
            async with asyncio.timeout(30):
                while len(one.heard) + len(other.heard) < 4:
                    await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.01)

    await redis.aclose()
    assert sorted(one.heard + other.heard) == [0, 1, 2, 3]
    assert one.heard == sorted(one.heard)
    assert other.heard == sorted(other.heard)


@pytest.mark.parametrize("was_read", [True, False], ids=["after it was read", "before it was read"])
async def test_an_event_that_was_trimmed_before_its_effect_is_told_of(redis_url: str, prefix: str, was_read: bool):
    shelf, redis = Consumer(), Redis.from_url(redis_url)
    async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
        await transport.publish(envelope(0))
        await shelf.until(lambda: shelf.heard == [0])
        shelf.failing = {1}
        if was_read:
            await transport.publish(envelope(1))
            await shelf.until(lambda: shelf.attempts[1] > 0)
    async with streams(redis_url, prefix) as transport:
        if not was_read:
            await transport.publish(envelope(1))
        await transport.publish(envelope(2))
    await redis.xtrim(f"{prefix}toys-events", maxlen=1, approximate=False)

    with capture_logs() as logs:
        async with streams(redis_url, prefix, ("shelf", shelf)):
            await shelf.until(lambda: 2 in shelf.heard)

    await redis.aclose()
    told = {each["mend"] for each in logs if each["event"] == "entries_trimmed"}
    assert told == {"subgraphs replay toys --from POSITION --to shelf"}


async def test_what_was_trimmed_after_its_effect_is_not_told_of(redis_url: str, prefix: str):
    shelf, redis = Consumer(), Redis.from_url(redis_url)
    with capture_logs() as logs:
        for step in range(2):
            async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
                await transport.publish(envelope(step))
                await shelf.until(lambda: len(shelf.heard) > step)  # noqa: B023 -- waited for here
            await redis.xtrim(f"{prefix}toys-events", maxlen=1, approximate=False)

    await redis.aclose()
    assert not [each for each in logs if each["event"] == "entries_trimmed"]


async def test_publishing_without_a_server_is_an_error_the_relay_sees():
    transport = RedisStreams(unused_url().replace("http", "redis"), timeout_ms=200)

    with pytest.raises(TransportAway):
        await transport.publish(envelope(0))
    with pytest.raises(TransportAway):
        await transport.gap("toys")

    await transport.stop()


async def test_a_reader_outlives_a_stream_that_is_none(redis_url: str, prefix: str):
    shelf, redis = Consumer(), Redis.from_url(redis_url)
    await redis.set(f"{prefix}toys-events", "no stream")

    with capture_logs() as logs:
        async with streams(redis_url, prefix, ("shelf", shelf)) as transport:
            async with asyncio.timeout(30):
                while not logs:  # noqa: ASYNC110 -- it is the log that says so
                    await asyncio.sleep(0.01)
            await redis.delete(f"{prefix}toys-events")
            await transport.publish(envelope(0))
            await shelf.until(lambda: shelf.heard == [0])

    await redis.aclose()
    assert {each["event"] for each in logs} == {"stream_not_read"}


async def test_a_reader_outlives_its_server_being_away():
    shelf = Consumer()

    transport = RedisStreams(unused_url().replace("http", "redis"), retry_ms=1)
    transport.subscribe("shelf", TOYS, shelf.deliver)
    await transport.start()
    await asyncio.sleep(0)
    assert all(not task.done() for task in transport._tasks)
    await transport.stop()

    assert shelf.heard == []
