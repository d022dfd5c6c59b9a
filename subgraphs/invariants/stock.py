"""What must hold of stock: nothing is sold twice, and every piece is accounted for."""

from __future__ import annotations

from typing import Final

from .books import Books

# How long after its expiry a hold may still stand: a sweep comes every ten seconds.
SWEEP_GRACE_S: Final = 30


async def stock_not_oversold(books: Books) -> list[str]:
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


async def counters_equal_ledger(books: Books) -> list[str]:
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


async def no_overdue_hold(books: Books) -> list[str]:
    """I6."""
    overdue = await books.rows(
        "inventory",
        "SELECT key, expires_at FROM reservations WHERE status = 'HELD' AND expires_at < now() - $1 * interval '1 s'",
        SWEEP_GRACE_S,
    )
    return [f"the hold {row['key']} was to expire at {row['expires_at'].isoformat()}" for row in overdue]
