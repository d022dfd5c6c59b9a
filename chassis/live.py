"""Hints that something changed, for subscriptions: published after the commit, heard by whoever listens to the topic.

    live = live_of("cart", settings)                     # in app.py; Subgraph(..., closes=[live.close])
    await live.publish(f"cart:{cart.id}")                # in the use-case, after its transaction

    @strawberry.subscription                             # in schema.py
    async def cart_updated(self, info: Info) -> AsyncIterator[Cart]:
        async with info.context.live.listen(f"cart:{id}") as changes:
            async for _ in changes:                      # at once, then after each hint
                yield Cart.of(await info.context.carts.get(id))

A hint carries nothing: who hears it reads again. So hints may be merged (ten changes while a client is slow are one)
and may be lost (the next one, or `again_s`, makes up for it); what a client is shown is always what is stored.
Listening begins before the first reading, so nothing falls in between.

In one process hints are plain calls. With a Redis they travel by pub/sub to every process of the subgraph; whenever the
connection is made, first or again, everyone who listens reads again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chassis.settings import Settings
from chassis.tasks import end

log = structlog.get_logger("chassis.live")

AGAIN_S = 60.0
"""How long a listener waits for a hint before it reads again all the same."""


class Live(Protocol):
    """Where hints are published and heard."""

    async def publish(self, *topics: str) -> None:
        """Say that something about these topics changed. Never raises: a lost hint only delays."""
        ...

    def listen(self, *topics: str, again_s: float = AGAIN_S) -> Changes:
        """Hear of these topics; use it as `async with`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Changes:
    """One listener: iterating answers at once, then after each hint, and at the latest every `again_s` seconds."""

    def __init__(self, hall: _Hall, topics: frozenset[str], again_s: float) -> None:
        self._hall = hall
        self._topics = topics
        self._again_s = again_s
        self._changed = asyncio.Event()
        self._changed.set()

    def hear(self, topic: str | None) -> None:
        """Take a hint; None is any topic."""
        if topic is None or topic in self._topics:
            self._changed.set()

    async def __aenter__(self) -> AsyncIterator[None]:
        """Begin to listen."""
        await self._hall.enter(self)
        return self._turns()

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        self._hall.leave(self)

    async def _turns(self) -> AsyncIterator[None]:
        while True:
            try:
                async with asyncio.timeout(self._again_s):
                    await self._changed.wait()
            except TimeoutError:
                log.debug("no_hint", topics=sorted(self._topics))
            # Cleared before the reading: a change during it is read next time.
            self._changed.clear()
            yield


class _Hall:
    """Everyone in this process who listens."""

    def __init__(self) -> None:
        self.listeners: set[Changes] = set()

    async def enter(self, changes: Changes) -> None:
        self.listeners.add(changes)

    def leave(self, changes: Changes) -> None:
        self.listeners.discard(changes)

    def call(self, topic: str | None) -> None:
        for changes in self.listeners:
            changes.hear(topic)


class InProcessLive(_Hall):
    """Hints within one process."""

    async def publish(self, *topics: str) -> None:
        """See Live."""
        for topic in topics:
            self.call(topic)

    def listen(self, *topics: str, again_s: float = AGAIN_S) -> Changes:
        """See Live."""
        return Changes(self, frozenset(topics), again_s)

    async def close(self) -> None:
        """See Live: nothing is open."""


class RedisLive(_Hall):
    """Hints between the processes of one subgraph: one channel, whose messages are topics."""

    def __init__(self, url: str, channel: str, *, retry_s: float = 1.0, timeout_ms: int = 5_000) -> None:
        super().__init__()
        self._redis: Redis = Redis.from_url(
            url, socket_connect_timeout=timeout_ms / 1_000, socket_timeout=timeout_ms / 1_000
        )
        self._channel = channel
        self._retry_s = retry_s
        self._reading: asyncio.Task[None] | None = None

    async def enter(self, changes: Changes) -> None:
        """The first to listen opens the connection; it is kept from then on."""
        await super().enter(changes)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_forever(), name=f"hints of {self._channel}")

    async def publish(self, *topics: str) -> None:
        """See Live."""
        # Those in this process need no Redis for it; the same hint heard twice is merged or read again.
        for topic in topics:
            self.call(topic)
        try:
            for topic in topics:
                await self._redis.publish(self._channel, topic)
        except (RedisError, OSError) as error:
            log.warning("hint_not_published", topics=topics, error=repr(error))

    def listen(self, *topics: str, again_s: float = AGAIN_S) -> Changes:
        """See Live."""
        return Changes(self, frozenset(topics), again_s)

    async def close(self) -> None:
        """See Live."""
        if self._reading is not None:
            await end([self._reading])
        await self._redis.aclose()

    async def _read_forever(self) -> None:
        while True:
            try:
                async with self._subscribed() as messages:
                    async for topic in messages:
                        self.call(topic)
            except Exception as error:  # noqa: BLE001 -- whatever came, everyone here goes on waiting for hints
                log.warning("hints_not_read", channel=self._channel, error=repr(error))
            await asyncio.sleep(self._retry_s)

    @asynccontextmanager
    async def _subscribed(self) -> AsyncIterator[AsyncIterator[str | None]]:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(self._channel)

            async def topics() -> AsyncIterator[str | None]:
                while True:
                    message = await channel.get_message(timeout=None)
                    if message is None:
                        continue
                    # The confirmation of the subscription: what was said before it nobody here heard.
                    yield message["data"].decode() if message["type"] == "message" else None

            yield topics()


def live_of(name: str, settings: Settings) -> Live:
    """The hints of one subgraph: through Redis where there is one, else within this process."""
    if settings.redis_url is None:
        return InProcessLive()
    return RedisLive(settings.redis_url, f"{settings.database_prefix}live:{name}")
