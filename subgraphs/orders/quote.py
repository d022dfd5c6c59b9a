"""What an order costs, computed once, per line: the one place where prices, discounts, tax and shipping meet.

    quoted = quote(bought, Extras(discount=Amount(500), shipping=Amount(990), tax_rates={sku: Decimal("0.19")}))
    quoted.total == Amount.sum(line.total for line in quoted.lines)          # always, to the cent

Prices are products' base prices. Whoever quotes discounts, tax and shipping hands them in as `Extras`; without any, an
order costs its lines. Tax is rounded HALF_UP per line; what belongs to the whole order is split over its lines by
largest remainder, so that each line knows what was paid for it and a return gives back exactly that. Nothing here knows
a database, a clock or a network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chassis.money import Amount


@dataclass(frozen=True, slots=True)
class Bought:
    """So many pieces of one SKU: the name and price read from products at that moment."""

    sku: str
    product_id: str
    name: str
    unit_price: Amount
    quantity: int

    @property
    def subtotal(self) -> Amount:
        """Price times quantity."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Extras:
    """What others add to the prices: a discount and a shipping price for the whole order, a tax rate per SKU.

    The rate of a SKU that is not named is 0. Tax is on the discounted price of the goods.
    """

    discount: Amount | None = None
    shipping: Amount | None = None
    tax_rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line with its share of everything."""

    bought: Bought
    shipping: Amount
    tax: Amount
    discount: Amount

    @property
    def total(self) -> Amount:
        """What is paid for the line: subtotal + shipping + tax - discount."""
        return self.bought.subtotal + self.shipping + self.tax - self.discount


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order costs. Every figure of the order is the sum of its lines' figures."""

    lines: Sequence[QuotedLine]

    @property
    def subtotal(self) -> Amount:
        """The goods."""
        return Amount.sum(line.bought.subtotal for line in self.lines)

    @property
    def shipping(self) -> Amount:
        """Sending them."""
        return Amount.sum(line.shipping for line in self.lines)

    @property
    def tax(self) -> Amount:
        """On top of the prices."""
        return Amount.sum(line.tax for line in self.lines)

    @property
    def discount(self) -> Amount:
        """Taken off the prices."""
        return Amount.sum(line.discount for line in self.lines)

    @property
    def total(self) -> Amount:
        """What the customer pays (invariant I2)."""
        return Amount.sum(line.total for line in self.lines)


NOTHING_EXTRA = Extras()


def quote(bought: Sequence[Bought], extras: Extras = NOTHING_EXTRA) -> Quote:
    """What these lines cost; at least one. ValueError for a discount above the prices, or an extra below nothing."""
    subtotal = Amount.sum(line.subtotal for line in bought)
    nothing = Amount.zero(subtotal.currency)
    discount, shipping = extras.discount or nothing, extras.shipping or nothing
    if not nothing <= discount <= subtotal:
        raise ValueError(f"a discount of {discount} on {subtotal}")
    if shipping < nothing or any(rate < 0 for rate in extras.tax_rates.values()):
        raise ValueError("shipping and tax are never less than nothing")
    # By what the lines cost; among gifts, by how many there are.
    weights = [line.subtotal.minor for line in bought] if subtotal else [line.quantity for line in bought]
    discounts, shippings = discount.split(weights), shipping.split(weights)
    lines = []
    for line, off, sending in zip(bought, discounts, shippings, strict=True):
        tax = (line.subtotal - off).times(extras.tax_rates.get(line.sku, Decimal(0)))
        lines.append(QuotedLine(bought=line, shipping=sending, tax=tax, discount=off))
    return Quote(lines)


def share(paid: Amount, *, pieces: int, before: int, taken: int) -> Amount:
    """What `taken` of a line's `pieces` cost, of the `paid` line, when `before` of them were given back already.

    Each piece has its own share, by largest remainder: however they are given back, together they give `paid`.
    """
    if before < 0 or taken < 0 or before + taken > pieces:
        raise ValueError(f"{taken} after {before} are more than {pieces}")
    return Amount.sum(paid.split([1] * pieces)[before : before + taken], paid.currency)
