from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class MoveCategory(BaseModel):
    category_move: Optional[
        Annotated[
            Union[
                "MoveCategoryCategoryMoveCategorySuccess",
                "MoveCategoryCategoryMoveInvalidInput",
                "MoveCategoryCategoryMoveNotFound",
                "MoveCategoryCategoryMoveStillInUse",
                "MoveCategoryCategoryMoveVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="categoryMove")


class MoveCategoryCategoryMoveCategorySuccess(BaseModel):
    typename__: Literal["CategorySuccess"] = Field(alias="__typename")
    category: "MoveCategoryCategoryMoveCategorySuccessCategory"


class MoveCategoryCategoryMoveCategorySuccessCategory(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    parent: Optional["MoveCategoryCategoryMoveCategorySuccessCategoryParent"]


class MoveCategoryCategoryMoveCategorySuccessCategoryParent(BaseModel):
    id: str
    slug: str


class MoveCategoryCategoryMoveInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class MoveCategoryCategoryMoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class MoveCategoryCategoryMoveStillInUse(BaseModel):
    typename__: Literal["StillInUse"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class MoveCategoryCategoryMoveVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


MoveCategory.model_rebuild()
MoveCategoryCategoryMoveCategorySuccess.model_rebuild()
MoveCategoryCategoryMoveCategorySuccessCategory.model_rebuild()
