from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class UpdateCartLine(BaseModel):
    cart_line_update: Union[
        "UpdateCartLineCartLineUpdateCartChanged",
        "UpdateCartLineCartLineUpdateCartLimitReached",
        "UpdateCartLineCartLineUpdateCartLineUpdateSuccess",
        "UpdateCartLineCartLineUpdateInvalidInput",
        "UpdateCartLineCartLineUpdateNotFound",
        "UpdateCartLineCartLineUpdateVariantNotForSale",
    ] = Field(alias="cartLineUpdate", discriminator="typename__")


class UpdateCartLineCartLineUpdateCartChanged(BaseModel):
    typename__: Literal["CartChanged"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCartLineCartLineUpdateCartLimitReached(BaseModel):
    typename__: Literal["CartLimitReached"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCartLineCartLineUpdateCartLineUpdateSuccess(BaseModel):
    typename__: Literal["CartLineUpdateSuccess"] = Field(alias="__typename")
    cart: "UpdateCartLineCartLineUpdateCartLineUpdateSuccessCart"


class UpdateCartLineCartLineUpdateCartLineUpdateSuccessCart(BaseModel):
    id: str
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["UpdateCartLineCartLineUpdateCartLineUpdateSuccessCartSubtotal"]


class UpdateCartLineCartLineUpdateCartLineUpdateSuccessCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class UpdateCartLineCartLineUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCartLineCartLineUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCartLineCartLineUpdateVariantNotForSale(BaseModel):
    typename__: Literal["VariantNotForSale"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


UpdateCartLine.model_rebuild()
UpdateCartLineCartLineUpdateCartLineUpdateSuccess.model_rebuild()
UpdateCartLineCartLineUpdateCartLineUpdateSuccessCart.model_rebuild()
