from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class AddToCart(BaseModel):
    cart_line_add: Union[
        "AddToCartCartLineAddCartLimitReached",
        "AddToCartCartLineAddCartLineAddSuccess",
        "AddToCartCartLineAddCurrencyMixed",
        "AddToCartCartLineAddInvalidInput",
        "AddToCartCartLineAddVariantNotForSale",
    ] = Field(alias="cartLineAdd", discriminator="typename__")


class AddToCartCartLineAddCartLimitReached(BaseModel):
    typename__: Literal["CartLimitReached"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AddToCartCartLineAddCartLineAddSuccess(BaseModel):
    typename__: Literal["CartLineAddSuccess"] = Field(alias="__typename")
    cart: "AddToCartCartLineAddCartLineAddSuccessCart"


class AddToCartCartLineAddCartLineAddSuccessCart(BaseModel):
    id: str
    token: Optional[str]
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["AddToCartCartLineAddCartLineAddSuccessCartSubtotal"]
    lines: list["AddToCartCartLineAddCartLineAddSuccessCartLines"]


class AddToCartCartLineAddCartLineAddSuccessCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class AddToCartCartLineAddCartLineAddSuccessCartLines(BaseModel):
    id: str
    quantity: int
    variant: Optional["AddToCartCartLineAddCartLineAddSuccessCartLinesVariant"]


class AddToCartCartLineAddCartLineAddSuccessCartLinesVariant(BaseModel):
    sku: str


class AddToCartCartLineAddCurrencyMixed(BaseModel):
    typename__: Literal["CurrencyMixed"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AddToCartCartLineAddInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AddToCartCartLineAddVariantNotForSale(BaseModel):
    typename__: Literal["VariantNotForSale"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


AddToCart.model_rebuild()
AddToCartCartLineAddCartLineAddSuccess.model_rebuild()
AddToCartCartLineAddCartLineAddSuccessCart.model_rebuild()
AddToCartCartLineAddCartLineAddSuccessCartLines.model_rebuild()
