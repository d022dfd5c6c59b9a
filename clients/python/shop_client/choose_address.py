from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class ChooseAddress(BaseModel):
    address_make_default: Optional[
        Annotated[
            Union[
                "ChooseAddressAddressMakeDefaultAddressMakeDefaultSuccess",
                "ChooseAddressAddressMakeDefaultNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="addressMakeDefault")


class ChooseAddressAddressMakeDefaultAddressMakeDefaultSuccess(BaseModel):
    typename__: Literal["AddressMakeDefaultSuccess"] = Field(alias="__typename")
    address: "ChooseAddressAddressMakeDefaultAddressMakeDefaultSuccessAddress"


class ChooseAddressAddressMakeDefaultAddressMakeDefaultSuccessAddress(BaseModel):
    id: str
    name: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2")
    city: str
    region: Optional[str]
    postal_code: str = Field(alias="postalCode")
    country: str
    phone: Optional[str]
    is_default: bool = Field(alias="isDefault")


class ChooseAddressAddressMakeDefaultNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


ChooseAddress.model_rebuild()
ChooseAddressAddressMakeDefaultAddressMakeDefaultSuccess.model_rebuild()
