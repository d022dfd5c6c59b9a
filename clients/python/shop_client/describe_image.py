from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class DescribeImage(BaseModel):
    image_update: Optional[
        Annotated[
            Union[
                "DescribeImageImageUpdateImageUpdateSuccess",
                "DescribeImageImageUpdateInvalidInput",
                "DescribeImageImageUpdateNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="imageUpdate")


class DescribeImageImageUpdateImageUpdateSuccess(BaseModel):
    typename__: Literal["ImageUpdateSuccess"] = Field(alias="__typename")
    image: "DescribeImageImageUpdateImageUpdateSuccessImage"


class DescribeImageImageUpdateImageUpdateSuccessImage(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list["DescribeImageImageUpdateImageUpdateSuccessImageVariants"]


class DescribeImageImageUpdateImageUpdateSuccessImageVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class DescribeImageImageUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DescribeImageImageUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


DescribeImage.model_rebuild()
DescribeImageImageUpdateImageUpdateSuccess.model_rebuild()
DescribeImageImageUpdateImageUpdateSuccessImage.model_rebuild()
