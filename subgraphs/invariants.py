"""What must always hold across the shop's databases, and the auditor that looks (`subgraphs check-invariants`).

An auditor stands outside the services: this is the only code that reads several subgraphs' tables, it only reads, and
no service imports it. Each invariant is a function that answers its violations, in words that name the row.

I1 to I4 and I8 hold at every moment. I5, I6 and I9 hold once what is under way has come to an end: while events wait
or checkouts are unfinished, the auditor looks only at what has ended.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from chassis.settings import Settings
from subgraphs.orders.status import ABANDONED, EARNING, IllegalTransition, Kind, Status, replay

# How long after its expiry a hold may still stand: a sweep comes every ten seconds.
SWEEP_GRACE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Books:
    """A read-only connection to each subgraph's database, and which events each subgraph listens to."""

    connections: Mapping[str, asyncpg.Connection[Any]]
    listened: Mapping[str, frozenset[tuple[str, str]]]

    async def rows(self, subgraph: str, query: str, *arguments: object) -> Sequence[Any]:
        """The rows of a query on one subgraph's database."""
        rows: Sequence[Any] = await self.connections[subgraph].fetch(query, *arguments)
        return rows


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that always holds. `check` answers its violations."""

    name: str
    claim: str
    check: Callable[[Books], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What looking at one invariant came to."""

    invariant: Invariant
    violations: Sequence[str]


@asynccontextmanager
async def open_books(settings: Settings, listened: Mapping[str, frozenset[tuple[str, str]]]) -> AsyncIterator[Books]:
    """Connect to every subgraph that `listened` names; each database is read in one snapshot."""
    async with AsyncExitStack() as stack:
        connections = {}
        for name in listened:
            connection = await asyncpg.connect(settings.database_of(name))
            stack.push_async_callback(connection.close)
            await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
            connections[name] = connection
        yield Books(connections, listened)


async def audit(books: Books) -> list[Finding]:
    """Look at every invariant."""
    return [Finding(invariant, await invariant.check(books)) for invariant in INVARIANTS]


# ------------------------------------------------------------------------------------------------------------ stock


async def _stock_not_oversold(books: Books) -> list[str]:
    violations = []
    for table in ("items", "levels"):
        violations += [
            f"{table}: {row['place']} has {row['on_hand']} on hand, {row['held']} held, {row['committed']} committed"
            for row in await books.rows(
                "inventory",
                f"SELECT concat_ws(' ', sku, {'NULL' if table == 'items' else 'warehouse_id'}) AS place,"  # noqa: S608
                f" on_hand, held, committed FROM {table}"
                " WHERE held + committed > on_hand OR held < 0 OR committed < 0",
            )
        ]
    return violations


async def _counters_equal_ledger(books: Books) -> list[str]:
    counted = await books.rows(
        "inventory",
        """
        SELECT sku, warehouse_id, on_hand, held, committed, 0 AS side FROM levels
        UNION ALL
        SELECT sku, warehouse_id, sum(on_hand), sum(held), sum(committed), 1 FROM movements GROUP BY sku, warehouse_id
        """,
    )
    sides: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for row in counted:
        amounts = sides.setdefault((row["sku"], row["warehouse_id"]), [(0, 0, 0), (0, 0, 0)])
        amounts[row["side"]] = (int(row["on_hand"]), int(row["held"]), int(row["committed"]))
    violations = [
        f"{sku} in {warehouse}: counted {level}, the ledger says {ledger} (on hand, held, committed)"
        for (sku, warehouse), (level, ledger) in sides.items()
        if level != ledger
    ]
    sums = await books.rows(
        "inventory",
        """
        SELECT items.sku FROM items LEFT JOIN
          (SELECT sku, sum(on_hand) o, sum(held) h, sum(committed) c FROM levels GROUP BY sku) levels USING (sku)
        WHERE (items.on_hand, items.held, items.committed)
            <> (COALESCE(o, 0), COALESCE(h, 0), COALESCE(c, 0))
        """,
    )
    return violations + [f"{row['sku']}: its warehouses do not add up to its total" for row in sums]


async def _no_overdue_hold(books: Books) -> list[str]:
    overdue = await books.rows(
        "inventory",
        "SELECT key, expires_at FROM reservations WHERE status = 'HELD' AND expires_at < now() - $1 * interval '1 s'",
        SWEEP_GRACE_S,
    )
    return [f"the hold {row['key']} was to expire at {row['expires_at'].isoformat()}" for row in overdue]


# ------------------------------------------------------------------------------------------------------------ money


async def _totals_add_up(books: Books) -> list[str]:
    wrong = await books.rows(
        "orders",
        """
        SELECT id FROM orders LEFT JOIN
          (SELECT order_id, sum(total_minor) lines FROM order_lines GROUP BY order_id) lines ON order_id = orders.id
        WHERE total_minor <> subtotal_minor + shipping_minor + tax_minor - discount_minor
           OR subtotal_minor <> COALESCE(lines, 0)
        """,
    )
    return [f"order {row['id']} does not add up" for row in wrong]


async def _refunds_within_captures(books: Books) -> list[str]:
    wrong = await books.rows(
        "payments",
        """
        SELECT payments.id, captured_minor, refunded_minor, captured, refunded FROM payments LEFT JOIN
          (SELECT payment_id,
                  COALESCE(sum(amount_minor) FILTER (WHERE operation = 'CAPTURE' AND outcome = 'SUCCEEDED'), 0)
                    AS captured,
                  COALESCE(sum(amount_minor) FILTER (WHERE operation = 'REFUND' AND outcome = 'SUCCEEDED'), 0)
                    - COALESCE(sum(amount_minor) FILTER (WHERE operation = 'REFUND' AND outcome = 'REVERSED'), 0)
                    AS refunded
           FROM transactions GROUP BY payment_id) ledger ON payment_id = payments.id
        WHERE refunded_minor < 0 OR refunded_minor > captured_minor
           OR captured_minor <> COALESCE(captured, 0) OR refunded_minor <> COALESCE(refunded, 0)
        """,
    )
    return [
        f"payment {row['id']}: captured {row['captured_minor']}, refunded {row['refunded_minor']};"
        f" its transactions say {row['captured'] or 0} and {row['refunded'] or 0}"
        for row in wrong
    ]


# ----------------------------------------------------------------------------------------------------------- orders


async def _one_order_per_cart_version_and_key(books: Books) -> list[str]:
    abandoned = [status.value for status in ABANDONED]
    twice = await books.rows(
        "orders",
        """
        SELECT 'cart ' || cart_id || ' version ' || cart_version AS what FROM orders
        WHERE status <> ALL($1::text[]) AND NOT (status = 'CANCELLED' AND confirmed_at IS NULL)
        GROUP BY cart_id, cart_version HAVING count(*) > 1
        UNION ALL
        SELECT 'the key ' || idempotency_key || ' of ' || owner FROM orders
        GROUP BY owner, idempotency_key HAVING count(*) > 1
        """,
        abandoned,
    )
    return [f"{row['what']} became several orders" for row in twice]


async def _events_replay_to_status(books: Books) -> list[str]:
    stored = {row["id"]: row["status"] for row in await books.rows("orders", "SELECT id, status FROM orders")}
    histories: dict[str, list[Kind]] = {order_id: [] for order_id in stored}
    violations = []
    for row in await books.rows(
        "orders", "SELECT order_id, sequence, kind FROM order_events ORDER BY order_id, sequence"
    ):
        history = histories[row["order_id"]]
        history.append(Kind(row["kind"]))
        if row["sequence"] != len(history):
            violations.append(f"order {row['order_id']} has no event {len(history)}")
    for order_id, history in histories.items():
        try:
            status = replay(history)
        except IllegalTransition as illegal:
            violations.append(f"order {order_id}: {illegal}")
            continue
        if status is None or status.value != stored[order_id]:
            violations.append(f"order {order_id} is {stored[order_id]}, but its events say {status}")
    return violations


async def _settled_orders_have_stock_and_money(books: Books) -> list[str]:
    """I5 and its other half: whatever ended without being sold holds nothing and keeps no money."""
    orders = await books.rows(
        "orders",
        """
        SELECT orders.id, status, total_minor FROM orders LEFT JOIN checkouts ON order_id = orders.id
        WHERE step IS NULL OR step = 'DONE'
        """,
    )
    lines = await _pieces(books, "orders", "SELECT order_id AS key, sku, quantity FROM order_lines")
    allocated = await _pieces(
        books,
        "inventory",
        """
        SELECT split_part(key, ':', 1) AS key, sku, sum(quantity)::bigint AS quantity FROM reservations
        JOIN allocations ON reservation_id = reservations.id WHERE status = 'COMMITTED' GROUP BY 1, sku
        """,
    )
    reserved = await _holds(books)
    money = await _money(books)
    earning = {status.value for status in EARNING}
    gone = {status.value for status in (*ABANDONED, Status.CANCELLED)}
    violations = []
    for row in orders:
        order_id, status, total = row["id"], row["status"], row["total_minor"]
        authorized, captured, refunded = money.get(order_id, (0, 0, 0))
        held = reserved.get(order_id, [])
        if status in earning:
            if held != ["COMMITTED"]:
                violations.append(f"order {order_id} is {status}, and what is reserved for it is {held}")
            elif allocated.get(order_id) != lines.get(order_id):
                violations.append(f"order {order_id} bought {lines.get(order_id)}, and has {allocated.get(order_id)}")
            if captured < total:
                violations.append(f"order {order_id} is {status} and costs {total}, but only {captured} was captured")
        elif status in gone:
            if held:
                violations.append(f"order {order_id} is {status}, and what is reserved for it is {held}")
            if captured != refunded:
                violations.append(f"order {order_id} is {status}, and {captured - refunded} of its money is kept")
            elif authorized:
                violations.append(f"order {order_id} is {status}, and {authorized} of its customer's money is tied up")
    return violations


async def _nothing_without_an_order(books: Books) -> list[str]:
    """The other way round: whoever holds stock or money for an order holds it for one that exists."""
    known = {row["id"] for row in await books.rows("orders", "SELECT id FROM orders")}
    violations = [
        f"{' and '.join(states).lower()} stock is set aside for {key}, which is no order"
        for key, states in (await _holds(books)).items()
        if key not in known
    ]
    for order_id, (authorized, captured, refunded) in (await _money(books)).items():
        if order_id not in known and (authorized or captured != refunded):
            violations.append(f"{authorized + captured - refunded} was taken for {order_id}, which is no order")
    return violations


async def _holds(books: Books) -> dict[str, list[str]]:
    """The reservations that set stock aside, by order: `<order>:2` is what the order held the second time."""
    rows = await books.rows(
        "inventory",
        "SELECT split_part(key, ':', 1) AS order_id, status FROM reservations WHERE status IN ('HELD', 'COMMITTED')",
    )
    holds: dict[str, list[str]] = {}
    for row in rows:
        holds.setdefault(row["order_id"], []).append(row["status"])
    return holds


async def _pieces(books: Books, subgraph: str, query: str) -> dict[str, dict[str, int]]:
    pieces: dict[str, dict[str, int]] = {}
    for row in await books.rows(subgraph, query):
        pieces.setdefault(row["key"], {})[row["sku"]] = row["quantity"]
    return pieces


async def _money(books: Books) -> dict[str, tuple[int, int, int]]:
    """By order: what is authorized and neither captured nor voided, what was captured, what was refunded."""
    rows = await books.rows(
        "payments",
        """
        SELECT order_id, COALESCE(sum(authorized_minor) FILTER (WHERE status = 'AUTHORIZED'), 0)::bigint AS authorized,
               sum(captured_minor)::bigint AS captured, sum(refunded_minor)::bigint AS refunded
        FROM payments GROUP BY order_id
        """,
    )
    return {row["order_id"]: (row["authorized"], row["captured"], row["refunded"]) for row in rows}


# ----------------------------------------------------------------------------------------------------------- events


async def _events_had_their_effect(books: Books) -> list[str]:
    """Every event that was sent is in the inbox of each subgraph that listens to it; the inbox's key makes it once."""
    handled = {name: {row["id"] for row in await books.rows(name, "SELECT id FROM inbox")} for name in books.listened}
    violations = []
    for source in books.listened:
        dead = await books.rows(source, "SELECT id, type, error FROM outbox WHERE dead_at IS NOT NULL")
        violations += [f"{source}: {row['type']} {row['id']} is a dead letter: {row['error']}" for row in dead]
        # An event that a consumer set aside is in its inbox as well, so that it does not come again.
        aside = await books.rows(source, "SELECT id, type, error FROM inbox_failures WHERE dead_at IS NOT NULL")
        violations += [f"{source} set {row['type']} {row['id']} aside: {row['error']}" for row in aside]
        listeners = {
            (consumer, kind)
            for consumer, events in books.listened.items()
            for producer, kind in events
            if producer == source
        }
        for row in await books.rows(source, "SELECT id, type FROM outbox WHERE sent_at IS NOT NULL"):
            violations += [
                f"{source}: {row['type']} {row['id']} had no effect in {consumer}"
                for consumer, kind in sorted(listeners)
                if kind == row["type"] and row["id"] not in handled[consumer]
            ]
    return violations


INVARIANTS: Final = (
    Invariant("I1", "held + committed ≤ on hand", _stock_not_oversold),
    Invariant("I1", "stock counters equal the ledger", _counters_equal_ledger),
    Invariant("I2", "total = lines + shipping + tax - discount", _totals_add_up),
    Invariant("I3", "0 ≤ refunded ≤ captured, as the transactions say", _refunds_within_captures),
    Invariant("I4", "at most one order per cart version and per key", _one_order_per_cart_version_and_key),
    Invariant("I5", "an order has stock and money, or neither", _settled_orders_have_stock_and_money),
    Invariant("I5", "no stock and no money is held for what is no order", _nothing_without_an_order),
    Invariant("I6", "no hold outlives its expiry and a sweep", _no_overdue_hold),
    Invariant("I8", "replayed events = stored status", _events_replay_to_status),
    Invariant("I9", "every event that was sent had its effect", _events_had_their_effect),
)
