from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class AddAddress(BaseModel):
    address_add: Optional[
        Annotated[
            Union[
                "AddAddressAddressAddAddressAddSuccess",
                "AddAddressAddressAddInvalidInput",
                "AddAddressAddressAddTooManyAddresses",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="addressAdd")


class AddAddressAddressAddAddressAddSuccess(BaseModel):
    typename__: Literal["AddressAddSuccess"] = Field(alias="__typename")
    address: "AddAddressAddressAddAddressAddSuccessAddress"


class AddAddressAddressAddAddressAddSuccessAddress(BaseModel):
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


class AddAddressAddressAddInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class AddAddressAddressAddTooManyAddresses(BaseModel):
    typename__: Literal["TooManyAddresses"] = Field(alias="__typename")
    limit: int
    code: RefusalCode
    message: str
    field: list[str]


AddAddress.model_rebuild()
AddAddressAddressAddAddressAddSuccess.model_rebuild()
