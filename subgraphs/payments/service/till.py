"""Where the provider is asked and its answers are written down.

Each question follows one pattern: write down what is about to be asked (one transaction), ask the provider (no
transaction, no lock), write down the answer (another transaction). Whatever dies in between, the key is in the database
and the provider can be asked about it. A charge is asked for again only once the provider has said that it never came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import faults
from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import Event
from chassis.money import Amount
from chassis.outbox import announce
from subgraphs.payments import store
from subgraphs.payments.errors import NotFound, PaymentNotPossible
from subgraphs.payments.events import (
    PaymentAuthorized,
    PaymentCaptured,
    PaymentCaptureFailed,
    PaymentDeclined,
    PaymentRefunded,
    PaymentRefundFailed,
    PaymentRefundReversed,
    PaymentVoided,
)
from subgraphs.payments.model import ENDED_UNPAID, Operation, Outcome, Payment, Status, Transaction
from subgraphs.payments.model.ledger import Ledger, Move
from subgraphs.payments.providers.port import (
    Approved,
    Card,
    Charge,
    Declined,
    Kept,
    NoAnswer,
    Provider,
    Refund,
    State,
    Token,
)

from .keeping import keep

log = structlog.get_logger("payments")

# How often a provider that does not answer is asked within one call; after that, later calls ask again.
ASKS_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class Providers:
    """The provider new payments go to, and those that older ones belong to."""

    default: Provider
    others: Mapping[str, Provider] = field(default_factory=dict)

    def named(self, name: str) -> Provider | None:
        """The provider of that name, if it is set up."""
        return self.default if name == self.default.name else self.others.get(name)


@dataclass(frozen=True, slots=True)
class Till:
    """Asks providers and records what they answer."""

    database: Database
    providers: Providers
    clock: Clock = now

    def provider_of(self, payment: Payment) -> Provider:
        """Who has the payment's money. Raises PaymentNotPossible when that provider is no longer set up."""
        provider = self.providers.named(payment.provider)
        if provider is None:
            raise PaymentNotPossible(
                f"This payment was made with {payment.provider}, which is not set up any more.",
                reason="provider_unavailable",
            )
        return provider

    # ---------------------------------------------------------------------------------------------------------- asking

    async def ask(self, payment: Payment, source: Card | Token | None, *, is_new: bool = False) -> Charge | None:
        """How the charge stands; with a source it is charged, once the provider has said that nobody asked for that.

        None while the provider stays silent, or when it never heard of the payment.
        """
        provider, reference, key = self.provider_of(payment), payment.reference, payment.idempotency_key
        if reference is None:
            return None
        may_charge = is_new and source is not None
        for _ in range(ASKS_MAX):
            try:
                if may_charge and source is not None:
                    return await provider.authorize(reference, source, key=key)
                found = await provider.find(reference)
            except NoAnswer:
                # It may have been done: from here on only asking is allowed, until the answer is that it was not.
                may_charge = False
                continue
            if found.state is not State.OPEN or source is None:
                return found
            may_charge = True
        log.warning("payment_outcome_unknown", payment=payment.id, provider=payment.provider)
        return None

    async def settle(self, payment: Payment) -> Payment:
        """Ask how the charge stands and write it down."""
        charge = await self.ask(payment, None)
        faults.reach("payments.settle.answered")
        if charge is None:
            return payment
        payment, _ = await self.learn(payment.id, charge)
        faults.reach("payments.settle.recorded")
        return payment

    async def learn(
        self, payment_id: str, charge: Charge, *, known: Sequence[Transaction] = ()
    ) -> tuple[Payment, bool]:
        """Write down how a charge stands; whether all of it found its place. What came too late is let go.

        `known` are the payment's rows as the caller left them.
        """
        async with self.database.transaction() as session:
            ledger = await locked(session, payment_id, known=known)
            fitted = ledger.learn(charge, at=self.clock())
            await record(session, ledger)
        payment, to_void = ledger.payment, ledger.open(Operation.VOID)
        if to_void and payment.status in ENDED_UNPAID and charge.state is not State.PROCESSING:
            try:
                payment, _ = await self.carry_out(
                    Operation.VOID, payment, payment.money(0), key=to_void[0].idempotency_key
                )
            except Unavailable:
                # Asked again by whoever settles payments.
                log.warning("payment_not_let_go_yet", payment=payment.id)
        return payment, fitted

    # ---------------------------------------------------------------------------------------- capture, void and refund

    async def carry_out(
        self,
        operation: Operation,
        payment: Payment,
        amount: Amount,
        *,
        key: str,
        known: Sequence[Transaction] = (),
        is_new: bool = False,
    ) -> tuple[Payment, Transaction]:
        """Ask for what was written down as requested, and write down the answer; answers the last that is known.

        `known` are the payment's rows as the caller left them; `is_new` says that nobody can have asked for it before.
        Raises Unavailable while the provider stays silent.
        """
        step = operation.lower()
        faults.reach(f"payments.{step}.requested")
        answer = await self._change(operation, payment, amount, key=key, is_new=is_new)
        faults.reach(f"payments.{step}.answered")
        moment = self.clock()
        async with self.database.transaction() as session:
            ledger = await locked(session, payment.id, known=known)
            last = ledger.resolve(operation, answer, amount, key=key, at=moment)
            await record(session, ledger)
        faults.reach(f"payments.{step}.recorded")
        if operation is Operation.VOID and last.outcome is Outcome.DECLINED:
            log.error("payment_not_voided", payment=payment.id, code=last.code)
        return ledger.payment, last

    async def _change(
        self, operation: Operation, payment: Payment, amount: Amount, *, key: str, is_new: bool
    ) -> Approved | Declined | Refund:
        provider, reference = self.provider_of(payment), payment.reference
        if reference is None:
            # Voided before the provider ever heard of it: there is nothing to let go there.
            return Approved()
        for _ in range(ASKS_MAX):
            try:
                match operation:
                    case Operation.CAPTURE:
                        return await provider.capture(reference, amount, key=key)
                    case Operation.VOID:
                        return await provider.void(reference)
                    case Operation.REFUND:
                        made = None if is_new else await self._refund_made(provider, reference, key)
                        return made or await provider.refund(reference, amount, key=key)
                    case Operation.AUTHORIZATION:
                        raise AssertionError("an authorization is asked for by its source")
            except NoAnswer:
                is_new = False
        raise Unavailable("The payment provider does not answer.", service="payments")

    async def _refund_made(self, provider: Provider, reference: str, key: str) -> Refund | None:
        """The refund that a request without an answer led to. Providers know it for ever, its key only for a day."""
        charge = await provider.find(reference)
        return next((refund for refund in charge.refunds if refund.key == key), None)


async def locked(session: AsyncSession, payment_id: str, *, known: Sequence[Transaction] = ()) -> Ledger:
    """The payment's ledger, locked until the transaction ends. Raises NotFound."""
    ledger = await store.ledger(session, payment_id, known=known)
    if ledger is None:
        raise NotFound("There is no such payment.", field=("paymentId",))
    return ledger


async def record(session: AsyncSession, ledger: Ledger) -> None:
    """Store what was added to the ledger, announce what it means, and keep the way to pay where that was wished."""
    payment = ledger.payment
    session.add_all(move.row for move in ledger.moves)
    events = [event for move in ledger.moves if (event := _event_of(move, payment))]
    await announce(session, *events)
    just_authorized = any(isinstance(event, PaymentAuthorized) for event in events)
    if just_authorized and payment.saves_method and payment.customer_id and payment.method_token:
        kept = Kept(payment.method_token, payment.method)
        saved = await keep(session, payment.customer_id, payment.provider, kept, at=payment.updated_at)
        payment.saved_method_id = saved.id if saved else None
    ledger.moves.clear()


def _event_of(move: Move, payment: Payment) -> Event | None:
    """What others are told of a row; each thing once, because each row is there once."""
    row, amount = move.row, move.row.amount
    facts = (payment.id, payment.order_id, amount)
    code = row.code or ""
    if move.before is not Status.VOIDED and move.after is Status.VOIDED:
        return PaymentVoided(payment.id, payment.order_id, payment.amount)
    match row.operation, row.outcome:
        case Operation.AUTHORIZATION, Outcome.SUCCEEDED:
            return PaymentAuthorized(*facts)
        case Operation.AUTHORIZATION, Outcome.DECLINED:
            return PaymentDeclined(*facts, code)
        case Operation.CAPTURE, Outcome.SUCCEEDED:
            return PaymentCaptured(*facts)
        case Operation.CAPTURE, Outcome.DECLINED:
            return PaymentCaptureFailed(*facts, code)
        case Operation.REFUND, Outcome.SUCCEEDED:
            return PaymentRefunded(*facts, row.idempotency_key)
        case Operation.REFUND, Outcome.DECLINED:
            return PaymentRefundFailed(*facts, row.idempotency_key, code)
        case Operation.REFUND, Outcome.REVERSED:
            return PaymentRefundReversed(*facts, row.idempotency_key, code)
        case _:
            return None
