from datetime import datetime
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class AdjustStock(BaseModel):
    stock_adjust: Optional[
        Annotated[
            Union[
                "AdjustStockStockAdjustIdempotencyKeyReused",
                "AdjustStockStockAdjustInvalidInput",
                "AdjustStockStockAdjustNotFound",
                "AdjustStockStockAdjustStockAdjustSuccess",
                "AdjustStockStockAdjustStockPromised",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="stockAdjust")


class AdjustStockStockAdjustIdempotencyKeyReused(BaseModel):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AdjustStockStockAdjustInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AdjustStockStockAdjustNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AdjustStockStockAdjustStockAdjustSuccess(BaseModel):
    typename__: Literal["StockAdjustSuccess"] = Field(alias="__typename")
    stock_level: "AdjustStockStockAdjustStockAdjustSuccessStockLevel" = Field(
        alias="stockLevel"
    )


class AdjustStockStockAdjustStockAdjustSuccessStockLevel(BaseModel):
    sku: str
    on_hand: int = Field(alias="onHand")
    held: int
    committed: int
    available: int
    low_stock_threshold: int = Field(alias="lowStockThreshold")
    updated_at: datetime = Field(alias="updatedAt")
    warehouse: "AdjustStockStockAdjustStockAdjustSuccessStockLevelWarehouse"


class AdjustStockStockAdjustStockAdjustSuccessStockLevelWarehouse(BaseModel):
    id: str
    name: str


class AdjustStockStockAdjustStockPromised(BaseModel):
    typename__: Literal["StockPromised"] = Field(alias="__typename")
    promised: int
    code: RefusalCode
    message: str
    field: list[str]


AdjustStock.model_rebuild()
AdjustStockStockAdjustStockAdjustSuccess.model_rebuild()
AdjustStockStockAdjustStockAdjustSuccessStockLevel.model_rebuild()
