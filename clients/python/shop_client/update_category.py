from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class UpdateCategory(BaseModel):
    category_update: Optional[
        Annotated[
            Union[
                "UpdateCategoryCategoryUpdateCategorySuccess",
                "UpdateCategoryCategoryUpdateInvalidInput",
                "UpdateCategoryCategoryUpdateNameTaken",
                "UpdateCategoryCategoryUpdateNotFound",
                "UpdateCategoryCategoryUpdateVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="categoryUpdate")


class UpdateCategoryCategoryUpdateCategorySuccess(BaseModel):
    typename__: Literal["CategorySuccess"] = Field(alias="__typename")
    category: "UpdateCategoryCategoryUpdateCategorySuccessCategory"


class UpdateCategoryCategoryUpdateCategorySuccessCategory(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    parent: Optional["UpdateCategoryCategoryUpdateCategorySuccessCategoryParent"]


class UpdateCategoryCategoryUpdateCategorySuccessCategoryParent(BaseModel):
    id: str
    slug: str


class UpdateCategoryCategoryUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCategoryCategoryUpdateNameTaken(BaseModel):
    typename__: Literal["NameTaken"] = Field(alias="__typename")
    slug: str
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCategoryCategoryUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateCategoryCategoryUpdateVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


UpdateCategory.model_rebuild()
UpdateCategoryCategoryUpdateCategorySuccess.model_rebuild()
UpdateCategoryCategoryUpdateCategorySuccessCategory.model_rebuild()
