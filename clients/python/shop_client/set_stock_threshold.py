from datetime import datetime
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, RefusalCode


class SetStockThreshold(BaseModel):
    stock_threshold_set: Optional[
        Annotated[
            Union[
                "SetStockThresholdStockThresholdSetInvalidInput",
                "SetStockThresholdStockThresholdSetNotFound",
                "SetStockThresholdStockThresholdSetStockThresholdSetSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="stockThresholdSet")


class SetStockThresholdStockThresholdSetInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetStockThresholdStockThresholdSetNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetStockThresholdStockThresholdSetStockThresholdSetSuccess(BaseModel):
    typename__: Literal["StockThresholdSetSuccess"] = Field(alias="__typename")
    variant: "SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariant"


class SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariant(BaseModel):
    sku: str
    availability: (
        "SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantAvailability"
    )
    stock_levels: Optional[
        list[
            "SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantStockLevels"
        ]
    ] = Field(alias="stockLevels")


class SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantAvailability(
    BaseModel
):
    status: Availability
    available_quantity: int = Field(alias="availableQuantity")


class SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantStockLevels(
    BaseModel
):
    sku: str
    on_hand: int = Field(alias="onHand")
    held: int
    committed: int
    available: int
    low_stock_threshold: int = Field(alias="lowStockThreshold")
    updated_at: datetime = Field(alias="updatedAt")
    warehouse: "SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantStockLevelsWarehouse"


class SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantStockLevelsWarehouse(
    BaseModel
):
    id: str
    name: str


SetStockThreshold.model_rebuild()
SetStockThresholdStockThresholdSetStockThresholdSetSuccess.model_rebuild()
SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariant.model_rebuild()
SetStockThresholdStockThresholdSetStockThresholdSetSuccessVariantStockLevels.model_rebuild()
