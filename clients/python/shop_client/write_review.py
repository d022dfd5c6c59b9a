from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode, ReviewStatus


class WriteReview(BaseModel):
    review_create: Optional[
        Annotated[
            Union[
                "WriteReviewReviewCreateAlreadyReviewed",
                "WriteReviewReviewCreateInvalidInput",
                "WriteReviewReviewCreateNotFound",
                "WriteReviewReviewCreateReviewCreateSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="reviewCreate")


class WriteReviewReviewCreateAlreadyReviewed(BaseModel):
    typename__: Literal["AlreadyReviewed"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class WriteReviewReviewCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class WriteReviewReviewCreateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class WriteReviewReviewCreateReviewCreateSuccess(BaseModel):
    typename__: Literal["ReviewCreateSuccess"] = Field(alias="__typename")
    review: "WriteReviewReviewCreateReviewCreateSuccessReview"


class WriteReviewReviewCreateReviewCreateSuccessReview(BaseModel):
    id: str
    rating: int
    status: ReviewStatus


WriteReview.model_rebuild()
WriteReviewReviewCreateReviewCreateSuccess.model_rebuild()
