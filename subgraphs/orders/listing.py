"""Orders seen together: which of them are wanted, and what they brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.money import Amount

from .status import Status


@dataclass(frozen=True, slots=True)
class Filter:
    """Which orders an administrator wants to see; None is no wish."""

    statuses: Sequence[Status] | None = None
    customer_id: str | None = None
    email: str | None = None
    number: int | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class EarnedOnDay:
    """What one UTC day brought in, in minor units."""

    day: date
    currency: str
    total_minor: int
    orders: int


@dataclass(frozen=True, slots=True)
class Revenue:
    """What was earned in [since, until): confirmed orders whose money the shop keeps, by UTC day."""

    since: datetime
    until: datetime
    currency: str
    days: Sequence[EarnedOnDay]

    @property
    def total(self) -> Amount:
        """The days together."""
        return Amount(sum(day.total_minor for day in self.days), self.currency)

    @property
    def orders(self) -> int:
        """How many orders."""
        return sum(day.orders for day in self.days)

    @property
    def average(self) -> Amount | None:
        """Per order, HALF_UP to the minor unit; None without orders."""
        count = self.orders
        return Amount((2 * self.total.minor + count) // (2 * count), self.currency) if count else None
