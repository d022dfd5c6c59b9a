"""Users under test: its real database with the demo people, and a clock the tests can move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

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
        return subgraph(given, clock=CLOCK, passwords=cheap)

    async with under_test("users", built, settings, seed=seed.demo) as client:
        yield client
