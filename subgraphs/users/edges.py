"""The two REST routes of users: public keys for everybody, ended sessions for other subgraphs."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from subgraphs.users.service import Sessions
from subgraphs.users.signing import KeyRing

# Shorter than the overlap in which a new key is published before it signs.
_KEYS_MAX_AGE_S = 300


def routes(keys: KeyRing, sessions: Sessions, *, internal_token: str) -> APIRouter:
    """`/.well-known/jwks.json` (RFC 7517) and `/sessions/revoked`."""
    router = APIRouter()

    @router.get("/.well-known/jwks.json", response_model=None)
    async def jwks() -> JSONResponse:
        return JSONResponse(keys.jwks, headers={"cache-control": f"public, max-age={_KEYS_MAX_AGE_S}"})

    @router.get("/sessions/revoked", response_model=None)
    async def revoked(x_internal_token: Annotated[str, Header()] = "") -> JSONResponse:
        if not hmac.compare_digest(x_internal_token.encode(), internal_token.encode()):
            return JSONResponse({"error": "other subgraphs only"}, status_code=403)
        return JSONResponse({"sessions": sorted(await sessions.recently_revoked())})

    return router
