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

from chassis.events import Envelope, TransportAway
from chassis.streams import RedisStreams
from tests.chassis.conftest import unused_url

pytestmark = pytest.mark.anyio

TOYS = frozenset({"toys"})


def envelope(step: int) -> Envelope:
    return Envelope(
        id=f"e{step}",
        source="toys",
        type="ToyMoved",
        version=1,
        occurred_at=datetime.now(UTC),
        aggregate_id="a",
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
        await shelf.until(lambda: shelf.attempts[1] == 2)
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


async def test_publishing_without_a_server_is_an_error_the_relay_sees():
    transport = RedisStreams(unused_url().replace("http", "redis"), timeout_ms=200)

    with pytest.raises(TransportAway):
        await transport.publish(envelope(0))
    with pytest.raises(TransportAway):
        await transport.gap("toys")

    await transport.stop()


async def test_a_reader_outlives_its_server_being_away():
    shelf = Consumer()

    async with streams(unused_url().replace("http", "redis"), "", ("shelf", shelf)) as transport:
        assert all(not task.done() for task in transport._tasks)

    assert shelf.heard == []
