from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, ProductStatus, RefusalCode


class DeleteProduct(BaseModel):
    product_delete: Optional[
        Annotated[
            Union[
                "DeleteProductProductDeleteNotFound",
                "DeleteProductProductDeleteProductChanged",
                "DeleteProductProductDeleteProductDeleteSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="productDelete")


class DeleteProductProductDeleteNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteProductProductDeleteProductChanged(BaseModel):
    typename__: Literal["ProductChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteProductProductDeleteProductDeleteSuccess(BaseModel):
    typename__: Literal["ProductDeleteSuccess"] = Field(alias="__typename")
    product: "DeleteProductProductDeleteProductDeleteSuccessProduct"


class DeleteProductProductDeleteProductDeleteSuccessProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "DeleteProductProductDeleteProductDeleteSuccessProductCategory"
    type_: "DeleteProductProductDeleteProductDeleteSuccessProductType" = Field(
        alias="type"
    )
    variants: list["DeleteProductProductDeleteProductDeleteSuccessProductVariants"]
    images: list["DeleteProductProductDeleteProductDeleteSuccessProductImages"]


class DeleteProductProductDeleteProductDeleteSuccessProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class DeleteProductProductDeleteProductDeleteSuccessProductType(BaseModel):
    id: str
    name: str


class DeleteProductProductDeleteProductDeleteSuccessProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "DeleteProductProductDeleteProductDeleteSuccessProductVariantsBasePrice" = Field(
        alias="basePrice"
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional[
        "DeleteProductProductDeleteProductDeleteSuccessProductVariantsDimensions"
    ]
    is_available: bool = Field(alias="isAvailable")


class DeleteProductProductDeleteProductDeleteSuccessProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class DeleteProductProductDeleteProductDeleteSuccessProductVariantsDimensions(
    BaseModel
):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class DeleteProductProductDeleteProductDeleteSuccessProductImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list[
        "DeleteProductProductDeleteProductDeleteSuccessProductImagesVariants"
    ]


class DeleteProductProductDeleteProductDeleteSuccessProductImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


DeleteProduct.model_rebuild()
DeleteProductProductDeleteProductDeleteSuccess.model_rebuild()
DeleteProductProductDeleteProductDeleteSuccessProduct.model_rebuild()
DeleteProductProductDeleteProductDeleteSuccessProductVariants.model_rebuild()
DeleteProductProductDeleteProductDeleteSuccessProductImages.model_rebuild()
