"""What must always hold across the shop's databases, and the auditor that looks (`subgraphs check-invariants`).

An auditor stands outside the services: this is the only code that reads several subgraphs' tables, it only reads, and
no service imports it. Each invariant is a function that answers its violations, in words that name the row.

I1 to I4 and I8 hold at every moment. I5, I6 and I9 hold once what is under way has come to an end: while events wait
or checkouts are unfinished, the auditor looks only at what has ended. I7 is about vouchers; there are none yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from subgraphs.books import Books, open_books
from subgraphs.orders.status import ABANDONED, IllegalTransition, Kind, replay
from subgraphs.settlement import nothing_without_an_order, refunds_are_agreed, settled_orders_have_stock_and_money

__all__ = ["INVARIANTS", "Books", "Finding", "Invariant", "audit", "open_books"]

# How long after its expiry a hold may still stand: a sweep comes every ten seconds.
SWEEP_GRACE_S: Final = 30


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


async def audit(books: Books) -> list[Finding]:
    """Look at every invariant."""
    return [Finding(invariant, await invariant.check(books)) for invariant in INVARIANTS]


# ---------------------------------------------------------------------------------------------------------------- stock


async def _stock_not_oversold(books: Books) -> list[str]:
    """I1, in all and in each warehouse."""
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
    """I1 as it came about: every counter is the sum of its movements, and every total the sum of its warehouses."""
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
    """I6."""
    overdue = await books.rows(
        "inventory",
        "SELECT key, expires_at FROM reservations WHERE status = 'HELD' AND expires_at < now() - $1 * interval '1 s'",
        SWEEP_GRACE_S,
    )
    return [f"the hold {row['key']} was to expire at {row['expires_at'].isoformat()}" for row in overdue]


# ---------------------------------------------------------------------------------------------------------------- money


async def _totals_add_up(books: Books) -> list[str]:
    """I2, of the sums that each order keeps and of its lines."""
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
    """I3, of the sums that each payment keeps and of its transactions."""
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


# --------------------------------------------------------------------------------------------------------------- orders


async def _one_order_per_cart_version_and_key(books: Books) -> list[str]:
    """I4. An order that was abandoned, or cancelled before it was confirmed, leaves its cart to be bought again."""
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
    """I8. An order's events are numbered without a gap, each was possible, and their sum is the stored status."""
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


# --------------------------------------------------------------------------------------------------------------- events


async def _events_had_their_effect(books: Books) -> list[str]:
    """I9. Every event that was sent is in the inbox of each subgraph that listens; the inbox's key makes it once."""
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


async def _parcels_moved_stock_once(books: Books) -> list[str]:
    """I9 where it shows: what left with parcels and came back with returns is what the ledger of stock says.

    A parcel or a return whose event inventory has not handled yet is left alone.
    """
    handled = {row["id"] for row in await books.rows("inventory", "SELECT id FROM inbox")}
    told = {
        row["cause"]
        for row in await books.rows(
            "orders",
            """
            SELECT id, payload ->> CASE type WHEN 'OrderShipped' THEN 'shipmentId' ELSE 'returnId' END AS cause
            FROM outbox WHERE type IN ('OrderShipped', 'OrderReturned')
            """,
        )
        if row["id"] in handled
    }
    happened = await _moved(
        books,
        "orders",
        """
        SELECT parcel_id AS cause, sku, sum(-parcel_lines.quantity)::bigint AS pieces FROM parcel_lines
        JOIN order_lines ON line_id = order_lines.id GROUP BY 1, 2
        UNION ALL
        SELECT return_id, sku, sum(restocked)::bigint FROM return_lines JOIN order_lines ON line_id = order_lines.id
        WHERE restocked > 0 GROUP BY 1, 2
        """,
    )
    noted = await _moved(
        books,
        "inventory",
        """
        SELECT cause_id AS cause, sku, sum(on_hand)::bigint AS pieces FROM movements
        WHERE kind IN ('SHIP', 'RETURN') GROUP BY 1, 2
        """,
    )
    return [
        f"{cause} moved {happened.get(cause)}, and stock noted {noted.get(cause)}"
        for cause in sorted(noted.keys() | (happened.keys() & told))
        if happened.get(cause) != noted.get(cause)
    ]


async def _moved(books: Books, subgraph: str, query: str) -> dict[str, dict[str, int]]:
    """Pieces on hand by SKU, by the parcel or return that moved them."""
    moved: dict[str, dict[str, int]] = {}
    for row in await books.rows(subgraph, query):
        moved.setdefault(row["cause"], {})[row["sku"]] = row["pieces"]
    return moved


INVARIANTS: Final = (
    Invariant("I1", "held + committed ≤ on hand", _stock_not_oversold),
    Invariant("I1", "stock counters equal the ledger", _counters_equal_ledger),
    Invariant("I2", "total = lines + shipping + tax - discount", _totals_add_up),
    Invariant("I3", "0 ≤ refunded ≤ captured, as the transactions say", _refunds_within_captures),
    Invariant("I4", "at most one order per cart version and per key", _one_order_per_cart_version_and_key),
    Invariant("I5", "an order has stock and money, or neither", settled_orders_have_stock_and_money),
    Invariant("I5", "no stock and no money is held for what is no order", nothing_without_an_order),
    Invariant("I5", "an order and its payment agree on what was refunded", refunds_are_agreed),
    Invariant("I6", "no hold outlives its expiry and a sweep", _no_overdue_hold),
    Invariant("I8", "replayed events = stored status", _events_replay_to_status),
    Invariant("I9", "every event that was sent had its effect", _events_had_their_effect),
    Invariant("I9", "parcels and returns moved stock once", _parcels_moved_stock_once),
)
