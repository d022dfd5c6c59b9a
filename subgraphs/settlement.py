"""What must hold between orders, their stock and their money once what was under way has ended (invariant I5)."""

from __future__ import annotations

from subgraphs.books import Books
from subgraphs.orders.status import ABANDONED, EARNING, Status


async def settled_orders_have_stock_and_money(books: Books) -> list[str]:
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
    unreturned = {Status.CONFIRMED.value, Status.PARTIALLY_SHIPPED.value, Status.SHIPPED.value}
    by_hand = await _given_by_hand(books)
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
            elif status in unreturned and captured - refunded < total - by_hand.get(order_id, 0):
                violations.append(
                    f"order {order_id} is {status} and costs {total}, and of {captured} captured {refunded} went back"
                )
        elif status in gone:
            if held:
                violations.append(f"order {order_id} is {status}, and what is reserved for it is {held}")
            if captured != refunded:
                violations.append(f"order {order_id} is {status}, and {captured - refunded} of its money is kept")
            elif authorized:
                violations.append(f"order {order_id} is {status}, and {authorized} of its customer's money is tied up")
    return violations


async def nothing_without_an_order(books: Books) -> list[str]:
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


async def refunds_are_agreed(books: Books) -> list[str]:
    """I5. What an order says was given back is what payments gave back for it.

    What administrators gave back by hand counts from when orders has heard of it. A return whose refund is under way is
    left alone.
    """
    orders = await books.rows(
        "orders",
        """
        SELECT orders.id, status, refunded_minor FROM orders JOIN checkouts ON order_id = orders.id
        WHERE step = 'DONE' AND NOT EXISTS (
          SELECT FROM returns WHERE returns.order_id = orders.id AND returns.status = 'RECEIVED')
        """,
    )
    money, by_hand = await _money(books), await _given_by_hand(books)
    earning = {status.value for status in EARNING}
    violations = []
    for row in orders:
        order_id, said = row["id"], row["refunded_minor"]
        _, _, refunded = money.get(order_id, (0, 0, 0))
        unheard = refunded - by_hand.get(order_id, 0) if row["status"] in earning else refunded
        if not min(unheard, refunded) <= said <= max(unheard, refunded):
            violations.append(f"order {order_id} says that {said} was refunded, and payments refunded {refunded}")
    return violations


async def _given_by_hand(books: Books) -> dict[str, int]:
    """By order, what went back under keys that are not its own: administrators' refunds, and the provider's."""
    rows = await books.rows(
        "payments",
        """
        SELECT order_id, (COALESCE(sum(transactions.amount_minor) FILTER (WHERE outcome = 'SUCCEEDED'), 0)
                          - COALESCE(sum(transactions.amount_minor) FILTER (WHERE outcome = 'REVERSED'), 0))::bigint
          AS refunded
        FROM transactions JOIN payments ON payment_id = payments.id
        WHERE operation = 'REFUND' AND NOT starts_with(transactions.idempotency_key, order_id || ':')
        GROUP BY order_id
        """,
    )
    return {row["order_id"]: row["refunded"] for row in rows}


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
