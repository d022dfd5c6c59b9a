from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class DeleteCategory(BaseModel):
    category_delete: Optional[
        Annotated[
            Union[
                "DeleteCategoryCategoryDeleteCategorySuccess",
                "DeleteCategoryCategoryDeleteNotFound",
                "DeleteCategoryCategoryDeleteStillInUse",
                "DeleteCategoryCategoryDeleteVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="categoryDelete")


class DeleteCategoryCategoryDeleteCategorySuccess(BaseModel):
    typename__: Literal["CategorySuccess"] = Field(alias="__typename")
    category: "DeleteCategoryCategoryDeleteCategorySuccessCategory"


class DeleteCategoryCategoryDeleteCategorySuccessCategory(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    parent: Optional["DeleteCategoryCategoryDeleteCategorySuccessCategoryParent"]


class DeleteCategoryCategoryDeleteCategorySuccessCategoryParent(BaseModel):
    id: str
    slug: str


class DeleteCategoryCategoryDeleteNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteCategoryCategoryDeleteStillInUse(BaseModel):
    typename__: Literal["StillInUse"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteCategoryCategoryDeleteVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


DeleteCategory.model_rebuild()
DeleteCategoryCategoryDeleteCategorySuccess.model_rebuild()
DeleteCategoryCategoryDeleteCategorySuccessCategory.model_rebuild()
