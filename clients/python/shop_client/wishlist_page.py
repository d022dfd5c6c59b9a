from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class WishlistPage(BaseModel):
    me: Optional["WishlistPageMe"]


class WishlistPageMe(BaseModel):
    id: str
    wishlist: Optional["WishlistPageMeWishlist"]


class WishlistPageMeWishlist(BaseModel):
    share_token: Optional[str] = Field(alias="shareToken")
    items: list["WishlistPageMeWishlistItems"]


class WishlistPageMeWishlistItems(BaseModel):
    id: str
    added_at: datetime = Field(alias="addedAt")
    item: Optional["WishlistPageMeWishlistItemsItem"]
    variant: Optional["WishlistPageMeWishlistItemsVariant"]


class WishlistPageMeWishlistItemsItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    slug: str
    name: str


class WishlistPageMeWishlistItemsVariant(BaseModel):
    sku: str
    name: str
    base_price: "WishlistPageMeWishlistItemsVariantBasePrice" = Field(alias="basePrice")
    is_available: bool = Field(alias="isAvailable")


class WishlistPageMeWishlistItemsVariantBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


WishlistPage.model_rebuild()
WishlistPageMe.model_rebuild()
WishlistPageMeWishlist.model_rebuild()
WishlistPageMeWishlistItems.model_rebuild()
WishlistPageMeWishlistItemsVariant.model_rebuild()
