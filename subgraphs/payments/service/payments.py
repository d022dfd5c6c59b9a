"""Authorize, confirm, capture, refund, give up, and finding out what became of a question."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import faults
from chassis.clock import Clock, now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.money import Amount
from chassis.viewer import Viewer
from subgraphs.payments import store
from subgraphs.payments.errors import IdempotencyKeyReused, InvalidInput, NotFound, PaymentNotPossible
from subgraphs.payments.events import OrderClaimed, OrderPlaced
from subgraphs.payments.model import (
    ENDED_UNPAID,
    WAITING,
    Method,
    Operation,
    Outcome,
    Owner,
    Payment,
    Status,
    Transaction,
)
from subgraphs.payments.model.ledger import Ledger, void_key
from subgraphs.payments.providers.port import Card, NoAnswer, Provider, Token
from subgraphs.payments.rules import UNTOLD, Source, method_of, refuse_impossible

from .till import ASKS_MAX, Providers, Till, locked, record

log = structlog.get_logger("payments")

SETTLE_BATCH: Final = 50
# So many providers' answers are waited for at a time; fewer than the database has connections.
SETTLED_AT_ONCE: Final = 4
SETTLE_AFTER: Final = timedelta(seconds=15)


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
    """Every use-case about money; one transaction around each write, none around the provider."""

    database: Database
    providers: Providers
    clock: Clock = now

    @property
    def till(self) -> Till:
        """Asks providers and records what they answer."""
        return Till(self.database, self.providers, self.clock)

    # -------------------------------------------------------------------------------------------------- authorization

    async def check(self, source: Source, *, customer_id: str | None) -> None:
        """Refuse what nobody could charge, before anything is done: a mistyped card, somebody else's saved card."""
        await self._resolve(source, customer_id=customer_id)

    async def authorize(self, wish: Authorization) -> Payment:
        """Reserve the amount, once per key.

        The payment comes back AUTHORIZED, DECLINED, REQUIRES_ACTION, or PENDING while the provider stays silent or has
        not decided. Raises InvalidInput, NotFound (the saved method), IdempotencyKeyReused, PaymentNotPossible (the key
        was given up), Unavailable when the provider does not even open a charge: nothing was asked for then.
        """
        async with self.database.reading() as session:
            payment = await store.by_key(session, wish.key)
        if payment is None:
            source, method = await self._resolve(wish.source, customer_id=wish.customer_id)
            reference = await self._open(wish)
            faults.reach("payments.authorize.opened")
            payment, rows = await self._begin(wish, method, reference)
            faults.reach("payments.authorize.requested")
        else:
            rows = []
            source = None
        if (payment.order_id, payment.amount) != (wish.order_id, wish.amount):
            raise IdempotencyKeyReused("This idempotency key belongs to another payment.", field=("idempotencyKey",))
        if payment.status not in WAITING:
            return payment
        if source is None:
            source, _ = await self._resolve(wish.source, customer_id=wish.customer_id)
        charge = await self.till.ask(payment, source, is_new=bool(rows))
        faults.reach("payments.authorize.answered")
        if charge is not None:
            payment, _ = await self.till.learn(payment.id, charge, known=rows)
        faults.reach("payments.authorize.recorded")
        return payment

    async def by_key(self, key: str) -> Payment | None:
        """The payment under a key; while its outcome is open, the provider is asked what became of it."""
        async with self.database.reading() as session:
            payment = await store.by_key(session, key)
        if payment is None or payment.status not in WAITING:
            return payment
        return await self.till.settle(payment)

    async def confirm(self, payment_id: str, *, code: str | None, viewer: Viewer) -> Payment:
        """The customer has answered their bank's challenge, here with `code` or on the bank's own page.

        Answered twice it is answered once: the payment comes back as it stands. Raises NotFound, PaymentNotPossible.
        """
        async with self.database.reading() as session:
            payment = (await store.by_ids(session, [payment_id])).get(payment_id)
            rows = (await store.transactions(session, [payment_id])).get(payment_id, [])
        if payment is None or not may_see(viewer, payment.owner):
            raise NotFound("There is no such payment.", field=("paymentId",))
        if payment.status is Status.REQUIRES_ACTION:
            if code is not None:
                try:
                    await self.till.provider_of(payment).confirm(payment.reference or "", code=code)
                except NoAnswer:
                    raise Unavailable("The payment provider does not answer.", service="payments") from None
            faults.reach("payments.confirm.answered")
            return await self.till.settle(payment)
        if not Ledger(payment, rows).has(Operation.AUTHORIZATION, Outcome.ACTION_REQUIRED):
            raise PaymentNotPossible("This payment does not wait for a challenge.", reason=payment.status.value)
        return payment

    async def _open(self, wish: Authorization) -> str:
        provider, customer_id = self.providers.default, wish.customer_id
        for _ in range(ASKS_MAX):
            try:
                named = await self.customer_at(provider, customer_id)
                saves = wish.source.save and customer_id is not None
                return await provider.open(wish.amount, key=wish.key, customer=named, saves=saves)
            except NoAnswer:
                continue
        raise Unavailable("The payment provider does not answer.", service="payments")

    async def customer_at(self, provider: Provider, customer_id: str | None) -> str | None:
        """A provider's name for a customer, remembered once it has one; None for guests. Raises NoAnswer."""
        if customer_id is None or not provider.names_customers:
            return None
        async with self.database.reading() as session:
            known = await store.customer_reference(session, provider.name, customer_id)
        if known is not None:
            return known
        made = await provider.customer(customer_id)
        async with self.database.transaction() as session:
            await store.remember_customer(session, provider.name, customer_id, made)
        return made

    async def _begin(self, wish: Authorization, method: Method, reference: str) -> tuple[Payment, list[Transaction]]:
        """The payment under the wish's key, and its rows if it was made here."""
        moment = self.clock()
        async with self.database.transaction() as session:
            await store.lock_key(session, wish.key)
            known, is_abandoned = await store.by_key_unless_abandoned(session, wish.key)
            if known is not None:
                return known, []
            if is_abandoned:
                raise PaymentNotPossible("This payment was given up.", reason="abandoned")
            payment = Payment(
                id=new_id(),
                order_id=wish.order_id,
                owner=wish.owner,
                customer_id=wish.customer_id,
                status=Status.PENDING,
                currency=wish.amount.currency,
                amount_minor=wish.amount.minor,
                authorized_minor=0,
                captured_minor=0,
                refunding_minor=0,
                refunded_minor=0,
                idempotency_key=wish.key,
                provider=self.providers.default.name,
                reference=reference,
                saved_method_id=wish.source.saved_method_id,
                saves_method=wish.source.save and wish.customer_id is not None,
                sequence=0,
                created_at=moment,
                checked_at=moment,
            )
            payment.method = method
            ledger = Ledger(payment, [])
            ledger.request(Operation.AUTHORIZATION, wish.amount, key=wish.key, at=moment)
            await store.add_payment(session, ledger)
            await record(session, ledger)
        return payment, ledger.rows

    async def _resolve(self, source: Source, *, customer_id: str | None) -> tuple[Card | Token, Method]:
        given = [source.card, source.saved_method_id, source.payment_method_id]
        if sum(each is not None for each in given) != 1:
            raise InvalidInput(
                "Give either a card, a saved payment method, or a token of the provider.", field=("payment",)
            )
        if source.save and customer_id is None:
            raise InvalidInput("Sign in to save a payment method.", field=("payment", "save"))
        if source.saved_method_id is not None:
            return await self._saved(source.saved_method_id, customer_id)
        what: Card | Token
        if source.card is not None:
            what, method, field = source.card, method_of(source.card, today=self.clock()), "card"
        else:
            what, method, field = Token(source.payment_method_id or ""), UNTOLD, "paymentMethodId"
        if (refusal := self.providers.default.refusal_of(what)) is not None:
            raise InvalidInput(refusal, field=("payment", field))
        return what, method

    async def _saved(self, method_id: str, customer_id: str | None) -> tuple[Token, Method]:
        async with self.database.reading() as session:
            saved = await store.saved_method(session, method_id)
        is_theirs = saved is not None and customer_id is not None and saved.customer_id == customer_id
        if saved is None or not is_theirs or saved.provider != self.providers.default.name:
            raise NotFound("There is no such saved payment method.", field=("payment", "savedMethodId"))
        return Token(saved.token), saved.method

    # ------------------------------------------------------------------------------------------- capture, refund, void

    async def capture(self, payment_id: str, amount: Amount, *, key: str) -> Payment:
        """Take an authorized amount, once per key. Raises NotFound, PaymentNotPossible, Unavailable."""
        return await self._change(Operation.CAPTURE, payment_id, amount, key=key)

    async def refund(self, payment_id: str, amount: Amount, *, key: str) -> Payment:
        """Give back some of what was captured, once per key. It may be under way when this answers (`refunding`).

        Raises NotFound, InvalidInput, RefundExceedsCharge, PaymentNotPossible, Unavailable.
        """
        return await self._change(Operation.REFUND, payment_id, amount, key=key)

    async def abandon(self, key: str) -> Payment | None:
        """Make sure that nothing stays reserved or taken under an authorization's key, and that nothing ever will be.

        Voids what is reserved, refunds what was captured. A payment whose provider has not decided, or stays silent,
        is VOIDED at once; whatever comes of it later is let go. None when the key never arrived; it is refused from
        now on. Raises Unavailable while the provider cannot tell whether it let go of what it had reserved.
        """
        async with self.database.transaction() as session:
            await store.lock_key(session, key)
            payment = await store.by_key(session, key)
            if payment is None:
                await store.abandon(session, key, at=self.clock())
                return None
        if payment.status in WAITING:
            payment = await self.till.settle(payment)
        if payment.status in WAITING or payment.status is Status.AUTHORIZED:
            payment = await self._void(payment)
        if payment.status in {Status.CAPTURED, Status.PARTIALLY_REFUNDED}:
            return await self._refund_rest(payment)
        if payment.status is Status.AUTHORIZED:
            raise PaymentNotPossible("The payment provider refused to let it go.", reason="not_voided")
        return payment

    async def _void(self, payment: Payment) -> Payment:
        key, till = void_key(payment), self.till
        async with self.database.transaction() as session:
            ledger = await locked(session, payment.id)
            known = ledger.last(Operation.VOID, key)
            if known is None and ledger.payment.status not in ENDED_UNPAID:
                ledger.request(Operation.VOID, payment.money(0), key=key, at=self.clock())
                await record(session, ledger)
        if known is not None and known.outcome is Outcome.DECLINED:
            return await till.settle(ledger.payment)
        if ledger.payment.status in ENDED_UNPAID:
            return ledger.payment
        try:
            payment, answer = await till.carry_out(
                Operation.VOID, payment, payment.money(0), key=key, known=ledger.rows
            )
        except Unavailable:
            async with self.database.transaction() as session:
                ledger = await locked(session, payment.id)
                ledger.give_up(at=self.clock())
                await record(session, ledger)
            if ledger.payment.status is not Status.VOIDED:
                raise
            return ledger.payment
        # Refused: it was captured in the meantime, or let go by the provider itself.
        return await till.settle(payment) if answer.outcome is Outcome.DECLINED else payment

    async def _refund_rest(self, payment: Payment) -> Payment:
        key = f"{void_key(payment)}:refund"
        async with self.database.transaction() as session:
            ledger = await locked(session, payment.id)
            known, rest = ledger.last(Operation.REFUND, key), ledger.payment.refundable
            is_new = known is None
            if known is None and rest.minor:
                known = ledger.request(Operation.REFUND, rest, key=key, at=self.clock())
                await record(session, ledger)
        if known is None or known.outcome is not Outcome.REQUESTED:
            return ledger.payment
        payment, known = await self.till.carry_out(
            Operation.REFUND, payment, known.amount, key=key, known=ledger.rows, is_new=is_new
        )
        if known.outcome is Outcome.DECLINED:
            raise PaymentNotPossible("The payment provider refused the refund.", reason=known.code or "declined")
        return payment

    async def _change(self, operation: Operation, payment_id: str, amount: Amount, *, key: str) -> Payment:
        async with self.database.transaction() as session:
            ledger = await locked(session, payment_id)
            known = ledger.last(operation, key)
            is_new = known is None
            if known is None:
                refuse_impossible(ledger.payment, operation, amount)
                if operation is Operation.CAPTURE and ledger.open(Operation.VOID):
                    raise PaymentNotPossible("The payment is being given up.", reason="voiding")
                known = ledger.request(operation, amount, key=key, at=self.clock())
                await record(session, ledger)
        payment = ledger.payment
        if known.amount != amount:
            raise IdempotencyKeyReused("This idempotency key belongs to another amount.", field=("idempotencyKey",))
        if known.outcome is Outcome.REQUESTED:
            payment, known = await self.till.carry_out(
                operation, payment, amount, key=key, known=ledger.rows, is_new=is_new
            )
        if known.outcome in {Outcome.DECLINED, Outcome.REVERSED}:
            raise PaymentNotPossible("The payment provider refused.", reason=known.code or "declined")
        return payment

    # -------------------------------------------------------------------------------------------------------- settling

    async def settle_stuck(self) -> int:
        """Ask about everything a provider owes an answer to, and ask again for what never arrived; how many settled.

        A question younger than SETTLE_AFTER may still be on its way and is left alone.
        """
        async with self.database.single() as session:
            stuck = await store.claim_unsettled(session, at=self.clock(), after=SETTLE_AFTER, limit=SETTLE_BATCH)
        at_once = asyncio.Semaphore(SETTLED_AT_ONCE)

        async def settle(payment_id: str) -> bool:
            async with at_once:
                try:
                    return await self._settle_one(payment_id)
                except Unavailable:
                    log.warning("payment_still_unanswered", payment=payment_id)
                except Exception:
                    # One payment that cannot be settled must not keep the others from it.
                    log.exception("payment_not_settled", payment=payment_id)
            return False

        return sum(await asyncio.gather(*map(settle, stuck)))

    async def _settle_one(self, payment_id: str) -> bool:
        async with self.database.reading() as session:
            payment = (await store.by_ids(session, [payment_id]))[payment_id]
        await self.till.settle(payment)
        async with self.database.reading() as session:
            payment = (await store.by_ids(session, [payment_id]))[payment_id]
            rows = (await store.transactions(session, [payment_id]))[payment_id]
        ledger = Ledger(payment, rows)
        for asked in ledger.open(Operation.CAPTURE, Operation.VOID, Operation.REFUND):
            # A refund that was taken on is found with its charge.
            known = ledger.last(asked.operation, asked.idempotency_key)
            if asked.operation is not Operation.REFUND or known is asked:
                await self.till.carry_out(asked.operation, payment, asked.amount, key=asked.idempotency_key)
        async with self.database.reading() as session:
            return not (await store.by_ids(session, [payment_id]))[payment_id].unsettled

    # ------------------------------------------------------------------------------------------------------ listening

    async def order_placed(self, session: AsyncSession, event: Envelope) -> None:
        """An order exists: from now on its owner may ask what it owes."""
        placed = OrderPlaced.read(event.payload)
        await store.tell_owner(session, placed.order_id, placed.owner)

    async def order_claimed(self, session: AsyncSession, event: Envelope) -> None:
        """A guest's order is a customer's now, and so is what was paid for it."""
        claimed = OrderClaimed.read(event.payload)
        owner = Owner.customer(claimed.customer_id).key
        await store.new_owner(session, claimed.order_id, owner, claimed.customer_id)
