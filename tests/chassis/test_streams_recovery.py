"""What becomes of events when Redis, or who reads it, ends in the middle: each has its effect once, in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from chassis.database import Database
from chassis.events import Envelope, Listener
from chassis.inbox import Consumer
from chassis.leases import Lease
from chassis.relay import Relay
from chassis.streams import FIELD, RedisStreams
from tests.chassis.redis_server import RedisServer
from tests.chassis.toy_events import ToyMoved, envelope, say

pytestmark = pytest.mark.anyio


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    serving = RedisServer(tmp_path / "redis")
    serving.start()
    yield serving
    serving.stop()


class Shelf:
    """A consumer whose effects are rows, in the order they happened."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.changed = asyncio.Event()
        self.consumer = Consumer("shelf", database, [Listener("toys", "ToyMoved", self.handle)])

    async def begin(self) -> None:
        async with self.database.transaction() as session:
            await session.execute(text("CREATE TABLE IF NOT EXISTS moves (turn serial, toy text, step int)"))
            await session.execute(text("TRUNCATE moves RESTART IDENTITY"))

    async def handle(self, session: Any, event: Envelope) -> None:
        values = {"toy": event.aggregate_id, "step": event.payload["step"]}
        await session.execute(text("INSERT INTO moves (toy, step) VALUES (:toy, :step)"), values)
        self.changed.set()

    async def moves(self) -> list[tuple[str, int]]:
        async with self.database.reading() as session:
            return [
                (row[0], row[1]) for row in await session.execute(text("SELECT toy, step FROM moves ORDER BY turn"))
            ]

    async def steps(self, toy: str) -> list[int]:
        return [step for each, step in await self.moves() if each == toy]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(await self.moves()) < count:
                self.changed.clear()
                # The row may be committed a moment after the handler ran.
                await asyncio.wait([asyncio.create_task(self.changed.wait())], timeout=0.1)


@pytest.fixture
async def shelf(other_database: Database) -> Shelf:
    standing = Shelf(other_database)
    await standing.begin()
    return standing


def transport_to(server: RedisServer) -> RedisStreams:
    return RedisStreams(server.url, block_ms=50, retry_ms=20, timeout_ms=20_000, lease_ms=600)


@asynccontextmanager
async def relaying(database: Database, server: RedisServer) -> AsyncIterator[Relay]:
    transport = transport_to(server)
    relay = Relay("toys", database, transport, poll_ms=50)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()
        await transport.stop()


@asynccontextmanager
async def reading(server: RedisServer, shelf: Shelf) -> AsyncIterator[RedisStreams]:
    transport = transport_to(server)
    transport.subscribe("shelf", shelf.consumer.sources, shelf.consumer.deliver)
    await transport.start()
    try:
        yield transport
    finally:
        await transport.stop()


async def sent(database: Database) -> None:
    """Wait until the outbox holds nothing unsent."""
    relay = Relay("toys", database, RedisStreams("redis://127.0.0.1:1"))
    async with asyncio.timeout(30):
        while (await relay.backlog()).waiting:
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.02)


async def flush(server: RedisServer) -> None:
    redis = Redis.from_url(server.url)
    await redis.flushall()
    await redis.aclose()


async def kill_and_start(server: RedisServer) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


Disaster = Callable[[RedisServer], Awaitable[None]]
every_disaster = pytest.mark.parametrize("disaster", [flush, kill_and_start])


@every_disaster
async def test_what_nobody_had_read_is_sent_again(
    database: Database, shelf: Shelf, server: RedisServer, disaster: Disaster
):
    async with relaying(database, server):
        for step in range(3):
            await say(database, ToyMoved("a", step), ToyMoved("b", step))
        await sent(database)
        await disaster(server)
        await say(database, ToyMoved("a", 3))

        async with reading(server, shelf):
            await shelf.until(7)

    assert await shelf.steps("a") == [0, 1, 2, 3]
    assert await shelf.steps("b") == [0, 1, 2]


@every_disaster
async def test_reading_goes_on_where_it_was_without_a_second_effect(
    database: Database, shelf: Shelf, server: RedisServer, disaster: Disaster
):
    async with relaying(database, server), reading(server, shelf):
        for step in range(5):
            await say(database, ToyMoved("a", step))
        await shelf.until(5)

        await disaster(server)
        for step in range(5, 10):
            await say(database, ToyMoved("a", step))
        await shelf.until(10)

    assert await shelf.steps("a") == list(range(10))


async def test_a_server_that_comes_back_again_and_again_loses_nothing_and_reverses_nothing(
    database: Database, shelf: Shelf, server: RedisServer
):
    async def announcing() -> None:
        for step in range(60):
            await say(database, *(ToyMoved(toy, step) for toy in ("a", "b", "c")))

    async with relaying(database, server), reading(server, shelf):
        busy = asyncio.create_task(announcing())
        for disaster in (kill_and_start, flush, kill_and_start, flush):
            await shelf.until(len(await shelf.moves()) + 1)
            await disaster(server)
        await busy
        await shelf.until(180)

    for toy in ("a", "b", "c"):
        assert await shelf.steps(toy) == list(range(60))


async def test_a_durable_server_that_restarts_has_forgotten_nothing_that_matters(
    database: Database, shelf: Shelf, tmp_path: Path
):
    server = RedisServer(tmp_path / "durable", durable=True)
    server.start()
    try:
        async with relaying(database, server):
            await say(database, ToyMoved("a", 1))
            await sent(database)
            await kill_and_start(server)
            await say(database, ToyMoved("a", 2))
            await sent(database)
            async with reading(server, shelf):
                await shelf.until(2)
    finally:
        server.stop()

    assert await shelf.steps("a") == [1, 2]


async def test_while_there_is_no_server_events_wait_and_none_is_given_up(
    database: Database, shelf: Shelf, server: RedisServer
):
    server.kill()
    async with relaying(database, server) as relay:
        await say(database, ToyMoved("a", 1))
        assert await relay.relay_once() == 0
        assert (await relay.backlog()).waiting == 1

        await asyncio.to_thread(server.start)
        async with reading(server, shelf):
            await shelf.until(1)

    assert await shelf.steps("a") == [1]


async def test_what_a_dead_process_had_in_its_hands_goes_to_the_next_in_order(
    database: Database, shelf: Shelf, server: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    hanging = asyncio.Event()

    async def nothing() -> None: ...

    async def hang(envelope: Envelope) -> None:
        hanging.set()
        await asyncio.Event().wait()

    dead = transport_to(server)
    dead.subscribe("shelf", frozenset({"toys"}), hang)
    await dead.start()
    async with relaying(database, server):
        for step in range(3):
            await say(database, ToyMoved("a", step))
        await hanging.wait()
        # Gone without a word: its lease runs out by itself.
        monkeypatch.setattr(dead._readers[0].lease, "release", nothing)
        for task in dead._tasks:
            task.cancel()
        await dead._redis.connection_pool.disconnect(inuse_connections=True)
        await asyncio.gather(*dead._tasks, return_exceptions=True)

        async with reading(server, shelf):
            await shelf.until(3)

    assert await shelf.steps("a") == [0, 1, 2]
    await dead._redis.aclose()


class Lapsing(Lease):
    """A lease that seems lost once, when told to, and is held all the same: it was renewed late."""

    lapses = 0

    @property
    def is_held(self) -> bool:
        if self.lapses:
            self.lapses -= 1
            return False
        return super().is_held


async def test_what_was_left_alone_while_the_lease_was_late_is_read_all_the_same(server: RedisServer):
    redis = Redis.from_url(server.url)
    lease = Lapsing(redis, "late", lease_ms=60_000)
    heard: list[int] = []
    all_heard = asyncio.Event()

    async def deliver(envelope: Envelope) -> None:
        heard.append(envelope.sequence)
        # Right after the first of three that were read at once.
        lease.lapses = int(len(heard) == 1)
        if len(heard) == 3:
            all_heard.set()

    transport = transport_to(server)
    transport.subscribe("shelf", frozenset({"toys"}), deliver)
    (reader,) = transport._readers
    reader.lease = lease
    for position in (1, 2, 3):
        moved = envelope(id=f"e{position}", sequence=position)
        await redis.xadd(transport.stream_of("toys"), {FIELD: moved.to_json()})

    await transport.start()
    try:
        async with asyncio.timeout(30):
            await all_heard.wait()
    finally:
        await transport.stop()
        await redis.aclose()

    assert heard == [1, 2, 3]
