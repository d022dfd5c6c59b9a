"""Remembering what was read, so that it need not be read again; never older than the last change, in any process.

    cache = cache_of("products", settings, for_s=300)
    found = await cache.read({id: Entry(f"product:{id}", (f"product:{id}",)) for id in ids}, load)
    await cache.forget(f"product:{id}", "shelf")              # once the change has committed

An entry names the tags it depends on. A tag has a stamp; what is kept carries the stamps its tags had before it was
loaded, and counts only while they are the same. `forget` gives tags new stamps, so that nothing loaded before it, nor
anything that is still being loaded, is ever answered again: whoever reads after `forget` has returned sees the change,
in whichever process.

Whoever misses the same entry at the same stamps waits for one loading. While the memory is away (Redis refuses, is slow
or talks nonsense) everything is loaded, each entry once for all who wait, never an error; what was to be forgotten
meanwhile is forgotten before this process asks the memory anything else.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chassis.ids import secret
from chassis.settings import Settings

log = structlog.get_logger("chassis.cache")

Key = TypeVar("Key", bound=Hashable)
T = TypeVar("T")

# Longer than anything is kept, so that what a tag's stamp belonged to is gone before the stamp is.
STAMP_S: Final = 24 * 3_600
ENTRIES_MAX: Final = 10_000
# How long a memory that failed is not asked again.
AWAY_S: Final = 1.0
_STAMP_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """Where something is kept, and the tags it depends on."""

    name: str
    tags: tuple[str, ...]


class MemoryAway(Exception):
    """The memory cannot be asked at the moment."""


class Memory(Protocol):
    """Keeps bytes by name for a while. Every call may raise MemoryAway."""

    async def get(self, names: Sequence[str]) -> list[bytes | None]:
        """What is kept under each name."""
        ...

    async def put(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        """Keep these, in place of what was there."""
        ...

    async def put_missing(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        """Keep those whose name has nothing yet."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class InProcessMemory:
    """Memory of this process alone; the least lately used goes first."""

    def __init__(self, *, entries_max: int = ENTRIES_MAX, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._entries_max = entries_max
        self._clock = clock

    async def get(self, names: Sequence[str]) -> list[bytes | None]:
        """See Memory."""
        return [self._get(name) for name in names]

    def _get(self, name: str) -> bytes | None:
        until, value = self._kept.get(name, (0.0, b""))
        if self._clock() >= until:
            self._kept.pop(name, None)
            return None
        self._kept.move_to_end(name)
        return value

    async def put(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        """See Memory."""
        for name, value in values.items():
            self._kept[name] = (self._clock() + for_s, value)
            self._kept.move_to_end(name)
        while len(self._kept) > self._entries_max:
            self._kept.popitem(last=False)

    async def put_missing(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        """See Memory."""
        await self.put({name: value for name, value in values.items() if self._get(name) is None}, for_s=for_s)

    async def close(self) -> None:
        """See Memory: nothing is open."""


class RedisMemory:
    """Memory that processes share."""

    def __init__(self, url: str, prefix: str, *, timeout_ms: int) -> None:
        seconds = timeout_ms / 1_000
        self._redis: Redis = Redis.from_url(url, socket_connect_timeout=seconds, socket_timeout=seconds)
        self._prefix = prefix
        self._timeout_s = seconds

    async def get(self, names: Sequence[str]) -> list[bytes | None]:
        """See Memory."""

        async def ask() -> list[bytes | None]:
            values: list[bytes | None] = await self._redis.mget([self._prefix + name for name in names])  # type: ignore[assignment]
            return values

        return await self._asked(ask)

    async def put(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        """See Memory."""
        await self._set(values, for_s=for_s, missing=False)

    async def put_missing(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        """See Memory."""
        await self._set(values, for_s=for_s, missing=True)

    async def close(self) -> None:
        """See Memory."""
        await self._redis.aclose()

    async def _set(self, values: Mapping[str, bytes], *, for_s: float, missing: bool) -> None:
        async def ask() -> None:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for name, value in values.items():
                    # Only queued: a pipeline answers itself.
                    _ = pipeline.set(self._prefix + name, value, px=int(for_s * 1_000), nx=missing)
                await pipeline.execute()

        await self._asked(ask)

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            # The library bounds each reading; this bounds the whole, connecting and answers that drip in included.
            async with asyncio.timeout(self._timeout_s):
                return await ask()
        except (RedisError, OSError, TimeoutError, ValueError) as error:
            raise MemoryAway(repr(error)) from error


class Cache:
    """Reads through a memory."""

    def __init__(self, memory: Memory, *, for_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`for_s` is how long something is kept."""
        self._memory = memory
        self._for_s = for_s
        self._clock = clock
        self._away_until = 0.0
        # Tags that changed while the memory was away.
        self._owed: set[str] = set()
        self._changes = 0
        self._loading: dict[tuple[str, bytes], asyncio.Task[bytes | None]] = {}

    async def close(self) -> None:
        """Let go of connections."""
        await self._memory.close()

    async def read(
        self, wanted: Mapping[Key, Entry], load: Callable[[list[Key]], Awaitable[Mapping[Key, bytes]]]
    ) -> dict[Key, bytes]:
        """What is kept of `wanted`, and the rest from `load`, which leaves out what there is not."""
        keys = list(wanted)
        try:
            stamps, kept = await self._ask(wanted)
        except MemoryAway as away:
            self._note_away(away)
            # Nothing is kept, but what is being loaded since the last change here is waited for all the same.
            return await self._load(keys, wanted, dict.fromkeys(keys, b""), load)
        found = {key: body for key in keys if (body := _body(kept[key], stamps[key])) is not None}
        missing = [key for key in keys if key not in found]
        if missing:
            found.update(await self._load(missing, wanted, stamps, load))
        return found

    async def forget(self, *tags: str) -> None:
        """Count nothing that depends on one of these tags any more. Never raises: see the module."""
        self._changes += 1
        try:
            await self._restamp(tags)
        except MemoryAway as away:
            self._owed.update(tags)
            self._note_away(away)

    async def _restamp(self, tags: Sequence[str]) -> None:
        await self._memory.put({f"tag:{tag}": _stamp() for tag in tags}, for_s=STAMP_S)

    async def _ask(self, wanted: Mapping[Key, Entry]) -> tuple[dict[Key, bytes], dict[Key, bytes | None]]:
        """The stamps of each entry's tags, one after the other, and what is kept under its name."""
        if self._clock() < self._away_until:
            raise MemoryAway("it was away a moment ago")
        if self._owed:
            owed = sorted(self._owed)
            await self._restamp(owed)
            self._owed.difference_update(owed)
        tags = list(dict.fromkeys(tag for entry in wanted.values() for tag in entry.tags))
        names = [f"tag:{tag}" for tag in tags] + [entry.name for entry in wanted.values()]
        values = await self._memory.get(names)
        stamps = dict(zip(tags, values, strict=False))
        if unstamped := [tag for tag, stamp in stamps.items() if stamp is None]:
            # Whoever comes first decides; the others find it.
            await self._memory.put_missing({f"tag:{tag}": _stamp() for tag in unstamped}, for_s=STAMP_S)
            stamps.update(zip(unstamped, await self._memory.get([f"tag:{tag}" for tag in unstamped]), strict=True))
        kept = dict(zip(wanted, values[len(tags) :], strict=True))
        return {key: b"".join(stamps[tag] or b"" for tag in entry.tags) for key, entry in wanted.items()}, kept

    async def _load(
        self,
        missing: Sequence[Key],
        wanted: Mapping[Key, Entry],
        stamps: Mapping[Key, bytes],
        load: Callable[[list[Key]], Awaitable[Mapping[Key, bytes]]],
    ) -> dict[Key, bytes]:
        """Load what nobody is loading, and wait for the rest."""
        places = {key: (wanted[key].name, stamps[key] or b"change %d" % self._changes) for key in missing}
        own = [key for key in missing if places[key] not in self._loading]
        if own:
            # A task of its own: others wait for it, so whoever asked first cannot take it along when they leave.
            batch = asyncio.create_task(self._load_and_keep(own, wanted, stamps, load), name="cache")
            for key in own:
                place = places[key]
                self._loading[place] = asyncio.create_task(_one(batch, key), name="cache")
                self._loading[place].add_done_callback(partial(self._landed, place))
        tasks = {key: self._loading[places[key]] for key in missing}
        await asyncio.wait(tasks.values())
        return {key: body for key, task in tasks.items() if (body := task.result()) is not None}

    def _landed(self, place: tuple[str, bytes], task: asyncio.Task[bytes | None]) -> None:
        if self._loading.get(place) is task:
            del self._loading[place]
        if not task.cancelled():
            # Looked at, though everybody who waited may have left.
            task.exception()

    async def _load_and_keep(
        self,
        keys: list[Key],
        wanted: Mapping[Key, Entry],
        stamps: Mapping[Key, bytes],
        load: Callable[[list[Key]], Awaitable[Mapping[Key, bytes]]],
    ) -> Mapping[Key, bytes]:
        loaded = await load(keys)
        values = {wanted[key].name: stamps[key] + body for key, body in loaded.items() if stamps[key]}
        if values:
            try:
                await self._memory.put(values, for_s=self._for_s)
            except MemoryAway as away:
                self._note_away(away)
        return loaded

    def _note_away(self, away: MemoryAway) -> None:
        if self._clock() >= self._away_until:
            log.warning("cache_away", error=str(away))
        self._away_until = self._clock() + AWAY_S


async def _one(batch: asyncio.Task[Mapping[Key, bytes]], key: Key) -> bytes | None:
    return (await asyncio.shield(batch)).get(key)


def _body(value: bytes | None, stamps: bytes) -> bytes | None:
    """What was kept, if it was loaded at these stamps."""
    if value is None or not stamps or not value.startswith(stamps):
        return None
    return value[len(stamps) :]


def _stamp() -> bytes:
    return secret(_STAMP_BYTES).encode()


def cache_of(name: str, settings: Settings, *, for_s: float) -> Cache:
    """The cache of one subgraph: in Redis where there is one, else in this process."""
    if settings.redis_url is None:
        return Cache(InProcessMemory(), for_s=for_s)
    return Cache(
        RedisMemory(
            settings.redis_url, f"{settings.database_prefix}cache:{name}:", timeout_ms=settings.cache_timeout_ms
        ),
        for_s=for_s,
    )
