"""Orders, their lines and events, and what may happen to them, without SQL: an order only changes by an event.

`Order.record` is the one way a status moves: it looks the transition up in the table, moves the status and hands back
the history row to store beside it, so a status without its event cannot be written. Money is BIGINT minor units; the
sums are checked again by the database (invariant I2).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import BigInteger, Boolean, DateTime, Enum, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.money import Amount
from subgraphs.orders.quote import Quote
from subgraphs.orders.status import OVER, Kind, Status, after


def words(of: type[StrEnum]) -> Enum:
    """A text column holding one of the enum's values; the migration's CHECK repeats the list."""
    return Enum(of, native_enum=False, length=None, create_constraint=False)


class Base(DeclarativeBase):
    """The tables of this subgraph's database."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom an order belongs to: a customer, or whoever holds the cart token its guest bought with."""

    key: str

    @classmethod
    def customer(cls, user_id: str) -> Self:
        """A signed-in customer."""
        return cls(f"user:{user_id}")

    @classmethod
    def guest(cls, cart_token: str) -> Self:
        """A guest; only a SHA-256 of the token is kept."""
        return cls(f"guest:{digest(cart_token)}")


def digest(token: str) -> str:
    """SHA-256 in hex: how a random token is kept at rest (it has nothing a dictionary could guess)."""
    return hashlib.sha256(token.encode()).hexdigest()


def guest_order_token(cart_token: str, order_id: str) -> str:
    """What a guest reads their order with later: HMAC-SHA-256 of the order id under their cart token.

    Derived rather than drawn, so asking again with the same idempotency key answers the same token though only
    its digest is stored.
    """
    return hmac.new(cart_token.encode(), order_id.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Address:
    """Where an order goes; kept with the order as it was, whatever becomes of the address book."""

    name: str
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str
    country: str
    phone: str | None


class Order(Base):
    """One purchase. `owner` is the `Owner.key` it was bought by; `sequence` counts its events.

    `customer_id` is whose it is: the owner's, or that of the customer who claimed a guest's order later. A customer who
    `is_forgotten` has left: who they were is erased once the order is over.
    """

    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[Status] = mapped_column(words(Status))
    sequence: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    token_digest: Mapped[str | None] = mapped_column(Text)
    cart_id: Mapped[str] = mapped_column(Text)
    cart_version: Mapped[int] = mapped_column(Integer)
    idempotency_key: Mapped[str] = mapped_column(Text)
    request_digest: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    subtotal_minor: Mapped[int] = mapped_column(BigInteger)
    shipping_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    discount_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger)
    shipping_address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reservation_id: Mapped[str | None] = mapped_column(Text)
    payment_id: Mapped[str | None] = mapped_column(Text)
    is_forgotten: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def money(self, minor: int) -> Amount:
        """Minor units of this order's currency as an amount."""
        return Amount(minor, self.currency)

    @property
    def total(self) -> Amount:
        """What the customer pays."""
        return self.money(self.total_minor)

    @property
    def is_refunded(self) -> bool:
        """Whether all that was paid has gone back; what cost nothing never was paid."""
        return 0 < self.total_minor <= self.refunded_minor

    @property
    def version(self) -> tuple[int, int, str | None]:
        """Differs whenever something that is shown of it has changed."""
        return self.sequence, self.refunded_minor, self.customer_id

    def record(self, kind: Kind, *, at: datetime, facts: Mapping[str, Any] | None = None) -> Event:
        """Let `kind` happen: moves the status and returns the event to store. Raises IllegalTransition."""
        self.status = after(self.status if self.sequence else None, kind)
        self.sequence += 1
        if kind is Kind.CONFIRMED:
            self.confirmed_at = at
        if self.is_forgotten:
            self.forget()
        return Event(
            order_id=self.id,
            sequence=self.sequence,
            kind=kind,
            status=self.status,
            occurred_at=at,
            facts=dict(facts or {}),
        )

    def forget(self) -> None:
        """Its customer has left: erase who they were, at once or when there is nothing more to send them."""
        self.is_forgotten = True
        if self.status in OVER:
            self.email = None
            kept = {"city": "", "country": self.shipping_address["country"]}
            self.shipping_address = {
                **dict.fromkeys(Address.__slots__, None),
                "name": "",
                "line1": "",
                "postal_code": "",
                **kept,
            }


class Line(Base):
    """What was bought, with the sku, name and price of the moment; never changed afterwards.

    `total_minor` is price times quantity; the other amounts are the line's shares of what the whole order cost.
    """

    __tablename__ = "order_lines"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int] = mapped_column(Integer)
    sku: Mapped[str] = mapped_column(Text)
    product_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit_price_minor: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int] = mapped_column(Integer)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    shipping_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    discount_minor: Mapped[int] = mapped_column(BigInteger)

    @property
    def paid_minor(self) -> int:
        """What was paid for the line with its shares."""
        return self.total_minor + self.shipping_minor + self.tax_minor - self.discount_minor


class OrderToken(Base):
    """A further way to read an order: the token of a link that was mailed to its guest, as its SHA-256."""

    __tablename__ = "order_tokens"

    token_digest: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))


class Event(Base):
    """One thing that happened to an order; append-only, numbered from 1 without gaps."""

    __tablename__ = "order_events"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    status: Mapped[Status] = mapped_column(words(Status))
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


def lines_of(order_id: str, quoted: Quote) -> list[Line]:
    """The rows of what an order bought, numbered from 1."""
    return [
        Line(
            id=f"{order_id}-{position}",
            order_id=order_id,
            position=position,
            sku=line.bought.sku,
            product_id=line.bought.product_id,
            name=line.bought.name,
            unit_price_minor=line.bought.unit_price.minor,
            quantity=line.bought.quantity,
            total_minor=line.bought.subtotal.minor,
            shipping_minor=line.shipping.minor,
            tax_minor=line.tax.minor,
            discount_minor=line.discount.minor,
        )
        for position, line in enumerate(quoted.lines, start=1)
    ]


def quantities_of(lines: Sequence[Line]) -> dict[str, int]:
    """Pieces by SKU."""
    return {line.sku: line.quantity for line in lines}


def address_to_json(address: Address) -> dict[str, Any]:
    """The address as it is stored."""
    return {name: getattr(address, name) for name in Address.__slots__}


def address_from_json(stored: Mapping[str, Any]) -> Address:
    """The stored address; a field that was not known when it was stored is None."""
    fields: dict[str, Any] = {name: stored.get(name) for name in Address.__slots__}
    return Address(**fields)
