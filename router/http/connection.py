"""One keep-alive HTTP/1.1 connection to a subgraph: writes a request, reads one reply, on httptools."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from typing import cast

import httptools

from router.http.transport import CutOff, Malformed, Oversized, Reply, TimedOut


class Stale(CutOff):
    """A kept connection was closed by the other side before any byte of the reply came."""


class Connection(asyncio.Protocol):
    """Serves one exchange at a time; the pool decides who may use it."""

    def __init__(self, name: str, bytes_max: int, lost: Callable[[Connection], None]) -> None:
        self.name = name
        self.exchanges = 0
        self.closed = False
        self._bytes_max = bytes_max
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._future: asyncio.Future[Reply] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._begin()

    def _begin(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._started = False
        self._content_type = b""
        self._encoding = b""
        self._delimited = False
        self._headers_done = False

    # ------------------------------------------------------------------------------------------------ for the pool

    def send(self, request: bytes, loop: asyncio.AbstractEventLoop, timeout_ms: int) -> asyncio.Future[Reply]:
        """Write a request; the future brings the reply, or a Trouble."""
        future: asyncio.Future[Reply] = loop.create_future()
        if self.closed or self._transport is None:
            future.set_exception(Stale(f"{self.name} closed the connection"))
            return future
        self._future = future
        self.exchanges += 1
        self._timer = loop.call_later(timeout_ms / 1000, self._expire, timeout_ms)
        self._transport.write(request)
        return future

    def abort(self) -> None:
        """Drop the connection at once, as when the client has left."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._future = None
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close an idle connection."""
        self.closed = True
        if self._transport is not None:
            self._transport.close()

    # ----------------------------------------------------------------------------------------------------- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._future is None:
            # Nobody asked: what an idle connection says cannot be trusted as an answer to the next request.
            self.abort()
            return
        self._started = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(Malformed(f"{self.name} did not answer in HTTP: {error}"))

    def eof_received(self) -> bool:
        if self._future is not None and self._headers_done and not self._delimited:
            self._finish(keep=False)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        future = self._future
        if future is not None:
            if self._started:
                self._fail(CutOff(f"{self.name} closed the connection in the middle of its reply"))
            elif self.exchanges > 1:
                self._fail(Stale(f"{self.name} closed the connection"))
            else:
                self._fail(CutOff(f"{self.name} closed the connection without a reply"))
        self._lost(self)

    def _expire(self, timeout_ms: int) -> None:
        self._timer = None
        self._fail(TimedOut(f"{self.name} did not answer within {timeout_ms} ms"))

    def _fail(self, error: Exception) -> None:
        future = self._future
        self.abort()
        if future is not None and not future.done():
            future.set_exception(error)

    # --------------------------------------------------------------------------------------------------- httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"content-type":
            self._content_type = value
        elif name == b"content-encoding":
            self._encoding = value.lower()
        elif name == b"content-length":
            self._delimited = True
            if value.isdigit() and int(value) > self._bytes_max:
                self._fail(self._oversized())
        elif name == b"transfer-encoding":
            self._delimited = True

    def on_headers_complete(self) -> None:
        self._headers_done = True

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > self._bytes_max:
            self._fail(self._oversized())
        else:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._begin()
            self._started = True
            return
        self._finish(keep=self._parser.should_keep_alive())

    def _finish(self, *, keep: bool) -> None:
        future, self._future = self._future, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if future is None:
            return
        if not keep:
            self.close()
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        status, content_type, encoding = self._parser.get_status_code(), self._content_type, self._encoding
        self._begin()
        if future.done():
            return
        if encoding and encoding != b"identity":
            try:
                body = self._decoded(encoding, body)
            except (zlib.error, Malformed, Oversized) as error:
                self.close()
                future.set_exception(
                    error if not isinstance(error, zlib.error) else Malformed(f"{self.name}: broken {encoding!r} body")
                )
                return
        future.set_result(Reply(status, content_type.decode("latin-1"), body))

    def _decoded(self, encoding: bytes, body: bytes) -> bytes:
        if encoding not in (b"gzip", b"x-gzip", b"deflate"):
            raise Malformed(f"{self.name} answered with content-encoding {encoding.decode('latin-1')}")
        # 47: zlib or gzip header, whichever is there.
        inflate = zlib.decompressobj(47)
        plain = inflate.decompress(body, self._bytes_max + 1)
        if len(plain) > self._bytes_max:
            raise self._oversized()
        if not inflate.eof:
            raise Malformed(f"{self.name}: compressed body ends early")
        return plain

    def _oversized(self) -> Oversized:
        return Oversized(f"{self.name} answered with more than {self._bytes_max} bytes")
