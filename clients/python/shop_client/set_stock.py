from datetime import datetime
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class SetStock(BaseModel):
    stock_set: Optional[
        Annotated[
            Union[
                "SetStockStockSetInvalidInput",
                "SetStockStockSetNotFound",
                "SetStockStockSetStockPromised",
                "SetStockStockSetStockSetSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="stockSet")


class SetStockStockSetInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetStockStockSetNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetStockStockSetStockPromised(BaseModel):
    typename__: Literal["StockPromised"] = Field(alias="__typename")
    promised: int
    code: RefusalCode
    message: str
    field: list[str]


class SetStockStockSetStockSetSuccess(BaseModel):
    typename__: Literal["StockSetSuccess"] = Field(alias="__typename")
    stock_level: "SetStockStockSetStockSetSuccessStockLevel" = Field(alias="stockLevel")


class SetStockStockSetStockSetSuccessStockLevel(BaseModel):
    sku: str
    on_hand: int = Field(alias="onHand")
    held: int
    committed: int
    available: int
    low_stock_threshold: int = Field(alias="lowStockThreshold")
    updated_at: datetime = Field(alias="updatedAt")
    warehouse: "SetStockStockSetStockSetSuccessStockLevelWarehouse"


class SetStockStockSetStockSetSuccessStockLevelWarehouse(BaseModel):
    id: str
    name: str


SetStock.model_rebuild()
SetStockStockSetStockSetSuccess.model_rebuild()
SetStockStockSetStockSetSuccessStockLevel.model_rebuild()
