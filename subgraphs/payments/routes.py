"""The REST edge of payments: where providers send their webhooks, POST /webhooks/{provider}.

A provider proves itself by its signature; neither the router nor a token stands before this.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from .errors import NotFound
from .providers.port import Malformed
from .providers.signature import BadSignature
from .service import Webhooks

BODY_BYTES_MAX: Final = 256 * 1024


class TooLarge(Exception):
    """The body is larger than any webhook."""


def routes_of(webhooks: Webhooks) -> APIRouter:
    """200 once stored, 400 malformed, 401 not signed rightly, 404 no such provider, 413 too large."""
    router = APIRouter()

    async def receive(provider: str, request: Request) -> JSONResponse:
        try:
            body = await read(request)
            signature = request.headers.get(webhooks.signature_header(provider) or "-")
            is_new = await webhooks.receive(provider, body, signature)
        except NotFound as unknown:
            return JSONResponse({"error": unknown.message}, 404)
        except BadSignature as bad:
            return JSONResponse({"error": str(bad)}, 401)
        except Malformed as malformed:
            return JSONResponse({"error": str(malformed)}, 400)
        except TooLarge:
            return JSONResponse({"error": f"A webhook has at most {BODY_BYTES_MAX} bytes."}, 413)
        return JSONResponse({"received": True, "new": is_new})

    router.add_api_route("/webhooks/{provider}", receive, methods=["POST"], response_model=None)
    return router


async def read(request: Request) -> bytes:
    """The raw body, as it was signed. Raises TooLarge as soon as it is, whatever its length said."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_BYTES_MAX:
            raise TooLarge
    return bytes(body)
