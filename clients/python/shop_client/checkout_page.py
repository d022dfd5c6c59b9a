from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, Currency


class CheckoutPage(BaseModel):
    me: Optional["CheckoutPageMe"]
    cart: Optional["CheckoutPageCart"]


class CheckoutPageMe(BaseModel):
    id: str
    email: Optional[str]
    first_name: Optional[str] = Field(alias="firstName")
    last_name: Optional[str] = Field(alias="lastName")
    phone: Optional[str]
    addresses: Optional[list["CheckoutPageMeAddresses"]]
    payment_methods: Optional[
        list[
            Annotated[
                Union[
                    "CheckoutPageMePaymentMethodsCardPaymentMethod",
                    "CheckoutPageMePaymentMethodsWalletPaymentMethod",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ] = Field(alias="paymentMethods")


class CheckoutPageMeAddresses(BaseModel):
    id: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2")
    city: str
    region: Optional[str]
    postal_code: str = Field(alias="postalCode")
    country: str
    is_default: bool = Field(alias="isDefault")


class CheckoutPageMePaymentMethodsCardPaymentMethod(BaseModel):
    typename__: Literal["CardPaymentMethod"] = Field(alias="__typename")
    id: Optional[str]
    brand: str
    last_4: str = Field(alias="last4")


class CheckoutPageMePaymentMethodsWalletPaymentMethod(BaseModel):
    typename__: Literal["WalletPaymentMethod"] = Field(alias="__typename")


class CheckoutPageCart(BaseModel):
    id: str
    token: Optional[str]
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["CheckoutPageCartSubtotal"]
    lines: list["CheckoutPageCartLines"]
    problems: Optional[list["CheckoutPageCartProblems"]]


class CheckoutPageCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class CheckoutPageCartLines(BaseModel):
    id: str
    quantity: int
    line_total: Optional["CheckoutPageCartLinesLineTotal"] = Field(alias="lineTotal")
    variant: Optional["CheckoutPageCartLinesVariant"]


class CheckoutPageCartLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class CheckoutPageCartLinesVariant(BaseModel):
    sku: str
    name: str
    availability: "CheckoutPageCartLinesVariantAvailability"
    product: "CheckoutPageCartLinesVariantProduct"


class CheckoutPageCartLinesVariantAvailability(BaseModel):
    status: Availability
    available_quantity: int = Field(alias="availableQuantity")


class CheckoutPageCartLinesVariantProduct(BaseModel):
    id: str
    name: str


class CheckoutPageCartProblems(BaseModel):
    typename__: Literal[
        "CartProblem", "InsufficientStock", "PriceChanged", "VariantUnavailable"
    ] = Field(alias="__typename")
    message: str
    sku: str


CheckoutPage.model_rebuild()
CheckoutPageMe.model_rebuild()
CheckoutPageCart.model_rebuild()
CheckoutPageCartLines.model_rebuild()
CheckoutPageCartLinesVariant.model_rebuild()
