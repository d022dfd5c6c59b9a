from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class WatchCart(BaseModel):
    cart_updated: Optional["WatchCartCartUpdated"] = Field(alias="cartUpdated")


class WatchCartCartUpdated(BaseModel):
    id: str
    token: Optional[str]
    version: int
    item_count: int = Field(alias="itemCount")
    subtotal: Optional["WatchCartCartUpdatedSubtotal"]
    lines: list["WatchCartCartUpdatedLines"]


class WatchCartCartUpdatedSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class WatchCartCartUpdatedLines(BaseModel):
    id: str
    quantity: int
    price_snapshot: "WatchCartCartUpdatedLinesPriceSnapshot" = Field(
        alias="priceSnapshot"
    )
    line_total: Optional["WatchCartCartUpdatedLinesLineTotal"] = Field(
        alias="lineTotal"
    )
    variant: Optional["WatchCartCartUpdatedLinesVariant"]


class WatchCartCartUpdatedLinesPriceSnapshot(BaseModel):
    amount: Decimal
    currency: Currency


class WatchCartCartUpdatedLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class WatchCartCartUpdatedLinesVariant(BaseModel):
    sku: str
    name: str


WatchCart.model_rebuild()
WatchCartCartUpdated.model_rebuild()
WatchCartCartUpdatedLines.model_rebuild()
