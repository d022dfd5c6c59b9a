from datetime import datetime
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import ReviewStatus


class MyReviews(BaseModel):
    me: Optional["MyReviewsMe"]


class MyReviewsMe(BaseModel):
    id: str
    reviews: "MyReviewsMeReviews"


class MyReviewsMeReviews(BaseModel):
    edges: list["MyReviewsMeReviewsEdges"]
    page_info: "MyReviewsMeReviewsPageInfo" = Field(alias="pageInfo")


class MyReviewsMeReviewsEdges(BaseModel):
    node: "MyReviewsMeReviewsEdgesNode"


class MyReviewsMeReviewsEdgesNode(BaseModel):
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
    author: "MyReviewsMeReviewsEdgesNodeAuthor"
    item: Optional["MyReviewsMeReviewsEdgesNodeItem"]
    moderation_note: Optional[str] = Field(alias="moderationNote")


class MyReviewsMeReviewsEdgesNodeAuthor(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class MyReviewsMeReviewsEdgesNodeItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    name: str


class MyReviewsMeReviewsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


MyReviews.model_rebuild()
MyReviewsMe.model_rebuild()
MyReviewsMeReviews.model_rebuild()
MyReviewsMeReviewsEdges.model_rebuild()
MyReviewsMeReviewsEdgesNode.model_rebuild()
