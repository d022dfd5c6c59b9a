from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class DeleteBundle(BaseModel):
    bundle_delete: Optional[
        Annotated[
            Union[
                "DeleteBundleBundleDeleteBundleSuccess",
                "DeleteBundleBundleDeleteNotFound",
                "DeleteBundleBundleDeleteVersionChanged",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="bundleDelete")


class DeleteBundleBundleDeleteBundleSuccess(BaseModel):
    typename__: Literal["BundleSuccess"] = Field(alias="__typename")
    bundle: "DeleteBundleBundleDeleteBundleSuccessBundle"


class DeleteBundleBundleDeleteBundleSuccessBundle(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    version: int
    base_price: Optional["DeleteBundleBundleDeleteBundleSuccessBundleBasePrice"] = (
        Field(alias="basePrice")
    )
    items: list["DeleteBundleBundleDeleteBundleSuccessBundleItems"]


class DeleteBundleBundleDeleteBundleSuccessBundleBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class DeleteBundleBundleDeleteBundleSuccessBundleItems(BaseModel):
    sku: str
    quantity: int
    variant: Optional["DeleteBundleBundleDeleteBundleSuccessBundleItemsVariant"]


class DeleteBundleBundleDeleteBundleSuccessBundleItemsVariant(BaseModel):
    sku: str
    name: str


class DeleteBundleBundleDeleteNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteBundleBundleDeleteVersionChanged(BaseModel):
    typename__: Literal["VersionChanged"] = Field(alias="__typename")
    current_version: int = Field(alias="currentVersion")
    code: RefusalCode
    message: str
    field: list[str]


DeleteBundle.model_rebuild()
DeleteBundleBundleDeleteBundleSuccess.model_rebuild()
DeleteBundleBundleDeleteBundleSuccessBundle.model_rebuild()
DeleteBundleBundleDeleteBundleSuccessBundleItems.model_rebuild()
