from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class UpdateWarehouse(BaseModel):
    warehouse_update: Optional[
        Annotated[
            Union[
                "UpdateWarehouseWarehouseUpdateInvalidInput",
                "UpdateWarehouseWarehouseUpdateNotFound",
                "UpdateWarehouseWarehouseUpdateWarehouseUpdateSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="warehouseUpdate")


class UpdateWarehouseWarehouseUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateWarehouseWarehouseUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateWarehouseWarehouseUpdateWarehouseUpdateSuccess(BaseModel):
    typename__: Literal["WarehouseUpdateSuccess"] = Field(alias="__typename")
    warehouse: "UpdateWarehouseWarehouseUpdateWarehouseUpdateSuccessWarehouse"


class UpdateWarehouseWarehouseUpdateWarehouseUpdateSuccessWarehouse(BaseModel):
    id: str
    name: str
    priority: int


UpdateWarehouse.model_rebuild()
UpdateWarehouseWarehouseUpdateWarehouseUpdateSuccess.model_rebuild()
