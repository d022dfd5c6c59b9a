from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class CreateBundle(BaseModel):
    bundle_create: Optional[
        Annotated[
            Union[
                "CreateBundleBundleCreateBundleSuccess",
                "CreateBundleBundleCreateInvalidInput",
                "CreateBundleBundleCreateNameTaken",
                "CreateBundleBundleCreateNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="bundleCreate")


class CreateBundleBundleCreateBundleSuccess(BaseModel):
    typename__: Literal["BundleSuccess"] = Field(alias="__typename")
    bundle: "CreateBundleBundleCreateBundleSuccessBundle"


class CreateBundleBundleCreateBundleSuccessBundle(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    base_price: Optional["CreateBundleBundleCreateBundleSuccessBundleBasePrice"] = (
        Field(alias="basePrice")
    )
    items: list["CreateBundleBundleCreateBundleSuccessBundleItems"]


class CreateBundleBundleCreateBundleSuccessBundleBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class CreateBundleBundleCreateBundleSuccessBundleItems(BaseModel):
    sku: str
    quantity: int
    variant: Optional["CreateBundleBundleCreateBundleSuccessBundleItemsVariant"]


class CreateBundleBundleCreateBundleSuccessBundleItemsVariant(BaseModel):
    sku: str
    name: str


class CreateBundleBundleCreateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CreateBundleBundleCreateNameTaken(BaseModel):
    typename__: Literal["NameTaken"] = Field(alias="__typename")
    slug: str
    code: RefusalCode
    message: str
    field: list[str]


class CreateBundleBundleCreateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


CreateBundle.model_rebuild()
CreateBundleBundleCreateBundleSuccess.model_rebuild()
CreateBundleBundleCreateBundleSuccessBundle.model_rebuild()
CreateBundleBundleCreateBundleSuccessBundleItems.model_rebuild()
