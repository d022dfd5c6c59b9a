from datetime import datetime
from decimal import Decimal
from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, Currency


class ProductPage(BaseModel):
    product: Optional["ProductPageProduct"]


class ProductPageProduct(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    in_stock: bool = Field(alias="inStock")
    stock_quantity: int = Field(alias="stockQuantity")
    category: "ProductPageProductCategory"
    variants: list["ProductPageProductVariants"]
    rating: "ProductPageProductRating"
    reviews: "ProductPageProductReviews"


class ProductPageProductCategory(BaseModel):
    id: str
    slug: str
    name: str


class ProductPageProductVariants(BaseModel):
    id: str
    sku: str
    name: str
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    base_price: "ProductPageProductVariantsBasePrice" = Field(alias="basePrice")
    availability: "ProductPageProductVariantsAvailability"


class ProductPageProductVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class ProductPageProductVariantsAvailability(BaseModel):
    status: Availability
    available_quantity: int = Field(alias="availableQuantity")


class ProductPageProductRating(BaseModel):
    average: Optional[float]
    count: int
    histogram: list["ProductPageProductRatingHistogram"]


class ProductPageProductRatingHistogram(BaseModel):
    stars: int
    count: int


class ProductPageProductReviews(BaseModel):
    edges: list["ProductPageProductReviewsEdges"]
    page_info: "ProductPageProductReviewsPageInfo" = Field(alias="pageInfo")


class ProductPageProductReviewsEdges(BaseModel):
    node: "ProductPageProductReviewsEdgesNode"


class ProductPageProductReviewsEdgesNode(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    verified_purchase: bool = Field(alias="verifiedPurchase")
    helpful_count: int = Field(alias="helpfulCount")
    created_at: datetime = Field(alias="createdAt")
    author: "ProductPageProductReviewsEdgesNodeAuthor"


class ProductPageProductReviewsEdgesNodeAuthor(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class ProductPageProductReviewsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ProductPage.model_rebuild()
ProductPageProduct.model_rebuild()
ProductPageProductVariants.model_rebuild()
ProductPageProductRating.model_rebuild()
ProductPageProductReviews.model_rebuild()
ProductPageProductReviewsEdges.model_rebuild()
ProductPageProductReviewsEdgesNode.model_rebuild()
