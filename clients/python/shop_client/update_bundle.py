from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class UpdateBundle(BaseModel):
    bundle_update: Optional[
        Annotated[
            Union[
                "UpdateBundleBundleUpdateBundleSuccess",
                "UpdateBundleBundleUpdateInvalidInput",
                "UpdateBundleBundleUpdateNameTaken",
                "UpdateBundleBundleUpdateNotFound",
                "UpdateBundleBundleUpdateVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="bundleUpdate")


class UpdateBundleBundleUpdateBundleSuccess(BaseModel):
    typename__: Literal["BundleSuccess"] = Field(alias="__typename")
    bundle: "UpdateBundleBundleUpdateBundleSuccessBundle"


class UpdateBundleBundleUpdateBundleSuccessBundle(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    base_price: Optional["UpdateBundleBundleUpdateBundleSuccessBundleBasePrice"] = (
        Field(alias="basePrice")
    )
    items: list["UpdateBundleBundleUpdateBundleSuccessBundleItems"]


class UpdateBundleBundleUpdateBundleSuccessBundleBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class UpdateBundleBundleUpdateBundleSuccessBundleItems(BaseModel):
    sku: str
    quantity: int
    variant: Optional["UpdateBundleBundleUpdateBundleSuccessBundleItemsVariant"]


class UpdateBundleBundleUpdateBundleSuccessBundleItemsVariant(BaseModel):
    sku: str
    name: str


class UpdateBundleBundleUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateBundleBundleUpdateNameTaken(BaseModel):
    typename__: Literal["NameTaken"] = Field(alias="__typename")
    slug: str
    code: RefusalCode
    message: str
    field: list[str]


class UpdateBundleBundleUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateBundleBundleUpdateVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


UpdateBundle.model_rebuild()
UpdateBundleBundleUpdateBundleSuccess.model_rebuild()
UpdateBundleBundleUpdateBundleSuccessBundle.model_rebuild()
UpdateBundleBundleUpdateBundleSuccessBundleItems.model_rebuild()
