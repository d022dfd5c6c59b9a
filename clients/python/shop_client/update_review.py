from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode, ReviewStatus


class UpdateReview(BaseModel):
    review_update: Optional[
        Annotated[
            Union[
                "UpdateReviewReviewUpdateInvalidInput",
                "UpdateReviewReviewUpdateNotFound",
                "UpdateReviewReviewUpdateReviewUpdateSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="reviewUpdate")


class UpdateReviewReviewUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateReviewReviewUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateReviewReviewUpdateReviewUpdateSuccess(BaseModel):
    typename__: Literal["ReviewUpdateSuccess"] = Field(alias="__typename")
    review: "UpdateReviewReviewUpdateReviewUpdateSuccessReview"


class UpdateReviewReviewUpdateReviewUpdateSuccessReview(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    status: ReviewStatus
    moderation_note: Optional[str] = Field(alias="moderationNote")
    helpful_count: int = Field(alias="helpfulCount")
    unhelpful_count: int = Field(alias="unhelpfulCount")
    viewer_found_helpful: Optional[bool] = Field(alias="viewerFoundHelpful")


UpdateReview.model_rebuild()
UpdateReviewReviewUpdateReviewUpdateSuccess.model_rebuild()
