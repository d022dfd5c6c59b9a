from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class MergeCart(BaseModel):
    cart_merge: Optional[
        Annotated[
            Union[
                "MergeCartCartMergeCartLimitReached",
                "MergeCartCartMergeCartMergeSuccess",
                "MergeCartCartMergeCurrencyMixed",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="cartMerge")


class MergeCartCartMergeCartLimitReached(BaseModel):
    typename__: Literal["CartLimitReached"] = Field(alias="__typename")
    limit: int
    code: RefusalCode
    message: str
    field: list[str]


class MergeCartCartMergeCartMergeSuccess(BaseModel):
    typename__: Literal["CartMergeSuccess"] = Field(alias="__typename")
    cart: "MergeCartCartMergeCartMergeSuccessCart"


class MergeCartCartMergeCartMergeSuccessCart(BaseModel):
    id: str
    token: Optional[str]
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["MergeCartCartMergeCartMergeSuccessCartSubtotal"]
    lines: list["MergeCartCartMergeCartMergeSuccessCartLines"]


class MergeCartCartMergeCartMergeSuccessCartSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class MergeCartCartMergeCartMergeSuccessCartLines(BaseModel):
    id: str
    quantity: int
    price_snapshot: "MergeCartCartMergeCartMergeSuccessCartLinesPriceSnapshot" = Field(
        alias="priceSnapshot"
    )
    line_total: Optional["MergeCartCartMergeCartMergeSuccessCartLinesLineTotal"] = (
        Field(alias="lineTotal")
    )
    variant: Optional["MergeCartCartMergeCartMergeSuccessCartLinesVariant"]


class MergeCartCartMergeCartMergeSuccessCartLinesPriceSnapshot(BaseModel):
    amount: Decimal
    currency: Currency


class MergeCartCartMergeCartMergeSuccessCartLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class MergeCartCartMergeCartMergeSuccessCartLinesVariant(BaseModel):
    sku: str
    name: str


class MergeCartCartMergeCurrencyMixed(BaseModel):
    typename__: Literal["CurrencyMixed"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


MergeCart.model_rebuild()
MergeCartCartMergeCartMergeSuccess.model_rebuild()
MergeCartCartMergeCartMergeSuccessCart.model_rebuild()
MergeCartCartMergeCartMergeSuccessCartLines.model_rebuild()
