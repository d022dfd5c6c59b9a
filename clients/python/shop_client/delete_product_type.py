from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import AttributeKind, RefusalCode


class DeleteProductType(BaseModel):
    product_type_delete: Optional[
        Annotated[
            Union[
                "DeleteProductTypeProductTypeDeleteNotFound",
                "DeleteProductTypeProductTypeDeleteProductTypeSuccess",
                "DeleteProductTypeProductTypeDeleteStillInUse",
                "DeleteProductTypeProductTypeDeleteVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="productTypeDelete")


class DeleteProductTypeProductTypeDeleteNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteProductTypeProductTypeDeleteProductTypeSuccess(BaseModel):
    typename__: Literal["ProductTypeSuccess"] = Field(alias="__typename")
    product_type: "DeleteProductTypeProductTypeDeleteProductTypeSuccessProductType" = (
        Field(alias="productType")
    )


class DeleteProductTypeProductTypeDeleteProductTypeSuccessProductType(BaseModel):
    id: str
    name: str
    version: int
    attributes: list[
        "DeleteProductTypeProductTypeDeleteProductTypeSuccessProductTypeAttributes"
    ]


class DeleteProductTypeProductTypeDeleteProductTypeSuccessProductTypeAttributes(
    BaseModel
):
    name: str
    kind: AttributeKind
    required: bool
    of_variant: bool = Field(alias="ofVariant")
    choices: list[str]
    unit: Optional[str]


class DeleteProductTypeProductTypeDeleteStillInUse(BaseModel):
    typename__: Literal["StillInUse"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteProductTypeProductTypeDeleteVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


DeleteProductType.model_rebuild()
DeleteProductTypeProductTypeDeleteProductTypeSuccess.model_rebuild()
DeleteProductTypeProductTypeDeleteProductTypeSuccessProductType.model_rebuild()
