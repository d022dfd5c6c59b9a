from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class ClearCart(BaseModel):
    cart_clear: Union[
        "ClearCartCartClearCartChanged",
        "ClearCartCartClearCartClearSuccess",
        "ClearCartCartClearNotFound",
    ] = Field(alias="cartClear", discriminator="typename__")


class ClearCartCartClearCartChanged(BaseModel):
    typename__: Literal["CartChanged"] = Field(alias="__typename")
    cart_version: int = Field(alias="cartVersion")
    code: RefusalCode
    message: str
    field: list[str]


class ClearCartCartClearCartClearSuccess(BaseModel):
    typename__: Literal["CartClearSuccess"] = Field(alias="__typename")
    cart: "ClearCartCartClearCartClearSuccessCart"


class ClearCartCartClearCartClearSuccessCart(BaseModel):
    id: str
    token: Optional[str]
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["ClearCartCartClearCartClearSuccessCartSubtotal"]
    lines: list["ClearCartCartClearCartClearSuccessCartLines"]


class ClearCartCartClearCartClearSuccessCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class ClearCartCartClearCartClearSuccessCartLines(BaseModel):
    id: str
    quantity: int
    price_snapshot: "ClearCartCartClearCartClearSuccessCartLinesPriceSnapshot" = Field(
        alias="priceSnapshot"
    )
    line_total: Optional["ClearCartCartClearCartClearSuccessCartLinesLineTotal"] = (
        Field(alias="lineTotal")
    )
    variant: Optional["ClearCartCartClearCartClearSuccessCartLinesVariant"]


class ClearCartCartClearCartClearSuccessCartLinesPriceSnapshot(BaseModel):
    amount: Decimal
    currency: Currency


class ClearCartCartClearCartClearSuccessCartLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class ClearCartCartClearCartClearSuccessCartLinesVariant(BaseModel):
    sku: str
    name: str


class ClearCartCartClearNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


ClearCart.model_rebuild()
ClearCartCartClearCartClearSuccess.model_rebuild()
ClearCartCartClearCartClearSuccessCart.model_rebuild()
ClearCartCartClearCartClearSuccessCartLines.model_rebuild()
