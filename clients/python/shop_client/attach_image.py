from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, ProductStatus, RefusalCode


class AttachImage(BaseModel):
    image_attach: Optional[
        Annotated[
            Union[
                "AttachImageImageAttachImageAttachSuccess",
                "AttachImageImageAttachImageRejected",
                "AttachImageImageAttachInvalidInput",
                "AttachImageImageAttachNotFound",
                "AttachImageImageAttachTooManyImages",
                "AttachImageImageAttachUploadNotThere",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="imageAttach")


class AttachImageImageAttachImageAttachSuccess(BaseModel):
    typename__: Literal["ImageAttachSuccess"] = Field(alias="__typename")
    image: "AttachImageImageAttachImageAttachSuccessImage"
    product: "AttachImageImageAttachImageAttachSuccessProduct"


class AttachImageImageAttachImageAttachSuccessImage(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list["AttachImageImageAttachImageAttachSuccessImageVariants"]


class AttachImageImageAttachImageAttachSuccessImageVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class AttachImageImageAttachImageAttachSuccessProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "AttachImageImageAttachImageAttachSuccessProductCategory"
    type_: "AttachImageImageAttachImageAttachSuccessProductType" = Field(alias="type")
    variants: list["AttachImageImageAttachImageAttachSuccessProductVariants"]
    images: list["AttachImageImageAttachImageAttachSuccessProductImages"]


class AttachImageImageAttachImageAttachSuccessProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class AttachImageImageAttachImageAttachSuccessProductType(BaseModel):
    id: str
    name: str


class AttachImageImageAttachImageAttachSuccessProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "AttachImageImageAttachImageAttachSuccessProductVariantsBasePrice" = (
        Field(alias="basePrice")
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional[
        "AttachImageImageAttachImageAttachSuccessProductVariantsDimensions"
    ]
    is_available: bool = Field(alias="isAvailable")


class AttachImageImageAttachImageAttachSuccessProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class AttachImageImageAttachImageAttachSuccessProductVariantsDimensions(BaseModel):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class AttachImageImageAttachImageAttachSuccessProductImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list["AttachImageImageAttachImageAttachSuccessProductImagesVariants"]


class AttachImageImageAttachImageAttachSuccessProductImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class AttachImageImageAttachImageRejected(BaseModel):
    typename__: Literal["ImageRejected"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AttachImageImageAttachInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AttachImageImageAttachNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AttachImageImageAttachTooManyImages(BaseModel):
    typename__: Literal["TooManyImages"] = Field(alias="__typename")
    limit: int
    code: RefusalCode
    message: str
    field: list[str]


class AttachImageImageAttachUploadNotThere(BaseModel):
    typename__: Literal["UploadNotThere"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


AttachImage.model_rebuild()
AttachImageImageAttachImageAttachSuccess.model_rebuild()
AttachImageImageAttachImageAttachSuccessImage.model_rebuild()
AttachImageImageAttachImageAttachSuccessProduct.model_rebuild()
AttachImageImageAttachImageAttachSuccessProductVariants.model_rebuild()
AttachImageImageAttachImageAttachSuccessProductImages.model_rebuild()
