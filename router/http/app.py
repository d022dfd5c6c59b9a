"""The ASGI application: routes requests to the GraphQL pipeline, the health check and the homepage. No framework."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

import orjson

from router.http.cors import CrossOrigin
from router.http.delivery import Events, accepted, deliver, form_of
from router.http.graphql import JSON, from_body, from_query_string, refuse_forgery, reply_type
from router.http.homepage import Homepage
from router.http.websocket import ClientSocket
from router.pipeline.request import Refused, Request, Response, Responses
from router.settings import Settings

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
Outcome = TypeVar("Outcome")

access = logging.getLogger("router.access")


class Service(Protocol):
    """What answers requests: `stream` to clients that take several responses to one (a subscription, @defer)."""

    async def answer(self, request: Request) -> Response:
        """The one response."""
        ...

    async def stream(self, request: Request, *, subscriptions: bool, incremental: bool) -> Response | Responses:
        """The one response, or several."""
        ...

    async def authenticate(self, headers: Headers) -> None:
        """Raises Refused where the headers carry a token that is not accepted."""
        ...


class ClientLeft(Exception):
    """The client closed the connection before its answer."""


class App:
    """The router as an ASGI application; `start` and `stop` run with the lifespan."""

    def __init__(
        self,
        settings: Settings,
        service: Service,
        *,
        start: Callable[[], Awaitable[None]],
        stop: Callable[[], Awaitable[None]],
    ) -> None:
        self.settings = settings
        self.service = service
        self.start = start
        self.stop = stop
        self.cors = CrossOrigin(settings.cors)
        self.homepage = Homepage(Path(settings.sandbox.directory))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI 3."""
        if scope["type"] == "http":
            if scope["path"] == self.settings.supergraph.path:
                await self.graphql(scope, receive, send)
            else:
                await self.other(scope, send)
        elif scope["type"] == "lifespan":
            await self.lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self.websocket(scope, receive, send)

    # ------------------------------------------------------------------------------------------------------ graphql

    async def graphql(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request to the GraphQL endpoint."""
        began = time.perf_counter()
        method, headers = scope["method"], scope["headers"]
        content_type = accept = origin = length = None
        for name, value in headers:
            if name == b"content-type":
                content_type = value
            elif name == b"accept":
                accept = value
            elif name == b"origin":
                origin = value
            elif name == b"content-length":
                length = value
        kind: bytes | None = None
        try:
            if method == "OPTIONS":
                asked = next((v for n, v in headers if n == b"access-control-request-headers"), None)
                await _send(send, 204, self.cors.preflight(origin, asked), b"")
                return
            kind, streams = reply_type(accept), accepted(accept)
            if method == "GET" and kind is None and self.settings.sandbox.enabled and b"text/html" in (accept or b""):
                await _send(send, 303, [(b"location", b"/")], b"")
                return
            if kind is None and not streams.subscriptions:
                raise Refused.because(
                    406, "NOT_ACCEPTABLE", "Answers are application/graphql-response+json or application/json."
                )
            request = await self.request(scope, receive, content_type, length)
            if streams.subscriptions or streams.incremental:
                streamed = self.service.stream(
                    request, subscriptions=streams.subscriptions, incremental=streams.incremental
                )
                outcome = await self.unless_left(streamed, receive)
            else:
                outcome = await self.unless_left(self.service.answer(request), receive)
        except Refused as refused:
            outcome = refused.response()
        except ClientLeft:
            return
        out = list(self.cors.headers(origin)) if self.cors.enabled else []
        status, size = 200, 0
        if not isinstance(outcome, Response):
            heartbeat_s = self.settings.subscription.heartbeat_interval.milliseconds / 1000
            form = form_of(outcome, streams)
            await deliver(outcome, form, receive, send, headers=out, heartbeat_s=heartbeat_s)
        else:
            status, size = outcome.status, len(outcome.body)
            await self.send_whole(send, outcome, kind, out, events=streams.events)
        if self.settings.telemetry.access_log:
            _log_access(method, scope["path"], status, size, began)

    async def websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket, on the path of GraphQL; anywhere else it is refused."""
        subscription = self.settings.subscription
        served = subscription.enabled and subscription.websocket.enabled
        if served and scope["path"] == self.settings.supergraph.path:
            await ClientSocket(self.settings, self.service, scope, receive, send).run()
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def request(
        self, scope: Scope, receive: Receive, content_type: bytes | None, length: bytes | None
    ) -> Request:
        """The GraphQL request in an HTTP request. Raises Refused."""
        method, headers = scope["method"], scope["headers"]
        if method == "POST":
            refuse_forgery(self.settings.csrf, content_type, headers)
            request = from_body(content_type, await self.body(receive, length), headers)
        elif method == "GET":
            refuse_forgery(self.settings.csrf, content_type, headers)
            request = from_query_string(scope["query_string"], headers)
        else:
            refused = Refused.because(405, "METHOD_NOT_ALLOWED", "Use POST, or GET for queries.")
            refused.headers = ((b"allow", b"GET, POST, OPTIONS"),)
            raise refused
        client = scope.get("client")
        request.peer = client[0] if client else None
        return request

    async def send_whole(
        self, send: Send, response: Response, kind: bytes | None, headers: list[tuple[bytes, bytes]], *, events: bool
    ) -> None:
        """One response: as JSON, or as a stream of one event to who takes nothing else and had an operation run."""
        if kind is None and events and response.status == 200:
            form = Events()
            body = form.next(response.body) + form.closing
            await _send(send, 200, [(b"content-type", form.content_type), *headers], body)
        else:
            out = [(b"content-type", kind or JSON), *response.headers, *headers]
            await _send(send, response.status, out, response.body)

    async def unless_left(self, working: Coroutine[Any, Any, Outcome], receive: Receive) -> Outcome:
        """What the work brings; it is cancelled when the client has left, or when it takes longer than allowed."""
        work = asyncio.ensure_future(working)
        left = asyncio.ensure_future(_until_left(receive))
        allowed = self.settings.traffic_shaping.router.timeout.milliseconds / 1000
        try:
            await asyncio.wait((work, left), timeout=allowed, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            if left.done():
                raise ClientLeft
            raise Refused.because(504, "GATEWAY_TIMEOUT", f"No answer within {int(allowed * 1000)} ms.")
        finally:
            left.cancel()
            if not work.done():
                work.cancel()

    async def body(self, receive: Receive, length: bytes | None) -> bytes:
        """The whole body. Raises Refused (413) as soon as it is known to be too long."""
        most = self.settings.limits.http_max_request_bytes
        if length is not None and length.isdigit() and int(length) > most:
            raise _too_large(most)
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > most:
                raise _too_large(most)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    # ------------------------------------------------------------------------------------------------------- others

    async def other(self, scope: Scope, send: Send) -> None:
        """Health and homepage."""
        path, method = scope["path"], scope["method"]
        if method not in ("GET", "HEAD"):
            await _send(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"Not found\n")
            return
        if self.settings.health_check.enabled and path == self.settings.health_check.path:
            await _send(send, 200, [(b"content-type", JSON)], b'{"status":"UP"}')
            return
        page = self.homepage.page(path) if self.settings.sandbox.enabled else None
        if page is None:
            await _send(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"Not found\n")
            return
        cache = b"public, max-age=31536000, immutable" if page.immutable else b"no-cache"
        await _send(send, 200, [(b"content-type", page.content_type.encode()), (b"cache-control", cache)], page.body)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except Exception as error:
                    logging.getLogger("router").exception("the router cannot start")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _log_access(method: str, path: str, status: int, size: int, began: float) -> None:
    ms = round((time.perf_counter() - began) * 1000, 3)
    access.info(orjson.dumps({"method": method, "path": path, "status": status, "bytes": size, "ms": ms}).decode())


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _too_large(most: int) -> Refused:
    return Refused.because(413, "PAYLOAD_TOO_LARGE", f"The request is larger than {most} bytes.")


async def _send(send: Send, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
    whole = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": whole})
    await send({"type": "http.response.body", "body": body})
