"""Stripe, through its own library: PaymentIntents that are authorized first and captured later.

A charge is a PaymentIntent, created without a way to pay: that moves nothing, and its id is the charge's reference.
Confirming it with a PaymentMethod authorizes it, once: an intent that is authorized, captured or cancelled cannot be
confirmed again, so an intent is a charge that cannot be made twice, whatever becomes of idempotency keys.

Card numbers never go to Stripe from here. Stripe's form in the browser turns a card into a PaymentMethod's id
(`paymentMethodId`); with a test key, Stripe's well-known test numbers are exchanged for its test PaymentMethods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import orjson
import stripe
import structlog

from chassis.money import Amount
from subgraphs.payments.model import Method, MethodKind

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

if TYPE_CHECKING:
    from stripe.params import PaymentIntentConfirmParams, PaymentIntentCreateParams

log = structlog.get_logger("payments.stripe")
Answered = TypeVar("Answered")

TEST_METHODS: Final[Mapping[str, str]] = {
    "4242424242424242": "pm_card_visa",
    "5555555555554444": "pm_card_mastercard",
    "378282246310005": "pm_card_amex",
    "4000000000000002": "pm_card_visa_chargeDeclined",
    "4000000000009995": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "4000000000009987": "pm_card_visa_chargeDeclinedLostCard",
    "4000000000000069": "pm_card_chargeDeclinedExpiredCard",
    "4000000000000127": "pm_card_chargeDeclinedIncorrectCvc",
    "4000000000000119": "pm_card_chargeDeclinedProcessingError",
    "4000002500003155": "pm_card_authenticationRequired",
}

# An intent that waits for a way to pay may never have been confirmed, or have been declined; its last error tells.
_STATES: Final[Mapping[str, State]] = {
    "requires_payment_method": State.OPEN,
    "requires_confirmation": State.OPEN,
    "requires_action": State.ACTION_REQUIRED,
    "processing": State.PROCESSING,
    "requires_capture": State.AUTHORIZED,
    "succeeded": State.CAPTURED,
    "canceled": State.VOIDED,
}
_REFUND_STATES: Final[Mapping[str, RefundState]] = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_HINTS: Final[Mapping[str, State]] = {
    "payment_intent.amount_capturable_updated": State.AUTHORIZED,
    "payment_intent.succeeded": State.CAPTURED,
    "payment_intent.canceled": State.VOIDED,
    "charge.captured": State.CAPTURED,
}
_LISTENED: Final = ("payment_intent.", "charge.", "refund.")
_BRANDS: Final = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}
_KEY: Final = "key"
_NOT_NOW: Final = "payment_intent_unexpected_state"
_REFUNDS_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Stripe:
    """The `stripe` provider. `return_url` is where the bank sends the customer back after a challenge."""

    client: stripe.StripeClient
    http: stripe.HTTPXClient
    webhook_secrets: Sequence[str]
    return_url: str
    takes_test_cards: bool

    @classmethod
    def of(
        cls, api_key: str, *, api_url: str, webhook_secrets: Sequence[str], timeout_ms: int, return_url: str
    ) -> Stripe:
        """Talk to the API at `api_url`. A request that takes longer than `timeout_ms` counts as unanswered."""
        # Its asynchronous client, so that nothing waits while Stripe thinks; asking again is ours to decide.
        http = stripe.HTTPXClient(timeout=timeout_ms / 1_000)
        client = stripe.StripeClient(
            api_key, http_client=http, base_addresses={"api": api_url.rstrip("/")}, max_network_retries=0
        )
        return cls(client, http, webhook_secrets, return_url, takes_test_cards=api_key.startswith("sk_test_"))

    async def close(self) -> None:
        """Return the connections."""
        await self.http.close_async()  # type: ignore[no-untyped-call]

    @property
    def name(self) -> str:
        """Stored with each payment."""
        return "stripe"

    @property
    def signature_header(self) -> str:
        """What its webhooks are signed in."""
        return "stripe-signature"

    @property
    def names_customers(self) -> bool:
        """PaymentMethods are kept for its Customers."""
        return True

    def refusal_of(self, source: Card | Token) -> str | None:
        """Card numbers belong into Stripe's own form."""
        if isinstance(source, Token) or (self.takes_test_cards and source.number in TEST_METHODS):
            return None
        return "Card numbers are not taken here: give the card to Stripe's form and send the paymentMethodId it makes."

    def read(self, body: bytes) -> Notice:
        """An Event; its object is a PaymentIntent, or a Charge or Refund that names one."""
        try:
            event = orjson.loads(body)
            event_id, kind, about = event["id"], event["type"], event["data"]["object"]
            is_intent = about.get("object") == "payment_intent"
            reference = about.get("id") if is_intent else about.get("payment_intent")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
            raise Malformed("The body is not a Stripe event.") from error
        if not (isinstance(event_id, str) and isinstance(kind, str) and isinstance(reference, str | None)):
            raise Malformed("The event's id, type or object are of another kind.")
        return Notice(event_id, kind, reference if kind.startswith(_LISTENED) else None)

    def hint_of(self, kind: str) -> State | None:
        """What the types of its events say."""
        return _HINTS.get(kind)

    # ---------------------------------------------------------------------------------------------------- authorization

    async def open(self, amount: Amount, *, key: str, customer: str | None, saves: bool) -> str:
        """Create an intent nobody is asked to pay yet."""
        wanted: PaymentIntentCreateParams = {
            "amount": amount.minor,
            "currency": amount.currency.lower(),
            "capture_method": "manual",
            "allowed_payment_method_types": ["card"],
            "metadata": {_KEY: key},
        }
        if customer is not None:
            wanted["customer"] = customer
        if customer is not None and saves:
            wanted["setup_future_usage"] = "on_session"
        # What it is opened with is in the key: another attempt may be opened another way, and moves nothing either.
        named = f"{key}:intent:{_short(orjson.dumps([amount.minor, amount.currency, customer, saves]))}"
        asking = self.client.v1.payment_intents.create_async(wanted, {"idempotency_key": named})
        return (await _answer(asking)).id

    async def authorize(self, reference: str, source: Card | Token, *, key: str) -> Charge:
        """Confirm the intent."""
        method = TEST_METHODS[source.number] if isinstance(source, Card) else source.value
        wanted: PaymentIntentConfirmParams = {
            "payment_method": method,
            "return_url": self.return_url,
            "expand": ["payment_method"],
        }
        named = f"{key}:confirm:{_short(method.encode())}"
        confirming = self.client.v1.payment_intents.confirm_async(reference, wanted, {"idempotency_key": named})
        try:
            return _charge(await _answer(confirming))
        except stripe.CardError as declined:
            return Charge(reference, State.DECLINED, code=_code_of(declined))
        except stripe.InvalidRequestError as refused:
            if refused.code != _NOT_NOW:
                return Charge(reference, State.DECLINED, code=refused.code or "invalid_request")
        # It was confirmed before: what came of that is the answer.
        return await self.find(reference)

    async def find(self, reference: str) -> Charge:
        """The intent, and its refunds once something was captured."""
        intents, refunds = self.client.v1.payment_intents, self.client.v1.refunds
        intent = await _answer(intents.retrieve_async(reference, {"expand": ["payment_method"]}))
        given_back: list[Refund] = []
        if intent.amount_received:
            listed = await _answer(refunds.list_async({"payment_intent": reference, "limit": _REFUNDS_MAX}))
            given_back = [_refund(each) for each in reversed(listed.data)]
        return _charge(intent, given_back)

    async def confirm(self, reference: str, *, code: str) -> None:
        """Nothing: the bank asks its customer on a page of its own."""

    # -------------------------------------------------------------------------------------------- capture, void, refund

    async def capture(self, reference: str, amount: Amount, *, key: str) -> Approved | Declined:
        """Take an authorized amount; what is left of it is let go."""
        capturing = self.client.v1.payment_intents.capture_async(
            reference, {"amount_to_capture": amount.minor}, {"idempotency_key": key}
        )
        try:
            await _answer(capturing)
        except (stripe.CardError, stripe.InvalidRequestError) as refused:
            charge = await self.find(reference)
            if charge.state is State.CAPTURED and charge.captured_minor == amount.minor:
                return Approved()
            return Declined(_code_of(refused))
        return Approved()

    async def void(self, reference: str) -> Approved | Declined:
        """Cancel the intent: no confirmation of it is accepted any more. Needs no key, it can happen only once."""
        try:
            await _answer(self.client.v1.payment_intents.cancel_async(reference))
        except stripe.InvalidRequestError as refused:
            charge = await self.find(reference)
            if charge.state is State.VOIDED:
                return Approved()
            return Declined(_code_of(refused), is_final=charge.state is not State.PROCESSING)
        return Approved()

    async def refund(self, reference: str, amount: Amount, *, key: str) -> Refund | Declined:
        """Give back some of what was captured."""
        refunding = self.client.v1.refunds.create_async(
            {"payment_intent": reference, "amount": amount.minor, "metadata": {_KEY: key}}, {"idempotency_key": key}
        )
        try:
            return _refund(await _answer(refunding))
        except (stripe.CardError, stripe.InvalidRequestError) as refused:
            return Declined(_code_of(refused))

    # ------------------------------------------------------------------------------------------------------ ways to pay

    async def customer(self, customer_id: str) -> str:
        """A Customer, so that PaymentMethods can be kept for them."""
        creating = self.client.v1.customers.create_async(
            {"metadata": {"user": customer_id}}, {"idempotency_key": f"customer:{customer_id}"}
        )
        return (await _answer(creating)).id

    async def keep(self, source: Card | Token, method: Method, *, customer: str | None, key: str) -> Kept | Declined:
        """Attach a PaymentMethod to the customer; its bank may refuse that."""
        assert customer is not None, "this provider names every customer"
        token = TEST_METHODS[source.number] if isinstance(source, Card) else source.value
        attaching = self.client.v1.payment_methods.attach_async(
            token, {"customer": customer}, {"idempotency_key": f"{key}:{_short(token.encode())}"}
        )
        try:
            attached = await _answer(attaching)
        except (stripe.CardError, stripe.InvalidRequestError) as refused:
            return Declined(_code_of(refused))
        return _kept(attached) or Kept(attached.id, method)

    async def forget(self, token: str) -> None:
        """Detach it; one that is attached to nobody is left alone."""
        try:
            await _answer(self.client.v1.payment_methods.detach_async(token))
        except stripe.InvalidRequestError as refused:
            log.info("stripe_method_was_not_attached", code=refused.code)


async def _answer(asking: Awaitable[Answered]) -> Answered:
    """What Stripe answered; NoAnswer for whatever leaves open whether it was done, or may succeed when asked again.

    Lets CardError and InvalidRequestError through: those are answers.
    """
    try:
        return await asking
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except (stripe.AuthenticationError, stripe.PermissionError) as refused:
        # Nothing is lost: it is asked again until the key is put right.
        log.critical("stripe_refuses_our_key", error=type(refused).__name__, status=refused.http_status)
        raise NoAnswer from refused
    except stripe.StripeError as error:
        # Cut off, timed out, too many requests (429), the same key in flight (409), Stripe's own fault (5xx).
        log.warning("stripe_did_not_answer", error=type(error).__name__, status=error.http_status, code=error.code)
        raise NoAnswer from error


def _short(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


def _code_of(refused: stripe.StripeError) -> str:
    """The bank's own word where there is one, else Stripe's."""
    return _said(refused.error) or refused.code or "declined"


def _said(error: object) -> str | None:
    """Which of the codes an error may carry says most."""
    for name in ("decline_code", "code"):
        if said := getattr(error, name, None):
            return str(said)
    return None


def _charge(intent: stripe.PaymentIntent, refunds: Sequence[Refund] = ()) -> Charge:
    state, error = _STATES[intent.status], getattr(intent, "last_payment_error", None)
    code = ""
    if state is State.OPEN and error is not None:
        state, code = State.DECLINED, _said(error) or "declined"
    method = getattr(intent, "payment_method", None)
    return Charge(
        intent.id,
        state,
        captured_minor=intent.amount_received if state is State.CAPTURED else 0,
        refunds=refunds,
        code=code,
        url=_action_url(intent) if state is State.ACTION_REQUIRED else "",
        kept=_kept(method) if isinstance(method, stripe.PaymentMethod) else None,
    )


def _action_url(intent: stripe.PaymentIntent) -> str:
    action = getattr(intent, "next_action", None)
    redirect = getattr(action, "redirect_to_url", None) if action else None
    return str(redirect.url) if redirect else ""


def _refund(refund: stripe.Refund) -> Refund:
    return Refund(
        refund.id,
        refund.amount,
        _REFUND_STATES[refund.status or "pending"],
        key=getattr(refund.metadata, _KEY, None),
        code=getattr(refund, "failure_reason", None),
    )


def _kept(method: stripe.PaymentMethod) -> Kept | None:
    card = getattr(method, "card", None)
    if card is None:
        return None
    details = getattr(method, "billing_details", None)
    shown = Method(
        kind=MethodKind.CARD,
        brand=_BRANDS.get(card.brand, card.brand.capitalize()),
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        holder=getattr(details, "name", None),
        account=None,
    )
    return Kept(method.id, shown)
