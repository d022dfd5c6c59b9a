from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel


class Logout(BaseModel):
    logout: Optional[
        Annotated[
            Union["LogoutLogoutLogoutSuccess",], Field(discriminator="typename__")
        ]
    ]


class LogoutLogoutLogoutSuccess(BaseModel):
    typename__: Literal["LogoutSuccess"] = Field(alias="__typename")
    sessions_ended: int = Field(alias="sessionsEnded")


Logout.model_rebuild()
