from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class VerifyEmail(BaseModel):
    verify_email: Union[
        "VerifyEmailVerifyEmailLinkExpired", "VerifyEmailVerifyEmailVerifyEmailSuccess"
    ] = Field(alias="verifyEmail", discriminator="typename__")


class VerifyEmailVerifyEmailLinkExpired(BaseModel):
    typename__: Literal["LinkExpired"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class VerifyEmailVerifyEmailVerifyEmailSuccess(BaseModel):
    typename__: Literal["VerifyEmailSuccess"] = Field(alias="__typename")
    id: str


VerifyEmail.model_rebuild()
