"""Events of toys, and a transport that keeps what it is given."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from chassis.database import Database
from chassis.events import Envelope, Event, Transport, TransportAway
from chassis.outbox import announce
from chassis.relay import Relay


@dataclass(frozen=True)
class ToyMoved(Event):
    toy_id: str
    step: int = 0

    @property
    def aggregate_id(self) -> str:
        return self.toy_id


@dataclass
class Recorder(Transport):
    """A transport that keeps what it is given, and fails when told to."""

    published: list[Envelope] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    away: bool = False
    gaps: list[str] = field(default_factory=list)
    mending: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def publish(self, envelope: Envelope) -> None:
        if self.away:
            raise TransportAway("nobody is there")
        if envelope.aggregate_id in self.failing:
            raise OSError("the transport will not have it")
        self.published.append(envelope)
        self.changed.set()

    async def until(self, count: int) -> None:
        """Wait until that many were published."""
        async with asyncio.timeout(30):
            while len(self.published) < count:
                self.changed.clear()
                await self.changed.wait()

    async def gap(self, source: str) -> str | None:
        return self.gaps.pop() if self.gaps else None

    async def mended(self, source: str, gap: str) -> None:
        self.mending.append(gap)

    async def behind(self, consumer: str) -> dict[str, int]:
        return {}

    def subscribe(self, *_: object) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    @property
    def steps(self) -> list[tuple[str, int]]:
        return [(each.aggregate_id, each.payload["step"]) for each in self.published]


async def say(database: Database, *events: Event) -> None:
    async with database.transaction() as session:
        await announce(session, *events)


async def drain(relay: Relay) -> None:
    while await relay.relay_once():
        pass


def envelope(id: str = "e1", **changed: object) -> Envelope:
    fields = {
        "id": id,
        "source": "toys",
        "type": "ToyMoved",
        "version": 1,
        "occurred_at": datetime.now(UTC),
        "aggregate_id": "a",
        "sequence": 1,
        "payload": {},
    }
    return Envelope(**{**fields, **changed})  # type: ignore[arg-type]


class Effects:
    """A handler whose effect is a row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self) -> None:
        async with self._database.transaction() as session:
            await session.execute(text("CREATE TABLE IF NOT EXISTS effects (event text)"))
            await session.execute(text("TRUNCATE effects"))

    async def __call__(self, session: Any, received: Envelope) -> None:
        await session.execute(text("INSERT INTO effects VALUES (:id)"), {"id": received.id})

    async def count(self) -> int:
        async with self._database.reading() as session:
            return int((await session.execute(text("SELECT count(*) FROM effects"))).scalar_one())


# For `column`; who waits in the database of another test is not meant.
WAITS_FOR_A_LOCK = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def column(database: Database, query: str, **values: Any) -> list[Any]:
    """The first column of a query."""
    async with database.reading() as session:
        return list((await session.execute(text(query), values)).scalars())
