from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class AddToWishlist(BaseModel):
    wishlist_add: Optional[
        Annotated[
            Union[
                "AddToWishlistWishlistAddInvalidInput",
                "AddToWishlistWishlistAddNotFound",
                "AddToWishlistWishlistAddTooManyWishes",
                "AddToWishlistWishlistAddWishlistAddSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="wishlistAdd")


class AddToWishlistWishlistAddInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AddToWishlistWishlistAddNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AddToWishlistWishlistAddTooManyWishes(BaseModel):
    typename__: Literal["TooManyWishes"] = Field(alias="__typename")
    limit: int
    code: RefusalCode
    message: str
    field: list[str]


class AddToWishlistWishlistAddWishlistAddSuccess(BaseModel):
    typename__: Literal["WishlistAddSuccess"] = Field(alias="__typename")
    wishlist: "AddToWishlistWishlistAddWishlistAddSuccessWishlist"


class AddToWishlistWishlistAddWishlistAddSuccessWishlist(BaseModel):
    share_token: Optional[str] = Field(alias="shareToken")
    items: list["AddToWishlistWishlistAddWishlistAddSuccessWishlistItems"]


class AddToWishlistWishlistAddWishlistAddSuccessWishlistItems(BaseModel):
    id: str
    added_at: datetime = Field(alias="addedAt")
    item: Optional["AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsItem"]
    variant: Optional["AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsVariant"]


class AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    slug: str
    name: str


class AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsVariant(BaseModel):
    sku: str
    name: str
    base_price: "AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsVariantBasePrice" = Field(
        alias="basePrice"
    )
    is_available: bool = Field(alias="isAvailable")


class AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsVariantBasePrice(
    BaseModel
):
    amount: Decimal
    currency: Currency


AddToWishlist.model_rebuild()
AddToWishlistWishlistAddWishlistAddSuccess.model_rebuild()
AddToWishlistWishlistAddWishlistAddSuccessWishlist.model_rebuild()
AddToWishlistWishlistAddWishlistAddSuccessWishlistItems.model_rebuild()
AddToWishlistWishlistAddWishlistAddSuccessWishlistItemsVariant.model_rebuild()
