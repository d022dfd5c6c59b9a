"""A payment, its transactions, and the other things payments remembers.

Amounts are BIGINT minor units; 0 ≤ refunded + refunding ≤ captured ≤ authorized ≤ amount is checked again by the
database (invariant I3). `refunding` is what refunds in flight have set aside, so two of them cannot share a cent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Identity, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.money import Amount

from .person import Method
from .states import Base, ChargeStatus, MethodKind, Operation, Outcome, Status, words


class Payment(Base):
    """One attempt to pay an order. `idempotency_key` is the caller's; the provider is given the same.

    `reference` is the provider's name for the charge. `unsettled` says that something asked of the provider has no
    final answer yet; whoever settles such payments leaves the time in `checked_at`.
    """

    __tablename__ = "payments"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[str | None] = mapped_column(Text)
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
    method_token: Mapped[str | None] = mapped_column(Text)
    saved_method_id: Mapped[str | None] = mapped_column(Text)
    saves_method: Mapped[bool] = mapped_column(Boolean, default=False)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    unsettled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    checked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    def money(self, minor: int) -> Amount:
        """Minor units of this payment's currency as an amount."""
        return Amount(minor, self.currency)

    @property
    def amount(self) -> Amount:
        """What the order costs."""
        return self.money(self.amount_minor)

    @property
    def refundable(self) -> Amount:
        """What was captured and is neither given back nor on its way."""
        return self.money(self.captured_minor - self.refunded_minor - self.refunding_minor)

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

    @method.setter
    def method(self, method: Method) -> None:
        self.method_kind = method.kind
        self.method_brand = method.brand
        self.method_last4 = method.last4
        self.method_exp_month = method.exp_month
        self.method_exp_year = method.exp_year
        self.method_holder = method.holder
        self.method_account = method.account


class Transaction(Base):
    """One thing asked of a provider, or its answer; append-only, numbered from 1 within the payment.

    `reference` is the provider's name for a refund.
    """

    __tablename__ = "transactions"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    payment_id: Mapped[str] = mapped_column(ForeignKey("payments.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    operation: Mapped[Operation] = mapped_column(words(Operation))
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(Text)
    idempotency_key: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def amount(self) -> Amount:
        """How much was asked for, or moved."""
        return Amount(self.amount_minor, self.currency)


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


class WebhookEvent(Base):
    """Something a provider told us, byte for byte; stored before it is acknowledged, handled afterwards.

    `reference` is the charge it speaks of, None for what payments does not care about.
    """

    __tablename__ = "webhook_events"

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    handled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dead_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)


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
