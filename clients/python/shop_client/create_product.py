from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, ProductStatus, RefusalCode


class CreateProduct(BaseModel):
    product_create: Optional[
        Annotated[
            Union[
                "CreateProductProductCreateAttributeInvalid",
                "CreateProductProductCreateInvalidInput",
                "CreateProductProductCreateNotFound",
                "CreateProductProductCreateProductCreateSuccess",
                "CreateProductProductCreateSkuTaken",
                "CreateProductProductCreateSlugTaken",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="productCreate")


class CreateProductProductCreateAttributeInvalid(BaseModel):
    typename__: Literal["AttributeInvalid"] = Field(alias="__typename")
    attribute: str
    code: RefusalCode
    message: str
    field: list[str]


class CreateProductProductCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CreateProductProductCreateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CreateProductProductCreateProductCreateSuccess(BaseModel):
    typename__: Literal["ProductCreateSuccess"] = Field(alias="__typename")
    product: "CreateProductProductCreateProductCreateSuccessProduct"


class CreateProductProductCreateProductCreateSuccessProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "CreateProductProductCreateProductCreateSuccessProductCategory"
    type_: "CreateProductProductCreateProductCreateSuccessProductType" = Field(
        alias="type"
    )
    variants: list["CreateProductProductCreateProductCreateSuccessProductVariants"]
    images: list["CreateProductProductCreateProductCreateSuccessProductImages"]


class CreateProductProductCreateProductCreateSuccessProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class CreateProductProductCreateProductCreateSuccessProductType(BaseModel):
    id: str
    name: str


class CreateProductProductCreateProductCreateSuccessProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "CreateProductProductCreateProductCreateSuccessProductVariantsBasePrice" = Field(
        alias="basePrice"
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional[
        "CreateProductProductCreateProductCreateSuccessProductVariantsDimensions"
    ]
    is_available: bool = Field(alias="isAvailable")


class CreateProductProductCreateProductCreateSuccessProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class CreateProductProductCreateProductCreateSuccessProductVariantsDimensions(
    BaseModel
):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class CreateProductProductCreateProductCreateSuccessProductImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list[
        "CreateProductProductCreateProductCreateSuccessProductImagesVariants"
    ]


class CreateProductProductCreateProductCreateSuccessProductImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class CreateProductProductCreateSkuTaken(BaseModel):
    typename__: Literal["SkuTaken"] = Field(alias="__typename")
    sku: str
    code: RefusalCode
    message: str
    field: list[str]


class CreateProductProductCreateSlugTaken(BaseModel):
    typename__: Literal["SlugTaken"] = Field(alias="__typename")
    slug: str
    code: RefusalCode
    message: str
    field: list[str]


CreateProduct.model_rebuild()
CreateProductProductCreateProductCreateSuccess.model_rebuild()
CreateProductProductCreateProductCreateSuccessProduct.model_rebuild()
CreateProductProductCreateProductCreateSuccessProductVariants.model_rebuild()
CreateProductProductCreateProductCreateSuccessProductImages.model_rebuild()
