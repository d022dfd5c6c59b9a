"""What the shop shows of itself at /metrics: products, people, orders and stock, as they are in the databases."""

import importlib
from collections.abc import AsyncIterator

import httpx
import pytest

from chassis.app import create_app
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from subgraphs import cli

pytestmark = pytest.mark.anyio

SHOWING = ("users", "products", "inventory", "orders")


@pytest.fixture(scope="module")
async def shown(postgres_url: str, database_prefix: str) -> AsyncIterator[str]:
    """The page of a process that serves these four with the demo data."""
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}figures_")
    built = [cli.load(name, settings) for name in SHOWING]
    for subgraph in built:
        await migrate(subgraph.name, settings)
        await importlib.import_module(f"subgraphs.{subgraph.name}.seed").demo(subgraph.database)
    app = create_app(built, settings, background=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield (await client.get("/metrics")).text
    for subgraph in built:
        await subgraph.database.close()
        for close in subgraph.closes:
            await close()
        await drop_database(settings.database_of(subgraph.name))


def figures(page: str, name: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in page.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
    return {labels.removeprefix(name): float(value) for labels, _, value in lines}


@pytest.mark.parametrize("name", ["ecommerce_users_total", "ecommerce_products_total"])
async def test_people_and_products_are_counted(shown: str, name: str):
    (count,) = figures(shown, name).values()

    assert count >= 2


async def test_orders_are_counted_by_status(shown: str):
    counted = figures(shown, "ecommerce_orders_total")

    assert counted['{status="CONFIRMED"}'] >= 1
    assert len(counted) > 3


async def test_stock_is_counted_by_warehouse(shown: str):
    counted = figures(shown, "ecommerce_inventory_stock")

    assert len(counted) >= 2
    assert sum(counted.values()) > 100
