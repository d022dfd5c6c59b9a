from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class RequestPasswordReset(BaseModel):
    password_reset_request: Union[
        "RequestPasswordResetPasswordResetRequestInvalidInput",
        "RequestPasswordResetPasswordResetRequestPasswordResetRequestSuccess",
        "RequestPasswordResetPasswordResetRequestTooManyAttempts",
    ] = Field(alias="passwordResetRequest", discriminator="typename__")


class RequestPasswordResetPasswordResetRequestInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RequestPasswordResetPasswordResetRequestPasswordResetRequestSuccess(BaseModel):
    typename__: Literal["PasswordResetRequestSuccess"] = Field(alias="__typename")
    email: str


class RequestPasswordResetPasswordResetRequestTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    retry_after_seconds: int = Field(alias="retryAfterSeconds")
    code: RefusalCode
    message: str
    field: list[str]


RequestPasswordReset.model_rebuild()
