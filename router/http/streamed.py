"""A POST whose reply is read as it comes, on a connection of its own: how a subscription asks a subgraph by HTTP.

Theory. The keep-alive pool is for replies that end. A subscription keeps its connection until one side leaves, so it
is made for it alone, counts against no pool, and is closed at once when the reader leaves: the subgraph sees that and
stops. Reading stops while the reader is behind (`_HIGH_WATER`), so that the subgraph feels it too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

import httptools

from router.http.client import USER_AGENT, request_target
from router.http.transport import CutOff, Malformed, Refused, TimedOut, Trouble

HEAD_BYTES_MAX = 128 * 1024
_HIGH_WATER = 256 * 1024


class Streamed(asyncio.Protocol):
    """One exchange: a request is written, a reply is read piece by piece."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = 0
        self.content_type = ""
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._head_bytes = 0
        self._paused = False
        self._begun = False
        self._over = False
        self._trouble: Trouble | None = None
        self._changed = asyncio.Event()

    # ---------------------------------------------------------------------------------------------- for the reader

    def send(self, request: bytes) -> None:
        """Write the request."""
        assert self._transport is not None
        self._transport.write(request)

    async def head(self) -> None:
        """Wait until `status` and `content_type` are known. Raises Trouble."""
        while not self._begun:
            if self._over:
                raise self._trouble or CutOff(f"{self.name} closed the connection without a reply")
            await self._change()

    def __aiter__(self) -> Streamed:
        """The pieces of the body."""
        return self

    async def __anext__(self) -> bytes:
        """The next piece of the body. Raises Trouble where it was cut off."""
        while not self._pieces:
            if self._over:
                if self._trouble is not None:
                    raise self._trouble
                raise StopAsyncIteration
            await self._change()
        piece = self._pieces.popleft()
        self._waiting_bytes -= len(piece)
        if self._paused and self._waiting_bytes < _HIGH_WATER // 2 and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return piece

    def close(self) -> None:
        """Leave at once."""
        self._over = True
        if self._transport is not None:
            self._transport.abort()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    # ----------------------------------------------------------------------------------------------------- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._over:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._end(Malformed(f"{self.name} did not answer in HTTP: {error}"))
            return
        if not self._begun:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._end(Malformed(f"{self.name} sent headers of more than {HEAD_BYTES_MAX} bytes"))
        if self._waiting_bytes > _HIGH_WATER and not self._paused and not self._over and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """See asyncio.Protocol: a stream says itself when it is complete, so this is never a good end."""
        if not self._over:
            self._end(CutOff(f"{self.name} closed the connection"))

    # --------------------------------------------------------------------------------------------------- httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        if name.lower() == b"content-type":
            self.content_type = value.decode("latin-1")
        elif name.lower() == b"content-encoding" and value.lower() not in (b"", b"identity"):
            self._trouble = Malformed(f"{self.name} answered with content-encoding {value.decode('latin-1')}")

    def on_headers_complete(self) -> None:
        """All headers, unless the reply is an interim one (RFC 9110, 15.2)."""
        status = self._parser.get_status_code()
        if status < 200:
            return
        if self._trouble is not None:
            self._end(self._trouble)
            return
        self.status = status
        self._begun = True
        self._changed.set()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        if not self._over:
            self._pieces.append(body)
            self._waiting_bytes += len(body)
            self._changed.set()

    def on_message_complete(self) -> None:
        """The end of the body."""
        if self._begun:
            self._end(None)

    def _end(self, trouble: Trouble | None) -> None:
        self._over = True
        self._trouble = trouble
        self._changed.set()
        if self._transport is not None:
            self._transport.abort()


@asynccontextmanager
async def post(
    url: str,
    headers: bytes,
    body: bytes,
    *,
    accept: str,
    connect_timeout_ms: int,
    timeout_ms: int,
    authorities: str | None = None,
) -> AsyncIterator[Streamed]:
    """POST a JSON body; the reply's head is there when this enters, its body comes as it comes. Raises Trouble.

    `headers` are extra header lines, each ended by CRLF; `authorities` are certificates (PEM) to trust behind https
    instead of the system's. Leaving closes the connection.
    """
    parts = urlsplit(url)
    name = parts.netloc.rpartition("@")[2] or unquote(parts.path)
    streamed = Streamed(name)
    head = (
        f"POST {request_target(url)} HTTP/1.1\r\nhost: {name if parts.netloc else 'localhost'}\r\n"
        f"user-agent: {USER_AGENT}\r\ncontent-type: application/json\r\naccept: {accept}\r\n"
        f"cache-control: no-cache\r\ncontent-length: {len(body)}\r\n"
    )
    try:
        try:
            async with asyncio.timeout(connect_timeout_ms / 1000):
                await _connect(parts, streamed, authorities)
        except TimeoutError:
            raise TimedOut(f"{name}: no connection within {connect_timeout_ms} ms") from None
        except OSError as error:
            raise Refused(f"{name} cannot be reached: {error.strerror or error}") from error
        streamed.send(b"%b%b\r\n%b" % (head.encode("latin-1"), headers, body))
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                await streamed.head()
        except TimeoutError:
            raise TimedOut(f"{name} did not answer within {timeout_ms} ms") from None
        yield streamed
    finally:
        streamed.close()


async def _connect(parts: SplitResult, streamed: Streamed, authorities: str | None) -> None:
    host = parts.hostname or ""
    if parts.scheme == "https":
        from router.http.dialing import Dialler, trust  # noqa: PLC0415 (TLS is loaded where it is needed)

        await Dialler(trust(authorities), ["http/1.1"]).dial(host, parts.port or 443, lambda _: streamed)
    elif parts.scheme == "unix":
        await asyncio.get_running_loop().create_unix_connection(lambda: streamed, unquote(parts.path))
    else:
        await asyncio.get_running_loop().create_connection(lambda: streamed, host, parts.port or 80)
