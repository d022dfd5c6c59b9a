"""Inventory under test with its demo data, and ways to look behind the graph."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from chassis.settings import Settings
from chassis.testing import Client, under_test
from chassis.viewer import Viewer
from subgraphs.inventory import seed
from subgraphs.inventory.app import subgraph
from subgraphs.inventory.service import Stock

ANOTHER_SUBGRAPH = Viewer(internal=True)


@pytest.fixture
async def inventory(postgres_url: str, database_prefix: str) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=database_prefix)
    async with under_test("inventory", subgraph, settings, seed=seed.demo) as client:
        yield client


@pytest.fixture
def stock(inventory: Client) -> Stock:
    return Stock(inventory.database)


@pytest.fixture
def admin() -> dict[str, object]:
    return {"user": "user-admin", "roles": {"admin"}, "scopes": {"inventory:read", "inventory:write"}}


async def rows(client: Client, sql: str, **parameters: object) -> list[tuple[object, ...]]:
    async with client.database.reading() as session:
        return [tuple(row) for row in await session.execute(text(sql), parameters)]


async def disagreements(client: Client) -> list[tuple[object, ...]]:
    """Counters that are not what the ledger says, over levels and over items; and any that break invariant I1."""
    levels = await rows(
        client,
        """
        SELECT l.sku, l.warehouse_id, l.on_hand, l.held, l.committed,
               coalesce(sum(m.on_hand), 0), coalesce(sum(m.held), 0), coalesce(sum(m.committed), 0)
        FROM levels l LEFT JOIN movements m USING (sku, warehouse_id)
        GROUP BY l.sku, l.warehouse_id
        HAVING (l.on_hand, l.held, l.committed)
            <> (coalesce(sum(m.on_hand), 0), coalesce(sum(m.held), 0), coalesce(sum(m.committed), 0))
        """,
    )
    items = await rows(
        client,
        """
        SELECT i.sku, i.on_hand, i.held, i.committed
        FROM items i LEFT JOIN levels l USING (sku)
        GROUP BY i.sku
        HAVING (i.on_hand, i.held, i.committed)
            <> (coalesce(sum(l.on_hand), 0), coalesce(sum(l.held), 0), coalesce(sum(l.committed), 0))
            OR i.held + i.committed > i.on_hand
        """,
    )
    return levels + items
