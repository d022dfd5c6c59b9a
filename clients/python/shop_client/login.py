from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class Login(BaseModel):
    login: Union[
        "LoginLoginLoginSuccess",
        "LoginLoginTooManyAttempts",
        "LoginLoginWrongCredentials",
    ] = Field(discriminator="typename__")


class LoginLoginLoginSuccess(BaseModel):
    typename__: Literal["LoginSuccess"] = Field(alias="__typename")
    tokens: "LoginLoginLoginSuccessTokens"
    user: "LoginLoginLoginSuccessUser"


class LoginLoginLoginSuccessTokens(BaseModel):
    access_token: str = Field(alias="accessToken")
    access_token_expires_at: datetime = Field(alias="accessTokenExpiresAt")
    refresh_token: str = Field(alias="refreshToken")


class LoginLoginLoginSuccessUser(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class LoginLoginTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class LoginLoginWrongCredentials(BaseModel):
    typename__: Literal["WrongCredentials"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


Login.model_rebuild()
LoginLoginLoginSuccess.model_rebuild()
