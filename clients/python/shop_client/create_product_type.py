from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import AttributeKind, RefusalCode


class CreateProductType(BaseModel):
    product_type_create: Optional[
        Annotated[
            Union[
                "CreateProductTypeProductTypeCreateInvalidInput",
                "CreateProductTypeProductTypeCreateProductTypeSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="productTypeCreate")


class CreateProductTypeProductTypeCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CreateProductTypeProductTypeCreateProductTypeSuccess(BaseModel):
    typename__: Literal["ProductTypeSuccess"] = Field(alias="__typename")
    product_type: "CreateProductTypeProductTypeCreateProductTypeSuccessProductType" = (
        Field(alias="productType")
    )


class CreateProductTypeProductTypeCreateProductTypeSuccessProductType(BaseModel):
    id: str
    name: str
    version: int
    attributes: list[
        "CreateProductTypeProductTypeCreateProductTypeSuccessProductTypeAttributes"
    ]


class CreateProductTypeProductTypeCreateProductTypeSuccessProductTypeAttributes(
    BaseModel
):
    name: str
    kind: AttributeKind
    required: bool
    of_variant: bool = Field(alias="ofVariant")
    choices: list[str]
    unit: Optional[str]


CreateProductType.model_rebuild()
CreateProductTypeProductTypeCreateProductTypeSuccess.model_rebuild()
CreateProductTypeProductTypeCreateProductTypeSuccessProductType.model_rebuild()
