from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, ProductStatus, RefusalCode


class ArrangeImages(BaseModel):
    images_arrange: Optional[
        Annotated[
            Union[
                "ArrangeImagesImagesArrangeImagesArrangeSuccess",
                "ArrangeImagesImagesArrangeInvalidInput",
                "ArrangeImagesImagesArrangeNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="imagesArrange")


class ArrangeImagesImagesArrangeImagesArrangeSuccess(BaseModel):
    typename__: Literal["ImagesArrangeSuccess"] = Field(alias="__typename")
    product: "ArrangeImagesImagesArrangeImagesArrangeSuccessProduct"


class ArrangeImagesImagesArrangeImagesArrangeSuccessProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "ArrangeImagesImagesArrangeImagesArrangeSuccessProductCategory"
    type_: "ArrangeImagesImagesArrangeImagesArrangeSuccessProductType" = Field(
        alias="type"
    )
    variants: list["ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariants"]
    images: list["ArrangeImagesImagesArrangeImagesArrangeSuccessProductImages"]


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductType(BaseModel):
    id: str
    name: str


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariantsBasePrice" = Field(
        alias="basePrice"
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional[
        "ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariantsDimensions"
    ]
    is_available: bool = Field(alias="isAvailable")


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariantsDimensions(
    BaseModel
):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list[
        "ArrangeImagesImagesArrangeImagesArrangeSuccessProductImagesVariants"
    ]


class ArrangeImagesImagesArrangeImagesArrangeSuccessProductImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class ArrangeImagesImagesArrangeInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ArrangeImagesImagesArrangeNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


ArrangeImages.model_rebuild()
ArrangeImagesImagesArrangeImagesArrangeSuccess.model_rebuild()
ArrangeImagesImagesArrangeImagesArrangeSuccessProduct.model_rebuild()
ArrangeImagesImagesArrangeImagesArrangeSuccessProductVariants.model_rebuild()
ArrangeImagesImagesArrangeImagesArrangeSuccessProductImages.model_rebuild()
