"""Subgraphs in this process: an ASGI application is called instead of a socket. For tests and small shops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from router.execution.asking import Answer
from router.http.app import Receive, Scope, Send
from router.http.sources import ACCEPT, answers
from router.http.transport import CutOff, Done, Reply, TaskCall, TimedOut

# How long an application may take to notice that nobody reads any more.
LEAVING_SECONDS = 1.0


class Mounted:
    """An Exchange and a Source whose other side is an ASGI application."""

    def __init__(self, app: Any, response_bytes_max: int) -> None:
        self.app = app
        self.response_bytes_max = response_bytes_max

    def send(
        self,
        url: str,
        headers: bytes,
        body: bytes,
        *,
        timeout_ms: int,
        repeatable: bool,  # noqa: ARG002 (there is no connection to go stale)
        on_done: Done,
    ) -> TaskCall:
        """See Exchange.send."""
        return TaskCall(self._within(url, headers, body, timeout_ms), on_done)

    async def _within(self, url: str, headers: bytes, body: bytes, timeout_ms: int) -> Reply:
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                return await self._call(url, headers, body)
        except TimeoutError:
            raise TimedOut(f"the mounted subgraph did not answer within {timeout_ms} ms") from None

    async def _call(self, url: str, headers: bytes, body: bytes) -> Reply:
        scope = _scope(url, headers, body, b"application/graphql-response+json, application/json")
        sent = False
        status = 0
        content_type = ""
        chunks: list[bytes] = []

        async def receive() -> MutableMapping[str, Any]:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            nonlocal status, content_type
            if message["type"] == "http.response.start":
                status = message["status"]
                content_type = next(
                    (v.decode("latin-1") for n, v in message.get("headers", ()) if n.lower() == b"content-type"), ""
                )
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        receiver: Receive = receive
        sender: Send = send
        try:
            await self.app(scope, receiver, sender)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise CutOff(f"the mounted subgraph failed: {error!r}") from error
        if status == 0:
            raise CutOff("the mounted subgraph sent no reply")
        return Reply(status, content_type, b"".join(chunks))

    async def close(self) -> None:
        """Nothing is open."""

    @asynccontextmanager
    async def subscribe(self, url: str, headers: bytes, body: bytes) -> AsyncIterator[AsyncIterator[Answer]]:
        """See Source.subscribe: leaving tells the application that its client has disconnected."""
        streaming = _Streaming(body)
        scope = _scope(url, headers, body, ACCEPT.encode())
        work = asyncio.ensure_future(streaming.run(self.app, scope))
        try:
            await streaming.head()
            async with aclosing(
                answers(streaming.status, streaming.content_type, streaming, self.response_bytes_max)
            ) as found:
                yield found
        finally:
            streaming.left.set()
            _, running = await asyncio.wait((work,), timeout=LEAVING_SECONDS)
            if running:
                work.cancel()
                await asyncio.wait((work,))


class _Streaming:
    """One streaming call of an ASGI application; iterating gives the pieces of its reply."""

    def __init__(self, body: bytes) -> None:
        self.body: bytes | None = body
        self.status = 0
        self.content_type = ""
        self.left = asyncio.Event()
        # One piece at a time: the application waits until it is read, as behind a socket that is full.
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self.begun = asyncio.Event()
        self.trouble: CutOff | None = None

    async def run(self, app: Any, scope: Scope) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Exception as error:  # noqa: BLE001 (whatever it raised, the reply is cut off)
            self.trouble = CutOff(f"the mounted subgraph failed: {error!r}")
        self.begun.set()
        if not self.left.is_set():
            await self.pieces.put(None)

    async def receive(self) -> MutableMapping[str, Any]:
        body, self.body = self.body, None
        if body is not None:
            return {"type": "http.request", "body": body, "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message.get("headers", ())
            self.content_type = next((v.decode("latin-1") for n, v in headers if n.lower() == b"content-type"), "")
            self.begun.set()
        elif message["type"] == "http.response.body" and message.get("body") and not self.left.is_set():
            await self.pieces.put(message["body"])

    async def head(self) -> None:
        await self.begun.wait()
        if self.status == 0:
            raise self.trouble or CutOff("the mounted subgraph sent no reply")

    def __aiter__(self) -> _Streaming:
        return self

    async def __anext__(self) -> bytes:
        piece = await self.pieces.get()
        if piece is None:
            raise self.trouble or StopAsyncIteration
        return piece


def _scope(url: str, headers: bytes, body: bytes, accept: bytes) -> Scope:
    parts = urlsplit(url)
    lines = [line.partition(b": ") for line in headers.split(b"\r\n") if line]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": parts.scheme or "http",
        "path": parts.path or "/",
        "raw_path": (parts.path or "/").encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "server": (parts.hostname or "mounted", parts.port or 80),
        "client": ("127.0.0.1", 0),
        "headers": [
            (b"host", (parts.netloc or "mounted").encode()),
            (b"content-type", b"application/json"),
            (b"accept", accept),
            (b"content-length", str(len(body)).encode()),
            *((name, value) for name, _, value in lines),
        ],
    }
