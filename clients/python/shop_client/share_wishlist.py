from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, RefusalCode


class ShareWishlist(BaseModel):
    wishlist_share: Optional[
        Annotated[
            Union[
                "ShareWishlistWishlistShareNotFound",
                "ShareWishlistWishlistShareWishlistShareSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="wishlistShare")


class ShareWishlistWishlistShareNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ShareWishlistWishlistShareWishlistShareSuccess(BaseModel):
    typename__: Literal["WishlistShareSuccess"] = Field(alias="__typename")
    wishlist: "ShareWishlistWishlistShareWishlistShareSuccessWishlist"


class ShareWishlistWishlistShareWishlistShareSuccessWishlist(BaseModel):
    share_token: Optional[str] = Field(alias="shareToken")
    items: list["ShareWishlistWishlistShareWishlistShareSuccessWishlistItems"]


class ShareWishlistWishlistShareWishlistShareSuccessWishlistItems(BaseModel):
    id: str
    added_at: datetime = Field(alias="addedAt")
    item: Optional["ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsItem"]
    variant: Optional[
        "ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsVariant"
    ]


class ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    slug: str
    name: str


class ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsVariant(BaseModel):
    sku: str
    name: str
    base_price: "ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsVariantBasePrice" = Field(
        alias="basePrice"
    )
    is_available: bool = Field(alias="isAvailable")


class ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsVariantBasePrice(
    BaseModel
):
    amount: Decimal
    currency: Currency


ShareWishlist.model_rebuild()
ShareWishlistWishlistShareWishlistShareSuccess.model_rebuild()
ShareWishlistWishlistShareWishlistShareSuccessWishlist.model_rebuild()
ShareWishlistWishlistShareWishlistShareSuccessWishlistItems.model_rebuild()
ShareWishlistWishlistShareWishlistShareSuccessWishlistItemsVariant.model_rebuild()
