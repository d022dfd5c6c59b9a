from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class CategoryPage(BaseModel):
    category: Optional["CategoryPageCategory"]
    products: "CategoryPageProducts"


class CategoryPageCategory(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    parent: Optional["CategoryPageCategoryParent"]
    children: list["CategoryPageCategoryChildren"]


class CategoryPageCategoryParent(BaseModel):
    id: str
    slug: str
    name: str


class CategoryPageCategoryChildren(BaseModel):
    id: str
    slug: str
    name: str


class CategoryPageProducts(BaseModel):
    total_count: int = Field(alias="totalCount")
    edges: list["CategoryPageProductsEdges"]
    page_info: "CategoryPageProductsPageInfo" = Field(alias="pageInfo")


class CategoryPageProductsEdges(BaseModel):
    node: "CategoryPageProductsEdgesNode"


class CategoryPageProductsEdgesNode(BaseModel):
    id: str
    slug: str
    name: str
    in_stock: bool = Field(alias="inStock")
    rating: "CategoryPageProductsEdgesNodeRating"
    images: list["CategoryPageProductsEdgesNodeImages"]
    variants: list["CategoryPageProductsEdgesNodeVariants"]


class CategoryPageProductsEdgesNodeRating(BaseModel):
    average: Optional[float]
    count: int


class CategoryPageProductsEdgesNodeImages(BaseModel):
    id: str
    url: str
    alt: str
    width: int
    height: int
    variants: list["CategoryPageProductsEdgesNodeImagesVariants"]


class CategoryPageProductsEdgesNodeImagesVariants(BaseModel):
    url: str
    width: int
    height: int
    bytes_: int = Field(alias="bytes")


class CategoryPageProductsEdgesNodeVariants(BaseModel):
    sku: str
    base_price: "CategoryPageProductsEdgesNodeVariantsBasePrice" = Field(
        alias="basePrice"
    )


class CategoryPageProductsEdgesNodeVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class CategoryPageProductsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


CategoryPage.model_rebuild()
CategoryPageCategory.model_rebuild()
CategoryPageProducts.model_rebuild()
CategoryPageProductsEdges.model_rebuild()
CategoryPageProductsEdgesNode.model_rebuild()
CategoryPageProductsEdgesNodeImages.model_rebuild()
CategoryPageProductsEdgesNodeVariants.model_rebuild()
