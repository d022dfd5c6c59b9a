from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class CreateCategory(BaseModel):
    category_create: Optional[
        Annotated[
            Union[
                "CreateCategoryCategoryCreateCategorySuccess",
                "CreateCategoryCategoryCreateInvalidInput",
                "CreateCategoryCategoryCreateNameTaken",
                "CreateCategoryCategoryCreateNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="categoryCreate")


class CreateCategoryCategoryCreateCategorySuccess(BaseModel):
    typename__: Literal["CategorySuccess"] = Field(alias="__typename")
    category: "CreateCategoryCategoryCreateCategorySuccessCategory"


class CreateCategoryCategoryCreateCategorySuccessCategory(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    parent: Optional["CreateCategoryCategoryCreateCategorySuccessCategoryParent"]


class CreateCategoryCategoryCreateCategorySuccessCategoryParent(BaseModel):
    id: str
    slug: str


class CreateCategoryCategoryCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CreateCategoryCategoryCreateNameTaken(BaseModel):
    typename__: Literal["NameTaken"] = Field(alias="__typename")
    slug: str
    code: RefusalCode
    message: str
    field: list[str]


class CreateCategoryCategoryCreateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


CreateCategory.model_rebuild()
CreateCategoryCategoryCreateCategorySuccess.model_rebuild()
CreateCategoryCategoryCreateCategorySuccessCategory.model_rebuild()
