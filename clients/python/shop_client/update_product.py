from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, ProductStatus, RefusalCode


class UpdateProduct(BaseModel):
    product_update: Optional[
        Annotated[
            Union[
                "UpdateProductProductUpdateAttributeInvalid",
                "UpdateProductProductUpdateInvalidInput",
                "UpdateProductProductUpdateNotFound",
                "UpdateProductProductUpdateProductChanged",
                "UpdateProductProductUpdateProductUpdateSuccess",
                "UpdateProductProductUpdateSkuTaken",
                "UpdateProductProductUpdateSlugTaken",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="productUpdate")


class UpdateProductProductUpdateAttributeInvalid(BaseModel):
    typename__: Literal["AttributeInvalid"] = Field(alias="__typename")
    attribute: str
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductProductUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductProductUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductProductUpdateProductChanged(BaseModel):
    typename__: Literal["ProductChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductProductUpdateProductUpdateSuccess(BaseModel):
    typename__: Literal["ProductUpdateSuccess"] = Field(alias="__typename")
    product: "UpdateProductProductUpdateProductUpdateSuccessProduct"


class UpdateProductProductUpdateProductUpdateSuccessProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "UpdateProductProductUpdateProductUpdateSuccessProductCategory"
    type_: "UpdateProductProductUpdateProductUpdateSuccessProductType" = Field(
        alias="type"
    )
    variants: list["UpdateProductProductUpdateProductUpdateSuccessProductVariants"]
    images: list["UpdateProductProductUpdateProductUpdateSuccessProductImages"]


class UpdateProductProductUpdateProductUpdateSuccessProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class UpdateProductProductUpdateProductUpdateSuccessProductType(BaseModel):
    id: str
    name: str


class UpdateProductProductUpdateProductUpdateSuccessProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "UpdateProductProductUpdateProductUpdateSuccessProductVariantsBasePrice" = Field(
        alias="basePrice"
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional[
        "UpdateProductProductUpdateProductUpdateSuccessProductVariantsDimensions"
    ]
    is_available: bool = Field(alias="isAvailable")


class UpdateProductProductUpdateProductUpdateSuccessProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class UpdateProductProductUpdateProductUpdateSuccessProductVariantsDimensions(
    BaseModel
):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class UpdateProductProductUpdateProductUpdateSuccessProductImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list[
        "UpdateProductProductUpdateProductUpdateSuccessProductImagesVariants"
    ]


class UpdateProductProductUpdateProductUpdateSuccessProductImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class UpdateProductProductUpdateSkuTaken(BaseModel):
    typename__: Literal["SkuTaken"] = Field(alias="__typename")
    sku: str
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProductProductUpdateSlugTaken(BaseModel):
    typename__: Literal["SlugTaken"] = Field(alias="__typename")
    slug: str
    code: RefusalCode
    message: str
    field: list[str]


UpdateProduct.model_rebuild()
UpdateProductProductUpdateProductUpdateSuccess.model_rebuild()
UpdateProductProductUpdateProductUpdateSuccessProduct.model_rebuild()
UpdateProductProductUpdateProductUpdateSuccessProductVariants.model_rebuild()
UpdateProductProductUpdateProductUpdateSuccessProductImages.model_rebuild()
