from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, Currency


class CartPage(BaseModel):
    cart: Optional["CartPageCart"]


class CartPageCart(BaseModel):
    id: str
    token: Optional[str]
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["CartPageCartSubtotal"]
    lines: list["CartPageCartLines"]
    problems: Optional[list["CartPageCartProblems"]]


class CartPageCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class CartPageCartLines(BaseModel):
    id: str
    quantity: int
    price_snapshot: "CartPageCartLinesPriceSnapshot" = Field(alias="priceSnapshot")
    line_total: Optional["CartPageCartLinesLineTotal"] = Field(alias="lineTotal")
    variant: Optional["CartPageCartLinesVariant"]


class CartPageCartLinesPriceSnapshot(BaseModel):
    amount: Decimal
    currency: Currency


class CartPageCartLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class CartPageCartLinesVariant(BaseModel):
    sku: str
    name: str
    base_price: "CartPageCartLinesVariantBasePrice" = Field(alias="basePrice")
    availability: "CartPageCartLinesVariantAvailability"
    product: "CartPageCartLinesVariantProduct"


class CartPageCartLinesVariantBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class CartPageCartLinesVariantAvailability(BaseModel):
    status: Availability
    available_quantity: int = Field(alias="availableQuantity")


class CartPageCartLinesVariantProduct(BaseModel):
    id: str
    slug: str
    name: str


class CartPageCartProblems(BaseModel):
    typename__: Literal[
        "CartProblem", "InsufficientStock", "PriceChanged", "VariantUnavailable"
    ] = Field(alias="__typename")
    message: str
    sku: str


CartPage.model_rebuild()
CartPageCart.model_rebuild()
CartPageCartLines.model_rebuild()
CartPageCartLinesVariant.model_rebuild()
