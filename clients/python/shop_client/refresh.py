from datetime import datetime
from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class Refresh(BaseModel):
    refresh: Union["RefreshRefreshRefreshSuccess", "RefreshRefreshSessionEnded"] = (
        Field(discriminator="typename__")
    )


class RefreshRefreshRefreshSuccess(BaseModel):
    typename__: Literal["RefreshSuccess"] = Field(alias="__typename")
    tokens: "RefreshRefreshRefreshSuccessTokens"


class RefreshRefreshRefreshSuccessTokens(BaseModel):
    access_token: str = Field(alias="accessToken")
    access_token_expires_at: datetime = Field(alias="accessTokenExpiresAt")
    refresh_token: str = Field(alias="refreshToken")


class RefreshRefreshSessionEnded(BaseModel):
    typename__: Literal["SessionEnded"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


Refresh.model_rebuild()
RefreshRefreshRefreshSuccess.model_rebuild()
