"""What must hold of money: orders add up, and no more goes back than was taken."""

from __future__ import annotations

from .books import Books


async def totals_add_up(books: Books) -> list[str]:
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


async def refunds_within_captures(books: Books) -> list[str]:
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
