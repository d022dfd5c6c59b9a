from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class DeleteAccount(BaseModel):
    delete_account: Optional[
        Annotated[
            Union[
                "DeleteAccountDeleteAccountDeleteAccountSuccess",
                "DeleteAccountDeleteAccountTooManyAttempts",
                "DeleteAccountDeleteAccountWrongCredentials",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="deleteAccount")


class DeleteAccountDeleteAccountDeleteAccountSuccess(BaseModel):
    typename__: Literal["DeleteAccountSuccess"] = Field(alias="__typename")
    id: str


class DeleteAccountDeleteAccountTooManyAttempts(BaseModel):
    typename__: Literal["TooManyAttempts"] = Field(alias="__typename")
    retry_after_seconds: int = Field(alias="retryAfterSeconds")
    code: RefusalCode
    message: str
    field: list[str]


class DeleteAccountDeleteAccountWrongCredentials(BaseModel):
    typename__: Literal["WrongCredentials"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


DeleteAccount.model_rebuild()
