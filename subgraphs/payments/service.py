"""The use-cases of payments: authorize, capture, void, refund, and finding out what became of a question.

Each follows one pattern: write down what is about to be asked (one transaction), ask the provider (no transaction, no
lock), write down the answer (another transaction). Whatever dies in between, the key is in the database and the
provider can be asked about it. A charge is asked for again only once the provider has said that it never arrived.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final, assert_never

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.money import Amount
from chassis.outbox import announce
from chassis.viewer import Viewer

from . import store
from .errors import InvalidInput, NotFound, PaymentKeyReused, PaymentNotPossible
from .events import (
    OrderPlaced,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDeclined,
    PaymentRefunded,
    PaymentVoided,
)
from .model import (
    AbandonedKey,
    Method,
    Operation,
    Outcome,
    Owner,
    Payment,
    SavedMethod,
    Status,
    Transaction,
)
from .providers.port import ActionRequired, Answer, Approved, Card, Declined, NoAnswer, Provider, Token
from .rules import Source, method_of, refuse_impossible

log = structlog.get_logger("payments")

# How often a provider that does not answer is asked within one call; after that, later calls ask again.
ASKS_MAX: Final = 3
SETTLE_BATCH: Final = 50
SETTLE_AFTER: Final = timedelta(minutes=1)


class Unsettled(Enum):
    """What asking a provider may come to besides an answer."""

    NEVER_ARRIVED = "NEVER_ARRIVED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Authorization:
    """A wish to reserve an amount for an order. `owner` is an `Owner.key`; `customer_id` is None for guests."""

    order_id: str
    owner: str
    customer_id: str | None
    amount: Amount
    source: Source
    key: str


def may_see(viewer: Viewer, owner: str) -> bool:
    """Whether a payment of `owner` may be shown: to its customer, its guest, an admin, another subgraph."""
    if viewer.has_scope("payments:read"):
        return True
    if viewer.user_id is not None and owner == Owner.customer(viewer.user_id).key:
        return True
    return viewer.cart_token is not None and owner == Owner.guest(viewer.cart_token).key


@dataclass(frozen=True, slots=True)
class Payments:
    """Every use-case; one transaction around each write, none around the provider."""

    database: Database
    provider: Provider
    clock: Clock = now

    # -------------------------------------------------------------------------------------------------- authorization

    async def check(self, source: Source, *, customer_id: str | None) -> None:
        """Refuse what nobody could charge, before anything is done: a mistyped card, somebody else's saved card."""
        await self._resolve(source, customer_id=customer_id)

    async def authorize(self, wish: Authorization) -> Payment:
        """Reserve the amount, once per key.

        The payment comes back AUTHORIZED, DECLINED, REQUIRES_ACTION, or PENDING while the provider stays silent. Raises
        InvalidInput, NotFound (the saved method), PaymentKeyReused, PaymentNotPossible (the key was given up).
        """
        source, method = await self._resolve(wish.source, customer_id=wish.customer_id)
        async with self.database.transaction() as session:
            await store.lock_key(session, wish.key)
            payment = await store.by_key(session, wish.key)
            is_new = payment is None
            if payment is None:
                if await store.is_abandoned(session, wish.key):
                    raise PaymentNotPossible("This payment was given up.", reason="abandoned")
                payment = self._begin(wish, method)
                asked = payment.requested(Operation.AUTHORIZATION, wish.amount, key=wish.key, at=self.clock())
                store.add(session, payment)
                await session.flush()
                store.add(session, asked)
                await store.tell_owner(session, wish.order_id, wish.owner)
            elif (payment.order_id, payment.money(payment.amount_minor)) != (wish.order_id, wish.amount):
                raise PaymentKeyReused("This idempotency key belongs to another payment.", field=("idempotencyKey",))
        if is_new:
            return await self._settle(payment, source, may_charge=True)
        return await self._settle(payment, source, may_charge=False)

    async def by_key(self, key: str) -> Payment | None:
        """The payment under a key; while its outcome is open, the provider is asked what became of it."""
        async with self.database.reading() as session:
            payment = await store.by_key(session, key)
        return payment and await self._settle(payment, None, may_charge=False)

    async def confirm(self, payment_id: str, *, code: str, viewer: Viewer) -> Payment:
        """The customer answers their bank's challenge. Raises NotFound, PaymentNotPossible."""
        async with self.database.reading() as session:
            payment = (await store.by_ids(session, [payment_id])).get(payment_id)
        if payment is None or not may_see(viewer, payment.owner):
            raise NotFound("There is no such payment.", field=("paymentId",))
        if payment.status is not Status.REQUIRES_ACTION:
            raise PaymentNotPossible("This payment does not wait for a challenge.", reason=payment.status.value)
        await self.provider.confirm(payment.idempotency_key, code=code)
        return await self._settle(payment, None, may_charge=False)

    async def settle_stuck(self) -> int:
        """Ask about payments nobody knows the outcome of, and ask again for what got no answer; how many are settled.

        A question younger than SETTLE_AFTER may still be on its way and is left alone.
        """
        before = self.clock() - SETTLE_AFTER
        async with self.database.reading() as session:
            payments = await store.unsettled(session, limit=SETTLE_BATCH)
            unanswered = await store.unanswered(session, before=before, limit=SETTLE_BATCH)
            concerned = await store.by_ids(session, {asked.payment_id for asked in unanswered})
        settled = [await self._settle(payment, None, may_charge=False) for payment in payments]
        done = sum(payment.status is not Status.PENDING for payment in settled)
        for asked in unanswered:
            payment, amount = concerned[asked.payment_id], Amount(asked.amount_minor, asked.currency)
            try:
                await self._carry_out(asked.operation, payment, amount, key=asked.idempotency_key)
            except Unavailable:
                log.warning("payment_still_unanswered", payment=payment.id, operation=asked.operation)
            else:
                done += 1
        return done

    def _begin(self, wish: Authorization, method: Method) -> Payment:
        moment = self.clock()
        return Payment(
            id=new_id(),
            order_id=wish.order_id,
            owner=wish.owner,
            status=Status.PENDING,
            currency=wish.amount.currency,
            amount_minor=wish.amount.minor,
            authorized_minor=0,
            captured_minor=0,
            refunding_minor=0,
            refunded_minor=0,
            idempotency_key=wish.key,
            provider=self.provider.name,
            method_kind=method.kind,
            method_brand=method.brand,
            method_last4=method.last4,
            method_exp_month=method.exp_month,
            method_exp_year=method.exp_year,
            method_holder=method.holder,
            method_account=method.account,
            saved_method_id=wish.source.saved_method_id,
            sequence=0,
            created_at=moment,
            updated_at=moment,
        )

    async def _resolve(self, source: Source, *, customer_id: str | None) -> tuple[Card | Token, Method]:
        if (source.card is None) == (source.saved_method_id is None):
            raise InvalidInput("Give either a card or a saved payment method.", field=("payment",))
        if source.card is not None:
            return source.card, method_of(source.card, today=self.clock())
        async with self.database.reading() as session:
            saved: SavedMethod | None = await store.saved_method(session, source.saved_method_id or "")
        if saved is None or customer_id is None or saved.customer_id != customer_id:
            raise NotFound("There is no such saved payment method.", field=("payment", "savedMethodId"))
        return Token(saved.token), saved.method

    async def _settle(self, payment: Payment, source: Card | Token | None, *, may_charge: bool) -> Payment:
        if payment.status not in {Status.PENDING, Status.REQUIRES_ACTION}:
            return payment
        match await self._ask(payment, source, may_charge=may_charge):
            case Unsettled():
                return payment
            case answer:
                return await self._record(payment.id, answer)

    async def _ask(self, payment: Payment, source: Card | Token | None, *, may_charge: bool) -> Answer | Unsettled:
        key, amount = payment.idempotency_key, payment.money(payment.amount_minor)
        for _ in range(ASKS_MAX):
            try:
                if may_charge and source is not None:
                    return await self.provider.authorize(source, amount, key=key)
                found = await self.provider.find(key)
            except NoAnswer:
                # It may have been done: from here on only asking is allowed, until the answer is that it was not.
                may_charge = False
                continue
            if found is not None:
                return found
            if source is None:
                return Unsettled.NEVER_ARRIVED
            may_charge = True
        log.warning("payment_outcome_unknown", payment=payment.id, provider=self.provider.name)
        return Unsettled.UNKNOWN

    async def _record(self, payment_id: str, answer: Answer) -> Payment:
        is_late = False
        async with self.database.transaction() as session:
            payment = await _locked(session, payment_id)
            if payment.status is Status.VOIDED and not isinstance(answer, Declined):
                # Given up while the provider was still thinking: what it reserved is let go below.
                payment.reference = answer.reference
                is_late = True
            elif payment.status in {Status.PENDING, Status.REQUIRES_ACTION}:
                await self._apply(session, payment, answer)
        if is_late:
            await self._void_at_provider(payment)
        return payment

    async def _apply(self, session: AsyncSession, payment: Payment, answer: Answer) -> None:
        amount = payment.money(payment.amount_minor)
        match answer:
            case Approved():
                payment.reference = answer.reference
                outcome, code = Outcome.SUCCEEDED, None
                await announce(session, PaymentAuthorized(payment.id, payment.order_id, amount))
            case ActionRequired():
                if payment.status is Status.REQUIRES_ACTION:
                    return
                payment.reference, payment.action_url = answer.reference, answer.url
                outcome, code = Outcome.ACTION_REQUIRED, None
            case Declined():
                outcome, code = Outcome.DECLINED, answer.code
                await announce(session, PaymentDeclined(payment.id, payment.order_id, amount, answer.code))
            case _:
                assert_never(answer)
        key = payment.idempotency_key
        store.add(
            session, payment.answered(Operation.AUTHORIZATION, outcome, amount, key=key, at=self.clock(), code=code)
        )

    # ------------------------------------------------------------------------------------------- capture, void, refund

    async def capture(self, payment_id: str, amount: Amount, *, key: str) -> Payment:
        """Take an authorized amount, once per key. Raises NotFound, PaymentNotPossible, Unavailable."""
        return await self._change(Operation.CAPTURE, payment_id, amount, key=key)

    async def refund(self, payment_id: str, amount: Amount, *, key: str) -> Payment:
        """Give back some of what was captured, once per key.

        Raises NotFound, InvalidInput, RefundExceedsCharge, PaymentNotPossible, Unavailable.
        """
        return await self._change(Operation.REFUND, payment_id, amount, key=key)

    async def abandon(self, key: str) -> Payment | None:
        """Make sure that nothing stays reserved under an authorization's key and that nothing ever will be.

        None when the key never arrived; it is refused from now on. Raises PaymentNotPossible once money was captured
        (refund it instead), Unavailable while the provider cannot tell what it has done.
        """
        async with self.database.transaction() as session:
            await store.lock_key(session, key)
            payment = await store.by_key(session, key)
            if payment is None:
                await store.abandon(session, AbandonedKey(idempotency_key=key, abandoned_at=self.clock()))
                return None
        if payment.status is Status.PENDING:
            match await self._ask(payment, None, may_charge=False):
                case Unsettled.UNKNOWN:
                    raise Unavailable("The payment provider does not answer.", service="payments")
                case Unsettled.NEVER_ARRIVED:
                    pass
                case answer:
                    payment = await self._record(payment.id, answer)
        if payment.status in {Status.DECLINED, Status.VOIDED}:
            return payment
        return await self._change(Operation.VOID, payment.id, payment.money(payment.amount_minor), key=f"{key}:void")

    async def _change(self, operation: Operation, payment_id: str, amount: Amount, *, key: str) -> Payment:
        async with self.database.transaction() as session:
            payment = await _locked(session, payment_id)
            done = await store.answer_of(session, payment_id, operation, key=key)
            if done is None:
                refuse_impossible(payment, operation, amount)
                store.add(session, payment.requested(operation, amount, key=key, at=self.clock()))
                if operation is Operation.REFUND:
                    payment.refunding_minor += amount.minor
        if done is not None and done.amount_minor != amount.minor:
            raise PaymentKeyReused("This idempotency key belongs to another amount.", field=("idempotencyKey",))
        if done is None or done.outcome is Outcome.REQUESTED:
            payment, done = await self._carry_out(operation, payment, amount, key=key)
        if done.outcome is Outcome.DECLINED:
            raise PaymentNotPossible("The payment provider refused.", reason=done.code or "declined")
        return payment

    async def _carry_out(
        self, operation: Operation, payment: Payment, amount: Amount, *, key: str
    ) -> tuple[Payment, Transaction]:
        answer = await self._change_at_provider(operation, payment, amount, key=key)
        async with self.database.transaction() as session:
            payment = await _locked(session, payment.id)
            done = await store.answer_of(session, payment.id, operation, key=key)
            if done is not None and done.outcome is not Outcome.REQUESTED:
                return payment, done
            outcome, code = (
                (Outcome.DECLINED, answer.code) if isinstance(answer, Declined) else (Outcome.SUCCEEDED, None)
            )
            done = payment.answered(operation, outcome, amount, key=key, at=self.clock(), code=code)
            store.add(session, done)
            if outcome is Outcome.SUCCEEDED:
                await announce(session, _ANNOUNCED[operation](payment.id, payment.order_id, amount))
        return payment, done

    async def _change_at_provider(
        self, operation: Operation, payment: Payment, amount: Amount, *, key: str
    ) -> Approved | Declined:
        reference = payment.reference
        if reference is None:
            # Voided before the provider ever heard of it: there is nothing to let go there.
            return Approved("")
        asks: dict[Operation, Callable[[], Awaitable[Approved | Declined]]] = {
            Operation.CAPTURE: lambda: self.provider.capture(reference, amount, key=key),
            Operation.VOID: lambda: self.provider.void(reference, key=key),
            Operation.REFUND: lambda: self.provider.refund(reference, amount, key=key),
        }
        for _ in range(ASKS_MAX):
            try:
                return await asks[operation]()
            except NoAnswer:
                continue
        raise Unavailable("The payment provider does not answer.", service="payments")

    async def _void_at_provider(self, payment: Payment) -> None:
        await self._change_at_provider(
            Operation.VOID, payment, payment.money(payment.amount_minor), key=f"{payment.idempotency_key}:void"
        )

    # ------------------------------------------------------------------------------------------------------ listening

    async def order_placed(self, session: AsyncSession, event: Envelope) -> None:
        """An order exists: from now on its owner may ask what it owes."""
        placed = OrderPlaced.read(event.payload)
        await store.tell_owner(session, placed.order_id, placed.owner)


_ANNOUNCED: Final = {
    Operation.CAPTURE: PaymentCaptured,
    Operation.VOID: PaymentVoided,
    Operation.REFUND: PaymentRefunded,
}


async def _locked(session: AsyncSession, payment_id: str) -> Payment:
    payment = await store.for_update(session, payment_id)
    if payment is None:
        raise NotFound("There is no such payment.", field=("paymentId",))
    return payment
