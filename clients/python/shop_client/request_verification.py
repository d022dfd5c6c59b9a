from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class RequestVerification(BaseModel):
    verify_email_request: Optional[
        Annotated[
            Union[
                "RequestVerificationVerifyEmailRequestAlreadyVerified",
                "RequestVerificationVerifyEmailRequestTooManyAttempts",
                "RequestVerificationVerifyEmailRequestVerifyEmailRequestSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="verifyEmailRequest")


class RequestVerificationVerifyEmailRequestAlreadyVerified(BaseModel):
    typename__: Literal["AlreadyVerified"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RequestVerificationVerifyEmailRequestTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    retry_after_seconds: int = Field(alias="retryAfterSeconds")
    code: RefusalCode
    message: str
    field: list[str]


class RequestVerificationVerifyEmailRequestVerifyEmailRequestSuccess(BaseModel):
    typename__: Literal["VerifyEmailRequestSuccess"] = Field(alias="__typename")
    email: str


RequestVerification.model_rebuild()
