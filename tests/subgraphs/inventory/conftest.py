"""Inventory under test with its demo data, and ways to look behind the graph."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest
from sqlalchemy import text

from chassis.clock import Clock, now
from chassis.events import Envelope, Event
from chassis.hints import Hints
from chassis.ids import new_id
from chassis.live import InProcessLive
from chassis.peers import peer
from chassis.settings import Settings
from chassis.testing import Client, under_test
from chassis.viewer import Viewer
from subgraphs.inventory import seed
from subgraphs.inventory.app import subgraph
from subgraphs.inventory.peers import Catalogue
from subgraphs.inventory.service import Counting, Ledger, Reservations

ANOTHER_SUBGRAPH = Viewer(internal=True)


@dataclass
class FakeCatalogue:
    """The products subgraph at the wire: whose SKUs are, or a peer's trouble (chassis.peers)."""

    owners: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    asked: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        lost: dict[str | None, Exception] = {
            "refused": httpx.ConnectError("nobody listens", request=request),
            "slow": httpx.ReadTimeout("no answer", request=request),
            "cut_off": httpx.RemoteProtocolError("hung up", request=request),
        }
        if self.trouble in lost:
            raise lost[self.trouble]
        if self.trouble == "wrong":
            return httpx.Response(502, text="<html>Bad gateway</html>")
        if self.trouble == "errors":
            return httpx.Response(200, json={"data": None, "errors": [{"message": "Internal error"}]})
        skus = json.loads(request.content)["variables"]["skus"]
        known = [{"sku": sku, "productId": self.owners[sku]} for sku in skus if sku in self.owners]
        return httpx.Response(200, json={"data": {"skuOwners": known}})


@pytest.fixture(scope="module")
def wire() -> FakeCatalogue:
    return FakeCatalogue()


@pytest.fixture
def catalogue(wire: FakeCatalogue) -> FakeCatalogue:
    """The catalogue as each test finds it: up, and not asked yet."""
    wire.owners, wire.trouble, wire.asked = {}, None, 0
    return wire


@pytest.fixture(scope="module")
async def served(postgres_url: str, database_prefix: str, wire: FakeCatalogue) -> AsyncIterator[Client]:
    # Forty buyers on a machine that runs the rest of the tests may wait longer for a row than a shop would let them.
    settings = Settings(
        database_url=postgres_url, database_prefix=database_prefix, database_timeout_ms=60_000, database_pool_size=26
    )
    build = partial(subgraph, transport=httpx.MockTransport(wire.answer))
    async with under_test("inventory", build, settings) as client:
        yield client


@pytest.fixture
async def inventory(served: Client, catalogue: FakeCatalogue) -> Client:
    """Inventory with nothing but the demo data, whatever the test before has done."""
    async with served.database.transaction() as session:
        await session.execute(
            text(
                "TRUNCATE warehouses, items, levels, movements, reservations, allocations, outbox, inbox, inbox_failures"
            )
        )
    await seed.demo(served.database)
    return served


@pytest.fixture
def make_stock(inventory: Client) -> Callable[[Clock], Reservations]:
    """What other subgraphs do with stock, at a time the test says."""
    return lambda clock: Reservations(inventory.database, Ledger(Hints(InProcessLive()), clock), clock)


@pytest.fixture
def stock(make_stock: Callable[[Clock], Reservations]) -> Reservations:
    return make_stock(now)


@pytest.fixture
def counting(inventory: Client, catalogue: FakeCatalogue) -> Counting:
    """What administrators do with it."""
    products = peer("products", inventory.settings, transport=httpx.MockTransport(catalogue.answer))
    return Counting(inventory.database, Catalogue(products), Ledger(Hints(InProcessLive())))


@pytest.fixture
def admin() -> dict[str, object]:
    return {"user": "user-admin", "roles": {"admin"}, "scopes": {"inventory:read", "inventory:write"}}


def envelope_of(source: str, event: Event) -> Envelope:
    """An event as it travels, sent for the first time."""
    return Envelope(
        id=new_id(),
        source=source,
        type=type(event).__name__,
        version=event.version,
        occurred_at=now(),
        aggregate_id=event.aggregate_id,
        sequence=1,
        payload=event.payload(),
    )


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
