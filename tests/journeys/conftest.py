"""One running shop for all journeys of a worker, and the people who use it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.shop import Shop, Visitor, opened

SCALE = 120
MAY_BE_SILENT = ("inventory", "users")


@pytest.fixture(scope="session")
def shop(postgres_url: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop with its demo data and SCALE further products, users, reviews and orders."""
    folder = tmp_path_factory.mktemp("shop")
    prefix = f"{database_prefix}shop_"
    with opened(folder, postgres_url=postgres_url, prefix=prefix, scale=SCALE, may_be_silent=MAY_BE_SILENT) as shop:
        yield shop


@pytest.fixture(scope="session")
def customer(shop: Shop) -> Visitor:
    return shop.customer()


@pytest.fixture(scope="session")
def admin(shop: Shop) -> Visitor:
    return shop.admin()


@pytest.fixture
def guest(shop: Shop) -> Visitor:
    return shop.guest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys on one worker where xdist groups tests: a second shop would only cost time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))
            item.add_marker(pytest.mark.slow)
            # The first one starts the shop, which takes its time on a busy machine.
            item.add_marker(pytest.mark.timeout(600))
