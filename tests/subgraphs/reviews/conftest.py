"""Reviews under test with its demo data, beside a catalogue and users that are faked at the wire."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest
from sqlalchemy import text

from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.reviews import seed
from subgraphs.reviews.app import subgraph

MODERATOR = {"user": "user-admin", "roles": {"admin"}, "scopes": {"reviews:moderate"}}


@dataclass
class Neighbours:
    """What the peers answer: items for sale, names of people; or nothing, when down."""

    items: set[str] = field(
        default_factory=lambda: {"prod-tv-001", "prod-tablet-001", "prod-mic-001", "bundle-desk-001"}
    )
    names: dict[str, str] = field(default_factory=lambda: {"user-dora": "Dora D."})
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("nobody listens", request=request)
        self.asked.append(request.url.path)
        found: list[dict[str, str] | None] = []
        for reference in json.loads(request.content)["variables"]["r"]:
            id = reference["id"]
            if reference["__typename"] == "User":
                found.append({"id": id, "displayName": self.names[id]} if id in self.names else None)
            else:
                found.append({"id": id, "__typename": "Product"} if id in self.items else None)
        return httpx.Response(200, json={"data": {"_entities": found}})


@dataclass
class Wire:
    """What stands between reviews and whoever answers now."""

    neighbours: Neighbours = field(default_factory=Neighbours)

    def answer(self, request: httpx.Request) -> httpx.Response:
        return self.neighbours.answer(request)


@pytest.fixture(scope="module")
def wire() -> Wire:
    return Wire()


@pytest.fixture
def neighbours(wire: Wire) -> Neighbours:
    """The peers as each test finds them: up, and not asked yet."""
    wire.neighbours = Neighbours()
    return wire.neighbours


@pytest.fixture(scope="module")
async def served(postgres_url: str, database_prefix: str, wire: Wire) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=database_prefix)
    build = partial(subgraph, transport=httpx.MockTransport(wire.answer))
    async with under_test("reviews", build, settings) as client:
        yield client


@pytest.fixture
async def reviews(served: Client, neighbours: Neighbours) -> Client:
    """Reviews with nothing but the demo data, whatever the test before has done."""
    async with served.database.transaction() as session:
        await session.execute(text("TRUNCATE reviews, votes, ratings, authors, bought, gone_items, outbox, inbox"))
    await seed.demo(served.database)
    return served


@pytest.fixture
def moderator() -> dict[str, object]:
    return dict(MODERATOR)
