from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, ProductStatus, RefusalCode


class RemoveImage(BaseModel):
    image_remove: Optional[
        Annotated[
            Union[
                "RemoveImageImageRemoveImageRemoveSuccess",
                "RemoveImageImageRemoveNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="imageRemove")


class RemoveImageImageRemoveImageRemoveSuccess(BaseModel):
    typename__: Literal["ImageRemoveSuccess"] = Field(alias="__typename")
    product: "RemoveImageImageRemoveImageRemoveSuccessProduct"


class RemoveImageImageRemoveImageRemoveSuccessProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "RemoveImageImageRemoveImageRemoveSuccessProductCategory"
    type_: "RemoveImageImageRemoveImageRemoveSuccessProductType" = Field(alias="type")
    variants: list["RemoveImageImageRemoveImageRemoveSuccessProductVariants"]
    images: list["RemoveImageImageRemoveImageRemoveSuccessProductImages"]


class RemoveImageImageRemoveImageRemoveSuccessProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class RemoveImageImageRemoveImageRemoveSuccessProductType(BaseModel):
    id: str
    name: str


class RemoveImageImageRemoveImageRemoveSuccessProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "RemoveImageImageRemoveImageRemoveSuccessProductVariantsBasePrice" = (
        Field(alias="basePrice")
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional[
        "RemoveImageImageRemoveImageRemoveSuccessProductVariantsDimensions"
    ]
    is_available: bool = Field(alias="isAvailable")


class RemoveImageImageRemoveImageRemoveSuccessProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class RemoveImageImageRemoveImageRemoveSuccessProductVariantsDimensions(BaseModel):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class RemoveImageImageRemoveImageRemoveSuccessProductImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list["RemoveImageImageRemoveImageRemoveSuccessProductImagesVariants"]


class RemoveImageImageRemoveImageRemoveSuccessProductImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class RemoveImageImageRemoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


RemoveImage.model_rebuild()
RemoveImageImageRemoveImageRemoveSuccess.model_rebuild()
RemoveImageImageRemoveImageRemoveSuccessProduct.model_rebuild()
RemoveImageImageRemoveImageRemoveSuccessProductVariants.model_rebuild()
RemoveImageImageRemoveImageRemoveSuccessProductImages.model_rebuild()
