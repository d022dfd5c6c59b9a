"""Subgraphs in this process: an ASGI application is called instead of a socket. For tests and small shops."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

from router.http.app import Receive, Scope, Send
from router.http.transport import CutOff, Done, Reply, TaskCall, TimedOut


class Mounted:
    """An Exchange whose other side is an ASGI application."""

    def __init__(self, app: Any) -> None:
        self.app = app

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
        parts = urlsplit(url)
        lines = [line.partition(b": ") for line in headers.split(b"\r\n") if line]
        scope: Scope = {
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
                (b"accept", b"application/graphql-response+json, application/json"),
                (b"content-length", str(len(body)).encode()),
                *((name, value) for name, _, value in lines),
            ],
        }
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
