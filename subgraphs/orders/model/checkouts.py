"""Checkouts: how far each has come, what comes next, and how an order is placed. Without SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Boolean, DateTime, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import new_id
from subgraphs.orders.quote import Quote
from subgraphs.orders.status import Kind, Status

from .orders import (
    Address,
    Base,
    Event,
    Line,
    Order,
    Owner,
    address_to_json,
    digest,
    guest_order_token,
    lines_of,
    words,
)

# How long stock stays held for an order that is not paid yet, unless CHECKOUT_HOLD_S says otherwise, and so how long a
# payment challenge may take.
HOLD: Final = timedelta(minutes=15)
# How much longer an order waits for a payment whose outcome nobody knows: its stock is free meanwhile, and had again
# when the payment turns out to have succeeded.
PATIENCE: Final = timedelta(hours=1)
# How long one process may work on a checkout before another may take it over: longer than all its calls together.
LEASE: Final = timedelta(seconds=30)
# How often the stock of one order is held, all in all: a hold that has run out is held again under the same key.
HOLDS_MAX: Final = 3


def pause_after(attempt: int) -> timedelta:
    """How long to wait when the nth refund was refused: half a minute, doubling up to an hour."""
    doubled: int = 2 ** min(attempt - 1, 10)
    return min(timedelta(seconds=30) * doubled, timedelta(hours=1))


class Step(StrEnum):
    """What a checkout does next. Each step may be done again: what it asks of others carries the order's id as key.

    HOLD_STOCK → TAKE_PAYMENT → COMMIT_STOCK → CAPTURE → DONE. A hold that had run out leads from COMMIT_STOCK over
    HOLD_AGAIN back to it. From any of them, and from DONE until something was shipped, GIVE_UP → DONE lets the money go
    or gives it back, and releases the stock.
    """

    HOLD_STOCK = "HOLD_STOCK"
    TAKE_PAYMENT = "TAKE_PAYMENT"
    COMMIT_STOCK = "COMMIT_STOCK"
    HOLD_AGAIN = "HOLD_AGAIN"
    CAPTURE = "CAPTURE"
    GIVE_UP = "GIVE_UP"
    DONE = "DONE"


class Ending(StrEnum):
    """Why a checkout was given up; says which refusal its idempotency key answers from then on."""

    STOCK_UNAVAILABLE = "STOCK_UNAVAILABLE"
    PAYMENT_DECLINED = "PAYMENT_DECLINED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class Checkout(Base):
    """How far an order's checkout has come: the saga's memory, written before each step is taken.

    `leased_until` says that some process is at work on it; after that time another may take over. `action_url` is
    where the customer proves themself to their bank, while the payment waits for that. `hold` counts how often the
    stock was held, `attempt` the refunds asked of payments: a new one begins only when the last was refused. `news`:
    payments announced something that whoever is at work may not have seen.
    """

    __tablename__ = "checkouts"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    step: Mapped[Step] = mapped_column(words(Step))
    leased_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ending: Mapped[Ending | None] = mapped_column(words(Ending))
    ending_code: Mapped[str | None] = mapped_column(Text)
    ending_message: Mapped[str | None] = mapped_column(Text)
    ending_skus: Mapped[list[str]] = mapped_column(JSONB)
    action_url: Mapped[str | None] = mapped_column(Text)
    hold: Mapped[int] = mapped_column(Integer)
    attempt: Mapped[int] = mapped_column(Integer)
    news: Mapped[bool] = mapped_column(Boolean)

    @property
    def refund_key(self) -> str:
        """What payments knows the refund of a cancelled order by."""
        first = f"{self.order_id}:refund:cancel"
        return first if self.attempt == 1 else f"{first}:{self.attempt}"

    def lease(self, *, at: datetime) -> None:
        """Work on it until further notice."""
        self.leased_until = at + LEASE

    def pause(self, *, at: datetime, action_url: str | None = None) -> None:
        """Leave it where it is, for whoever comes next."""
        self.leased_until = at
        self.action_url = action_url

    def refund_later(self, *, at: datetime) -> None:
        """The refund was refused: begin another one, later each time."""
        self.leased_until = at + pause_after(self.attempt)
        self.attempt += 1

    def heard(self) -> bool:
        """Whether there were news since the step was begun; they are taken note of by this."""
        was, self.news = self.news, False
        return was

    def move(self, step: Step, *, at: datetime) -> None:
        """Go on to the next step, still at work on it."""
        self.step = step
        self.action_url = None
        self.news = False
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
    quote: Quote


def place(placement: Placement, *, at: datetime, hold: timedelta = HOLD) -> tuple[Order, list[Line], Event, Checkout]:
    """A new order with its lines, its first event, and the checkout that will carry it, leased to the caller.

    Its number is the database's to give.
    """
    quoted = placement.quote
    order_id = new_id()
    token = guest_order_token(placement.cart_token, order_id) if placement.cart_token else None
    order = Order(
        id=order_id,
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
        currency=quoted.total.currency,
        subtotal_minor=quoted.subtotal.minor,
        shipping_minor=quoted.shipping.minor,
        tax_minor=quoted.tax.minor,
        discount_minor=quoted.discount.minor,
        total_minor=quoted.total.minor,
        refunded_minor=0,
        shipping_address=address_to_json(placement.address),
        is_forgotten=False,
        created_at=at,
    )
    placed = order.record(Kind.PLACED, at=at, facts={"total": str(quoted.total)})
    checkout = Checkout(
        order_id=order_id,
        step=Step.HOLD_STOCK,
        leased_until=at + LEASE,
        expires_at=at + hold,
        ending_skus=[],
        hold=1,
        attempt=1,
        news=False,
    )
    return order, lines_of(order_id, quoted), placed, checkout
