from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class RemoveReview(BaseModel):
    review_remove: Optional[
        Annotated[
            Union[
                "RemoveReviewReviewRemoveNotFound",
                "RemoveReviewReviewRemoveReviewRemoveSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="reviewRemove")


class RemoveReviewReviewRemoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RemoveReviewReviewRemoveReviewRemoveSuccess(BaseModel):
    typename__: Literal["ReviewRemoveSuccess"] = Field(alias="__typename")
    id: str


RemoveReview.model_rebuild()
