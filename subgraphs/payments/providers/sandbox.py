"""A provider that behaves like a real one without moving money: the card number chooses what happens.

It remembers every charge in tables of its own, in transactions of its own, because a real provider also goes on
knowing what it did after the caller was cut off, restarted or killed. Its webhooks are written along with what they
tell of, and sent by `deliveries`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import orjson

from chassis.clock import Clock, now
from chassis.ids import new_id
from chassis.money import Amount
from subgraphs.payments.model import Method, MethodKind, Operation

from .books import (
    LATENESS,
    SHOWN,
    Books,
    ChargeState,
    Entry,
    SandboxCharge,
    SandboxMethod,
    SandboxOperation,
    SandboxWebhook,
)
from .cards import CARDS, TOKENS, UNKNOWN, Behaviour, TestCard, brand_of
from .port import (
    Approved,
    Card,
    Charge,
    Declined,
    Kept,
    Malformed,
    NoAnswer,
    Notice,
    Refund,
    RefundState,
    State,
    Token,
)

# What the sandbox's bank accepts as proof; anything else fails the challenge.
CHALLENGE_CODE: Final = "123456"
_COPIES: Final = 3
_TIMES_OUT: Final = frozenset({Behaviour.ANSWER_LOST, Behaviour.REQUEST_LOST, Behaviour.SILENT})
_UNKNOWN_CHARGE: Final = "charge_unknown"
_TYPES: Final = {
    ChargeState.APPROVED: "charge.authorized",
    ChargeState.CHALLENGED: "charge.action_required",
    ChargeState.DECLINED: "charge.declined",
    ChargeState.CAPTURED: "charge.captured",
    ChargeState.VOIDED: "charge.voided",
}
_HINTS: Final = {kind: SHOWN[state] for state, kind in _TYPES.items()}
_KNOWN_METHODS: Final = {
    f"sandbox-{brand.lower()}": Method(
        kind=MethodKind.CARD, brand=brand, last4=last4, exp_month=None, exp_year=None, holder=None, account=None
    )
    for brand, last4 in (("Visa", "4242"), ("Mastercard", "4444"))
}
_LATE_TYPES: Final = {Behaviour.LATE: "charge.authorized", Behaviour.LATE_DECLINE: "charge.declined"}


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a bank asks its customer to confirm; answered or given up, it is not open any more."""

    amount: Amount
    is_open: bool


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The `sandbox` provider. `challenge_url` is where its bank asks customers for proof: a charge's page is below."""

    books: Books
    webhook_secrets: Sequence[str] = ()
    clock: Clock = now
    slow_s: float = 2
    challenge_url: str = "https://sandbox.invalid/challenges"

    @property
    def name(self) -> str:
        """Stored with each payment."""
        return "sandbox"

    @property
    def signature_header(self) -> str:
        """What its webhooks are signed in."""
        return "sandbox-signature"

    @property
    def names_customers(self) -> bool:
        """It keeps ways to pay for whoever holds their token."""
        return False

    def refusal_of(self, source: Card | Token) -> str | None:
        """It takes everything; what it does not know it declines."""
        del source
        return None

    def read(self, body: bytes) -> Notice:
        """`{id, type, created, data: {reference}}`."""
        try:
            event = orjson.loads(body)
            event_id, kind, reference = event["id"], event["type"], event["data"].get("reference")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise Malformed("The body is not a JSON object with id, type and data.") from error
        if not (isinstance(event_id, str) and isinstance(kind, str) and isinstance(reference, str | None)):
            raise Malformed("id, type and data.reference are texts.")
        if "\0" in f"{event_id}{kind}{reference}":
            raise Malformed("A text holds the character U+0000.")
        is_ours = kind.startswith(("charge.", "refund."))
        return Notice(event_id, kind, reference if is_ours else None)

    def hint_of(self, kind: str) -> State | None:
        """As it names them itself."""
        return _HINTS.get(kind)

    # ---------------------------------------------------------------------------------------------------- authorization

    async def open(self, amount: Amount, *, key: str, customer: str | None, saves: bool) -> str:
        """A row in the books."""
        del customer
        return await self.books.open(SandboxCharge.open(amount, key=key, reference=f"sandbox-{new_id()}", saves=saves))

    async def authorize(self, reference: str, source: Card | Token, *, key: str) -> Charge:
        """Do what the card number says, once per charge."""
        del key
        card = await self._card(source)
        if card.behaviour is Behaviour.SLOW:
            await asyncio.sleep(self.slow_s)
        moment = self.clock()
        async with self.books.entry(reference) as entry:
            if entry is None:
                return Charge(reference, State.DECLINED, code=_UNKNOWN_CHARGE)
            was = entry.charge.state
            is_first = entry.charge.arrive(card, at=moment)
            if entry.charge.state is not was:
                self._keep(entry, source, card)
                self._notify_decided(entry, moment)
            charge = await self._charge(entry)
        if is_first and card.behaviour in _TIMES_OUT:
            raise NoAnswer
        return charge

    async def find(self, reference: str) -> Charge:
        """What became of a charge; a SILENT one raises NoAnswer a few times first."""
        async with self.books.entry(reference) as entry:
            if entry is None:
                return Charge(reference, State.DECLINED, code=_UNKNOWN_CHARGE)
            is_silent = entry.charge.kept_silent()
            charge = await self._charge(entry)
        if is_silent:
            raise NoAnswer
        return charge

    async def confirm(self, reference: str, *, code: str) -> None:
        """The customer types `code` into their bank's page: CHALLENGE_CODE passes, all else fails."""
        async with self.books.entry(reference) as entry:
            if entry is not None and entry.charge.challenged(passed=code == CHALLENGE_CODE):
                self._notify_decided(entry, self.clock())

    async def challenge(self, reference: str) -> Challenge | None:
        """What a charge's customer is asked to confirm; None for a charge nobody had to confirm."""
        async with self.books.entry(reference) as entry:
            charge = entry.charge if entry else None
            if charge is None or charge.behaviour not in {Behaviour.CHALLENGE, Behaviour.CHALLENGE_FAILS}:
                return None
            return Challenge(Amount(charge.amount_minor, charge.currency), charge.state is ChargeState.CHALLENGED)

    async def _card(self, source: Card | Token) -> TestCard:
        if isinstance(source, Card):
            return CARDS.get(source.number, UNKNOWN)
        kept = await self.books.method(source.value)
        return TestCard(kept.behaviour, "", kept.code) if kept else TOKENS.get(source.value, UNKNOWN)

    def _keep(self, entry: Entry, source: Card | Token, card: TestCard) -> None:
        charge = entry.charge
        if isinstance(source, Token):
            charge.method_token = source.value
        elif charge.saves_method and card is not UNKNOWN and charge.method_token is None:
            charge.method_token = f"sandbox-method-{new_id()}"
            entry.write(_method_row(charge.method_token, card, source))

    async def _charge(self, entry: Entry) -> Charge:
        charge, moment = entry.charge, self.clock()
        charge.mature(at=moment)
        refunds = await entry.refunds() if charge.captured_minor else []
        for refund in refunds:
            refund.mature(charge, at=moment)
        state = SHOWN[charge.state]
        return Charge(
            charge.reference,
            state,
            captured_minor=charge.captured_minor,
            refunds=[_refund(each) for each in refunds],
            code=charge.code if state is State.DECLINED else "",
            url=f"{self.challenge_url}/{charge.reference}" if state is State.ACTION_REQUIRED else "",
            kept=await self._kept(entry),
        )

    async def _kept(self, entry: Entry) -> Kept | None:
        token = entry.charge.method_token
        if token is None:
            return None
        if (known := _KNOWN_METHODS.get(token)) is not None:
            return Kept(token, known)
        method = await entry.method(token)
        return Kept(token, _shown(method)) if method else None

    # -------------------------------------------------------------------------------------------- capture, void, refund

    async def capture(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Take an authorized amount."""
        # The charge's lock makes two requests with one key take turns.
        async with self.books.entry(reference) as entry:
            if entry is None:
                return Declined(_UNKNOWN_CHARGE)
            if (done := await entry.done(key)) is not None:
                return Declined(done.code) if done.code else Approved()
            entry.charge.mature(at=self.clock())
            answer = entry.charge.capture(amount.minor)
            code = answer.code if isinstance(answer, Declined) else ""
            entry.write(_operation(Operation.CAPTURE, entry, amount, key=key, code=code))
            self._notify(entry, "charge.capture_failed" if code else "charge.captured", self.clock())
            is_lost = entry.charge.behaviour == Behaviour.CAPTURE_ANSWER_LOST
        if is_lost:
            raise NoAnswer
        return answer

    async def void(self, reference: str) -> Approved | Declined:
        """Let a charge go."""
        async with self.books.entry(reference) as entry:
            if entry is None:
                return Declined(_UNKNOWN_CHARGE)
            was = entry.charge.state
            entry.charge.mature(at=self.clock())
            answer = entry.charge.void()
            is_first = isinstance(answer, Approved) and was is not ChargeState.VOIDED
            if is_first:
                self._notify(entry, "charge.voided", self.clock())
            is_lost = is_first and entry.charge.behaviour == Behaviour.VOID_ANSWER_LOST
        if is_lost:
            raise NoAnswer
        return answer

    async def refund(self, reference: str, amount: Amount, *, key: str) -> Refund | Declined:
        """Give back some of what was captured."""
        async with self.books.entry(reference) as entry:
            if entry is None:
                return Declined(_UNKNOWN_CHARGE)
            moment = self.clock()
            if (done := await entry.done(key)) is not None:
                done.mature(entry.charge, at=moment)
                return _refund(done)
            state = entry.charge.refund(amount.minor)
            if isinstance(state, Declined):
                return state
            code = entry.charge.code if state is RefundState.FAILED else ""
            done = _operation(Operation.REFUND, entry, amount, key=key, code=code, state=state)
            if state is RefundState.PENDING:
                done.settles_at = moment + LATENESS
            entry.write(done)
            self._notify_refund(entry, state, moment)
            is_lost = entry.charge.behaviour == Behaviour.REFUND_ANSWER_LOST
        if is_lost:
            raise NoAnswer
        return _refund(done)

    # ------------------------------------------------------------------------------------------------------ ways to pay

    async def customer(self, customer_id: str) -> str:
        """It keeps ways to pay for whoever holds their token."""
        return customer_id

    async def keep(self, source: Card | Token, method: Method, *, customer: str | None, key: str) -> Kept | Declined:
        """Keep a card by what its number does; a DECLINE card is declined here already."""
        del customer
        card = await self._card(source)
        if card.behaviour is Behaviour.DECLINE:
            return Declined(card.code)
        if isinstance(source, Token):
            return Kept(source.value, _KNOWN_METHODS.get(source.value, method))
        token = f"sandbox-method-{key}"
        await self.books.keep(_method_row(token, card, source))
        return Kept(token, method)

    async def forget(self, token: str) -> None:
        """Strike it from the books."""
        await self.books.forget(token)

    # --------------------------------------------------------------------------------------------------------- webhooks

    def _notify_decided(self, entry: Entry, moment: datetime) -> None:
        charge = entry.charge
        if charge.state is ChargeState.PROCESSING:
            self._notify(entry, _LATE_TYPES[Behaviour(charge.behaviour)], moment + LATENESS)
            return
        is_shuffled = charge.behaviour == Behaviour.SHUFFLED_WEBHOOKS
        self._notify(entry, _TYPES[charge.state], moment + (LATENESS if is_shuffled else timedelta()))

    def _notify_refund(self, entry: Entry, state: RefundState, moment: datetime) -> None:
        if state is not RefundState.PENDING:
            self._notify(entry, f"refund.{state.lower()}", moment)
            return
        self._notify(entry, "refund.pending", moment)
        fails = entry.charge.behaviour == Behaviour.REFUND_PENDING_FAILS
        self._notify(entry, "refund.failed" if fails else "refund.succeeded", moment + LATENESS)

    def _notify(self, entry: Entry, kind: str, at: datetime) -> None:
        event_id = f"sandbox-event-{new_id()}"
        event = {"id": event_id, "type": kind, "created": int(at.timestamp())}
        payload = orjson.dumps({**event, "data": {"reference": entry.charge.reference}}).decode()
        copies = _COPIES if entry.charge.behaviour == Behaviour.DUPLICATE_WEBHOOKS else 1
        for _ in range(copies):
            entry.write(SandboxWebhook(event_id=event_id, type=kind, payload=payload, not_before=at, attempts=0))


def _operation(
    operation: Operation,
    entry: Entry,
    amount: Amount,
    *,
    key: str,
    code: str,
    state: RefundState = RefundState.SUCCEEDED,
) -> SandboxOperation:
    return SandboxOperation(
        idempotency_key=key,
        reference=entry.charge.reference,
        operation=operation,
        amount_minor=amount.minor,
        state=RefundState.FAILED if code else state,
        code=code,
    )


def _refund(done: SandboxOperation) -> Refund:
    reference = f"sandbox-refund-{done.idempotency_key}"
    return Refund(reference, done.amount_minor, done.state, key=done.idempotency_key, code=done.code or None)


def _method_row(token: str, card: TestCard, typed: Card) -> SandboxMethod:
    return SandboxMethod(
        token=token,
        behaviour=card.behaviour,
        code=card.code,
        brand=brand_of(typed.number),
        last4=typed.number[-4:],
        exp_month=typed.exp_month,
        exp_year=typed.exp_year,
        holder=typed.holder,
    )


def _shown(method: SandboxMethod) -> Method:
    return Method(
        kind=MethodKind.CARD,
        brand=method.brand,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        holder=method.holder,
        account=None,
    )
