from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class Register(BaseModel):
    registration: Union[
        "RegisterRegistrationEmailTaken",
        "RegisterRegistrationInvalidInput",
        "RegisterRegistrationRegisterSuccess",
        "RegisterRegistrationTooManyAttempts",
        "RegisterRegistrationWeakPassword",
    ] = Field(discriminator="typename__")


class RegisterRegistrationEmailTaken(BaseModel):
    typename__: Literal["EmailTaken"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RegisterRegistrationInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RegisterRegistrationRegisterSuccess(BaseModel):
    typename__: Literal["RegisterSuccess"] = Field(alias="__typename")
    tokens: "RegisterRegistrationRegisterSuccessTokens"
    user: "RegisterRegistrationRegisterSuccessUser"


class RegisterRegistrationRegisterSuccessTokens(BaseModel):
    access_token: str = Field(alias="accessToken")
    access_token_expires_at: datetime = Field(alias="accessTokenExpiresAt")
    refresh_token: str = Field(alias="refreshToken")


class RegisterRegistrationRegisterSuccessUser(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class RegisterRegistrationTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RegisterRegistrationWeakPassword(BaseModel):
    typename__: Literal["WeakPassword"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


Register.model_rebuild()
RegisterRegistrationRegisterSuccess.model_rebuild()
