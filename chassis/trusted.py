"""The entries of OIDC_ISSUERS: which other issuers are trusted, and what their roles mean here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class TrustedIssuer(BaseModel):
    """One entry. Without `jwks_url` the keys' place is read from the issuer's discovery document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Annotated[str, Field(pattern=r"^https?://\S+$")]
    audience: Annotated[str, Field(min_length=1)]
    jwks_url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256")
    roles_claim: str = "realm_access.roles"
    # Their role → our scopes, and their role → our roles.
    scopes: Mapping[str, tuple[str, ...]] = {}
    roles: Mapping[str, tuple[str, ...]] = {}
    # Whether somebody of ours with the same address, verified by both, is the same person.
    link_verified_email: bool = False
