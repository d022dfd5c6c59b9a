"""Why payments says no. Each class becomes a GraphQL type that implements Refusal."""

from __future__ import annotations

from chassis.errors import IdempotencyKeyReused, InvalidInput, NotFound, RefusalCode, Refused
from chassis.money import Money

__all__ = [
    "IdempotencyKeyReused",
    "InvalidInput",
    "NotFound",
    "PaymentMethodDeclined",
    "PaymentNotPossible",
    "RefundExceedsCharge",
    "TooManyPaymentMethods",
]


class PaymentMethodDeclined(Refused):
    """The bank or the provider will not have this way to pay kept. `decline_code` is the provider's word."""

    code = RefusalCode.DECLINED
    decline_code: str


class PaymentNotPossible(Refused):
    """The payment's state does not allow this, or the provider said no."""

    code = RefusalCode.NOT_POSSIBLE_NOW
    reason: str


class RefundExceedsCharge(Refused):
    """More was to be given back than was captured and not refunded yet."""

    code = RefusalCode.INSUFFICIENT
    refundable: Money


class TooManyPaymentMethods(Refused):
    """As many ways to pay are kept as one customer may keep: remove one first."""

    code = RefusalCode.LIMIT_REACHED
    limit: int
