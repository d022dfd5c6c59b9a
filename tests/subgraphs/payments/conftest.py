"""The database, clock and service that most tests of payments stand on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.migrations import folder_of, migrate_url
from subgraphs.payments.service import Payments
from tests.subgraphs.payments.counter import payments_of


@pytest.fixture(scope="module")
async def database(database_url) -> AsyncIterator[Database]:
    url = database_url("payments")
    await migrate_url(url, folder_of("payments"))
    database = Database(url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.fixture
def payments(database: Database, clock: StoppedClock) -> Payments:
    return payments_of(database, clock)
