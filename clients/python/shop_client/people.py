from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class People(BaseModel):
    users: Optional["PeopleUsers"]


class PeopleUsers(BaseModel):
    total_count: int = Field(alias="totalCount")
    edges: list["PeopleUsersEdges"]
    page_info: "PeopleUsersPageInfo" = Field(alias="pageInfo")


class PeopleUsersEdges(BaseModel):
    node: "PeopleUsersEdgesNode"


class PeopleUsersEdgesNode(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")
    email: Optional[str]
    email_verified: Optional[bool] = Field(alias="emailVerified")
    roles: Optional[list[str]]
    created_at: Optional[datetime] = Field(alias="createdAt")


class PeopleUsersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


People.model_rebuild()
PeopleUsers.model_rebuild()
PeopleUsersEdges.model_rebuild()
