from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class UpdateProfile(BaseModel):
    update_profile: Optional[
        Annotated[
            Union[
                "UpdateProfileUpdateProfileInvalidInput",
                "UpdateProfileUpdateProfileUpdateProfileSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="updateProfile")


class UpdateProfileUpdateProfileInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class UpdateProfileUpdateProfileUpdateProfileSuccess(BaseModel):
    typename__: Literal["UpdateProfileSuccess"] = Field(alias="__typename")
    user: "UpdateProfileUpdateProfileUpdateProfileSuccessUser"


class UpdateProfileUpdateProfileUpdateProfileSuccessUser(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")
    first_name: Optional[str] = Field(alias="firstName")
    last_name: Optional[str] = Field(alias="lastName")
    phone: Optional[str]
    email: Optional[str]
    email_verified: Optional[bool] = Field(alias="emailVerified")


UpdateProfile.model_rebuild()
UpdateProfileUpdateProfileUpdateProfileSuccess.model_rebuild()
