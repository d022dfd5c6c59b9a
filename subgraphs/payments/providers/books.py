"""What the sandbox remembers of each charge, as a bank would, and what may become of it. No SQL here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from sqlalchemy import BigInteger, Boolean, DateTime, Identity, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.money import Amount
from subgraphs.payments.model import Base, Operation, words

from .cards import SILENCES, Behaviour, TestCard
from .port import Approved, Declined, RefundState, State

# How long after the request a late decision falls.
LATENESS: Final = timedelta(seconds=5)


class ChargeState(StrEnum):
    """Where a charge is in the sandbox's books. OPEN: it has a name; no authorization has been heard of."""

    OPEN = "OPEN"
    PROCESSING = "PROCESSING"
    APPROVED = "APPROVED"
    CHALLENGED = "CHALLENGED"
    DECLINED = "DECLINED"
    CAPTURED = "CAPTURED"
    VOIDED = "VOIDED"


_FIRST: Final = {
    Behaviour.DECLINE: ChargeState.DECLINED,
    Behaviour.DECLINE_WHEN_CHARGED: ChargeState.DECLINED,
    Behaviour.CHALLENGE: ChargeState.CHALLENGED,
    Behaviour.CHALLENGE_FAILS: ChargeState.CHALLENGED,
    Behaviour.REQUEST_LOST: ChargeState.OPEN,
    Behaviour.LATE: ChargeState.PROCESSING,
    Behaviour.LATE_DECLINE: ChargeState.PROCESSING,
}

SHOWN: Final = {
    ChargeState.OPEN: State.OPEN,
    ChargeState.PROCESSING: State.PROCESSING,
    ChargeState.APPROVED: State.AUTHORIZED,
    ChargeState.CHALLENGED: State.ACTION_REQUIRED,
    ChargeState.DECLINED: State.DECLINED,
    ChargeState.CAPTURED: State.CAPTURED,
    ChargeState.VOIDED: State.VOIDED,
}


class SandboxCharge(Base):
    """One charge and what was taken of it. `silences` counts how often it still keeps silent.

    `behaviour` is that of the card it was first authorized with, empty before that. A PROCESSING one is decided at
    `settles_at`.
    """

    __tablename__ = "sandbox_charges"

    idempotency_key: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    state: Mapped[ChargeState] = mapped_column(words(ChargeState))
    behaviour: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    captured_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger)
    silences: Mapped[int] = mapped_column(Integer)
    saves_method: Mapped[bool] = mapped_column(Boolean)
    method_token: Mapped[str | None] = mapped_column(Text)
    settles_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    @classmethod
    def open(cls, amount: Amount, *, key: str, reference: str, saves: bool) -> SandboxCharge:
        """A charge nobody was asked to pay yet."""
        return cls(
            idempotency_key=key,
            reference=reference,
            state=ChargeState.OPEN,
            behaviour="",
            code="",
            currency=amount.currency,
            amount_minor=amount.minor,
            captured_minor=0,
            refunded_minor=0,
            silences=0,
            saves_method=saves,
            method_token=None,
            settles_at=None,
        )

    def arrive(self, card: TestCard, *, at: datetime) -> bool:
        """An authorization arrived; whether it is the first. Later ones change nothing, but a lost one is now heard."""
        if self.state is not ChargeState.OPEN:
            return False
        if self.behaviour:
            self.state = ChargeState.APPROVED
            return False
        self.behaviour, self.code = card.behaviour, card.code
        self.state = _FIRST.get(card.behaviour, ChargeState.APPROVED)
        self.silences = SILENCES if card.behaviour is Behaviour.SILENT else 0
        if self.state is ChargeState.PROCESSING:
            self.settles_at = at + LATENESS
        return True

    def mature(self, *, at: datetime) -> None:
        """What was to be decided by now is."""
        if self.state is ChargeState.PROCESSING and self.settles_at is not None and self.settles_at <= at:
            is_approved = self.behaviour == Behaviour.LATE
            self.state = ChargeState.APPROVED if is_approved else ChargeState.DECLINED

    def kept_silent(self) -> bool:
        """Whether this question goes unanswered; each one that does brings the answer nearer."""
        if self.silences == 0:
            return False
        self.silences -= 1
        return True

    def challenged(self, *, passed: bool) -> bool:
        """The customer answered their bank's challenge; whether that changed anything."""
        if self.state is not ChargeState.CHALLENGED:
            return False
        passed = passed and self.behaviour != Behaviour.CHALLENGE_FAILS
        self.state = ChargeState.APPROVED if passed else ChargeState.DECLINED
        self.code = "" if passed else "authentication_failed"
        return True

    def void(self) -> Approved | Declined:
        """Let it go. What is still being decided cannot be; what was captured is refunded instead."""
        match self.state:
            case ChargeState.PROCESSING:
                return Declined("charge_processing", is_final=False)
            case ChargeState.CAPTURED:
                return Declined("charge_captured")
            case ChargeState.OPEN | ChargeState.APPROVED | ChargeState.CHALLENGED | ChargeState.DECLINED:
                self.state = ChargeState.VOIDED
            case ChargeState.VOIDED:
                pass
        return Approved()

    def capture(self, minor: int) -> Approved | Declined:
        """Take some of it, as far as the books allow."""
        if self.behaviour == Behaviour.CAPTURE_FAILS:
            return Declined(self.code)
        if self.state is not ChargeState.APPROVED or minor > self.amount_minor:
            return Declined("charge_not_capturable")
        self.state, self.captured_minor = ChargeState.CAPTURED, minor
        return Approved()

    def refund(self, minor: int) -> RefundState | Declined:
        """Set some of what was taken aside for the customer; a refund that fails puts it back."""
        if self.refunded_minor + minor > self.captured_minor:
            return Declined("refund_exceeds_charge")
        if self.behaviour == Behaviour.REFUND_FAILS:
            return RefundState.FAILED
        self.refunded_minor += minor
        is_late = self.behaviour in {Behaviour.REFUND_PENDING, Behaviour.REFUND_PENDING_FAILS}
        return RefundState.PENDING if is_late else RefundState.SUCCEEDED


class SandboxOperation(Base):
    """A capture or refund that was done, by its key: asked again, it answers the same and does nothing.

    `reference` is the charge's. A PENDING refund is decided at `settles_at`.
    """

    __tablename__ = "sandbox_operations"

    idempotency_key: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    operation: Mapped[Operation] = mapped_column(words(Operation))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[RefundState] = mapped_column(words(RefundState))
    code: Mapped[str] = mapped_column(Text)
    settles_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def mature(self, charge: SandboxCharge, *, at: datetime) -> None:
        """What was to be decided by now is."""
        if self.state is not RefundState.PENDING or self.settles_at is None or self.settles_at > at:
            return
        if charge.behaviour == Behaviour.REFUND_PENDING_FAILS:
            self.state, self.code = RefundState.FAILED, charge.code
            charge.refunded_minor -= self.amount_minor
        else:
            self.state = RefundState.SUCCEEDED


class SandboxMethod(Base):
    """A way to pay the sandbox keeps. Of a card's number only its behaviour is left, and its last four digits."""

    __tablename__ = "sandbox_methods"

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    behaviour: Mapped[Behaviour] = mapped_column(words(Behaviour))
    code: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text)
    last4: Mapped[str] = mapped_column(Text)
    exp_month: Mapped[int | None] = mapped_column(Integer)
    exp_year: Mapped[int | None] = mapped_column(Integer)
    holder: Mapped[str | None] = mapped_column(Text)


class SandboxWebhook(Base):
    """A webhook the sandbox has to send, to be sent again until it is taken. Two rows may carry one event id."""

    __tablename__ = "sandbox_webhooks"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    event_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    payload: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    dead_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)


class Entry(Protocol):
    """A charge, locked, with what belongs to it; what is changed or written is kept when its block ends."""

    @property
    def charge(self) -> SandboxCharge:
        """The charge itself."""

    async def done(self, key: str) -> SandboxOperation | None:
        """What was done to it under a key before."""

    async def refunds(self) -> Sequence[SandboxOperation]:
        """Its refunds, oldest first."""

    async def method(self, token: str) -> SandboxMethod | None:
        """A way to pay that is kept."""

    def write(self, *rows: SandboxOperation | SandboxMethod | SandboxWebhook) -> None:
        """Note further rows."""


class Books(Protocol):
    """Where the charges are kept: each of these is a transaction."""

    async def open(self, charge: SandboxCharge) -> str:
        """Open a charge unless its key has one; answers the reference of the key's charge."""

    def entry(self, reference: str) -> AbstractAsyncContextManager[Entry | None]:
        """The charge of that name."""

    async def method(self, token: str) -> SandboxMethod | None:
        """A way to pay that is kept."""

    async def keep(self, method: SandboxMethod) -> None:
        """Keep a way to pay; one of that name stays as it is."""

    async def forget(self, token: str) -> None:
        """Keep it no longer."""
