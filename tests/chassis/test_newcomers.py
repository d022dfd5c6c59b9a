"""A listener that was added hears what was kept from before it was there."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from chassis.app import Subgraph
from chassis.background import at_work
from chassis.database import Database
from chassis.events import Envelope, Event, InProcess, Listener
from chassis.outbox import upgrade_event_tables
from chassis.settings import Settings
from tests.chassis import toy
from tests.chassis.conftest import with_event_tables
from tests.chassis.toy_events import ToyMoved, column, say

pytestmark = pytest.mark.anyio

SETTINGS = Settings(event_poll_ms=10)


@dataclass(frozen=True)
class ToyPainted(Event):
    toy_id: str
    step: int = 0

    @property
    def aggregate_id(self) -> str:
        return self.toy_id


class Shelf:
    """A subgraph that listens to toys, and what it heard."""

    def __init__(self, name: str, database: Database) -> None:
        self.name, self.database = name, database
        self.heard: list[tuple[str, int]] = []
        self.changed = asyncio.Event()

    def listening(self, *types: str) -> Subgraph:
        listens = [Listener("toys", each, self.hear) for each in types]
        return replace(toy.subgraph(self.database), name=self.name, listens=listens)

    async def hear(self, _: object, event: Envelope) -> None:
        self.heard.append((event.type, event.payload["step"]))
        self.changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def process(*subgraphs: Subgraph):
    """A process that serves these, until everything announced was sent."""
    async with at_work(subgraphs, SETTINGS, InProcess()):
        yield
        async with asyncio.timeout(30):
            # What is waited for happens in the database.
            while await column(subgraphs[0].database, "SELECT 1 FROM outbox WHERE sent_at IS NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.fixture
async def shelf(other_database: Database) -> Shelf:
    return Shelf("shelf", other_database)


async def test_it_hears_what_was_announced_before_it_was_there_once_and_in_order(database: Database, shelf: Shelf):
    async with process(toy.subgraph(database)):
        await say(database, ToyMoved("a", 1))
        await say(database, ToyMoved("a", 2), ToyPainted("a", 3))
    assert shelf.heard == []

    for _ in range(2):
        async with process(toy.subgraph(database), shelf.listening("ToyMoved")):
            await shelf.until(lambda: len(shelf.heard) >= 2)

    assert shelf.heard == [("ToyMoved", 1), ("ToyMoved", 2)]


async def test_one_that_listens_for_more_than_before_hears_that_and_nothing_twice(database: Database, shelf: Shelf):
    async with process(toy.subgraph(database), shelf.listening("ToyMoved")):
        await say(database, ToyMoved("a", 1), ToyPainted("a", 2))
        await shelf.until(lambda: len(shelf.heard) == 1)

    async with process(toy.subgraph(database), shelf.listening("ToyMoved", "ToyPainted")):
        await shelf.until(lambda: len(shelf.heard) >= 2)

    assert shelf.heard == [("ToyMoved", 1), ("ToyPainted", 2)]


async def test_two_that_are_new_at_once_both_hear_everything(
    database: Database, shelf: Shelf, database_url: Callable[[str], str]
):
    window = Shelf("window", await with_event_tables(database_url("window")))
    async with process(toy.subgraph(database)):
        await say(database, ToyMoved("a", 1))

    async with process(toy.subgraph(database), shelf.listening("ToyMoved"), window.listening("ToyMoved")):
        await shelf.until(lambda: bool(shelf.heard))
        await window.until(lambda: bool(window.heard))

    assert shelf.heard == window.heard == [("ToyMoved", 1)]
    await window.database.close()


async def test_one_whose_source_is_elsewhere_says_what_to_run_there(shelf: Shelf):
    with capture_logs() as logs:
        async with at_work([shelf.listening("ToyMoved")], SETTINGS, InProcess()):
            pass
        async with at_work([shelf.listening("ToyMoved", "ToyPainted")], SETTINGS, InProcess()):
            pass

    told = [(each["log_level"], each["type"], each["run"]) for each in logs if "run" in each]
    run = "subgraphs replay toys --from 1 --to shelf"
    assert told == [("info", "ToyMoved", run), ("warning", "ToyPainted", run)]


async def test_those_of_an_earlier_version_are_no_newcomers(database: Database, shelf: Shelf):
    async with process(toy.subgraph(database), shelf.listening("ToyMoved")):
        await say(database, ToyMoved("a", 1))
        await shelf.until(lambda: len(shelf.heard) == 1)
    async with shelf.database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE inbox_listeners"))
        await connection.run_sync(upgrade_event_tables)

    with capture_logs() as logs:
        async with process(toy.subgraph(database), shelf.listening("ToyMoved")):
            pass

    assert not [each for each in logs if each["event"].startswith("listener")]


async def test_a_process_starts_though_a_database_is_away(database: Database):
    away = Shelf("shelf", Database("postgresql://postgres@127.0.0.1:1/nowhere", timeout_ms=500))

    with capture_logs() as logs:
        async with at_work([toy.subgraph(database), away.listening("ToyMoved")], SETTINGS, InProcess()):
            pass

    assert "newcomers_not_welcomed" in {each["event"] for each in logs}
