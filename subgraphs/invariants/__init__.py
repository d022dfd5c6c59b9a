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

from .announcements import events_had_their_effect, parcels_moved_stock_once
from .books import Books, open_books
from .money import refunds_within_captures, totals_add_up
from .orders import (
    events_replay_to_status,
    nothing_without_an_order,
    one_order_per_cart_version_and_key,
    refunds_are_agreed,
    settled_orders_have_stock_and_money,
)
from .stock import counters_equal_ledger, no_overdue_hold, stock_not_oversold

__all__ = ["INVARIANTS", "Books", "Finding", "Invariant", "audit", "open_books"]


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


INVARIANTS: Final = (
    Invariant("I1", "held + committed ≤ on hand", stock_not_oversold),
    Invariant("I1", "stock counters equal the ledger", counters_equal_ledger),
    Invariant("I2", "total = lines + shipping + tax - discount", totals_add_up),
    Invariant("I3", "0 ≤ refunded ≤ captured, as the transactions say", refunds_within_captures),
    Invariant("I4", "at most one order per cart version and per key", one_order_per_cart_version_and_key),
    Invariant("I5", "an order has stock and money, or neither", settled_orders_have_stock_and_money),
    Invariant("I5", "no stock and no money is held for what is no order", nothing_without_an_order),
    Invariant("I5", "an order and its payment agree on what was refunded", refunds_are_agreed),
    Invariant("I6", "no hold outlives its expiry and a sweep", no_overdue_hold),
    Invariant("I8", "replayed events = stored status", events_replay_to_status),
    Invariant("I9", "every event that was sent had its effect", events_had_their_effect),
    Invariant("I9", "parcels and returns moved stock once", parcels_moved_stock_once),
)
