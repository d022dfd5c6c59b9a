"""The stock of the demo's and the generator's orders: what orders tells of each is what inventory has done for it."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from chassis.database import Database
from chassis.demo import Zipf
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from chassis.testing import Client
from subgraphs.inventory import seed
from subgraphs.orders import seed as orders_seed
from subgraphs.orders.status import ARRIVED, EARNING, Status
from tests.subgraphs.inventory.conftest import disagreements, rows

pytestmark = pytest.mark.anyio

HELD = {Status.RESERVED, Status.AWAITING_PAYMENT, Status.UNDER_REVIEW}
SOLD = EARNING | {Status.REFUNDED}
OVER = {Status.CANCELLED, Status.FAILED, Status.EXPIRED}
N = 60


@pytest.fixture(scope="module")
async def orders(postgres_url: str, database_prefix: str) -> AsyncIterator[Database]:
    """The database of orders with its demo and scale data."""
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}beside_inventory_")
    await migrate("orders", settings)
    database = Database(settings.database_of("orders"))
    await orders_seed.demo(database)
    await orders_seed.scale(database, N)
    yield database
    await database.close()
    await drop_database(settings.database_of("orders"))


async def of(database: Database, sql: str) -> list[tuple[object, ...]]:
    from sqlalchemy import text

    async with database.reading() as session:
        return [tuple(row) for row in await session.execute(text(sql))]


async def test_every_order_has_the_reservation_that_its_status_says(inventory: Client, orders: Database) -> None:
    await seed.scale(inventory.database, N)
    kept = {
        str(key): (id, status) for key, id, status in await rows(inventory, "SELECT key, id, status FROM reservations")
    }
    pieces = partial(rows, inventory)

    for order_id, status, reservation_id in await of(orders, "SELECT id, status, reservation_id FROM orders"):
        if status in SOLD:
            assert kept[str(order_id)] == (reservation_id, "COMMITTED"), order_id
            lines = await of(
                orders, f"SELECT sku, quantity FROM order_lines WHERE order_id = '{order_id}' ORDER BY sku"
            )
            taken = await pieces(
                "SELECT sku, sum(quantity)::int FROM allocations WHERE reservation_id = :id GROUP BY sku ORDER BY sku",
                id=reservation_id,
            )
            assert taken == lines, order_id
        elif status in HELD:
            assert kept[str(order_id)] == (reservation_id, "HELD"), order_id
        elif status in OVER:
            assert kept[str(order_id)] == (reservation_id, "RELEASED"), order_id
        else:
            assert status == Status.PENDING
            assert order_id not in kept
    assert await disagreements(inventory) == []


async def test_parcels_and_returns_of_orders_are_in_the_ledger_piece_by_piece(
    inventory: Client, orders: Database
) -> None:
    await seed.scale(inventory.database, N)

    parcels = await of(
        orders,
        "SELECT parcel_id, sku, parcel_lines.quantity FROM parcel_lines JOIN order_lines ON line_id = order_lines.id",
    )
    returns = await of(
        orders,
        "SELECT return_id, sku, restocked FROM return_lines JOIN order_lines ON line_id = order_lines.id"
        " WHERE restocked > 0",
    )
    moved = "SELECT cause_id, sku, sum(abs(on_hand))::int FROM movements WHERE kind = :kind GROUP BY 1, 2 ORDER BY 1, 2"

    assert len(parcels) > N
    assert len(returns) == 4
    assert await rows(inventory, moved, kind="SHIP") == sorted(parcels)
    assert await rows(inventory, moved, kind="RETURN") == sorted(returns)


async def test_no_sweep_takes_what_the_demo_shows(inventory: Client) -> None:
    from chassis.clock import now

    held = await rows(
        inventory, "SELECT count(*) FROM reservations WHERE status = 'HELD' AND expires_at > :at", at=now()
    )

    assert held == [(3,)]


def test_the_generators_of_orders_and_stock_agree_on_every_order() -> None:
    popular = Zipf(500, exponent=0.9)
    for number in range(1, 501):
        told, taken = orders_seed._scaled(number, popular), seed.ordered(number, popular)

        assert (told.id, [line.sku for line in told.lines]) == (taken.id, list(taken.skus))
        assert {line.quantity for line in told.lines} == {1}
        last = told.history[-1].value
        assert (last == "DELIVERED", last == "CONFIRMED") == (
            taken.is_shipped,
            not taken.is_shipped and not taken.is_cancelled,
        )


def test_every_demo_order_but_the_pending_one_has_its_stock_told() -> None:
    assert set(seed.ORDERS) == {status.value.lower() for status in orders_seed.HISTORIES} - {"pending"}
    assert {
        Status(order.upper()) for order, (_, steps) in seed.ORDERS.items() if "SHIP" in {step.value for step in steps}
    } == (ARRIVED | {Status.SHIPPED, Status.PARTIALLY_SHIPPED})
