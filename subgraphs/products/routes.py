"""The REST edge of the catalogue, where pictures are kept in a folder: files come in by permit, pictures go out.

PUT /products/uploads/{token}           201 once kept; 403 forged, 410 expired, 409 sent before, 411, 413, 415, 503
GET /products/media/images/{id}/{width}.webp        200, 304, 404, 503

Neither the router nor a token stands before this: the permit is in the address, and pictures are for everybody.
"""

from __future__ import annotations

import re
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from chassis.clock import Clock
from chassis.errors import Unavailable
from subgraphs.products.media import Folder, Permit, PermitRejected, image_key, upload_key
from subgraphs.products.media.store import CONTENT_TYPE, FOREVER
from subgraphs.products.media.tickets import PermitExpired

PICTURE_BYTES_MAX: Final = 20_000_000
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
# The permit is in the address and no cookie counts: any page that knows it may send the file.
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "PUT, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}
# What a browser may do with a picture: show it. Not guess that it is something else, nor run it.
_PICTURE: Final = {
    "Cache-Control": FOREVER,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}


class _Wrong(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def routes_of(folder: Folder, clock: Clock) -> APIRouter:
    """The routes of a folder of pictures."""
    router = APIRouter()

    async def receive(token: str, request: Request) -> Response:
        try:
            permit = folder.permits.read(token, now=clock())
            body = await read(request, permit)
            kept = await folder.put_new(upload_key(permit.upload_id), body)
        except PermitExpired as late:
            return _refusal(410, str(late))
        except PermitRejected as rejected:
            return _refusal(403, str(rejected))
        except _Wrong as wrong:
            return _refusal(wrong.status, str(wrong))
        except Unavailable as away:
            return _refusal(503, away.message)
        return Response(status_code=201, headers=_CORS) if kept else _refusal(409, "The file was sent before.")

    async def preflight(token: str) -> Response:  # noqa: ARG001 -- the same for every address
        return Response(status_code=204, headers=_CORS)

    async def show(id: str, width: int, request: Request) -> Response:
        tag = f'"{id}-{width}"'
        if not _ID.fullmatch(id):
            return Response(status_code=404)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={**_PICTURE, "ETag": tag})
        try:
            body = await folder.fetch(image_key(id, width), bytes_max=PICTURE_BYTES_MAX)
        except Unavailable:
            return Response(status_code=503, headers={"Retry-After": "5"})
        if body is None:
            return Response(status_code=404)
        return Response(body, media_type=CONTENT_TYPE, headers={**_PICTURE, "ETag": tag})

    router.add_api_route("/uploads/{token}", receive, methods=["PUT"], response_model=None)
    router.add_api_route("/uploads/{token}", preflight, methods=["OPTIONS"], response_model=None)
    router.add_api_route("/media/images/{id}/{width:int}.webp", show, methods=["GET", "HEAD"], response_model=None)
    return router


async def read(request: Request, permit: Permit) -> bytes:
    """The body, if it is exactly what the permit says; _Wrong as soon as it is not."""
    declared = request.headers.get("content-length", "")
    if not declared.isdigit():
        raise _Wrong(411, "Say the file's length.")
    if int(declared) != permit.size_bytes:
        raise _Wrong(413, f"The file was announced with {permit.size_bytes} bytes.")
    if request.headers.get("content-type", "").partition(";")[0].strip() != permit.content_type:
        raise _Wrong(415, f"The file was announced as {permit.content_type}.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > permit.size_bytes:
            raise _Wrong(413, f"The file was announced with {permit.size_bytes} bytes.")
    if len(body) != permit.size_bytes:
        raise _Wrong(400, "The file broke off.")
    return bytes(body)


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status, headers=_CORS)
