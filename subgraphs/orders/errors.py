"""Why orders says no. Each class becomes a GraphQL type that implements Refusal."""

from __future__ import annotations

import strawberry

from chassis.errors import IdempotencyKeyReused, InvalidInput, NotFound, RefusalCode, Refused
from chassis.money import Money

from .status import Status

__all__ = [
    "CartAlreadyOrdered",
    "CartChanged",
    "CartEmpty",
    "CheckoutBusy",
    "CheckoutExpired",
    "CheckoutInterrupted",
    "IdempotencyKeyReused",
    "InvalidInput",
    "LinesUnavailable",
    "NotFound",
    "OrderAlreadyClaimed",
    "OrderNotPossible",
    "PaymentDeclined",
    "QuantityExceeded",
    "StockUnavailable",
    "TotalChanged",
]


class CartEmpty(Refused):
    """There is nothing in the cart to buy."""

    code = RefusalCode.EMPTY


class CartChanged(Refused):
    """The cart is no longer the one the customer looked at."""

    code = RefusalCode.CHANGED
    cart_version: int


class CartAlreadyOrdered(Refused):
    """This version of the cart has become an order already, under another idempotency key."""

    code = RefusalCode.ALREADY_DONE
    order_id: strawberry.ID


class LinesUnavailable(Refused):
    """Some lines are no longer for sale."""

    code = RefusalCode.UNAVAILABLE
    skus: list[str]


class TotalChanged(Refused):
    """What the cart costs now is not what the customer agreed to pay."""

    code = RefusalCode.CHANGED
    expected: Money
    actual: Money


class StockUnavailable(Refused):
    """There is not enough stock of some lines. Nothing was charged.

    `actualTotal` is what the cart costs now, where that is not what the customer agreed to pay either.
    """

    code = RefusalCode.INSUFFICIENT
    skus: list[str]
    actual_total: Money | None


class PaymentDeclined(Refused):
    """The payment was declined. Nothing was charged and no stock is held."""

    code = RefusalCode.DECLINED
    order_id: strawberry.ID
    decline_code: str


class CheckoutExpired(Refused):
    """The checkout was not finished in time. Nothing was charged and no stock is held."""

    code = RefusalCode.EXPIRED
    order_id: strawberry.ID


class CheckoutInterrupted(Refused):
    """Something the checkout needs did not answer. Asking again with the same idempotency key goes on from there."""

    code = RefusalCode.UNAVAILABLE


class CheckoutBusy(Refused):
    """Too many people are buying at this moment. Nothing was begun: ask again with the same idempotency key, later."""

    code = RefusalCode.UNAVAILABLE
    retry_after_seconds: int


class OrderNotPossible(Refused):
    """Where the order is, this cannot be done with it."""

    code = RefusalCode.NOT_POSSIBLE_NOW
    status: Status


class QuantityExceeded(Refused):
    """More pieces of a line than are left to ship, or to give back; `left` says how many are."""

    code = RefusalCode.INSUFFICIENT
    line_id: strawberry.ID
    left: int


class OrderAlreadyClaimed(Refused):
    """The order belongs to a customer already."""

    code = RefusalCode.ALREADY_DONE
