"""The tables of orders and what may happen to their rows, without SQL: an order only changes by an event.

`Order.record` is the one way a status moves: it looks the transition up in the table, moves the status and hands back
the history row to store beside it, so a status without its event cannot be written. Money is BIGINT minor units; the
sums are checked again by the database (invariant I2).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from sqlalchemy import BigInteger, DateTime, Enum, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.ids import new_id
from chassis.money import Amount

from .status import Kind, Status, after

# How long stock stays held for an order that is not paid yet, and so how long a payment challenge may take.
HOLD: Final = timedelta(minutes=15)
# How long one process may work on a checkout before another may take it over: longer than all its calls together.
LEASE: Final = timedelta(seconds=30)


def _words(of: type[StrEnum]) -> Enum:
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


@dataclass(frozen=True, slots=True)
class Bought:
    """One line as it is bought: the name and price read from products at that moment."""

    sku: str
    product_id: str
    name: str
    unit_price: Amount
    quantity: int

    @property
    def total(self) -> Amount:
        """Price times quantity."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Charges:
    """What an order costs: total = subtotal + shipping + tax - discount."""

    subtotal: Amount
    shipping: Amount
    tax: Amount
    discount: Amount

    @classmethod
    def of(cls, lines: Sequence[Bought]) -> Self:
        """The lines alone: shipping, tax and discounts are quoted by subgraphs this shop does not have yet."""
        subtotal = Amount.sum(line.total for line in lines)
        nothing = Amount.zero(subtotal.currency)
        return cls(subtotal=subtotal, shipping=nothing, tax=nothing, discount=nothing)

    @property
    def total(self) -> Amount:
        """What the customer pays."""
        return self.subtotal + self.shipping + self.tax - self.discount


class Order(Base):
    """One purchase. `owner` is an `Owner.key`; `sequence` counts its events."""

    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[Status] = mapped_column(_words(Status))
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
    shipping_address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reservation_id: Mapped[str | None] = mapped_column(Text)
    payment_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def money(self, minor: int) -> Amount:
        """Minor units of this order's currency as an amount."""
        return Amount(minor, self.currency)

    @property
    def total(self) -> Amount:
        """What the customer pays."""
        return self.money(self.total_minor)

    def record(self, kind: Kind, *, at: datetime, facts: Mapping[str, Any] | None = None) -> Event:
        """Let `kind` happen: moves the status and returns the event to store. Raises IllegalTransition."""
        self.status = after(self.status if self.sequence else None, kind)
        self.sequence += 1
        if kind is Kind.CONFIRMED:
            self.confirmed_at = at
        return Event(
            order_id=self.id,
            sequence=self.sequence,
            kind=kind,
            status=self.status,
            occurred_at=at,
            facts=dict(facts or {}),
        )


class Line(Base):
    """What was bought, with the sku, name and price of the moment; never changed afterwards."""

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


class Event(Base):
    """One thing that happened to an order; append-only, numbered from 1 without gaps."""

    __tablename__ = "order_events"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[Kind] = mapped_column(_words(Kind))
    status: Mapped[Status] = mapped_column(_words(Status))
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Step(StrEnum):
    """What a checkout does next. Each step may be done again: what it asks of others carries the order's id as key.

    HOLD_STOCK → TAKE_PAYMENT → COMMIT_STOCK → CAPTURE → DONE, and from any of them GIVE_UP → DONE, which voids the
    payment and releases the stock.
    """

    HOLD_STOCK = "HOLD_STOCK"
    TAKE_PAYMENT = "TAKE_PAYMENT"
    COMMIT_STOCK = "COMMIT_STOCK"
    CAPTURE = "CAPTURE"
    GIVE_UP = "GIVE_UP"
    DONE = "DONE"


class Ending(StrEnum):
    """Why a checkout was given up; says which refusal its idempotency key answers from then on."""

    STOCK_UNAVAILABLE = "STOCK_UNAVAILABLE"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    EXPIRED = "EXPIRED"


class Checkout(Base):
    """How far an order's checkout has come: the saga's memory, written before each step is taken.

    `leased_until` says that some process is at work on it; after that time another may take over. `action_url` is
    where the customer proves themself to their bank, while the payment waits for that.
    """

    __tablename__ = "checkouts"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(_words(Step))
    leased_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ending: Mapped[Ending | None] = mapped_column(_words(Ending))
    ending_code: Mapped[str | None] = mapped_column(Text)
    ending_message: Mapped[str | None] = mapped_column(Text)
    ending_skus: Mapped[list[str]] = mapped_column(JSONB)
    action_url: Mapped[str | None] = mapped_column(Text)

    def lease(self, *, at: datetime) -> None:
        """Work on it until further notice."""
        self.leased_until = at + LEASE

    def pause(self, *, at: datetime, action_url: str | None = None) -> None:
        """Leave it where it is, for whoever comes next."""
        self.leased_until = at
        self.action_url = action_url

    def move(self, step: Step, *, at: datetime) -> None:
        """Go on to the next step, still at work on it."""
        self.step = step
        self.action_url = None
        self.lease(at=at)

    def give_up(self, why: GivenUp, *, at: datetime) -> None:
        """Undo everything next, for this reason; the reason is what the idempotency key answers from then on."""
        self.ending, self.ending_code, self.ending_message = why.ending, why.code, why.message
        self.ending_skus = list(why.skus)
        self.move(Step.GIVE_UP, at=at)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Why a checkout ends without an order: for programs, for people, and which SKUs if it is about some."""

    ending: Ending
    code: str
    message: str
    skus: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Everything an order is placed with."""

    owner: Owner
    customer_id: str | None
    email: str | None
    cart_id: str
    cart_version: int
    cart_token: str | None
    idempotency_key: str
    request_digest: str
    address: Address
    lines: Sequence[Bought]


def place(placement: Placement, *, number: int, at: datetime) -> tuple[Order, list[Line], Event, Checkout]:
    """A new order with its lines, its first event, and the checkout that will carry it, leased to the caller."""
    charges = Charges.of(placement.lines)
    order_id = new_id()
    token = guest_order_token(placement.cart_token, order_id) if placement.cart_token else None
    order = Order(
        id=order_id,
        number=number,
        status=Status.PENDING,
        sequence=0,
        owner=placement.owner.key,
        customer_id=placement.customer_id,
        email=placement.email,
        token_digest=digest(token) if token else None,
        cart_id=placement.cart_id,
        cart_version=placement.cart_version,
        idempotency_key=placement.idempotency_key,
        request_digest=placement.request_digest,
        currency=charges.total.currency,
        subtotal_minor=charges.subtotal.minor,
        shipping_minor=charges.shipping.minor,
        tax_minor=charges.tax.minor,
        discount_minor=charges.discount.minor,
        total_minor=charges.total.minor,
        shipping_address=address_to_json(placement.address),
        created_at=at,
    )
    lines = [
        Line(
            id=f"{order_id}-{position}",
            order_id=order_id,
            position=position,
            sku=line.sku,
            product_id=line.product_id,
            name=line.name,
            unit_price_minor=line.unit_price.minor,
            quantity=line.quantity,
            total_minor=line.total.minor,
        )
        for position, line in enumerate(placement.lines, start=1)
    ]
    placed = order.record(Kind.PLACED, at=at, facts={"total": str(charges.total)})
    checkout = Checkout(
        order_id=order_id,
        step=Step.HOLD_STOCK,
        leased_until=at + LEASE,
        expires_at=at + HOLD,
        ending_skus=[],
    )
    return order, lines, placed, checkout


def address_to_json(address: Address) -> dict[str, Any]:
    """The address as it is stored."""
    return {name: getattr(address, name) for name in Address.__slots__}


def address_from_json(stored: Mapping[str, Any]) -> Address:
    """The stored address; a field that was not known when it was stored is None."""
    fields: dict[str, Any] = {name: stored.get(name) for name in Address.__slots__}
    return Address(**fields)
