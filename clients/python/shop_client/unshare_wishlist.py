from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class UnshareWishlist(BaseModel):
    wishlist_unshare: Optional[
        Annotated[
            Union[
                "UnshareWishlistWishlistUnshareNotFound",
                "UnshareWishlistWishlistUnshareWishlistUnshareSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="wishlistUnshare")


class UnshareWishlistWishlistUnshareNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UnshareWishlistWishlistUnshareWishlistUnshareSuccess(BaseModel):
    typename__: Literal["WishlistUnshareSuccess"] = Field(alias="__typename")
    wishlist: "UnshareWishlistWishlistUnshareWishlistUnshareSuccessWishlist"


class UnshareWishlistWishlistUnshareWishlistUnshareSuccessWishlist(BaseModel):
    share_token: Optional[str] = Field(alias="shareToken")


UnshareWishlist.model_rebuild()
UnshareWishlistWishlistUnshareWishlistUnshareSuccess.model_rebuild()
