"""Why cart says no. Each class becomes a GraphQL type that implements Refusal."""

from __future__ import annotations

from chassis.errors import InvalidInput, NotFound, RefusalCode, Refused

__all__ = ["CartChanged", "CartLimitReached", "CurrencyMixed", "InvalidInput", "NotFound", "VariantNotForSale"]


class VariantNotForSale(Refused):
    """Nothing with this SKU is for sale."""

    code = RefusalCode.UNAVAILABLE
    sku: str


class CartChanged(Refused):
    """The cart is no longer the one the customer looked at."""

    code = RefusalCode.CHANGED
    cart_version: int


class CartLimitReached(Refused):
    """A cart holds no more lines, or a line no more pieces, than this."""

    code = RefusalCode.LIMIT_REACHED
    limit: int


class CurrencyMixed(Refused):
    """What is in the cart is paid in another currency: an order has one."""

    code = RefusalCode.NOT_POSSIBLE_NOW
