"""Events over Redis Streams: one stream per producing subgraph, one consumer group per listening one.

A stream is `<prefix>orders-events`, its dead letters `<prefix>orders-events.dead`; an entry's one field `event` holds
the envelope's JSON. An entry is acknowledged when its effect has happened. One that fails stays pending and is read
before anything newer of its stream, so an aggregate's events keep their order; after `attempts_max` deliveries it moves
to the dead letters.

One process per consumer group reads a stream at a time: it holds the key `<stream>:<group>:reader`, renewed while it
lives, so that two processes of one subgraph do not overtake each other. What a dead process left pending is taken over
with the key.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from chassis.events import Deliver, Envelope
from chassis.ids import new_id
from chassis.tasks import end

log = structlog.get_logger("chassis.streams")

FIELD = b"event"
# Entries kept for consumers that are away; older ones are trimmed, roughly.
LENGTH_MAX = 100_000
_LEASE_MS = 15_000
_RENEW = (
    """if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"""
)
_RELEASE = """if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"""


@dataclass(frozen=True, slots=True)
class _Subscription:
    consumer: str
    source: str
    deliver: Deliver


class RedisStreams:
    """The transport between processes."""

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "",
        attempts_max: int = 8,
        block_ms: int = 1_000,
        retry_ms: int = 200,
        timeout_ms: int = 5_000,
    ) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_connect_timeout=timeout_ms / 1_000,
            # A blocking read waits this long on purpose; only what comes on top is a fault.
            socket_timeout=(timeout_ms + block_ms) / 1_000,
        )
        self._prefix = prefix
        self._attempts_max = attempts_max
        self._block_ms = block_ms
        self._retry_s = retry_ms / 1_000
        self._name = new_id()
        self._subscriptions: list[_Subscription] = []
        self._tasks: list[asyncio.Task[None]] = []

    def stream_of(self, source: str) -> str:
        """The stream all events of one subgraph travel on."""
        return f"{self._prefix}{source}-events"

    async def publish(self, envelope: Envelope) -> None:
        """Append to the source's stream; raises RedisError when that is not certain."""
        await self._redis.xadd(
            self.stream_of(envelope.source), {FIELD: envelope.to_json()}, maxlen=LENGTH_MAX, approximate=True
        )

    def subscribe(self, consumer: str, sources: frozenset[str], deliver: Deliver) -> None:
        """Register a consumer; it sees events published from its first start on, and all of them."""
        self._subscriptions += [_Subscription(consumer, source, deliver) for source in sorted(sources)]

    async def start(self) -> None:
        """Begin reading in the background."""
        self._tasks = [
            asyncio.create_task(self._read_forever(each), name=f"{each.consumer} reads {each.source}")
            for each in self._subscriptions
        ]

    async def stop(self) -> None:
        """Stop reading; unacknowledged entries are read again by whoever reads next."""
        await end(self._tasks)
        for each in self._subscriptions:
            await _quietly(self._redis.eval(_RELEASE, 1, self._lease(each), self._name))
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect(inuse_connections=True)

    def _lease(self, each: _Subscription) -> str:
        return f"{self.stream_of(each.source)}:{each.consumer}:reader"

    async def _read_forever(self, each: _Subscription) -> None:
        while True:
            try:
                if await self._holds(each):
                    await self._ensure_group(each)
                    await self._read_once(each)
                else:
                    await asyncio.sleep(self._retry_s)
            except (RedisError, OSError) as error:
                log.warning("stream_not_read", stream=self.stream_of(each.source), error=repr(error))
                await asyncio.sleep(self._retry_s)

    async def _holds(self, each: _Subscription) -> bool:
        lease = self._lease(each)
        if await self._redis.set(lease, self._name, nx=True, px=_LEASE_MS):
            return True
        return bool(await self._redis.eval(_RENEW, 1, lease, self._name, str(_LEASE_MS)))

    async def _ensure_group(self, each: _Subscription) -> None:
        try:
            await self._redis.xgroup_create(self.stream_of(each.source), each.consumer, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _read_once(self, each: _Subscription) -> None:
        stream = self.stream_of(each.source)
        # What is pending comes first, the oldest alone: claiming counts as a delivery, and only it is delivered now.
        claimed: Any = await self._redis.xautoclaim(stream, each.consumer, self._name, min_idle_time=0, count=1)
        entries = claimed[1]
        if not entries:
            read: Any = await self._redis.xreadgroup(
                each.consumer, self._name, {stream: ">"}, count=100, block=self._block_ms
            )
            entries = [entry for _, found in read or [] for entry in found]
        for entry_id, fields in entries:
            if not await self._handle(each, stream, entry_id, fields):
                await asyncio.sleep(self._retry_s)
                return

    async def _handle(self, each: _Subscription, stream: str, entry_id: bytes, fields: dict[bytes, bytes]) -> bool:
        """Whether the entry is settled, by its effect or as a dead letter."""
        body = fields.get(FIELD, b"")
        try:
            await each.deliver(Envelope.from_json(body))
        except Exception as error:  # noqa: BLE001 -- whatever it was, it is delivered again or set aside
            if not await self._give_up(each, stream, entry_id, body, error):
                return False
        await self._redis.xack(stream, each.consumer, entry_id)
        return True

    async def _give_up(self, each: _Subscription, stream: str, entry_id: bytes, body: bytes, error: Exception) -> bool:
        pending = await self._redis.xpending_range(stream, each.consumer, min=entry_id, max=entry_id, count=1)
        attempts = int(pending[0]["times_delivered"]) if pending else 1
        dead = attempts >= self._attempts_max or not body
        report = log.error if dead else log.warning
        report(
            "event_dead" if dead else "event_not_handled",
            consumer=each.consumer,
            stream=stream,
            entry=entry_id.decode(),
            attempts=attempts,
            error=repr(error),
        )
        if dead:
            letter: dict[Any, Any] = {
                FIELD: body,
                b"consumer": each.consumer.encode(),
                b"error": repr(error)[:1_000].encode(),
            }
            await self._redis.xadd(f"{stream}.dead", letter, maxlen=LENGTH_MAX, approximate=True)
        return dead


async def _quietly(call: Any) -> None:
    try:
        await call
    except (RedisError, OSError) as error:
        log.warning("lease_not_released", error=repr(error))
