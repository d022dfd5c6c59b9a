"""What is remembered is never older than the last change, is loaded once however many ask, and is never in the way."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.cache import Cache, Entry, InProcessMemory, MemoryAway, RedisMemory
from chassis.ids import new_id
from tests.chassis.conftest import answering

pytestmark = pytest.mark.anyio


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Shaky(InProcessMemory):
    """A memory that can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.asked = 0

    def _check(self) -> None:
        self.asked += 1
        if self.away:
            raise MemoryAway("gone")

    async def get(self, names: Sequence[str]) -> list[bytes | None]:
        self._check()
        return await super().get(names)

    async def put(self, values: Mapping[str, bytes], *, for_s: float) -> None:
        self._check()
        await super().put(values, for_s=for_s)


class Source:
    """What is remembered from: counts how often it is asked, and can be held up."""

    def __init__(self, **values: str) -> None:
        self.values = values
        self.asked: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()

    async def load(self, keys: list[str]) -> dict[str, bytes]:
        self.asked.append(sorted(keys))
        found = {key: self.values[key].encode() for key in keys if key in self.values}
        self.reached.set()
        await self.gate.wait()
        return found


def wanted(*keys: str) -> dict[str, Entry]:
    return {key: Entry(f"item:{key}", (key, "all")) for key in keys}


async def read(cache: Cache, source: Source, *keys: str) -> dict[str, str]:
    return {key: body.decode() for key, body in (await cache.read(wanted(*keys), source.load)).items()}


async def test_what_was_read_is_not_asked_again() -> None:
    cache, source = Cache(InProcessMemory(), for_s=300), Source(a="1", b="2")

    assert await read(cache, source, "a") == {"a": "1"}
    assert await read(cache, source, "a", "b", "c") == {"a": "1", "b": "2"}
    assert await read(cache, source, "a", "b") == {"a": "1", "b": "2"}
    assert source.asked == [["a"], ["b", "c"]]


async def test_it_ends_with_its_time() -> None:
    clock = Clock()
    cache, source = Cache(InProcessMemory(clock=clock), for_s=300), Source(a="1")
    await read(cache, source, "a")
    clock.seconds = 299
    await read(cache, source, "a")
    clock.seconds = 301
    await read(cache, source, "a")

    assert len(source.asked) == 2


async def test_forgetting_a_tag_forgets_what_depends_on_it_and_nothing_else() -> None:
    cache, source = Cache(InProcessMemory(), for_s=300), Source(a="1", b="2")
    await read(cache, source, "a", "b")
    source.values = {"a": "new", "b": "new"}
    await cache.forget("a")
    one = await read(cache, source, "a", "b")
    await cache.forget("all")

    assert one == {"a": "new", "b": "2"}
    assert await read(cache, source, "a", "b") == {"a": "new", "b": "new"}


async def test_what_was_being_loaded_when_it_changed_is_neither_kept_nor_waited_for() -> None:
    cache, source = Cache(InProcessMemory(), for_s=300), Source(a="old")
    source.gate.clear()
    early = asyncio.create_task(read(cache, source, "a"))
    await source.reached.wait()
    source.values = {"a": "new"}
    await cache.forget("a")
    source.reached.clear()
    late = asyncio.create_task(read(cache, source, "a"))
    await source.reached.wait()
    source.gate.set()

    assert (await early, await late) == ({"a": "old"}, {"a": "new"})
    assert await read(cache, source, "a") == {"a": "new"}


async def test_many_who_miss_at_once_wait_for_one_loading() -> None:
    cache, source = Cache(InProcessMemory(), for_s=300), Source(a="1", b="2")
    source.gate.clear()
    waiting = [asyncio.create_task(read(cache, source, "a", "b")) for _ in range(50)]
    await source.reached.wait()
    # Who asked first leaves; the others are served all the same.
    waiting[0].cancel()
    source.gate.set()

    assert await asyncio.gather(*waiting[1:]) == [{"a": "1", "b": "2"}] * 49
    assert source.asked == [["a", "b"]]


async def test_a_loading_that_fails_fails_for_who_waits_and_is_tried_again() -> None:
    cache, source = Cache(InProcessMemory(), for_s=300), Source(a="1")

    async def failing(keys: list[str]) -> dict[str, bytes]:
        raise ConnectionError("the database")

    results = await asyncio.gather(*(cache.read(wanted("a"), failing) for _ in range(3)), return_exceptions=True)

    assert [type(each) for each in results] == [ConnectionError] * 3
    assert await read(cache, source, "a") == {"a": "1"}


async def test_without_its_memory_everything_is_loaded_once_for_all_who_wait() -> None:
    memory, clock = Shaky(), Clock()
    cache, source = Cache(memory, for_s=300, clock=clock), Source(a="1")
    memory.away = True
    source.gate.clear()
    waiting = [asyncio.create_task(read(cache, source, "a")) for _ in range(20)]
    await source.reached.wait()
    source.gate.set()

    assert await asyncio.gather(*waiting) == [{"a": "1"}] * 20
    assert source.asked == [["a"]]
    assert memory.asked == 1
    await read(cache, source, "a")
    assert (len(source.asked), memory.asked) == (2, 1)


async def test_what_changed_while_the_memory_was_away_is_forgotten_before_it_is_asked_again() -> None:
    memory, clock = Shaky(), Clock()
    cache, source = Cache(memory, for_s=300, clock=clock), Source(a="old")
    await read(cache, source, "a")
    memory.away = True
    source.values = {"a": "new"}
    await cache.forget("a")
    away = await read(cache, source, "a")
    memory.away = False
    clock.seconds = 2

    assert away == {"a": "new"}
    assert await read(cache, source, "a") == {"a": "new"}


async def test_the_least_lately_used_goes_first() -> None:
    memory = InProcessMemory(entries_max=2)
    await memory.put({"a": b"1", "b": b"2"}, for_s=10)
    await memory.get(["a"])
    await memory.put({"c": b"3"}, for_s=10)

    assert await memory.get(["a", "b", "c"]) == [b"1", None, b"3"]


STEP = st.tuples(st.sampled_from(["read", "write", "leave", "return"]), st.sampled_from("ab"), st.integers(0, 1))


@given(st.lists(STEP, max_size=40))
async def test_whatever_happens_a_reader_sees_the_last_change(steps: list[tuple[str, str, int]]) -> None:
    # Two processes share a memory that comes and goes for both; each change is told by who made it.
    memory, clock = Shaky(), Clock()
    source = Source(a="0", b="0")
    caches = [Cache(memory, for_s=300, clock=clock) for _ in range(2)]
    for number, (step, key, who) in enumerate(steps):
        clock.seconds += 2
        if step == "write" and not memory.away:
            source.values[key] = str(number)
            await caches[who].forget(key)
        elif step in {"leave", "return"}:
            memory.away = step == "leave"
        else:
            assert (await read(caches[who], source, key))[key] == source.values[key]


@pytest.fixture
def prefix() -> str:
    return f"test-cache-{new_id()}:"


async def test_processes_that_share_a_redis_see_each_others_changes(redis_url: str, prefix: str) -> None:
    first, second = (Cache(RedisMemory(redis_url, prefix, timeout_ms=20_000), for_s=300) for _ in range(2))
    source = Source(a="0")
    try:
        for turn in range(1, 6):
            for cache in (first, second):
                assert await read(cache, source, "a") == {"a": source.values["a"]}
            source.values["a"] = str(turn)
            await (first if turn % 2 else second).forget("a")
        loads = len(source.asked)
        assert await read(first, source, "a") == await read(second, source, "a") == {"a": "5"}
    finally:
        await first.close()
        await second.close()

    assert loads == 5
    assert len(source.asked) == 6


def misbehaving(manner: bytes | None) -> AbstractAsyncContextManager[str]:
    """A Redis that takes connections and then does what it should not: says this, or nothing at all."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        if manner is None:
            await asyncio.Event().wait()
        else:
            writer.write(manner)

    return answering(respond)


@pytest.mark.parametrize(
    "manner",
    [None, b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-LOADING still loading\r\n", b"*2\r\n$5\r\nab", b"\xff\xfe\r\n"],
    ids=["silent", "hangs up", "is a web server", "loads", "breaks off", "nonsense"],
)
async def test_a_redis_that_misbehaves_is_no_error(manner: bytes | None, prefix: str) -> None:
    source = Source(a="1")
    async with misbehaving(manner) as url:
        cache = Cache(
            RedisMemory(url.replace("http:", "redis:"), prefix, timeout_ms=100), for_s=300, clock=(clock := Clock())
        )
        assert await read(cache, source, "a") == {"a": "1"}
        await cache.forget("a")
        source.values["a"] = "2"
        clock.seconds = 5
        assert await read(cache, source, "a") == {"a": "2"}
        await cache.close()
