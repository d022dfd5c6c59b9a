from datetime import datetime
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import ReviewStatus


class ReviewPage(BaseModel):
    review: Optional["ReviewPageReview"]


class ReviewPageReview(BaseModel):
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
    author: "ReviewPageReviewAuthor"
    item: Optional["ReviewPageReviewItem"]
    moderation_note: Optional[str] = Field(alias="moderationNote")


class ReviewPageReviewAuthor(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class ReviewPageReviewItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    name: str


ReviewPage.model_rebuild()
ReviewPageReview.model_rebuild()
