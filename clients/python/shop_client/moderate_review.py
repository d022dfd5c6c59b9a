from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode, ReviewStatus


class ModerateReview(BaseModel):
    review_moderate: Optional[
        Annotated[
            Union[
                "ModerateReviewReviewModerateInvalidInput",
                "ModerateReviewReviewModerateNotFound",
                "ModerateReviewReviewModerateReviewModerateSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="reviewModerate")


class ModerateReviewReviewModerateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ModerateReviewReviewModerateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ModerateReviewReviewModerateReviewModerateSuccess(BaseModel):
    typename__: Literal["ReviewModerateSuccess"] = Field(alias="__typename")
    review: "ModerateReviewReviewModerateReviewModerateSuccessReview"


class ModerateReviewReviewModerateReviewModerateSuccessReview(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    status: ReviewStatus
    moderation_note: Optional[str] = Field(alias="moderationNote")
    helpful_count: int = Field(alias="helpfulCount")
    unhelpful_count: int = Field(alias="unhelpfulCount")
    viewer_found_helpful: Optional[bool] = Field(alias="viewerFoundHelpful")


ModerateReview.model_rebuild()
ModerateReviewReviewModerateReviewModerateSuccess.model_rebuild()
