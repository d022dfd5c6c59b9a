"""Hints wait for the commit, and those of one moment are published together."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from chassis.database import Database
from chassis.hints import Hints
from chassis.live import InProcessLive
from tests.chassis.conftest import turns

pytestmark = pytest.mark.anyio


class Recording(InProcessLive):
    """Remembers what was published, and takes its time when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.published: list[tuple[str, ...]] = []
        self.free = asyncio.Event()
        self.free.set()

    async def publish(self, *topics: str) -> None:
        self.published.append(topics)
        await self.free.wait()


@pytest.fixture
async def database(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    made = Database(database_url("hints"))
    yield made
    await made.close()


async def test_a_hint_is_given_by_the_commit_and_not_before(database: Database) -> None:
    live = Recording()
    async with database.transaction() as session:
        Hints(live).give(session, "cart:1")
        await turns()
        before = list(live.published)
    await turns()

    assert before == []
    assert live.published == [("cart:1",)]


async def test_what_is_rolled_back_gives_no_hint(database: Database) -> None:
    live = Recording()
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            Hints(live).give(session, "cart:1")
            raise RuntimeError
    await turns()

    assert live.published == []


async def test_a_released_savepoint_gives_none_yet(database: Database) -> None:
    live = Recording()
    with pytest.raises(RuntimeError):
        async with database.transaction() as session:
            async with session.begin_nested():
                Hints(live).give(session, "cart:1")
            raise RuntimeError
    await turns()

    assert live.published == []


async def test_what_commits_while_hints_are_published_goes_out_together_each_topic_once(database: Database) -> None:
    live = Recording()
    hints = Hints(live)
    live.free.clear()
    for topics in (("cart:1",), ("cart:2", "cart:3"), ("cart:3", "cart:2"), ("cart:1",)):
        async with database.transaction() as session:
            hints.give(session, *topics)
        await turns()
    during = list(live.published)
    live.free.set()
    await turns()

    assert during == [("cart:1",)]
    assert live.published == [("cart:1",), ("cart:1", "cart:2", "cart:3")]


async def test_no_topic_is_no_hint(database: Database) -> None:
    live = Recording()
    async with database.transaction() as session:
        Hints(live).give(session)
    await turns()

    assert live.published == []
