"""What can befall a shop, one function each: done to it while people buy, and undone before the function returns."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from chassis.events import Envelope
from chassis.relay import _SENDING
from chassis.streams import FIELD
from tests.chaos.shop import PREFIX, READER_LEASE_MS, Shop

PAUSE_S = 1.5
LEASES_TAKEN_MS = 60_000

Fault = Callable[[Shop], Awaitable[None]]


async def progress(shop: Shop, purchases: int = 3) -> None:
    """Wait until some more purchases have come to an end: the shop is at work again."""
    until = shop.street.finished + purchases
    async with asyncio.timeout(300):
        while shop.street.finished < until and shop.street.is_open:  # noqa: ASYNC110 -- buyers only count
            await asyncio.sleep(0.05)


def kill(group: str) -> Fault:
    """kill -9 wherever it is; its supervisor starts it again."""

    async def killed(shop: Shop) -> None:
        shop.befell(f"kill -9 of {group}")
        shop.fleet.members[group].kill()

    return killed


def stop_for_a_while(group: str) -> Fault:
    """A process that stands still and does not know it: its leases run out meanwhile."""

    async def stopped(shop: Shop) -> None:
        shop.befell(f"{group} stopped and continued")
        shop.fleet.members[group].signal(signal.SIGSTOP)
        await asyncio.sleep(2 * PAUSE_S)
        shop.fleet.members[group].signal(signal.SIGCONT)

    return stopped


async def postgres_restarted(shop: Shop) -> None:
    """PostgreSQL ends all connections, and comes back."""
    shop.befell("PostgreSQL restarted")
    await asyncio.to_thread(shop.postgres.stop)
    await asyncio.to_thread(shop.postgres.start)


async def postgres_killed(shop: Shop) -> None:
    """PostgreSQL dies, and recovers from its log."""
    shop.befell("PostgreSQL killed")
    await asyncio.to_thread(shop.postgres.kill)
    await asyncio.to_thread(shop.postgres.start)


async def redis_restarted(shop: Shop) -> None:
    """Redis dies and comes back with nothing: it keeps its data in memory."""
    assert shop.redis is not None
    shop.befell("Redis restarted")
    await asyncio.to_thread(shop.redis.kill)
    await asyncio.to_thread(shop.redis.start)


async def redis_flushed(shop: Shop) -> None:
    """Somebody empties Redis."""
    shop.befell("Redis flushed")
    async with shop.client() as redis:
        await redis.flushall()


@asynccontextmanager
async def _held_up(shop: Shop, subgraph: str) -> AsyncIterator[None]:
    """The relay of one outbox waits, and nothing else does."""
    connection = await asyncpg.connect(shop.settings.database_of(subgraph))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _SENDING)
        yield
    finally:
        await connection.close()


def relay_paused(subgraph: str) -> Fault:
    """Events pile up in one outbox, then come all at once."""

    async def paused(shop: Shop) -> None:
        shop.befell(f"relay of {subgraph} paused")
        async with _held_up(shop, subgraph):
            await asyncio.sleep(PAUSE_S)

    return paused


def repeated_and_reordered(source: str) -> Fault:
    """Events nobody has read yet come in another order across aggregates, and what was read long ago comes again.

    Within an aggregate the order is kept, as every transport that fits the port does.
    """

    async def shuffled(shop: Shop) -> None:
        stream = f"{PREFIX}{source}-events"
        async with shop.client() as redis:
            try:
                groups = [group["name"].decode() for group in await redis.xinfo_groups(stream)]
            except ResponseError:
                # It was flushed a moment ago, and nobody has announced anything since.
                return
            # Whoever reads for a group holds its lease: with the lease in other hands, nobody reads.
            leases = [f"{stream}:{group}:reader" for group in groups]
            for lease in leases:
                await redis.set(lease, "chaos", px=LEASES_TAKEN_MS)
            try:
                # Who held them notices when they are to be renewed, and has read all that came until then.
                await asyncio.sleep(2 * READER_LEASE_MS / 3_000)
                await progress(shop)
                async with _held_up(shop, source):
                    await _shuffle(shop, redis, stream)
            finally:
                await redis.delete(*leases)

    return shuffled


async def _shuffle(shop: Shop, redis: Redis, stream: str) -> None:
    read = max((group["last-delivered-id"] for group in await redis.xinfo_groups(stream)), key=position_of)
    unread: list[Any] = await redis.xrange(stream, min=b"(" + read) or []
    before: list[Any] = await redis.xrange(stream, max=read) or []
    events = [fields[FIELD] for _, fields in unread]
    repeated = [fields[FIELD] for _, fields in shop.random.sample(before, min(20, len(before)))]
    for event in [*interleaved(events, shop.random), *repeated]:
        await redis.xadd(stream, {FIELD: event})
    if unread:
        await redis.xdel(stream, *(entry for entry, _ in unread))
    shop.befell("event reordered across aggregates", len(events))
    shop.befell("event repeated", len(repeated))


def position_of(entry: bytes) -> tuple[int, int]:
    """An entry's id as numbers: `9-0` comes before `10-0`."""
    time_ms, _, number = entry.partition(b"-")
    return int(time_ms), int(number or b"0")


def interleaved(events: Sequence[bytes], chance: random.Random) -> list[bytes]:
    """The events in another order, each aggregate's in its own."""

    def aggregate_of(event: bytes) -> str:
        return Envelope.from_json(event).aggregate_id

    queues = [list(each) for _, each in groupby(sorted(events, key=aggregate_of), key=aggregate_of)]
    mixed = []
    while queues:
        queue = chance.choice(queues)
        mixed.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return mixed
