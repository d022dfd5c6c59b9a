"""The REST routes of users: public keys for everybody; ended sessions, and who is who, for other subgraphs."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse

from chassis.tokens import KeysUnavailable, TokenRejected, Verifier
from subgraphs.users.service import Sessions
from subgraphs.users.signing import KeyRing

# Shorter than the overlap in which a new key is published before it signs.
_KEYS_MAX_AGE_S = 300
_STRANGER = JSONResponse({"error": "other subgraphs only"}, status_code=403)


def routes(keys: KeyRing, sessions: Sessions, verifier: Verifier, *, internal_token: str) -> APIRouter:
    """`/.well-known/jwks.json` (RFC 7517), `/sessions/revoked` and `/identities`."""
    router = APIRouter()

    def is_peer(token: str) -> bool:
        return hmac.compare_digest(token.encode(), internal_token.encode())

    @router.get("/.well-known/jwks.json", response_model=None)
    async def jwks() -> JSONResponse:
        return JSONResponse(keys.jwks, headers={"cache-control": f"public, max-age={_KEYS_MAX_AGE_S}"})

    @router.get("/sessions/revoked", response_model=None)
    async def revoked(x_internal_token: Annotated[str, Header()] = "") -> JSONResponse:
        if not is_peer(x_internal_token):
            return _STRANGER
        return JSONResponse({"sessions": sorted(await sessions.recently_revoked())})

    @router.post("/identities", response_model=None)
    async def identities(
        authorization: Annotated[str, Header()] = "", x_internal_token: Annotated[str, Header()] = ""
    ) -> JSONResponse:
        if not is_peer(x_internal_token):
            return _STRANGER
        try:
            claims = await verifier.verify(authorization.removeprefix("Bearer "))
        except TokenRejected as rejected:
            return JSONResponse({"error": str(rejected)}, status_code=401)
        except KeysUnavailable as unavailable:
            return JSONResponse({"error": str(unavailable)}, status_code=503)
        return JSONResponse({"userId": claims.user_id})

    return router
