from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class RemoveFromCart(BaseModel):
    cart_line_remove: Union[
        "RemoveFromCartCartLineRemoveCartChanged",
        "RemoveFromCartCartLineRemoveCartLineRemoveSuccess",
        "RemoveFromCartCartLineRemoveNotFound",
    ] = Field(alias="cartLineRemove", discriminator="typename__")


class RemoveFromCartCartLineRemoveCartChanged(BaseModel):
    typename__: Literal["CartChanged"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RemoveFromCartCartLineRemoveCartLineRemoveSuccess(BaseModel):
    typename__: Literal["CartLineRemoveSuccess"] = Field(alias="__typename")
    cart: "RemoveFromCartCartLineRemoveCartLineRemoveSuccessCart"


class RemoveFromCartCartLineRemoveCartLineRemoveSuccessCart(BaseModel):
    id: str
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["RemoveFromCartCartLineRemoveCartLineRemoveSuccessCartSubtotal"]


class RemoveFromCartCartLineRemoveCartLineRemoveSuccessCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class RemoveFromCartCartLineRemoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


RemoveFromCart.model_rebuild()
RemoveFromCartCartLineRemoveCartLineRemoveSuccess.model_rebuild()
RemoveFromCartCartLineRemoveCartLineRemoveSuccessCart.model_rebuild()
