"""What must hold of events: whatever was announced had its effect, once."""

from __future__ import annotations

from .books import Books


async def events_had_their_effect(books: Books) -> list[str]:
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


async def parcels_moved_stock_once(books: Books) -> list[str]:
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
