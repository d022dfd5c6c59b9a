"""The catalogue under test with its demo data, and who asks."""

from collections.abc import AsyncIterator

import pytest

from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.products import seed
from subgraphs.products.app import subgraph

ADMIN = {"user": "user-admin", "roles": {"admin"}, "scopes": {"products:write"}}


@pytest.fixture(scope="module")
async def products(
    postgres_url: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Client]:
    folder = tmp_path_factory.mktemp("media")
    # Statements are counted here; what is remembered is for test_shelf.py.
    settings = Settings(
        database_url=postgres_url, database_prefix=database_prefix, media_url=str(folder), catalogue_cache_s=0
    )
    async with under_test("products", subgraph, settings, seed=seed.demo) as client:
        yield client


@pytest.fixture
def admin() -> dict[str, object]:
    return dict(ADMIN)
