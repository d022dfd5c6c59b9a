"""What payments refuses before a provider is asked: cards nobody could charge, and amounts a payment cannot move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from chassis.money import Amount, Money

from .errors import InvalidInput, PaymentNotPossible, RefundExceedsCharge
from .model import WAITING, Method, MethodKind, Operation, Payment, Status
from .providers.cards import brand_of, checks_out
from .providers.port import Card

POSSIBLE: Final[Mapping[Operation, frozenset[Status]]] = {
    Operation.AUTHORIZATION: frozenset({Status.PENDING}),
    Operation.CAPTURE: frozenset({Status.AUTHORIZED}),
    Operation.VOID: WAITING | {Status.AUTHORIZED},
    Operation.REFUND: frozenset({Status.CAPTURED, Status.PARTIALLY_REFUNDED}),
}


@dataclass(frozen=True, slots=True)
class Source:
    """What to charge: a card as typed, a way to pay that its customer keeps, or the provider's own token of one.

    `payment_method_id` is such a token, as the provider's form in the browser makes it. `save` asks to keep what is
    charged, once the charge is approved.
    """

    card: Card | None = None
    saved_method_id: str | None = None
    payment_method_id: str | None = None
    save: bool = False


def refuse_impossible(payment: Payment, operation: Operation, amount: Amount) -> None:
    """Raise the refusal that says why this cannot be asked of the payment, if it cannot."""
    if operation is not Operation.VOID and amount.minor <= 0:
        raise InvalidInput("The amount must be more than nothing.", field=("amount",))
    if amount.currency != payment.currency:
        raise InvalidInput(f"This payment is in {payment.currency}.", field=("amount", "currency"))
    if payment.status not in POSSIBLE[operation]:
        raise PaymentNotPossible(f"The payment is {payment.status}.", reason=payment.status.value)
    if operation is Operation.CAPTURE and amount.minor > payment.authorized_minor:
        raise PaymentNotPossible("That is more than was authorized.", reason="exceeds_authorization")
    left = payment.refundable
    if operation is Operation.REFUND and amount > left:
        raise RefundExceedsCharge(f"At most {left} can be refunded.", field=("amount",), refundable=Money.of(left))


# What is known of a token before the provider has told more.
UNTOLD: Final = Method(
    kind=MethodKind.CARD, brand="Card", last4=None, exp_month=None, exp_year=None, holder=None, account=None
)


def method_of(card: Card, *, today: datetime, path: tuple[str, ...] = ("payment", "card")) -> Method:
    """How a card may be shown and kept; InvalidInput says which of its fields, under `path`, was mistyped."""
    if not checks_out(card.number):
        raise InvalidInput("This is not a card number: check its digits.", field=(*path, "number"))
    if not 1 <= card.exp_month <= 12:
        raise InvalidInput("The month is between 1 and 12.", field=(*path, "expMonth"))
    if not (today.year, today.month) <= (card.exp_year, card.exp_month) <= (today.year + 30, 12):
        raise InvalidInput("The card has expired: check its date.", field=(*path, "expYear"))
    if not (card.cvc.isascii() and card.cvc.isdigit() and len(card.cvc) in {3, 4}):
        raise InvalidInput("The security code has 3 or 4 digits.", field=(*path, "cvc"))
    return Method(
        kind=MethodKind.CARD,
        brand=brand_of(card.number),
        last4=card.number[-4:],
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        holder=card.holder,
        account=None,
    )
