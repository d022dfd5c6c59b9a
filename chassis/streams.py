"""Events over Redis Streams: one stream per producing subgraph, one consumer group per listening one.

A stream is `<prefix>orders-events`; an entry's one field `event` holds the envelope's JSON. An entry is acknowledged
when its effect has happened, or when the consumer has set it aside (chassis.inbox). Until then it stays pending, and of
its aggregate nothing newer is delivered; other aggregates go on.

One process per consumer group reads a stream at a time: it holds the lease `<stream>:<group>:reader`, so that two
processes of one subgraph do not overtake each other (docs/decisions/0004). What a dead process left pending is claimed
with the lease, the oldest first.

What no consumer can be asked about goes to the stream `<stream>:<group>.dead`: an entry that is no envelope, one whose
consumer refuses it `attempts_max` times without setting it aside itself, one that kills its process again and again.

A Redis that was restarted or flushed has lost entries nobody knows of. The key `<stream>:kept` holds the run id of the
server that has them all. Where it says otherwise there is a gap: nothing is appended, lest it overtakes what is
missing, until the relay sends again what it sent lately.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError, ResponseError

from chassis.events import SIDE_BY_SIDE, Deliver, DeliverAll, Envelope, Postponed, Transport, TransportAway
from chassis.ids import new_id
from chassis.leases import Lease
from chassis.tasks import end

log = structlog.get_logger("chassis.streams")

FIELD = b"event"
# Entries kept for consumers that are away; older ones are trimmed, roughly.
LENGTH_MAX = 100_000
# Entries held back in one reader, waiting for an earlier one of their aggregate. With more, it reads no further.
HELD_MAX = 1_000
# Processes that may end with an entry in their hands before it is thought to be what ends them.
DELIVERIES_MAX = 50
RETRY_LAST_S = 5.0
# Every process reads under one name, so that none is left behind in the group by those that are gone.
READER = "reader"
_MENDING_MS = 60_000
_TOO_LARGE = "exceeds maximum allowed size"
_RUN_ID = """local run = string.match(redis.call('info', 'server'), 'run_id:(%w+)')"""
# The entry's id, or nil where there is a gap.
_APPEND = f"""
{_RUN_ID}
if redis.call('get', KEYS[2]) ~= run then return nil end
return redis.call('xadd', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', ARGV[2], ARGV[3])
"""
# A name for the gap when there is one that nobody is mending; the key then says that the caller is.
_GAP = f"""
{_RUN_ID}
local kept = redis.call('get', KEYS[1])
if kept == run or (kept and string.sub(kept, 1, 8) == 'mending:') then return nil end
local gap = 'mending:' .. run .. ':' .. ARGV[1]
redis.call('set', KEYS[1], gap, 'PX', ARGV[2])
return gap
"""
_MENDED = """
if redis.call('get', KEYS[1]) == ARGV[1] then
    redis.call('set', KEYS[1], string.match(ARGV[1], 'mending:(%w+):'))
end
"""


# As redis-py answers them.
_Entries = Sequence[tuple[bytes, dict[bytes, bytes]]]


@dataclass(frozen=True, slots=True)
class _Entry:
    id: bytes
    envelope: Envelope


@dataclass(slots=True)
class _Held:
    """What waits of one aggregate: the first entry failed, and is tried again at `retry_at` (the loop's time)."""

    entries: deque[_Entry]
    retry_at: float
    attempts: int = 1
    refusals: int = 0


class RedisStreams(Transport):
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
        lease_ms: int = 15_000,
    ) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_connect_timeout=timeout_ms / 1_000,
            # A blocking read waits this long on purpose; only what comes on top is a fault.
            socket_timeout=(timeout_ms + block_ms) / 1_000,
        )
        self._append = self._redis.register_script(_APPEND)
        self._gap = self._redis.register_script(_GAP)
        self._mended = self._redis.register_script(_MENDED)
        self._prefix = prefix
        self._attempts_max = attempts_max
        self._block_ms = block_ms
        self._retry_s = retry_ms / 1_000
        self._lease_ms = lease_ms
        self._readers: list[_Reader] = []
        self._tasks: list[asyncio.Task[None]] = []

    def stream_of(self, source: str) -> str:
        """The stream all events of one subgraph travel on."""
        return f"{self._prefix}{source}-events"

    async def publish(self, envelope: Envelope) -> None:
        """Append to the source's stream; raises when that is not certain."""
        keys = (self.stream_of(envelope.source), self._kept(envelope.source))
        try:
            appended = await self._run(self._append, keys, str(LENGTH_MAX), FIELD, envelope.to_json())
        except ResponseError as error:
            if _TOO_LARGE in str(error):
                raise
            raise TransportAway(str(error)) from error
        if appended is None:
            raise TransportAway("it has forgotten what it was given")

    async def gap(self, source: str) -> str | None:
        """A name for what is missing when Redis no longer has all it was given, and nobody is mending that yet."""
        gap = await self._run(self._gap, (self._kept(source),), new_id(), str(_MENDING_MS))
        return gap.decode() if gap else None

    async def mended(self, source: str, gap: str) -> None:
        """Note that this server has everything, unless it was restarted or flushed meanwhile."""
        await self._run(self._mended, (self._kept(source),), gap)

    async def _run(self, script: AsyncScript, keys: Sequence[str], *arguments: str | bytes) -> Any:
        try:
            return await script(keys=keys, args=arguments)
        except ResponseError:
            raise
        except (RedisError, OSError) as error:
            raise TransportAway(str(error)) from error

    async def behind(self, consumer: str) -> Mapping[str, int]:
        """By source, the entries a consumer's group has not read, and those it has not settled."""
        behind = {}
        for reader in self._readers:
            if reader.consumer == consumer:
                groups: Any = await self._redis.xinfo_groups(reader.stream)
                for group in groups:
                    if group["name"].decode() == consumer:
                        # Redis does not know how many it has not read once some of them were trimmed.
                        behind[reader.source] = group["pending"] + (group.get("lag") or 0)
        return behind

    def _kept(self, source: str) -> str:
        return f"{self.stream_of(source)}:kept"

    def subscribe(
        self, consumer: str, sources: frozenset[str], deliver: Deliver, deliver_all: DeliverAll | None = None
    ) -> None:
        """Register a consumer; its group reads the stream from its beginning, and then all of it.

        Each entry is delivered and acknowledged by itself, so that one that takes long holds up its own aggregate only.
        """
        del deliver_all
        for source in sorted(sources):
            stream = self.stream_of(source)
            lease = Lease(self._redis, f"{stream}:{consumer}:reader", lease_ms=self._lease_ms)
            reader = _Reader(
                self._redis,
                source,
                stream,
                consumer,
                deliver,
                lease,
                attempts_max=self._attempts_max,
                block_ms=self._block_ms,
                retry_s=self._retry_s,
            )
            self._readers.append(reader)

    async def start(self) -> None:
        """Begin reading in the background."""
        self._tasks = [asyncio.create_task(reader.run(), name=reader.name) for reader in self._readers]

    async def stop(self) -> None:
        """Stop reading; unacknowledged entries are read again by whoever reads next."""
        await end(self._tasks)
        for reader in self._readers:
            await reader.lease.release()
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect(inuse_connections=True)


@dataclass
class _Reader:
    """One consumer's reading of one stream."""

    redis: Redis
    source: str
    stream: str
    consumer: str
    deliver: Deliver
    lease: Lease
    attempts_max: int
    block_ms: int
    retry_s: float
    held: dict[str, _Held] = field(default_factory=dict)
    # Whether entries that were read were left alone because the lease seemed lost: they stay pending until it is taken.
    left_some: bool = False

    @property
    def name(self) -> str:
        return f"{self.consumer} reads {self.stream}"

    async def run(self) -> None:
        """Read whenever the lease can be had, until cancelled."""
        while True:
            try:
                async with self.lease.held() as held:
                    if held:
                        await self._read()
            except Exception as error:  # noqa: BLE001 -- a reader that ended would be missed by nobody
                log.warning("stream_not_read", stream=self.stream, consumer=self.consumer, error=repr(error))
            await asyncio.sleep(self.retry_s)

    async def _read(self) -> None:
        """Read as long as the lease is held, what was left pending first.

        A lease that was renewed late was lost for a moment and is held again: what was left alone meanwhile is pending,
        so reading begins anew.
        """
        self.held.clear()
        self.left_some = False
        await self._ensure_group()
        await self._tell_of_unread()
        await self._take_pending()
        while self._may_read():
            await self._retry_due()
            if sum(len(each.entries) for each in self.held.values()) >= HELD_MAX:
                await asyncio.sleep(self.retry_s)
                continue
            try:
                found: Any = await self.redis.xreadgroup(
                    self.consumer, READER, {self.stream: ">"}, count=100, block=self._wait_ms()
                )
            except ResponseError as error:
                # The server was flushed while we read.
                if "NOGROUP" not in str(error) and "UNBLOCKED" not in str(error):
                    raise
                await self._ensure_group()
                continue
            for _, entries in found or []:
                await self._take_all(entries)

    async def _take_pending(self) -> None:
        """Take over what was given to this group and not acknowledged, the oldest first.

        One by one: to claim counts as a delivery, and only this one may be what ends the process.
        """
        after = b"-"
        while self._may_read():
            found: Any = await self.redis.xpending_range(self.stream, self.consumer, min=after, max="+", count=1)
            if not found:
                return
            entry_id, deliveries = found[0]["message_id"], found[0]["times_delivered"]
            claimed: Any = await self.redis.xclaim(self.stream, self.consumer, READER, 0, [entry_id])
            fields = claimed[0][1] if claimed else None
            if fields is None:
                self._tell_of_trimmed(entry_id)
                await self._acknowledge(entry_id)
            elif deliveries >= DELIVERIES_MAX:
                await self._bury(
                    entry_id, fields.get(FIELD, b""), RuntimeError(f"{deliveries} processes ended with it")
                )
            else:
                await self._take_all([(entry_id, fields)])
            after = b"(" + entry_id

    def _may_read(self) -> bool:
        return self.lease.is_held and not self.left_some

    def _wait_ms(self) -> int:
        if not self.held:
            return self.block_ms
        wait_s = min(each.retry_at for each in self.held.values()) - asyncio.get_running_loop().time()
        # 0 would mean for ever.
        return max(1, min(self.block_ms, int(wait_s * 1_000)))

    async def _ensure_group(self) -> None:
        try:
            await self.redis.xgroup_create(self.stream, self.consumer, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _tell_of_unread(self) -> None:
        """Say so when the stream no longer has what comes after the last entry that this group was given."""
        groups: Any = await self.redis.xinfo_groups(self.stream)
        last = next(each["last-delivered-id"] for each in groups if each["name"].decode() == self.consumer)
        oldest: Any = await self.redis.xrange(self.stream, count=1)
        if oldest and last != b"0-0" and _moment(oldest[0][0]) > _moment(last):
            self._tell_of_trimmed(last)

    def _tell_of_trimmed(self, since: bytes) -> None:
        """Entries that had no effect here are gone, from this one on; the outbox has them still."""
        mend = f"subgraphs replay {self.source} --from POSITION --to {self.consumer}"
        log.error("entries_trimmed", stream=self.stream, consumer=self.consumer, since=since.decode(), mend=mend)

    async def _take_all(self, entries: _Entries) -> None:
        of_aggregate: dict[str, list[_Entry]] = defaultdict(list)
        for entry_id, fields in entries:
            body = fields.get(FIELD, b"")
            try:
                entry = _Entry(entry_id, Envelope.from_json(body))
            except ValueError as error:
                await self._bury(entry_id, body, error)
                continue
            of_aggregate[entry.envelope.aggregate_id].append(entry)
        turns = asyncio.Semaphore(SIDE_BY_SIDE)
        taking = (self._take(entries_of_one, turns) for entries_of_one in of_aggregate.values())
        for outcome in await asyncio.gather(*taking, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _take(self, entries: Sequence[_Entry], turns: asyncio.Semaphore) -> None:
        """Deliver what came of one aggregate, one after another."""
        async with turns:
            for entry in entries:
                if not self.lease.is_held:
                    self.left_some = True
                    return
                if (held := self.held.get(entry.envelope.aggregate_id)) is not None:
                    held.entries.append(entry)
                elif (failure := await self._try(entry)) is not None:
                    self._hold(entry, failure)

    async def _try(self, entry: _Entry) -> Exception | None:
        """Deliver and acknowledge; what the consumer raised."""
        try:
            await self.deliver(entry.envelope)
        except Exception as error:  # noqa: BLE001 -- whatever it was, it is delivered again or set aside
            return error
        await self._acknowledge(entry.id)
        return None

    def _hold(self, entry: _Entry, error: Exception) -> None:
        held = _Held(deque([entry]), retry_at=asyncio.get_running_loop().time() + self.retry_s)
        held.refusals = int(not isinstance(error, Postponed))
        self.held[entry.envelope.aggregate_id] = held

    async def _retry_due(self) -> None:
        loop = asyncio.get_running_loop()
        for aggregate_id, held in list(self.held.items()):
            if held.retry_at > loop.time():
                continue
            while held.entries and self.lease.is_held:
                entry = held.entries[0]
                error = await self._try(entry)
                if error is not None and not await self._refused_for_good(held, entry, error):
                    held.retry_at = loop.time() + min(self.retry_s * 2 ** min(held.attempts, 20), RETRY_LAST_S)
                    held.attempts += 1
                    break
                held.entries.popleft()
                held.attempts = held.refusals = 0
            if not held.entries:
                del self.held[aggregate_id]

    async def _refused_for_good(self, held: _Held, entry: _Entry, error: Exception) -> bool:
        held.refusals += not isinstance(error, Postponed)
        if held.refusals < self.attempts_max:
            return False
        await self._bury(entry.id, entry.envelope.to_json(), error)
        return True

    async def _bury(self, entry_id: bytes, body: bytes, error: Exception) -> None:
        log.error("entry_dead", consumer=self.consumer, stream=self.stream, entry=entry_id.decode(), error=repr(error))
        letter: dict[Any, Any] = {FIELD: body, b"error": repr(error)[:1_000].encode()}
        await self.redis.xadd(f"{self.stream}:{self.consumer}.dead", letter, maxlen=LENGTH_MAX, approximate=True)
        await self._acknowledge(entry_id)

    async def _acknowledge(self, entry_id: bytes) -> None:
        await self.redis.xack(self.stream, self.consumer, entry_id)


def _moment(entry_id: bytes) -> tuple[int, int]:
    """An entry's place in time: milliseconds, and which of those within one."""
    milliseconds, number = entry_id.split(b"-")
    return int(milliseconds), int(number)
