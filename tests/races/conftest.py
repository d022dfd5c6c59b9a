"""One running shop for all races of a worker; after each, its books are right."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.chaos.recovery import at_rest, settings_of
from tests.journeys.shop import PATIENCE_S, Shop, opened
from tests.races.crowd import Crowd, Person

REST_WITHIN_S = 120


@pytest.fixture(scope="session")
def shop(postgres_url: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop with its demo data."""
    folder = tmp_path_factory.mktemp("races")
    with opened(folder, postgres_url=postgres_url, prefix=f"{database_prefix}races_", scale=0) as shop:
        yield shop


@asynccontextmanager
async def crowd_of(shop: Shop) -> AsyncIterator[Crowd]:
    limits = httpx.Limits(max_connections=300, max_keepalive_connections=300)
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S, limits=limits) as http:
        admin = Person(http, shop.url)
        login = (await admin.ask("Login", {"email": "admin@ecommerce.local", "password": "admin123"}))["login"]
        admin.headers["Authorization"] = f"Bearer {login['tokens']['accessToken']}"
        yield Crowd(http, shop.url, admin)


@pytest.fixture
async def crowd(shop: Shop) -> AsyncIterator[Crowd]:
    """Everybody; when they have gone, nothing is left under way and every invariant holds."""
    async with crowd_of(shop) as everybody:
        yield everybody
    settings = settings_of(shop.environment["DATABASE_URL"], shop.environment["DATABASE_PREFIX"])
    rest = await at_rest(settings, within_s=REST_WITHIN_S)
    assert (rest.violations, rest.under_way) == ((), ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(600))
