"""Amounts of money in minor units, and how the graph shows them.

    price = Amount(129999, "USD")                  # 1299.99 USD
    price * 3 - Amount.of("10.00", "USD")
    Amount.of("1299.99", "USD").times("0.0825")    # HALF_UP to the cent
    Amount(100, "USD").split([1, 1, 1])            # 34, 33, 33: largest remainder, always sums up
    Money.of(price)                                # the GraphQL type { amount: Decimal! currency: Currency! }

Stored as BIGINT minor units beside a currency code; never a float.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Self

import strawberry

# With two digits after the point, still a BIGINT.
_POWER_MAX = 15
# Digits after the point (ISO 4217).
_EXPONENTS = {"USD": 2, "EUR": 2, "GBP": 2, "CHF": 2, "CAD": 2, "AUD": 2, "JPY": 0}


@strawberry.enum(description="An ISO 4217 currency code.")
class Currency(enum.Enum):
    """The currencies the graph knows."""

    USD = "USD"
    EUR = "EUR"
    GBP = "GBP"
    CHF = "CHF"
    CAD = "CAD"
    AUD = "AUD"
    JPY = "JPY"


class MixedCurrencies(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True, order=False)
class Amount:
    """`minor` units (cents) of `currency`; may be negative. Arithmetic refuses to mix currencies."""

    minor: int
    currency: str = "USD"

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are a whole number, not {type(self.minor).__name__}")
        if self.currency not in _EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str = "USD") -> Self:
        """Parse a decimal amount exactly; a ValueError when it has more digits than the currency, or 17 before it."""
        if isinstance(amount, float):
            raise TypeError("an amount is never a float")
        try:
            value = Decimal(amount)
            # Bounded before it is converted: 1e999999 is a short text and a very long number.
            if value.is_finite() and value.adjusted() > _POWER_MAX:
                raise ValueError(f"{str(amount)[:40]} is more money than there is")
            scaled = value.scaleb(_EXPONENTS[currency])
        except (InvalidOperation, KeyError) as error:
            raise ValueError(f"{amount!r} {currency!r} is not an amount of money") from error
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{str(amount)[:40]} has more digits than {currency} does")
        return cls(int(scaled), currency)

    @classmethod
    def from_reference(cls, value: Mapping[str, Any]) -> Self:
        """Read `{"amount": "12.00", "currency": "USD"}`, as a representation or a peer's answer carries it."""
        return cls.of(str(value["amount"]), str(value["currency"]))

    @classmethod
    def zero(cls, currency: str = "USD") -> Self:
        """Nothing, in that currency."""
        return cls(0, currency)

    @classmethod
    def sum(cls, amounts: Iterable[Amount], currency: str = "USD") -> Amount:
        """All of them together; `currency` is that of an empty sum."""
        total: Amount | None = None
        for amount in amounts:
            total = amount if total is None else total + amount
        return cls.zero(currency) if total is None else total

    @property
    def decimal(self) -> Decimal:
        """Units of the currency with exactly its digits: Decimal('1299.99')."""
        return Decimal(self.minor).scaleb(-_EXPONENTS[self.currency])

    def _same(self, other: Amount) -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: Amount) -> Amount:
        self._same(other)
        return Amount(self.minor + other.minor, self.currency)

    def __sub__(self, other: Amount) -> Amount:
        self._same(other)
        return Amount(self.minor - other.minor, self.currency)

    def __neg__(self) -> Amount:
        return Amount(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> Amount:
        if type(quantity) is not int:
            raise TypeError("multiply by whole numbers; use times() for a rate")
        return Amount(self.minor * quantity, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Amount) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Amount) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Amount) -> bool:
        return other < self

    def __ge__(self, other: Amount) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def times(self, rate: Decimal | str | int) -> Amount:
        """Multiplied by a rate and rounded HALF_UP to the minor unit."""
        product = Decimal(self.minor) * Decimal(rate)
        return Amount(int(product.quantize(Decimal(1), rounding=ROUND_HALF_UP)), self.currency)

    def split(self, weights: Sequence[int]) -> list[Amount]:
        """Shared out by weight with the largest remainders rounded up, so the parts sum to the whole.

        Weights are non-negative and not all zero; earlier parts win ties.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights are non-negative and not all zero")
        sign, whole = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [divmod(whole * weight, total) for weight in weights]
        left = whole - sum(quotient for quotient, _ in parts)
        by_remainder = sorted(range(len(parts)), key=lambda index: -parts[index][1])
        up = set(by_remainder[:left])
        return [Amount(sign * (quotient + (index in up)), self.currency) for index, (quotient, _) in enumerate(parts)]


@strawberry.federation.type(shareable=True, description="An exact amount of money.")
class Money:
    """The GraphQL type; `amount` is written as a string with exactly the currency's digits."""

    amount: Decimal
    currency: Currency

    @classmethod
    def of(cls, amount: Amount) -> Self:
        """Show an amount."""
        return cls(amount=amount.decimal, currency=Currency[amount.currency])

    def to_amount(self) -> Amount:
        """Back to minor units."""
        return Amount.of(self.amount, self.currency.value)


@strawberry.input(description="An amount of money to compare with; never a price to charge.")
class MoneyInput:
    """Money as an argument, such as `expectedTotal`."""

    amount: Decimal
    currency: Currency

    def to_amount(self) -> Amount:
        """Minor units; ValueError when the amount has more digits than the currency."""
        return Amount.of(self.amount, self.currency.value)
