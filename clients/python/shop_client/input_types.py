from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class AddressInput(BaseModel):
    """An address as somebody types it; country is an ISO 3166-1 code of two letters."""

    city: str
    country: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2", default=None)
    name: str
    phone: Optional[str] = None
    postal_code: str = Field(alias="postalCode")
    region: Optional[str] = None


class CardInput(BaseModel):
    """A card as its holder types it; never stored."""

    cvc: str
    exp_month: int = Field(alias="expMonth")
    exp_year: int = Field(alias="expYear")
    holder: Optional[str] = None
    number: str


class CheckoutInput(BaseModel):
    """What is bought, what it is agreed to cost, where it goes and how it is paid."""

    cart_id: str = Field(alias="cartId")
    cart_version: Optional[int] = Field(alias="cartVersion", default=None)
    email: Optional[str] = None
    "Needed of guests; customers have one."
    expected_total: "MoneyInput" = Field(alias="expectedTotal")
    payment: "PaymentInput"
    shipping_address: "ShippingAddressInput" = Field(alias="shippingAddress")


class MoneyInput(BaseModel):
    """An amount of money to compare with; never a price to charge."""

    amount: Decimal
    currency: Currency


class PaymentInput(BaseModel):
    """How to pay: exactly one of `card`, `savedMethodId` and `paymentMethodId`."""

    card: Optional["CardInput"] = None
    payment_method_id: Optional[str] = Field(alias="paymentMethodId", default=None)
    "A token made by the payment provider's own form in the browser."
    save: bool = False
    "Keep it among User.paymentMethods once it was charged; for customers who are signed in."
    saved_method_id: Optional[str] = Field(alias="savedMethodId", default=None)


class RegisterInput(BaseModel):
    address: Optional["AddressInput"] = None
    email: str
    first_name: str = Field(alias="firstName")
    last_name: str = Field(alias="lastName")
    password: str
    phone: Optional[str] = None


class ReviewCreateInput(BaseModel):
    """What one says about an item."""

    body: str = ""
    item_id: str = Field(alias="itemId")
    rating: int
    title: str


class ShippingAddressInput(BaseModel):
    """Where to send an order."""

    city: str
    country: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2", default=None)
    name: str
    phone: Optional[str] = None
    postal_code: str = Field(alias="postalCode")
    region: Optional[str] = None


CheckoutInput.model_rebuild()
PaymentInput.model_rebuild()
RegisterInput.model_rebuild()
