from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class RemoveAddress(BaseModel):
    address_remove: Optional[
        Annotated[
            Union[
                "RemoveAddressAddressRemoveAddressRemoveSuccess",
                "RemoveAddressAddressRemoveNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="addressRemove")


class RemoveAddressAddressRemoveAddressRemoveSuccess(BaseModel):
    typename__: Literal["AddressRemoveSuccess"] = Field(alias="__typename")
    id: str


class RemoveAddressAddressRemoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


RemoveAddress.model_rebuild()
