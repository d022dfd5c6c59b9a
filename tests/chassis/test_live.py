"""Hints: heard in this process and, through a real Redis, in others; merged, and made up for when they are lost."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from chassis.live import InProcessLive, Live, RedisLive, live_of
from chassis.settings import Settings
from tests.chassis.conftest import turns, unused_url

pytestmark = pytest.mark.anyio


async def soon(turn: AsyncIterator[None]) -> None:
    async with asyncio.timeout(60):
        await anext(turn)


@pytest.fixture
async def other_and_own(redis_url: str) -> AsyncIterator[tuple[RedisLive, RedisLive]]:
    """Two processes of one subgraph."""
    channel = f"live:{uuid4()}"
    named = f"{redis_url}?client_name={channel}"
    both = RedisLive(named, channel, retry_s=0.05), RedisLive(named, channel, retry_s=0.05)
    yield both
    for live in both:
        await live.close()


async def listening(live: RedisLive, url: str) -> None:
    """Wait until Redis itself knows the listener."""
    redis = Redis.from_url(url)
    async with asyncio.timeout(60):
        while (await redis.pubsub_numsub(live._channel))[0][1] == 0:  # noqa: ASYNC110 -- it is Redis that says so
            await asyncio.sleep(0.01)
    await redis.aclose()


async def test_a_listener_reads_at_once_and_after_each_hint():
    live = InProcessLive()
    async with live.listen("cart:1") as changes:
        await soon(changes)

        await live.publish("cart:1")

        await soon(changes)


async def test_hints_given_while_one_reads_are_one():
    live = InProcessLive()
    async with live.listen("cart:1", "cart:2") as changes:
        await soon(changes)
        for _ in range(3):
            await live.publish("cart:1", "cart:2")
        await soon(changes)

        waiting = asyncio.ensure_future(anext(changes))
        await turns()

        assert not waiting.done()
        waiting.cancel()


async def test_other_topics_wake_nobody():
    live = InProcessLive()
    async with live.listen("cart:1") as changes:
        await soon(changes)
        waiting = asyncio.ensure_future(anext(changes))

        await live.publish("cart:2")
        await turns()

        assert not waiting.done()
        waiting.cancel()


async def test_without_any_hint_one_reads_again_after_a_while():
    async with InProcessLive().listen("cart:1", again_s=0.01) as changes:
        await soon(changes)
        await soon(changes)


async def test_who_leaves_is_forgotten():
    live = InProcessLive()
    async with live.listen("cart:1"):
        assert len(live.listeners) == 1
    assert live.listeners == set()


async def test_another_process_hears_it(other_and_own: tuple[RedisLive, RedisLive], redis_url: str):
    other, own = other_and_own
    async with own.listen("cart:1") as changes:
        await soon(changes)
        await listening(own, redis_url)
        # The confirmation of the subscription is itself a reason to read again.
        await soon(changes)

        await other.publish("cart:1")

        await soon(changes)


async def test_after_a_lost_connection_everyone_reads_again(other_and_own: tuple[RedisLive, RedisLive], redis_url: str):
    other, own = other_and_own
    async with own.listen("cart:1") as changes:
        await soon(changes)
        await listening(own, redis_url)
        await soon(changes)

        admin = Redis.from_url(redis_url)
        # Only this test's own: other tests listen at the same server.
        (listener,) = [each for each in await admin.client_list("pubsub") if each["name"] == own._channel]
        await admin.client_kill_filter(_id=listener["id"])
        await admin.aclose()

        await soon(changes)
        await other.publish("cart:1")
        await soon(changes)


async def test_whatever_is_said_on_the_channel_hints_are_heard_afterwards(
    other_and_own: tuple[RedisLive, RedisLive], redis_url: str
):
    other, own = other_and_own
    async with own.listen("cart:1") as changes:
        await soon(changes)
        await listening(own, redis_url)
        await soon(changes)

        stranger = Redis.from_url(redis_url)
        await stranger.publish(own._channel, b"\xff is no text")
        await stranger.aclose()

        await soon(changes)
        await other.publish("cart:1")
        await soon(changes)


async def test_a_hint_nobody_can_carry_is_heard_here_and_raises_nothing():
    live = RedisLive(unused_url().replace("http", "redis"), "live:toys", retry_s=60)
    async with live.listen("cart:1") as changes:
        await soon(changes)

        await live.publish("cart:1")

        await soon(changes)
    await live.close()


def test_the_settings_say_how_hints_travel(redis_url: str):
    def channel(live: Live) -> str | None:
        return live._channel if isinstance(live, RedisLive) else None

    assert channel(live_of("cart", Settings(redis_url=None))) is None
    assert channel(live_of("cart", Settings(redis_url=redis_url, database_prefix="t_"))) == "t_live:cart"
