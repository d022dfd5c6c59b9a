from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class SharedWishlist(BaseModel):
    shared_wishlist: Optional["SharedWishlistSharedWishlist"] = Field(
        alias="sharedWishlist"
    )


class SharedWishlistSharedWishlist(BaseModel):
    owner: "SharedWishlistSharedWishlistOwner"
    items: list["SharedWishlistSharedWishlistItems"]


class SharedWishlistSharedWishlistOwner(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class SharedWishlistSharedWishlistItems(BaseModel):
    id: str
    added_at: datetime = Field(alias="addedAt")
    item: Optional["SharedWishlistSharedWishlistItemsItem"]
    variant: Optional["SharedWishlistSharedWishlistItemsVariant"]


class SharedWishlistSharedWishlistItemsItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    slug: str
    name: str


class SharedWishlistSharedWishlistItemsVariant(BaseModel):
    sku: str
    name: str
    base_price: "SharedWishlistSharedWishlistItemsVariantBasePrice" = Field(
        alias="basePrice"
    )
    is_available: bool = Field(alias="isAvailable")


class SharedWishlistSharedWishlistItemsVariantBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


SharedWishlist.model_rebuild()
SharedWishlistSharedWishlist.model_rebuild()
SharedWishlistSharedWishlistItems.model_rebuild()
SharedWishlistSharedWishlistItemsVariant.model_rebuild()
