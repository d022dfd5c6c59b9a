from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class RemoveFromWishlist(BaseModel):
    wishlist_remove: Optional[
        Annotated[
            Union[
                "RemoveFromWishlistWishlistRemoveNotFound",
                "RemoveFromWishlistWishlistRemoveWishlistRemoveSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="wishlistRemove")


class RemoveFromWishlistWishlistRemoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RemoveFromWishlistWishlistRemoveWishlistRemoveSuccess(BaseModel):
    typename__: Literal["WishlistRemoveSuccess"] = Field(alias="__typename")
    wishlist: "RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlist"


class RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlist(BaseModel):
    share_token: Optional[str] = Field(alias="shareToken")
    items: list["RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItems"]


class RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItems(BaseModel):
    id: str
    added_at: datetime = Field(alias="addedAt")
    item: Optional[
        "RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsItem"
    ]
    variant: Optional[
        "RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsVariant"
    ]


class RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    slug: str
    name: str


class RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsVariant(
    BaseModel
):
    sku: str
    name: str
    base_price: "RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsVariantBasePrice" = Field(
        alias="basePrice"
    )
    is_available: bool = Field(alias="isAvailable")


class RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsVariantBasePrice(
    BaseModel
):
    amount: Decimal
    currency: Currency


RemoveFromWishlist.model_rebuild()
RemoveFromWishlistWishlistRemoveWishlistRemoveSuccess.model_rebuild()
RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlist.model_rebuild()
RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItems.model_rebuild()
RemoveFromWishlistWishlistRemoveWishlistRemoveSuccessWishlistItemsVariant.model_rebuild()
