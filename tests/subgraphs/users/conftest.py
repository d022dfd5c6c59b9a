"""Users under test: its real database with the demo people, and a clock the tests can move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from chassis.clock import StoppedClock
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.users import seed
from subgraphs.users.app import subgraph

# Real time, because tokens are judged by it; it stands still unless a test moves it.
CLOCK = StoppedClock(datetime.now(UTC))


@pytest.fixture(autouse=True)
def clock() -> StoppedClock:
    CLOCK.at = datetime.now(UTC)
    return CLOCK


@pytest.fixture(scope="module")
async def users(postgres_url: str, database_prefix: str) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=database_prefix, token_revocation_cache_s=0)
    async with under_test("users", lambda given: subgraph(given, clock=CLOCK), settings, seed=seed.demo) as client:
        yield client
