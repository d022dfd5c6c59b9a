from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class ChangePassword(BaseModel):
    change_password: Optional[
        Annotated[
            Union[
                "ChangePasswordChangePasswordChangePasswordSuccess",
                "ChangePasswordChangePasswordTooManyAttempts",
                "ChangePasswordChangePasswordWeakPassword",
                "ChangePasswordChangePasswordWrongCredentials",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="changePassword")


class ChangePasswordChangePasswordChangePasswordSuccess(BaseModel):
    typename__: Literal["ChangePasswordSuccess"] = Field(alias="__typename")
    sessions_ended: int = Field(alias="sessionsEnded")


class ChangePasswordChangePasswordTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    retry_after_seconds: int = Field(alias="retryAfterSeconds")
    code: RefusalCode
    message: str
    field: list[str]


class ChangePasswordChangePasswordWeakPassword(BaseModel):
    typename__: Literal["WeakPassword"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ChangePasswordChangePasswordWrongCredentials(BaseModel):
    typename__: Literal["WrongCredentials"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


ChangePassword.model_rebuild()
