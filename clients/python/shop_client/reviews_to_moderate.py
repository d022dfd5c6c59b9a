from datetime import datetime
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import ReviewStatus


class ReviewsToModerate(BaseModel):
    reviews_to_moderate: Optional["ReviewsToModerateReviewsToModerate"] = Field(
        alias="reviewsToModerate"
    )


class ReviewsToModerateReviewsToModerate(BaseModel):
    edges: list["ReviewsToModerateReviewsToModerateEdges"]
    page_info: "ReviewsToModerateReviewsToModeratePageInfo" = Field(alias="pageInfo")


class ReviewsToModerateReviewsToModerateEdges(BaseModel):
    node: "ReviewsToModerateReviewsToModerateEdgesNode"


class ReviewsToModerateReviewsToModerateEdgesNode(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    status: ReviewStatus
    verified_purchase: bool = Field(alias="verifiedPurchase")
    helpful_count: int = Field(alias="helpfulCount")
    unhelpful_count: int = Field(alias="unhelpfulCount")
    viewer_found_helpful: Optional[bool] = Field(alias="viewerFoundHelpful")
    created_at: datetime = Field(alias="createdAt")
    updated_at: datetime = Field(alias="updatedAt")
    author: "ReviewsToModerateReviewsToModerateEdgesNodeAuthor"
    item: Optional["ReviewsToModerateReviewsToModerateEdgesNodeItem"]


class ReviewsToModerateReviewsToModerateEdgesNodeAuthor(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class ReviewsToModerateReviewsToModerateEdgesNodeItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    name: str


class ReviewsToModerateReviewsToModeratePageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ReviewsToModerate.model_rebuild()
ReviewsToModerateReviewsToModerate.model_rebuild()
ReviewsToModerateReviewsToModerateEdges.model_rebuild()
ReviewsToModerateReviewsToModerateEdgesNode.model_rebuild()
