from datetime import datetime
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel


class Profile(BaseModel):
    me: Optional["ProfileMe"]


class ProfileMe(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")
    first_name: Optional[str] = Field(alias="firstName")
    last_name: Optional[str] = Field(alias="lastName")
    phone: Optional[str]
    email: Optional[str]
    email_verified: Optional[bool] = Field(alias="emailVerified")
    roles: Optional[list[str]]
    created_at: Optional[datetime] = Field(alias="createdAt")
    addresses: Optional[list["ProfileMeAddresses"]]
    default_address: Optional["ProfileMeDefaultAddress"] = Field(alias="defaultAddress")
    payment_methods: Optional[
        list[
            Annotated[
                Union[
                    "ProfileMePaymentMethodsCardPaymentMethod",
                    "ProfileMePaymentMethodsWalletPaymentMethod",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ] = Field(alias="paymentMethods")
    sessions: Optional[list["ProfileMeSessions"]]


class ProfileMeAddresses(BaseModel):
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


class ProfileMeDefaultAddress(BaseModel):
    id: str


class ProfileMePaymentMethodsCardPaymentMethod(BaseModel):
    typename__: Literal["CardPaymentMethod"] = Field(alias="__typename")
    id: Optional[str]
    brand: str
    last_4: str = Field(alias="last4")
    exp_month: Optional[int] = Field(alias="expMonth")
    exp_year: Optional[int] = Field(alias="expYear")
    is_default: bool = Field(alias="isDefault")


class ProfileMePaymentMethodsWalletPaymentMethod(BaseModel):
    typename__: Literal["WalletPaymentMethod"] = Field(alias="__typename")
    account: Optional[str]
    brand: str
    id: Optional[str]
    is_default: bool = Field(alias="isDefault")


class ProfileMeSessions(BaseModel):
    id: str
    created_at: datetime = Field(alias="createdAt")
    used_at: datetime = Field(alias="usedAt")
    expires_at: datetime = Field(alias="expiresAt")
    is_current: bool = Field(alias="isCurrent")


Profile.model_rebuild()
ProfileMe.model_rebuild()
