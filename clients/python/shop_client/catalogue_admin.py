from datetime import datetime
from decimal import Decimal
from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import AttributeKind, Currency, ProductStatus


class CatalogueAdmin(BaseModel):
    products: "CatalogueAdminProducts"
    product_types: list["CatalogueAdminProductTypes"] = Field(alias="productTypes")
    categories: list["CatalogueAdminCategories"]


class CatalogueAdminProducts(BaseModel):
    total_count: int = Field(alias="totalCount")
    edges: list["CatalogueAdminProductsEdges"]
    page_info: "CatalogueAdminProductsPageInfo" = Field(alias="pageInfo")


class CatalogueAdminProductsEdges(BaseModel):
    node: "CatalogueAdminProductsEdgesNode"


class CatalogueAdminProductsEdgesNode(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    brand: Optional[str]
    status: ProductStatus
    is_available: bool = Field(alias="isAvailable")
    version: int
    attributes: Any
    category: "CatalogueAdminProductsEdgesNodeCategory"
    type_: "CatalogueAdminProductsEdgesNodeType" = Field(alias="type")
    variants: list["CatalogueAdminProductsEdgesNodeVariants"]
    images: list["CatalogueAdminProductsEdgesNodeImages"]
    deleted_at: Optional[datetime] = Field(alias="deletedAt")


class CatalogueAdminProductsEdgesNodeCategory(BaseModel):
    id: str
    slug: str
    name: str


class CatalogueAdminProductsEdgesNodeType(BaseModel):
    id: str
    name: str


class CatalogueAdminProductsEdgesNodeVariants(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "CatalogueAdminProductsEdgesNodeVariantsBasePrice" = Field(
        alias="basePrice"
    )
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional["CatalogueAdminProductsEdgesNodeVariantsDimensions"]
    is_available: bool = Field(alias="isAvailable")


class CatalogueAdminProductsEdgesNodeVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class CatalogueAdminProductsEdgesNodeVariantsDimensions(BaseModel):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class CatalogueAdminProductsEdgesNodeImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list["CatalogueAdminProductsEdgesNodeImagesVariants"]


class CatalogueAdminProductsEdgesNodeImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class CatalogueAdminProductsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


class CatalogueAdminProductTypes(BaseModel):
    id: str
    name: str
    version: int
    attributes: list["CatalogueAdminProductTypesAttributes"]


class CatalogueAdminProductTypesAttributes(BaseModel):
    name: str
    kind: AttributeKind
    required: bool
    of_variant: bool = Field(alias="ofVariant")
    choices: list[str]
    unit: Optional[str]


class CatalogueAdminCategories(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    parent: Optional["CatalogueAdminCategoriesParent"]
    children: list["CatalogueAdminCategoriesChildren"]


class CatalogueAdminCategoriesParent(BaseModel):
    id: str
    slug: str


class CatalogueAdminCategoriesChildren(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    parent: Optional["CatalogueAdminCategoriesChildrenParent"]


class CatalogueAdminCategoriesChildrenParent(BaseModel):
    id: str
    slug: str


CatalogueAdmin.model_rebuild()
CatalogueAdminProducts.model_rebuild()
CatalogueAdminProductsEdges.model_rebuild()
CatalogueAdminProductsEdgesNode.model_rebuild()
CatalogueAdminProductsEdgesNodeVariants.model_rebuild()
CatalogueAdminProductsEdgesNodeImages.model_rebuild()
CatalogueAdminProductTypes.model_rebuild()
CatalogueAdminCategories.model_rebuild()
CatalogueAdminCategoriesChildren.model_rebuild()
