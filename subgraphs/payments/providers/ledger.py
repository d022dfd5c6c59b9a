"""What the sandbox remembers of each charge, as a bank would, and what may become of it. No SQL here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.money import Amount
from subgraphs.payments.model import Base, Operation, words

from .cards import SILENCES, Behaviour, TestCard
from .port import ActionRequired, Answer, Approved, Declined

Change = Literal[Operation.CAPTURE, Operation.VOID, Operation.REFUND]


class ChargeState(StrEnum):
    """Where a charge is in the sandbox's books. MISSED: its request never arrived, as far as anyone can tell."""

    MISSED = "MISSED"
    APPROVED = "APPROVED"
    CHALLENGED = "CHALLENGED"
    DECLINED = "DECLINED"
    CAPTURED = "CAPTURED"
    VOIDED = "VOIDED"


_FIRST = {
    Behaviour.APPROVE: ChargeState.APPROVED,
    Behaviour.DECLINE: ChargeState.DECLINED,
    Behaviour.CHALLENGE: ChargeState.CHALLENGED,
    Behaviour.ANSWER_LOST: ChargeState.APPROVED,
    Behaviour.REQUEST_LOST: ChargeState.MISSED,
    Behaviour.SILENT: ChargeState.APPROVED,
}


class SandboxCharge(Base):
    """One authorization and what was taken of it. `silences` counts how often it still keeps silent."""

    __tablename__ = "sandbox_charges"

    idempotency_key: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    state: Mapped[ChargeState] = mapped_column(words(ChargeState))
    code: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(Text)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    captured_minor: Mapped[int] = mapped_column(BigInteger)
    refunded_minor: Mapped[int] = mapped_column(BigInteger)
    silences: Mapped[int] = mapped_column(Integer)

    @classmethod
    def first(cls, card: TestCard, amount: Amount, *, key: str, reference: str) -> SandboxCharge:
        """The charge as the first request with this key makes it."""
        return cls(
            idempotency_key=key,
            reference=reference,
            state=_FIRST[card.behaviour],
            code=card.code,
            currency=amount.currency,
            amount_minor=amount.minor,
            captured_minor=0,
            refunded_minor=0,
            silences=SILENCES if card.behaviour is Behaviour.SILENT else 0,
        )

    def arrived(self) -> None:
        """A request with this key arrived again: this time it is heard."""
        if self.state is ChargeState.MISSED:
            self.state = ChargeState.APPROVED

    def kept_silent(self) -> bool:
        """Whether this question goes unanswered; each one that does brings the answer nearer."""
        if self.silences == 0:
            return False
        self.silences -= 1
        return True

    def challenged(self, *, passed: bool) -> None:
        """The customer answered their bank's challenge."""
        if self.state is ChargeState.CHALLENGED:
            self.state = ChargeState.APPROVED if passed else ChargeState.DECLINED
            self.code = "" if passed else "authentication_failed"

    def answer(self, *, challenge_url: str) -> Answer | None:
        """What an authorization under this key has come to; None when it never arrived."""
        match self.state:
            case ChargeState.MISSED:
                return None
            case ChargeState.APPROVED | ChargeState.CAPTURED:
                return Approved(self.reference)
            case ChargeState.CHALLENGED:
                return ActionRequired(self.reference, f"{challenge_url}/{self.reference}")
            case ChargeState.DECLINED:
                return Declined(self.code)
            case ChargeState.VOIDED:
                return Declined("voided")

    def apply(self, operation: Change, minor: int) -> Approved | Declined:
        """Capture, void or refund, as far as the books allow."""
        match operation:
            case Operation.CAPTURE:
                if self.state is not ChargeState.APPROVED or minor > self.amount_minor:
                    return Declined("charge_not_capturable")
                self.state, self.captured_minor = ChargeState.CAPTURED, minor
            case Operation.VOID:
                if self.state not in {ChargeState.APPROVED, ChargeState.CHALLENGED, ChargeState.VOIDED}:
                    return Declined("charge_not_voidable")
                self.state = ChargeState.VOIDED
            case Operation.REFUND:
                if self.refunded_minor + minor > self.captured_minor:
                    return Declined("refund_exceeds_charge")
                self.refunded_minor += minor
        return Approved(self.reference)


class SandboxOperation(Base):
    """A capture, void or refund that was done, by its key: asked again, it answers the same and does nothing."""

    __tablename__ = "sandbox_operations"

    idempotency_key: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    operation: Mapped[Operation] = mapped_column(words(Operation))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Entry:
    """A charge that is about to be changed under a key; `done` is what was done under it before."""

    charge: SandboxCharge
    done: SandboxOperation | None
    write: Callable[[SandboxOperation], None]


class Books(Protocol):
    """Where the charges are kept: each of these is a transaction, and holds its charge locked while inside."""

    async def open(self, charge: SandboxCharge) -> bool:
        """Open a charge unless its key has one; whether it was opened."""

    def charge(self, key: str) -> AbstractAsyncContextManager[SandboxCharge | None]:
        """The charge under a key."""

    def entry(self, reference: str, *, key: str) -> AbstractAsyncContextManager[Entry | None]:
        """The charge with a reference."""
