"""The tables of carts and what may happen to a cart, without SQL or network.

A cart belongs to one customer or, by the digest of a random token, to one guest. Every change moves its version on,
and an order is placed for one version: what was looked at is what is bought. Each line knows the version that brought
it, so that an order confirmed late takes out nothing that was put in after it was placed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.ids import new_id
from chassis.money import Amount

from .errors import CartChanged, CartLimitReached, CurrencyMixed, InvalidInput, NotFound

LINES_MAX: Final = 100
QUANTITY_MAX: Final = 99
# No SKU of the catalogue is longer.
SKU_MAX: Final = 64


class Base(DeclarativeBase):
    """The tables of this subgraph's database."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as products sells it now."""

    sku: str
    product_id: str
    price: Amount


@dataclass(frozen=True, slots=True)
class InsufficientStock:
    """Fewer pieces are available than the line asks for."""

    line: Line
    available: int


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """The price is another than the one seen when the line was last touched."""

    line: Line
    was: Amount
    now: Amount


@dataclass(frozen=True, slots=True)
class VariantUnavailable:
    """The variant is no longer for sale."""

    line: Line


Problem = InsufficientStock | PriceChanged | VariantUnavailable


def digest(token: str) -> str:
    """SHA-256 in hex: how a guest's token is kept at rest (it is random: nothing a dictionary could guess)."""
    return hashlib.sha256(token.encode()).hexdigest()


class Cart(Base):
    """A cart. Exactly one of `customer_id` and `token_digest` is set."""

    __tablename__ = "carts"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(Text)
    token_digest: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @classmethod
    def empty(cls, *, customer_id: str | None = None, token: str | None = None, at: datetime) -> Cart:
        """A new cart of a customer, or of whoever holds the token."""
        return cls(
            id=new_id(),
            customer_id=customer_id,
            token_digest=None if token is None else digest(token),
            version=1,
            created_at=at,
            updated_at=at,
        )

    def changed(self, *, at: datetime) -> None:
        """Something in it is different now."""
        self.version += 1
        self.updated_at = at

    def expect(self, version: int | None) -> None:
        """Refuse a change by somebody who has not seen this version; None: by somebody who does not mind."""
        if version is not None and version != self.version:
            raise CartChanged(
                "The cart has changed meanwhile: look at it again.", field=("cartVersion",), cart_version=self.version
            )

    def adopt(self, customer_id: str, *, at: datetime) -> None:
        """The guest signed in: the cart is theirs, and the token opens it no more."""
        self.customer_id, self.token_digest = customer_id, None
        self.changed(at=at)


class Line(Base):
    """So many pieces of one SKU. The price is a memory of what was seen, never what will be charged."""

    __tablename__ = "cart_lines"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    cart_id: Mapped[str] = mapped_column(ForeignKey("carts.id"))
    sku: Mapped[str] = mapped_column(Text)
    product_id: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    price_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    since_version: Mapped[int] = mapped_column(Integer)

    @property
    def snapshot(self) -> Amount:
        """The price of one piece when the line was last touched."""
        return Amount(self.price_minor, self.currency)

    @classmethod
    def of(cls, cart: Cart, offer: Offer, quantity: int, *, at: datetime) -> Line:
        """A new line."""
        return cls(
            id=new_id(),
            cart_id=cart.id,
            sku=offer.sku,
            product_id=offer.product_id,
            quantity=quantity,
            price_minor=offer.price.minor,
            currency=offer.price.currency,
            added_at=at,
            since_version=cart.version,
        )

    def seen_at(self, price: Amount) -> None:
        """The person has just seen this price."""
        self.price_minor, self.currency = price.minor, price.currency

    def problems(self, offer: Offer | None, available: int) -> list[Problem]:
        """What keeps the line from being bought as it is: all of it, the gravest first."""
        if offer is None:
            return [VariantUnavailable(self)]
        found: list[Problem] = []
        if available < self.quantity:
            found.append(InsufficientStock(self, available))
        if offer.price != self.snapshot:
            found.append(PriceChanged(self, self.snapshot, offer.price))
        return found


@dataclass(frozen=True, slots=True)
class Filled:
    """A cart and what is in it, in the order it was added."""

    cart: Cart
    lines: list[Line]


class Merged(Base):
    """A guest's cart that was moved into a customer's, and the version this led to: its orders' pieces are there."""

    __tablename__ = "merged_carts"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    cart_id: Mapped[str] = mapped_column(ForeignKey("carts.id"))
    version: Mapped[int] = mapped_column(Integer)
    merged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def refuse_sku(sku: str) -> None:
    """Raise for what cannot be a SKU."""
    if not 1 <= len(sku) <= SKU_MAX:
        raise InvalidInput(f"A SKU has 1 to {SKU_MAX} characters.", field=("sku",))


def refuse_quantity(quantity: int) -> None:
    """Raise unless a line could hold so many."""
    if quantity < 1:
        raise InvalidInput("Ask for at least 1; remove the line instead of asking for none.", field=("quantity",))
    if quantity > QUANTITY_MAX:
        raise CartLimitReached(f"At most {QUANTITY_MAX} pieces of one thing.", field=("quantity",), limit=QUANTITY_MAX)


def refuse_mixed(currencies: Collection[str]) -> None:
    """Raise unless they are one: amounts of several do not add up to a total."""
    if len(set(currencies)) > 1:
        several = " and ".join(sorted(set(currencies)))
        raise CurrencyMixed(f"One order is paid in one currency, not in {several}: order them one after the other.")


def subtotal(lines: Sequence[Line], offers: Sequence[Offer | None]) -> Amount | None:
    """What everything that is for sale costs now; None while that is in several currencies."""
    priced = [offer.price * line.quantity for line, offer in zip(lines, offers, strict=True) if offer is not None]
    if len({price.currency for price in priced}) > 1:
        return None
    return Amount.sum(priced)


def put(cart: Cart, lines: Sequence[Line], offer: Offer, quantity: int, *, at: datetime) -> Line | None:
    """Put pieces into the cart: more of a line it has, or the new line to store.

    Raises CartLimitReached, CurrencyMixed.
    """
    held = next((line for line in lines if line.sku == offer.sku), None)
    refuse_quantity(quantity + (held.quantity if held else 0))
    if held is None and len(lines) >= LINES_MAX:
        raise CartLimitReached(f"At most {LINES_MAX} different things.", field=("sku",), limit=LINES_MAX)
    refuse_mixed([offer.price.currency, *(line.currency for line in lines if line.sku != offer.sku)])
    cart.changed(at=at)
    if held is None:
        return Line.of(cart, offer, quantity, at=at)
    held.quantity += quantity
    held.seen_at(offer.price)
    return None


def line_of(lines: Iterable[Line], line_id: str) -> Line:
    """The line with this id. Raises NotFound."""
    for line in lines:
        if line.id == line_id:
            return line
    raise NotFound("There is no such line in your cart.", field=("lineId",))


def merge(into: Cart, lines: Sequence[Line], guest_lines: Sequence[Line], *, at: datetime) -> list[Line]:
    """Move a guest's lines into their customer's cart; answers those to delete because they were added to another.

    Raises CartLimitReached or CurrencyMixed, moving nothing, when together they are too many or not of one currency.
    """
    held = {line.sku: line for line in lines}
    for line in guest_lines:
        refuse_quantity(line.quantity + (held[line.sku].quantity if line.sku in held else 0))
    if len(held.keys() | {line.sku for line in guest_lines}) > LINES_MAX:
        raise CartLimitReached(f"At most {LINES_MAX} different things.", limit=LINES_MAX)
    refuse_mixed([line.currency for line in (*lines, *guest_lines)])
    into.changed(at=at)
    absorbed = []
    for line in guest_lines:
        if line.sku in held:
            held[line.sku].quantity += line.quantity
            held[line.sku].seen_at(line.snapshot)
            absorbed.append(line)
        else:
            line.cart_id, line.since_version = into.id, into.version
    return absorbed


def take_out(
    cart: Cart, lines: Collection[Line], bought: Mapping[str, int], *, version: int | None, at: datetime
) -> list[Line] | None:
    """Take out what was bought of a version (None: of any), pieces by SKU, and no more.

    Answers the lines that are used up, or None when nothing of it is in the cart any more.
    """
    touched = [line for line in lines if line.sku in bought and (version is None or line.since_version <= version)]
    if not touched:
        return None
    used_up = [line for line in touched if line.quantity <= bought[line.sku]]
    for line in touched:
        if line not in used_up:
            line.quantity -= bought[line.sku]
    cart.changed(at=at)
    return used_up
