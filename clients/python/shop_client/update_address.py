from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class UpdateAddress(BaseModel):
    address_update: Optional[
        Annotated[
            Union[
                "UpdateAddressAddressUpdateAddressUpdateSuccess",
                "UpdateAddressAddressUpdateInvalidInput",
                "UpdateAddressAddressUpdateNotFound",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="addressUpdate")


class UpdateAddressAddressUpdateAddressUpdateSuccess(BaseModel):
    typename__: Literal["AddressUpdateSuccess"] = Field(alias="__typename")
    address: "UpdateAddressAddressUpdateAddressUpdateSuccessAddress"


class UpdateAddressAddressUpdateAddressUpdateSuccessAddress(BaseModel):
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


class UpdateAddressAddressUpdateInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateAddressAddressUpdateNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


UpdateAddress.model_rebuild()
UpdateAddressAddressUpdateAddressUpdateSuccess.model_rebuild()
