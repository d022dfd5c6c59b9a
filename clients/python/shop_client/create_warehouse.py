from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class CreateWarehouse(BaseModel):
    warehouse_create: Optional[
        Annotated[
            Union[
                "CreateWarehouseWarehouseCreateInvalidInput",
                "CreateWarehouseWarehouseCreateWarehouseCreateSuccess",
                "CreateWarehouseWarehouseCreateWarehouseExists",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="warehouseCreate")


class CreateWarehouseWarehouseCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CreateWarehouseWarehouseCreateWarehouseCreateSuccess(BaseModel):
    typename__: Literal["WarehouseCreateSuccess"] = Field(alias="__typename")
    warehouse: "CreateWarehouseWarehouseCreateWarehouseCreateSuccessWarehouse"


class CreateWarehouseWarehouseCreateWarehouseCreateSuccessWarehouse(BaseModel):
    id: str
    name: str
    priority: int


class CreateWarehouseWarehouseCreateWarehouseExists(BaseModel):
    typename__: Literal["WarehouseExists"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


CreateWarehouse.model_rebuild()
CreateWarehouseWarehouseCreateWarehouseCreateSuccess.model_rebuild()
