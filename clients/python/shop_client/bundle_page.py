from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class BundlePage(BaseModel):
    bundle: Optional["BundlePageBundle"]


class BundlePageBundle(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    base_price: Optional["BundlePageBundleBasePrice"] = Field(alias="basePrice")
    items: list["BundlePageBundleItems"]
    rating: "BundlePageBundleRating"
    reviews: "BundlePageBundleReviews"


class BundlePageBundleBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class BundlePageBundleItems(BaseModel):
    sku: str
    quantity: int
    variant: Optional["BundlePageBundleItemsVariant"]


class BundlePageBundleItemsVariant(BaseModel):
    sku: str
    name: str


class BundlePageBundleRating(BaseModel):
    average: Optional[float]
    count: int
    histogram: list["BundlePageBundleRatingHistogram"]


class BundlePageBundleRatingHistogram(BaseModel):
    stars: int
    count: int


class BundlePageBundleReviews(BaseModel):
    edges: list["BundlePageBundleReviewsEdges"]
    page_info: "BundlePageBundleReviewsPageInfo" = Field(alias="pageInfo")


class BundlePageBundleReviewsEdges(BaseModel):
    node: "BundlePageBundleReviewsEdgesNode"


class BundlePageBundleReviewsEdgesNode(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    author: "BundlePageBundleReviewsEdgesNodeAuthor"


class BundlePageBundleReviewsEdgesNodeAuthor(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class BundlePageBundleReviewsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


BundlePage.model_rebuild()
BundlePageBundle.model_rebuild()
BundlePageBundleItems.model_rebuild()
BundlePageBundleRating.model_rebuild()
BundlePageBundleReviews.model_rebuild()
BundlePageBundleReviewsEdges.model_rebuild()
BundlePageBundleReviewsEdgesNode.model_rebuild()
