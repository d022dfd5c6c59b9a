from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import AttributeKind, RefusalCode


class UpdateProductType(BaseModel):
    product_type_update: Optional[
        Annotated[
            Union[
                "UpdateProductTypeProductTypeUpdateInvalidInput",
                "UpdateProductTypeProductTypeUpdateNotFound",
                "UpdateProductTypeProductTypeUpdateProductTypeSuccess",
                "UpdateProductTypeProductTypeUpdateStillInUse",
                "UpdateProductTypeProductTypeUpdateVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="productTypeUpdate")


class UpdateProductTypeProductTypeUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductTypeProductTypeUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductTypeProductTypeUpdateProductTypeSuccess(BaseModel):
    typename__: Literal["ProductTypeSuccess"] = Field(alias="__typename")
    product_type: "UpdateProductTypeProductTypeUpdateProductTypeSuccessProductType" = (
        Field(alias="productType")
    )


class UpdateProductTypeProductTypeUpdateProductTypeSuccessProductType(BaseModel):
    id: str
    name: str
    version: int
    attributes: list[
        "UpdateProductTypeProductTypeUpdateProductTypeSuccessProductTypeAttributes"
    ]


class UpdateProductTypeProductTypeUpdateProductTypeSuccessProductTypeAttributes(
    BaseModel
):
    name: str
    kind: AttributeKind
    required: bool
    of_variant: bool = Field(alias="ofVariant")
    choices: list[str]
    unit: Optional[str]


class UpdateProductTypeProductTypeUpdateStillInUse(BaseModel):
    typename__: Literal["StillInUse"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductTypeProductTypeUpdateVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


UpdateProductType.model_rebuild()
UpdateProductTypeProductTypeUpdateProductTypeSuccess.model_rebuild()
UpdateProductTypeProductTypeUpdateProductTypeSuccessProductType.model_rebuild()
