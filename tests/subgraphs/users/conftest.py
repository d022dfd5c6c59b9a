"""Users under test: its real database with the demo people, a clock the tests can move, a catalogue at the wire."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from chassis.app import Subgraph
from chassis.clock import StoppedClock
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.users import seed
from subgraphs.users.app import subgraph
from subgraphs.users.passwords import Passwords

# Real time, because tokens are judged by it; it stands still unless a test moves it.
CLOCK = StoppedClock(datetime.now(UTC))


# What the stand-in catalogue has: items, and the SKUs of their variants.
CATALOGUE = {
    "prod-laptop-001": {"LAPTOP-001"},
    "prod-mouse-001": {"MOUSE-001"},
    "prod-tv-001": {"TV-001"},
    "bundle-desk-001": set(),
}


def catalogue(request: httpx.Request) -> httpx.Response:
    """What products answers to another subgraph, over its wire."""
    found: list[dict[str, object] | None] = []
    for reference in json.loads(request.content)["variables"]["r"]:
        if reference["__typename"] == "CatalogItem":
            found.append({"__typename": "Product"} if reference["id"] in CATALOGUE else None)
            continue
        owner = next((item for item, skus in CATALOGUE.items() if reference["sku"] in skus), None)
        found.append({"__typename": "Variant", "product": {"id": owner}} if owner else None)
    return httpx.Response(200, json={"data": {"_entities": found}})


@pytest.fixture(autouse=True)
def clock() -> StoppedClock:
    CLOCK.at = datetime.now(UTC)
    return CLOCK


@pytest.fixture(scope="module")
async def users(postgres_url: str, database_prefix: str) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=database_prefix, token_revocation_cache_s=0)

    def built(given: Settings) -> Subgraph:
        # A hash that costs next to nothing: what is tested here is everything around it.
        cheap = Passwords(argon2=Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1))
        return subgraph(given, clock=CLOCK, passwords=cheap, transport=httpx.MockTransport(catalogue))

    async with under_test("users", built, settings, seed=seed.demo) as client:
        yield client
