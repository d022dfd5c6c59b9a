"""What payments is given: ways to pay, and wishes to reserve an amount."""

from __future__ import annotations

import strawberry

from chassis.errors import InvalidInput
from chassis.money import Amount, MoneyInput
from subgraphs.payments.providers.port import Card
from subgraphs.payments.rules import Source


@strawberry.input(description="A card as its holder types it. Its number is passed on to the payment provider.")
class CardInput:
    """The same as at orders' checkout."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str
    holder: str | None = None


@strawberry.input(description="A way to pay to keep: exactly one of `card` and `paymentMethodId`.")
class PaymentMethodSaveInput:
    """`payment_method_id` is a token made by the provider's own form in the browser."""

    card: CardInput | None = None
    payment_method_id: str | None = None
    make_default: bool = False


@strawberry.federation.input(
    inaccessible=True, description="What to charge: exactly one of `card`, `savedMethodId` and `paymentMethodId`."
)
class PaymentSourceInput:
    """Comes from orders' checkout."""

    card: CardInput | None = None
    saved_method_id: strawberry.ID | None = None
    payment_method_id: str | None = None
    save: bool = False

    def to_source(self) -> Source:
        """In the words of the service."""
        return Source(
            card=card_of(self.card) if self.card else None,
            saved_method_id=self.saved_method_id,
            payment_method_id=self.payment_method_id,
            save=self.save,
        )


def card_of(typed: CardInput) -> Card:
    """A card as typed, its number without the gaps people type."""
    number = typed.number.replace(" ", "").replace("-", "")
    return Card(number, typed.exp_month, typed.exp_year, typed.cvc, typed.holder)


@strawberry.federation.input(inaccessible=True, description="A wish to reserve an amount for an order.")
class PaymentAuthorizeInput:
    """`owner` is orders' name for the order's customer or guest."""

    order_id: strawberry.ID
    owner: str
    customer_id: strawberry.ID | None = None
    amount: MoneyInput
    source: PaymentSourceInput


def amount_of(money: MoneyInput) -> Amount:
    """An exact amount. Raises InvalidInput for more digits than the currency has."""
    try:
        return money.to_amount()
    except ValueError as error:
        raise InvalidInput(f"This is not an amount of money: {error}.", field=("amount",)) from error
