from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode, ReviewStatus


class VoteReview(BaseModel):
    review_vote_helpful: Optional[
        Annotated[
            Union[
                "VoteReviewReviewVoteHelpfulNotFound",
                "VoteReviewReviewVoteHelpfulOwnReview",
                "VoteReviewReviewVoteHelpfulReviewVoteHelpfulSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="reviewVoteHelpful")


class VoteReviewReviewVoteHelpfulNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class VoteReviewReviewVoteHelpfulOwnReview(BaseModel):
    typename__: Literal["OwnReview"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class VoteReviewReviewVoteHelpfulReviewVoteHelpfulSuccess(BaseModel):
    typename__: Literal["ReviewVoteHelpfulSuccess"] = Field(alias="__typename")
    review: "VoteReviewReviewVoteHelpfulReviewVoteHelpfulSuccessReview"


class VoteReviewReviewVoteHelpfulReviewVoteHelpfulSuccessReview(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    status: ReviewStatus
    moderation_note: Optional[str] = Field(alias="moderationNote")
    helpful_count: int = Field(alias="helpfulCount")
    unhelpful_count: int = Field(alias="unhelpfulCount")
    viewer_found_helpful: Optional[bool] = Field(alias="viewerFoundHelpful")


VoteReview.model_rebuild()
VoteReviewReviewVoteHelpfulReviewVoteHelpfulSuccess.model_rebuild()
