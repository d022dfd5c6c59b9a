"""Reviews under test with its demo data, beside a catalogue and users that are faked at the wire."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest

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


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours()


@pytest.fixture
async def reviews(postgres_url: str, database_prefix: str, neighbours: Neighbours) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=database_prefix)
    build = partial(subgraph, transport=httpx.MockTransport(neighbours.answer))
    async with under_test("reviews", build, settings, seed=seed.demo) as client:
        yield client


@pytest.fixture
def moderator() -> dict[str, object]:
    return dict(MODERATOR)
