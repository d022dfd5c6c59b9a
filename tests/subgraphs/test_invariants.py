"""The auditor sees each way in which the shop's books can be wrong, and finds nothing in books that are right.

The demo data is damaged inside a transaction, looked at through the same connections, and rolled back; where the
database itself would refuse the damage, its constraint goes first.
"""

import importlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest

from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from subgraphs import NAMES, cli
from subgraphs.invariants import INVARIANTS, Books, audit

pytestmark = pytest.mark.anyio

CONFIRMED, CANCELLED, DELIVERED = "order-demo-confirmed", "order-demo-cancelled", "order-demo-delivered"
EVENT = """
INSERT INTO outbox (id, type, version, aggregate_id, payload, occurred_at, attempts, not_before, sent_at)
VALUES ('event-1', '{type}', 1, 'order-demo-shipped', '{payload}', now(), 0, now(), now())
"""


@pytest.fixture(scope="module")
async def books(postgres_url: str, database_prefix: str) -> AsyncIterator[Books]:
    """Every subgraph's database with the demo data, which holds an order in each status."""
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}books_")
    listened = {}
    for name in NAMES:
        await migrate(name, settings)
        subgraph = cli.load(name, settings)
        listened[name] = frozenset((listener.source, listener.type) for listener in subgraph.listens)
        await importlib.import_module(f"subgraphs.{name}.seed").demo(subgraph.database)
        for close in (subgraph.database.close, *subgraph.closes):
            await close()
    connections = {name: await asyncpg.connect(settings.database_of(name)) for name in NAMES}
    yield Books(connections, listened)
    for name, connection in connections.items():
        await connection.close()
        await drop_database(settings.database_of(name))


@asynccontextmanager
async def damaged(books: Books, damage: Mapping[str, Sequence[str]]) -> AsyncIterator[None]:
    """The books after these statements, by subgraph; undone with the block."""
    async with AsyncExitStack() as stack:
        for name, statements in damage.items():
            transaction = books.connections[name].transaction()
            await transaction.start()
            stack.push_async_callback(transaction.rollback)
            for statement in statements:
                await books.connections[name].execute(statement)
        yield


@dataclass(frozen=True)
class Wrong:
    """Something that must never be: how to bring it about, which invariant it breaks, and what is said of it."""

    invariant: str
    damage: Mapping[str, Sequence[str]]
    says: str


WRONGS = {
    "more is promised than there is": Wrong(
        "I1",
        {
            "inventory": [
                "ALTER TABLE items DROP CONSTRAINT items_check",
                "UPDATE items SET held = on_hand - committed + 1 WHERE sku = 'LAPTOP-001'",
            ]
        },
        "items: LAPTOP-001 has",
    ),
    "more is promised in a warehouse than it has": Wrong(
        "I1",
        {
            "inventory": [
                "ALTER TABLE levels DROP CONSTRAINT levels_check",
                "UPDATE levels SET committed = on_hand - held + 1 WHERE sku = 'LAPTOP-001'",
            ]
        },
        "levels: LAPTOP-001 ",
    ),
    "a counter moved and the ledger did not": Wrong(
        "I1", {"inventory": ["UPDATE levels SET on_hand = on_hand + 1 WHERE sku = 'LAPTOP-001'"]}, "the ledger says"
    ),
    "the warehouses do not add up to the total": Wrong(
        "I1",
        {"inventory": ["UPDATE items SET on_hand = on_hand + 1 WHERE sku = 'LAPTOP-001'"]},
        "LAPTOP-001: its warehouses do not add up",
    ),
    "an order's sums do not make its total": Wrong(
        "I2",
        {
            "orders": [
                "ALTER TABLE orders DROP CONSTRAINT orders_total_adds_up",
                f"UPDATE orders SET total_minor = total_minor - 1 WHERE id = '{CONFIRMED}'",
            ]
        },
        f"order {CONFIRMED} does not add up",
    ),
    "an order's lines do not make its subtotal": Wrong(
        "I2",
        {
            "orders": [
                "ALTER TABLE order_lines DISABLE TRIGGER USER",
                "ALTER TABLE order_lines DROP CONSTRAINT order_lines_total_adds_up",
                f"UPDATE order_lines SET total_minor = total_minor + 1 WHERE order_id = '{CONFIRMED}'",
            ]
        },
        f"order {CONFIRMED} does not add up",
    ),
    "more was refunded than captured": Wrong(
        "I3",
        {
            "payments": [
                "ALTER TABLE payments DROP CONSTRAINT payments_refunds_within_captured",
                f"UPDATE payments SET refunded_minor = captured_minor + 1 WHERE order_id = '{CANCELLED}'",
            ]
        },
        "payment payment-demo-cancelled: captured 26880, refunded 26881",
    ),
    "a capture nobody asked for": Wrong(
        "I3",
        {"payments": [f"UPDATE payments SET captured_minor = captured_minor - 1 WHERE order_id = '{CONFIRMED}'"]},
        "its transactions say 26880",
    ),
    "one version of a cart became two orders": Wrong(
        "I4",
        {
            "orders": [
                "DROP INDEX orders_once_per_cart_version",
                f"UPDATE orders SET cart_id = 'cart-of-demo-shipped' WHERE id = '{CONFIRMED}'",
            ]
        },
        "cart cart-of-demo-shipped version 2 became several orders",
    ),
    "one key became two orders": Wrong(
        "I4",
        {
            "orders": [
                "ALTER TABLE orders DROP CONSTRAINT orders_once_per_key",
                f"UPDATE orders SET idempotency_key = 'demo-shipped' WHERE id = '{CONFIRMED}'",
            ]
        },
        "the key demo-shipped of",
    ),
    "a confirmed order without its stock": Wrong(
        "I5",
        {
            "inventory": [
                f"UPDATE reservations SET status = 'RELEASED', closed_at = now() WHERE key = '{CONFIRMED}'",
            ]
        },
        f"order {CONFIRMED} is CONFIRMED, and what is reserved for it is []",
    ),
    "a confirmed order with its stock twice": Wrong(
        "I5",
        {
            "inventory": [
                (
                    "INSERT INTO reservations (id, key, status, created_at, expires_at)"
                    f" VALUES ('twice', '{CONFIRMED}:2', 'COMMITTED', now(), now())"
                ),
            ]
        },
        f"order {CONFIRMED} is CONFIRMED, and what is reserved for it is ['COMMITTED', 'COMMITTED']",
    ),
    "a confirmed order with other pieces": Wrong(
        "I5",
        {
            "inventory": [
                "UPDATE allocations SET quantity = quantity + 1 WHERE reservation_id = 'reservation-demo-confirmed'"
            ]
        },
        f"order {CONFIRMED} bought",
    ),
    "a confirmed order that was not paid": Wrong(
        "I5",
        {"payments": [f"UPDATE payments SET captured_minor = 0 WHERE order_id = '{CONFIRMED}'"]},
        f"order {CONFIRMED} is CONFIRMED and costs 26880, but only 0 was captured",
    ),
    "a confirmed order whose money went back": Wrong(
        "I5",
        {"payments": [f"UPDATE payments SET refunded_minor = 1 WHERE order_id = '{CONFIRMED}'"]},
        f"order {CONFIRMED} is CONFIRMED and costs 26880, and of 26880 captured 1 went back",
    ),
    "a cancelled order that keeps money": Wrong(
        "I5",
        {"payments": [f"UPDATE payments SET refunded_minor = refunded_minor - 1 WHERE order_id = '{CANCELLED}'"]},
        f"order {CANCELLED} is CANCELLED, and 1 of its money is kept",
    ),
    "a failed order whose customer's money is tied up": Wrong(
        "I5",
        {
            "payments": [
                "UPDATE payments SET status = 'AUTHORIZED', authorized_minor = 5 WHERE order_id = 'order-demo-failed'"
            ]
        },
        "order order-demo-failed is FAILED, and 5 of its customer's money is tied up",
    ),
    "a cancelled order that keeps stock": Wrong(
        "I5",
        {
            "inventory": [
                f"UPDATE reservations SET status = 'COMMITTED', closed_at = NULL WHERE key = '{CANCELLED}'",
            ]
        },
        f"order {CANCELLED} is CANCELLED, and what is reserved for it is ['COMMITTED']",
    ),
    "stock for nobody": Wrong(
        "I5",
        {
            "inventory": [
                (
                    "INSERT INTO reservations (id, key, status, created_at, expires_at)"
                    " VALUES ('nobodys', 'order-nobodys', 'HELD', now(), now() + interval '1 hour')"
                ),
            ]
        },
        "held stock is set aside for order-nobodys, which is no order",
    ),
    "money from nobody": Wrong(
        "I5",
        {"payments": [f"UPDATE payments SET order_id = 'order-nobodys' WHERE order_id = '{CONFIRMED}'"]},
        "26880 was taken for order-nobodys, which is no order",
    ),
    "an order says more was refunded than was": Wrong(
        "I5",
        {"orders": [f"UPDATE orders SET refunded_minor = 500 WHERE id = '{DELIVERED}'"]},
        f"order {DELIVERED} says that 500 was refunded, and payments refunded 0",
    ),
    "money went back and the order does not say so": Wrong(
        "I5",
        {"payments": [f"UPDATE payments SET refunded_minor = 500 WHERE order_id = '{DELIVERED}'"]},
        f"order {DELIVERED} says that 0 was refunded, and payments refunded 500",
    ),
    "a hold nobody swept": Wrong(
        "I6",
        {
            "inventory": [
                (
                    "INSERT INTO reservations (id, key, status, created_at, expires_at)"
                    " VALUES ('old', 'order-demo-reserved:2', 'HELD', now(), now() - interval '1 minute')"
                ),
            ]
        },
        "the hold order-demo-reserved:2 was to expire at",
    ),
    "a status its events do not tell": Wrong(
        "I8",
        {"orders": [f"UPDATE orders SET status = 'SHIPPED' WHERE id = '{DELIVERED}'"]},
        f"order {DELIVERED} is SHIPPED, but its events say DELIVERED",
    ),
    "a history with a hole": Wrong(
        "I8",
        {
            "orders": [
                "ALTER TABLE order_events DISABLE TRIGGER USER",
                f"DELETE FROM order_events WHERE order_id = '{DELIVERED}' AND sequence = 2",
            ]
        },
        f"order {DELIVERED} has no event 2",
    ),
    "an event without its effect": Wrong(
        "I9",
        {"orders": [EVENT.format(type="OrderShipped", payload="{}")]},
        "orders: OrderShipped event-1 had no effect in inventory",
    ),
    "an event the relay set aside": Wrong(
        "I9",
        {
            "orders": [
                EVENT.format(type="OrderCancelled", payload="{}"),
                "UPDATE outbox SET sent_at = NULL, dead_at = now(), error = 'too large'",
            ]
        },
        "orders: OrderCancelled event-1 is a dead letter: too large",
    ),
    "a parcel that left the shelf twice": Wrong(
        "I9",
        {
            "inventory": [
                (
                    "INSERT INTO movements (id, sku, warehouse_id, kind, on_hand, held, committed, at, cause_id)"
                    " SELECT 'again', sku, other.id, kind, movements.on_hand, movements.held, movements.committed, at,"
                    " cause_id FROM movements CROSS JOIN LATERAL (SELECT warehouse_id AS id FROM levels"
                    " WHERE levels.sku = movements.sku AND levels.warehouse_id <> movements.warehouse_id LIMIT 1) other"
                    " WHERE cause_id = 'parcel-order-demo-shipped' LIMIT 1"
                ),
            ]
        },
        "parcel-order-demo-shipped moved",
    ),
    "a parcel that never left the shelf": Wrong(
        "I9",
        {
            "orders": [EVENT.format(type="OrderShipped", payload='{"shipmentId": "parcel-order-demo-shipped"}')],
            "inventory": [
                "INSERT INTO inbox (id, source, type, handled_at) VALUES ('event-1', 'orders', 'OrderShipped', now())",
                "DELETE FROM movements WHERE cause_id = 'parcel-order-demo-shipped'",
            ],
        },
        "and stock noted None",
    ),
}


async def test_books_that_are_right_are_found_right(books: Books) -> None:
    findings = await audit(books)

    assert [violation for finding in findings for violation in finding.violations] == []


@pytest.mark.parametrize("wrong", WRONGS.values(), ids=WRONGS)
async def test_what_must_never_be_is_reported(books: Books, wrong: Wrong) -> None:
    async with damaged(books, wrong.damage):
        findings = await audit(books)

    said = [
        violation
        for finding in findings
        if finding.invariant.name == wrong.invariant
        for violation in finding.violations
    ]
    assert [violation for violation in said if wrong.says in violation], said


def test_every_invariant_is_broken_here() -> None:
    # I7 is about vouchers, which there are none of.
    assert {invariant.name for invariant in INVARIANTS} == {wrong.invariant for wrong in WRONGS.values()}
