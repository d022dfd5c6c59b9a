from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class EndSession(BaseModel):
    session_revoke: Optional[
        Annotated[
            Union[
                "EndSessionSessionRevokeNotFound",
                "EndSessionSessionRevokeSessionRevokeSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="sessionRevoke")


class EndSessionSessionRevokeNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class EndSessionSessionRevokeSessionRevokeSuccess(BaseModel):
    typename__: Literal["SessionRevokeSuccess"] = Field(alias="__typename")
    id: str


EndSession.model_rebuild()
