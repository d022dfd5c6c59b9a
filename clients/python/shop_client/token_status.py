from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class TokenStatus(BaseModel):
    token_validate: "TokenStatusTokenValidate" = Field(alias="tokenValidate")


class TokenStatusTokenValidate(BaseModel):
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    policies: Optional[list[str]]
    reason: Optional[str]
    roles: Optional[list[str]]
    scopes: Optional[list[str]]
    user_id: Optional[str] = Field(alias="userId")
    valid: bool


TokenStatus.model_rebuild()
