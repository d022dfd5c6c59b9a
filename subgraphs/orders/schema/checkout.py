"""Checking out, in the graph."""

from __future__ import annotations

from typing import Any

import strawberry

from chassis.errors import InvalidInput, NotFound
from chassis.money import MoneyInput
from chassis.refusals import mutation
from subgraphs.orders.errors import (
    CartAlreadyOrdered,
    CartChanged,
    CartEmpty,
    CheckoutBusy,
    CheckoutExpired,
    CheckoutInterrupted,
    IdempotencyKeyReused,
    LinesUnavailable,
    PaymentDeclined,
    StockUnavailable,
    TotalChanged,
)
from subgraphs.orders.model import Address
from subgraphs.orders.service import CheckoutRequest

from .context import Info
from .types import Order


@strawberry.input(description="Where to send an order.")
class ShippingAddressInput:
    """`country` by its two letters (ISO 3166)."""

    name: str
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postal_code: str
    country: str
    phone: str | None = None

    def to_address(self) -> Address:
        """In the words of the model."""
        return Address(
            name=self.name,
            line1=self.line1,
            line2=self.line2,
            city=self.city,
            region=self.region,
            postal_code=self.postal_code,
            country=self.country,
            phone=self.phone,
        )


@strawberry.input(description="A card as its holder types it; never stored.")
class CardInput:
    """With the sandbox provider, the number chooses what happens."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str
    holder: str | None = None


@strawberry.input(description="How to pay: exactly one of `card`, `savedMethodId` and `paymentMethodId`.")
class PaymentInput:
    """A saved method is one of User.paymentMethods."""

    card: CardInput | None = None
    saved_method_id: strawberry.ID | None = None
    payment_method_id: str | None = strawberry.field(
        default=None, description="A token made by the payment provider's own form in the browser."
    )
    save: bool = strawberry.field(
        default=False,
        description="Keep it among User.paymentMethods once it was charged; for customers who are signed in.",
    )

    def to_source(self) -> dict[str, Any]:
        """As payments is asked."""
        typed = self.card
        card = typed and {
            # People type cards in groups of four.
            "number": "".join(typed.number.split()),
            "expMonth": typed.exp_month,
            "expYear": typed.exp_year,
            "cvc": typed.cvc,
            "holder": typed.holder,
        }
        return {
            "card": card,
            "savedMethodId": self.saved_method_id,
            "paymentMethodId": self.payment_method_id,
            "save": self.save,
        }


@strawberry.input(description="What is bought, what it is agreed to cost, where it goes and how it is paid.")
class CheckoutInput:
    """No prices: they are read on the server, and `expectedTotal` only says what was agreed to."""

    cart_id: strawberry.ID
    cart_version: int | None = None
    expected_total: MoneyInput
    shipping_address: ShippingAddressInput | None = strawberry.field(
        default=None, description="Where it goes, unless `shippingAddressId` says so."
    )
    shipping_address_id: strawberry.ID | None = strawberry.field(
        default=None, description="One of User.addresses, as it is when the order is placed; for who is signed in."
    )
    email: str | None = strawberry.field(default=None, description="Needed of guests; customers have one.")
    payment: PaymentInput


@strawberry.type(description="The customer's bank wants proof that it is them (3-D Secure).")
class PaymentAction:
    """After it, check out again with the same idempotency key."""

    payment_id: strawberry.ID
    url: str


@strawberry.type
class CheckoutSuccess:
    """The order. It is CONFIRMED, or AWAITING_PAYMENT while `paymentAction` or the payment's outcome is open."""

    order: Order
    payment_action: PaymentAction | None


@strawberry.type
class CheckoutMutation:
    """What makes orders."""

    @mutation(
        refuses=(
            NotFound,
            InvalidInput,
            CartEmpty,
            CartChanged,
            CartAlreadyOrdered,
            LinesUnavailable,
            TotalChanged,
            StockUnavailable,
            PaymentDeclined,
            CheckoutExpired,
            CheckoutInterrupted,
            CheckoutBusy,
            IdempotencyKeyReused,
        ),
        tags=["storefront"],
    )
    async def checkout(self, info: Info, input: CheckoutInput, idempotency_key: str) -> CheckoutSuccess:
        """Buy what is in a cart. The same key always answers the same order, however often and whenever it is sent."""
        try:
            expected_total = input.expected_total.to_amount()
        except ValueError as error:
            raise InvalidInput(f"This is not an amount: {error}.", field=("input", "expectedTotal")) from error
        request = CheckoutRequest(
            cart_id=input.cart_id,
            cart_version=input.cart_version,
            expected_total=expected_total,
            address=None if input.shipping_address is None else input.shipping_address.to_address(),
            address_id=input.shipping_address_id,
            email=input.email,
            source=input.payment.to_source(),
            key=idempotency_key,
        )
        placed = await info.context.checkouts.check_out(request, viewer=info.context.viewer)
        action = None
        if placed.payment_id is not None and placed.action_url is not None:
            action = PaymentAction(payment_id=strawberry.ID(placed.payment_id), url=placed.action_url)
        return CheckoutSuccess(order=Order.of(placed.order), payment_action=action)
