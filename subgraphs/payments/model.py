"""The tables of payments and what a provider's answer may do to them, without SQL or network.

A payment starts PENDING, before the provider is asked, so an answer that never comes leaves something to ask about:

    PENDING → AUTHORIZED | REQUIRES_ACTION | DECLINED | VOIDED
    REQUIRES_ACTION → AUTHORIZED | DECLINED | VOIDED
    AUTHORIZED → CAPTURED | VOIDED
    CAPTURED → PARTIALLY_REFUNDED → REFUNDED

Amounts are BIGINT minor units; 0 ≤ refunded + refunding ≤ captured ≤ authorized ≤ amount is checked again by the
database (invariant I3). `refunding` is what refunds in flight have set aside, so two of them cannot share a cent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from sqlalchemy import BigInteger, Boolean, DateTime, Enum, ForeignKey, Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.ids import new_id
from chassis.money import Amount


class Status(StrEnum):
    """Where a payment is."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    VOIDED = "VOIDED"
    DECLINED = "DECLINED"


class Operation(StrEnum):
    """What the provider is asked to do."""

    AUTHORIZATION = "AUTHORIZATION"
    CAPTURE = "CAPTURE"
    VOID = "VOID"
    REFUND = "REFUND"


class Outcome(StrEnum):
    """What came of asking. REQUESTED is written before the provider is asked, the rest after."""

    REQUESTED = "REQUESTED"
    SUCCEEDED = "SUCCEEDED"
    ACTION_REQUIRED = "ACTION_REQUIRED"
    DECLINED = "DECLINED"


class MethodKind(StrEnum):
    """The ways to pay."""

    CARD = "CARD"
    WALLET = "WALLET"


class ChargeStatus(StrEnum):
    """How far an order is paid, over all its payments."""

    NONE = "NONE"
    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    PARTIALLY_CHARGED = "PARTIALLY_CHARGED"
    FULLY_CHARGED = "FULLY_CHARGED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"


TRANSITIONS: Final[Mapping[tuple[Status, Operation, Outcome], Status]] = {
    (Status.PENDING, Operation.AUTHORIZATION, Outcome.SUCCEEDED): Status.AUTHORIZED,
    (Status.PENDING, Operation.AUTHORIZATION, Outcome.ACTION_REQUIRED): Status.REQUIRES_ACTION,
    (Status.PENDING, Operation.AUTHORIZATION, Outcome.DECLINED): Status.DECLINED,
    (Status.PENDING, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.REQUIRES_ACTION, Operation.AUTHORIZATION, Outcome.SUCCEEDED): Status.AUTHORIZED,
    (Status.REQUIRES_ACTION, Operation.AUTHORIZATION, Outcome.DECLINED): Status.DECLINED,
    (Status.REQUIRES_ACTION, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.AUTHORIZED, Operation.CAPTURE, Outcome.SUCCEEDED): Status.CAPTURED,
    (Status.AUTHORIZED, Operation.VOID, Outcome.SUCCEEDED): Status.VOIDED,
    (Status.CAPTURED, Operation.REFUND, Outcome.SUCCEEDED): Status.PARTIALLY_REFUNDED,
    (Status.PARTIALLY_REFUNDED, Operation.REFUND, Outcome.SUCCEEDED): Status.PARTIALLY_REFUNDED,
}


class IllegalTransition(Exception):
    """An answer that cannot follow a payment's status: a fault, never the customer's doing."""


def words(of: type[StrEnum]) -> Enum:
    """A text column holding one of the enum's values; the migration's CHECK repeats the list."""
    return Enum(of, native_enum=False, length=None, create_constraint=False)


class Base(DeclarativeBase):
    """The tables of this subgraph's database."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a payment belongs to, as orders names them: a customer, or the holder of a guest's cart token."""

    key: str

    @classmethod
    def customer(cls, user_id: str) -> Self:
        """A signed-in customer."""
        return cls(f"user:{user_id}")

    @classmethod
    def guest(cls, cart_token: str) -> Self:
        """A guest; only a SHA-256 of the token is kept."""
        return cls(f"guest:{hashlib.sha256(cart_token.encode()).hexdigest()}")


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay as it may be shown and kept: no card number, no security code."""

    kind: MethodKind
    brand: str
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    holder: str | None
    account: str | None


class Payment(Base):
    """One attempt to pay an order. `idempotency_key` is the caller's; the provider is given the same."""

    __tablename__ = "payments"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(words(Status))
    currency: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    authorized_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    captured_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunding_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    idempotency_key: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    decline_code: Mapped[str | None] = mapped_column(Text)
    action_url: Mapped[str | None] = mapped_column(Text)
    method_kind: Mapped[MethodKind] = mapped_column(words(MethodKind))
    method_brand: Mapped[str] = mapped_column(Text)
    method_last4: Mapped[str | None] = mapped_column(Text)
    method_exp_month: Mapped[int | None] = mapped_column(Integer)
    method_exp_year: Mapped[int | None] = mapped_column(Integer)
    method_holder: Mapped[str | None] = mapped_column(Text)
    method_account: Mapped[str | None] = mapped_column(Text)
    saved_method_id: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    def money(self, minor: int) -> Amount:
        """Minor units of this payment's currency as an amount."""
        return Amount(minor, self.currency)

    @property
    def method(self) -> Method:
        """How it is paid."""
        return Method(
            kind=self.method_kind,
            brand=self.method_brand,
            last4=self.method_last4,
            exp_month=self.method_exp_month,
            exp_year=self.method_exp_year,
            holder=self.method_holder,
            account=self.method_account,
        )

    def requested(self, operation: Operation, amount: Amount, *, key: str, at: datetime) -> Transaction:
        """The provider is about to be asked; moves no status."""
        return self._transaction(operation, Outcome.REQUESTED, amount, key=key, at=at)

    def answered(
        self,
        operation: Operation,
        outcome: Outcome,
        amount: Amount,
        *,
        key: str,
        at: datetime,
        code: str | None = None,
    ) -> Transaction:
        """The provider answered: moves the status and the amounts. Raises IllegalTransition.

        A declined capture or refund changes neither; the money stays where it was.
        """
        if operation is Operation.AUTHORIZATION or outcome is Outcome.SUCCEEDED:
            try:
                self.status = TRANSITIONS[self.status, operation, outcome]
            except KeyError:
                raise IllegalTransition(f"{operation} {outcome} cannot follow {self.status}.") from None
        if operation is Operation.REFUND:
            self.refunding_minor -= amount.minor
        if outcome is Outcome.SUCCEEDED:
            self._move(operation, amount)
        if operation is Operation.AUTHORIZATION:
            self.decline_code = code if outcome is Outcome.DECLINED else None
        if outcome is not Outcome.ACTION_REQUIRED:
            self.action_url = None
        return self._transaction(operation, outcome, amount, key=key, at=at, code=code)

    def _move(self, operation: Operation, amount: Amount) -> None:
        match operation:
            case Operation.AUTHORIZATION:
                self.authorized_minor += amount.minor
            case Operation.CAPTURE:
                self.captured_minor += amount.minor
            case Operation.REFUND:
                self.refunded_minor += amount.minor
                if self.refunded_minor == self.captured_minor:
                    self.status = Status.REFUNDED
            case Operation.VOID:
                self.authorized_minor = 0

    def _transaction(
        self,
        operation: Operation,
        outcome: Outcome,
        amount: Amount,
        *,
        key: str,
        at: datetime,
        code: str | None = None,
    ) -> Transaction:
        self.sequence += 1
        self.updated_at = at
        return Transaction(
            id=new_id(),
            payment_id=self.id,
            sequence=self.sequence,
            operation=operation,
            outcome=outcome,
            amount_minor=amount.minor,
            currency=amount.currency,
            idempotency_key=key,
            code=code,
            occurred_at=at,
        )


class Transaction(Base):
    """One thing asked of a provider, or its answer; append-only, numbered from 1 within the payment."""

    __tablename__ = "transactions"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    operation: Mapped[Operation] = mapped_column(words(Operation))
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PayableOrder(Base):
    """Who owns an order: told by orders' events, so that an unpaid order's owner is known here too."""

    __tablename__ = "payable_orders"

    order_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)


class AbandonedKey(Base):
    """An idempotency key that was given up before it arrived: an authorization under it comes too late."""

    __tablename__ = "abandoned_keys"

    idempotency_key: Mapped[str] = mapped_column(Text, primary_key=True)
    abandoned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SavedMethod(Base):
    """A way to pay that a customer keeps. `token` is the provider's name for it; no card number is stored."""

    __tablename__ = "saved_methods"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    customer_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[MethodKind] = mapped_column(words(MethodKind))
    brand: Mapped[str] = mapped_column(Text)
    last4: Mapped[str | None] = mapped_column(Text)
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)
    holder: Mapped[str | None] = mapped_column(Text)
    account: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def method(self) -> Method:
        """How it may be shown."""
        return Method(
            kind=self.kind,
            brand=self.brand,
            last4=self.last4,
            exp_month=self.exp_month,
            exp_year=self.exp_year,
            holder=self.holder,
            account=self.account,
        )


def charge_status(payments: list[Payment], *, total: Amount) -> ChargeStatus:
    """How far `total` is paid by an order's payments together."""
    captured = sum(payment.captured_minor for payment in payments)
    refunded = sum(payment.refunded_minor for payment in payments)
    if refunded and refunded == captured:
        return ChargeStatus.REFUNDED
    if refunded:
        return ChargeStatus.PARTIALLY_REFUNDED
    if captured >= total.minor > 0:
        return ChargeStatus.FULLY_CHARGED
    if captured:
        return ChargeStatus.PARTIALLY_CHARGED
    statuses = {payment.status for payment in payments}
    if Status.AUTHORIZED in statuses:
        return ChargeStatus.AUTHORIZED
    return ChargeStatus.PENDING if statuses & {Status.PENDING, Status.REQUIRES_ACTION} else ChargeStatus.NONE


def balance_due(payments: list[Payment], *, total: Amount) -> Amount:
    """What of `total` has not been captured yet; a refund does not make it due again."""
    return total - Amount(sum(payment.captured_minor for payment in payments), total.currency)
