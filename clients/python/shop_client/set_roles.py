from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class SetRoles(BaseModel):
    user_roles_set: Optional[
        Annotated[
            Union[
                "SetRolesUserRolesSetInvalidInput",
                "SetRolesUserRolesSetNotFound",
                "SetRolesUserRolesSetOwnRoles",
                "SetRolesUserRolesSetUserRolesSetSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="userRolesSet")


class SetRolesUserRolesSetInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetRolesUserRolesSetNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetRolesUserRolesSetOwnRoles(BaseModel):
    typename__: Literal["OwnRoles"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SetRolesUserRolesSetUserRolesSetSuccess(BaseModel):
    typename__: Literal["UserRolesSetSuccess"] = Field(alias="__typename")
    user: "SetRolesUserRolesSetUserRolesSetSuccessUser"


class SetRolesUserRolesSetUserRolesSetSuccessUser(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")
    email: Optional[str]
    roles: Optional[list[str]]


SetRoles.model_rebuild()
SetRolesUserRolesSetUserRolesSetSuccess.model_rebuild()
