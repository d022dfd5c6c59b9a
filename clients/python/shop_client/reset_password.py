from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class ResetPassword(BaseModel):
    password_reset: Union[
        "ResetPasswordPasswordResetLinkExpired",
        "ResetPasswordPasswordResetPasswordResetSuccess",
        "ResetPasswordPasswordResetTooManyAttempts",
        "ResetPasswordPasswordResetWeakPassword",
    ] = Field(alias="passwordReset", discriminator="typename__")


class ResetPasswordPasswordResetLinkExpired(BaseModel):
    typename__: Literal["LinkExpired"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ResetPasswordPasswordResetPasswordResetSuccess(BaseModel):
    typename__: Literal["PasswordResetSuccess"] = Field(alias="__typename")
    sessions_ended: int = Field(alias="sessionsEnded")


class ResetPasswordPasswordResetTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    retry_after_seconds: int = Field(alias="retryAfterSeconds")
    code: RefusalCode
    message: str
    field: list[str]


class ResetPasswordPasswordResetWeakPassword(BaseModel):
    typename__: Literal["WeakPassword"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


ResetPassword.model_rebuild()
