"""A payment with everything that was ever asked and answered about it, and what a new answer adds.

Facts come from two sides, in any order and any number of times: the direct answer to a question (`answer`), and the
provider's account of the whole charge (`learn`), asked for when a webhook came or when nothing did. Each fact has its
place, (operation, key, outcome), and a place is written once; an account that is older than what is known already adds
nothing. So the amounts only ever follow the rows:

    authorized = Σ authorizations succeeded − Σ voids succeeded
    captured   = Σ captures succeeded
    refunded   = Σ refunds succeeded − Σ refunds reversed
    refunding  = Σ refunds requested − Σ refunds succeeded or declined
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chassis.ids import new_id
from chassis.money import Amount
from subgraphs.payments.providers.port import Approved, Charge, Declined, Refund, RefundState, State

from .payment import Payment, Transaction
from .states import ENDED_UNPAID, FINAL, TRANSITIONS, WAITING, IllegalTransition, Operation, Outcome, Status

# Outcomes that move the status, each by TRANSITIONS; the rest leave it where it is.
_MOVING: Final = frozenset({Outcome.SUCCEEDED, Outcome.ACTION_REQUIRED, Outcome.REVERSED})
_HELD: Final = frozenset({State.AUTHORIZED, State.CAPTURED})
_REFUND_OUTCOMES: Final = {
    RefundState.PENDING: Outcome.PENDING,
    RefundState.SUCCEEDED: Outcome.SUCCEEDED,
    RefundState.FAILED: Outcome.DECLINED,
}


@dataclass(frozen=True, slots=True)
class Move:
    """A row that was added, and the status before and after it."""

    row: Transaction
    before: Status
    after: Status


@dataclass(slots=True)
class Ledger:
    """`rows` in order. What is added is in `moves` too, to be stored and announced."""

    payment: Payment
    rows: list[Transaction]
    moves: list[Move] = field(default_factory=list)

    # -------------------------------------------------------------------------------------------------------- reading

    def last(self, operation: Operation, key: str) -> Transaction | None:
        """The last thing known of an operation under its key; None when it was never asked for."""
        found = (row for row in reversed(self.rows) if row.operation is operation and row.idempotency_key == key)
        return next(found, None)

    def has(self, operation: Operation, outcome: Outcome) -> bool:
        """Whether this ever happened, under whichever key."""
        return any(row.operation is operation and row.outcome is outcome for row in self.rows)

    def open(self, *operations: Operation) -> list[Transaction]:
        """What was asked for and has no final answer: its REQUESTED rows, oldest first."""
        final = {(row.operation, row.idempotency_key) for row in self.rows if row.outcome in FINAL}
        return [
            row
            for row in self.rows
            if row.outcome is Outcome.REQUESTED
            and row.operation in operations
            and (row.operation, row.idempotency_key) not in final
        ]

    @property
    def is_unsettled(self) -> bool:
        """Whether the provider still owes an answer."""
        if self.payment.status in WAITING:
            return True
        return bool(self.open(Operation.CAPTURE, Operation.VOID, Operation.REFUND))

    def sums(self) -> tuple[int, int, int, int]:
        """Authorized, captured, refunded and refunding as the rows say; the payment's amounts are always these."""

        def total(operation: Operation, *outcomes: Outcome) -> int:
            return sum(row.amount_minor for row in self.rows if row.operation is operation and row.outcome in outcomes)

        return (
            total(Operation.AUTHORIZATION, Outcome.SUCCEEDED) - total(Operation.VOID, Outcome.SUCCEEDED),
            total(Operation.CAPTURE, Outcome.SUCCEEDED),
            total(Operation.REFUND, Outcome.SUCCEEDED) - total(Operation.REFUND, Outcome.REVERSED),
            total(Operation.REFUND, Outcome.REQUESTED) - total(Operation.REFUND, Outcome.SUCCEEDED, Outcome.DECLINED),
        )

    # -------------------------------------------------------------------------------------------------------- writing

    def request(self, operation: Operation, amount: Amount, *, key: str, at: datetime) -> Transaction:
        """The provider is about to be asked; moves no status."""
        if operation is Operation.REFUND:
            self.payment.refunding_minor += amount.minor
        return self._add(operation, Outcome.REQUESTED, amount, key=key, at=at)

    def answer(
        self,
        operation: Operation,
        outcome: Outcome,
        amount: Amount,
        *,
        key: str,
        at: datetime,
        code: str | None = None,
        reference: str | None = None,
    ) -> Transaction:
        """The provider answered: moves the status and the amounts. Raises IllegalTransition.

        A declined capture, void or refund moves no status; the money stays where it was.
        """
        payment, before = self.payment, self.payment.status
        moves_status = outcome in _MOVING or (operation, outcome) in {
            (Operation.AUTHORIZATION, Outcome.DECLINED),
            (Operation.VOID, Outcome.PENDING),
        }
        if moves_status:
            try:
                payment.status = TRANSITIONS[payment.status, operation, outcome]
            except KeyError:
                raise IllegalTransition(f"{operation} {outcome} cannot follow {payment.status}.") from None
        self._count(operation, outcome, amount.minor)
        if operation is Operation.AUTHORIZATION:
            payment.decline_code = code if outcome is Outcome.DECLINED else None
        if payment.status is not Status.REQUIRES_ACTION:
            payment.action_url = None
        return self._add(operation, outcome, amount, key=key, at=at, before=before, code=code, reference=reference)

    def resolve(
        self, operation: Operation, answer: Approved | Declined | Refund, amount: Amount, *, key: str, at: datetime
    ) -> Transaction:
        """Add what came of a capture, void or refund that was requested; answers the last that is known of it.

        An answer to something that is over adds nothing, and neither does one that says nothing new.
        """
        known = self.last(operation, key)
        assert known is not None, "it was written down before it was asked"
        if known.outcome in FINAL or known.outcome is Outcome.REVERSED:
            return known
        code: str | None = None
        reference: str | None = None
        match answer:
            case Approved():
                outcome = Outcome.SUCCEEDED
            case Declined(code=code):
                outcome = Outcome.DECLINED if answer.is_final else Outcome.PENDING
            case Refund(code=code, reference=reference):
                outcome = _REFUND_OUTCOMES[answer.state]
        if outcome is Outcome.PENDING and (known.outcome is Outcome.PENDING or not self._may_wait(operation)):
            return known
        if operation is Operation.VOID:
            amount = self.payment.money(self.payment.authorized_minor)
        return self.answer(operation, outcome, amount, key=key, at=at, code=code, reference=reference)

    def give_up(self, *, at: datetime) -> None:
        """Count as voided, though the provider has not said so; what it comes to later is let go."""
        if self.payment.status in WAITING:
            self.answer(Operation.VOID, Outcome.PENDING, self.payment.money(0), key=void_key(self.payment), at=at)

    def _may_wait(self, operation: Operation) -> bool:
        """Whether an answer may be outstanding: of a refund always, of a void while nothing is reserved."""
        return operation is Operation.REFUND or self.payment.status in WAITING

    def _count(self, operation: Operation, outcome: Outcome, minor: int) -> None:
        payment = self.payment
        match operation:
            case Operation.AUTHORIZATION:
                payment.authorized_minor += minor if outcome is Outcome.SUCCEEDED else 0
            case Operation.CAPTURE:
                payment.captured_minor += minor if outcome is Outcome.SUCCEEDED else 0
            case Operation.VOID:
                payment.authorized_minor -= minor if outcome is Outcome.SUCCEEDED else 0
            case Operation.REFUND:
                payment.refunding_minor -= minor if outcome in FINAL else 0
                payment.refunded_minor += {Outcome.SUCCEEDED: minor, Outcome.REVERSED: -minor}.get(outcome, 0)
                if payment.status is Status.PARTIALLY_REFUNDED:
                    nothing_left, nothing_back = payment.captured_minor, 0
                    payment.status = {nothing_left: Status.REFUNDED, nothing_back: Status.CAPTURED}.get(
                        payment.refunded_minor, Status.PARTIALLY_REFUNDED
                    )

    # ------------------------------------------------------------------------------------------------------- learning

    def learn(self, charge: Charge, *, at: datetime) -> bool:
        """Add what the provider's account of the charge holds beyond what is known; whether all of it found a place.

        False when it speaks of a refund there is no room for yet: one of ours, still without an answer, must first be
        found to have failed.
        """
        if charge.kept is not None:
            self.payment.method_token = charge.kept.token
            if self.payment.saved_method_id is None:
                self.payment.method = charge.kept.method
        self._learn_authorization(charge, at)
        self._learn_capture(charge, at)
        self._learn_void(charge, at)
        fitted = [self._learn_refund(refund, at) for refund in charge.refunds]
        return all(fitted)

    def _learn_authorization(self, charge: Charge, at: datetime) -> None:
        payment = self.payment
        kind, amount, key = Operation.AUTHORIZATION, payment.amount, payment.idempotency_key
        if payment.status in ENDED_UNPAID:
            if charge.state in _HELD and not self.has(Operation.VOID, Outcome.SUCCEEDED):
                self._too_late(at)
            return
        if payment.status not in WAITING:
            return
        match charge.state:
            case State.OPEN | State.VOIDED:
                pass
            case State.PROCESSING:
                if not self.has(kind, Outcome.PENDING):
                    self.answer(kind, Outcome.PENDING, amount, key=key, at=at)
            case State.ACTION_REQUIRED:
                if payment.status is Status.PENDING:
                    self.answer(kind, Outcome.ACTION_REQUIRED, amount, key=key, at=at)
                    payment.action_url = charge.url
            case State.DECLINED:
                self.answer(kind, Outcome.DECLINED, amount, key=key, at=at, code=charge.code)
            case State.AUTHORIZED | State.CAPTURED:
                self.answer(kind, Outcome.SUCCEEDED, amount, key=key, at=at)

    def _too_late(self, at: datetime) -> None:
        payment = self.payment
        if not self.has(Operation.AUTHORIZATION, Outcome.TOO_LATE):
            self._add(Operation.AUTHORIZATION, Outcome.TOO_LATE, payment.amount, key=payment.idempotency_key, at=at)
        if not self.has(Operation.VOID, Outcome.REQUESTED):
            self.request(Operation.VOID, payment.money(0), key=void_key(payment), at=at)

    def _learn_capture(self, charge: Charge, at: datetime) -> None:
        if charge.state is not State.CAPTURED or self.payment.status is not Status.AUTHORIZED:
            return
        taken = self.payment.money(charge.captured_minor)
        asked = next((row for row in self.open(Operation.CAPTURE) if row.amount_minor == taken.minor), None)
        key = asked.idempotency_key if asked else f"{charge.reference}:captured"
        if asked is None:
            self.request(Operation.CAPTURE, taken, key=key, at=at)
        self.answer(Operation.CAPTURE, Outcome.SUCCEEDED, taken, key=key, at=at)

    def _learn_void(self, charge: Charge, at: datetime) -> None:
        payment = self.payment
        asked = self.open(Operation.VOID)
        if charge.state is not State.VOIDED or not (
            payment.status in WAITING or payment.status is Status.AUTHORIZED or asked
        ):
            return
        key = asked[0].idempotency_key if asked else f"{charge.reference}:voided"
        let_go = payment.money(payment.authorized_minor)
        if not asked:
            self.request(Operation.VOID, let_go, key=key, at=at)
        self.answer(Operation.VOID, Outcome.SUCCEEDED, let_go, key=key, at=at)

    def _learn_refund(self, refund: Refund, at: datetime) -> bool:
        payment, amount = self.payment, self.payment.money(refund.minor)
        key = refund.key or f"{refund.reference}:refunded"
        known = self.last(Operation.REFUND, key)
        if known is None:
            if refund.state is RefundState.FAILED:
                return True
            if payment.refundable < amount:
                return False
            self.request(Operation.REFUND, amount, key=key, at=at)
        outcome = self._refund_outcome(refund, known.outcome if known else Outcome.REQUESTED)
        if outcome is not None:
            self.answer(Operation.REFUND, outcome, amount, key=key, at=at, code=refund.code, reference=refund.reference)
        return True

    def _refund_outcome(self, refund: Refund, known: Outcome) -> Outcome | None:
        """What a refund's state adds to the last that is known of it; None when nothing."""
        is_open = known in {Outcome.REQUESTED, Outcome.PENDING}
        match refund.state:
            case RefundState.PENDING:
                return Outcome.PENDING if known is Outcome.REQUESTED else None
            case RefundState.SUCCEEDED:
                return Outcome.SUCCEEDED if is_open else None
            case RefundState.FAILED if known is Outcome.SUCCEEDED:
                return Outcome.REVERSED
            case RefundState.FAILED:
                return Outcome.DECLINED if is_open else None

    def _add(
        self,
        operation: Operation,
        outcome: Outcome,
        amount: Amount,
        *,
        key: str,
        at: datetime,
        before: Status | None = None,
        code: str | None = None,
        reference: str | None = None,
    ) -> Transaction:
        payment = self.payment
        payment.sequence += 1
        payment.updated_at = at
        row = Transaction(
            id=new_id(),
            payment_id=payment.id,
            sequence=payment.sequence,
            operation=operation,
            outcome=outcome,
            amount_minor=amount.minor,
            currency=amount.currency,
            idempotency_key=key,
            reference=reference,
            code=code,
            occurred_at=at,
        )
        self.rows.append(row)
        self.moves.append(Move(row, before or payment.status, payment.status))
        payment.unsettled = self.is_unsettled
        return row


def void_key(payment: Payment) -> str:
    """Under which giving a payment up is asked for, whoever does."""
    return f"{payment.idempotency_key}:void"
