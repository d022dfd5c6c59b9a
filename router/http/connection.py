"""One keep-alive HTTP/1.1 connection to a subgraph: writes a request, reads one reply, on httptools."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

import httptools

from router.http.decoding import decoded
from router.http.transport import CutOff, Malformed, Outcome, Oversized, Reply, Trouble

HEADER_BYTES_MAX = 128 * 1024


class Stale(CutOff):
    """A kept connection was closed by the other side before any byte of the reply came."""


class Unsent(Stale):
    """The other side has certainly not acted on the request: trying again is safe, whatever was asked."""


class User(Protocol):
    """Who waits for the reply."""

    def received(self, outcome: Outcome) -> None:
        """The reply, or why there is none. The connection is free, or closed, by then."""
        ...


class Connection(asyncio.Protocol):
    """Serves one exchange at a time; the pool decides whose.

    `freed` is called when a kept connection may serve the next, `lost` when it is closed. `idle_since` is the pool's:
    the loop's time when it had nobody to serve.
    """

    def __init__(
        self,
        name: str,
        bytes_max: int,
        freed: Callable[[Connection], None],
        lost: Callable[[Connection], None],
    ) -> None:
        self.name = name
        self.closed = False
        self.idle_since = 0.0
        self._exchanges = 0
        self._bytes_max = bytes_max
        self._freed = freed
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._user: User | None = None
        self._begin()

    def _begin(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._head = 0
        self._status = 0
        self._content_type = b""
        self._encoding = b""
        self._delimited = False
        self._headers_done = False
        self._complete = False
        self._keep = False
        self._trouble: Trouble | None = None

    # ------------------------------------------------------------------------------------------------ for the pool

    def send(self, request: bytes, user: User) -> None:
        """Write a request; the user receives the reply."""
        self._user = user
        self._exchanges += 1
        if self.closed or self._transport is None:
            self._end(Unsent(f"{self.name} closed the connection"))
        else:
            self._transport.write(request)

    def abort(self) -> None:
        """Drop the connection at once and tell nobody, as when the client has left."""
        self.closed = True
        self._user = None
        if self._transport is not None:
            self._transport.abort()

    def retire(self) -> None:
        """Close once the reply under way is whole."""
        self._freed = Connection.close

    def close(self) -> None:
        """Close an idle connection."""
        self.closed = True
        # Closed twice, as after the peer's farewell, asyncio's TLS transport forgets what an abort would need.
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    # ----------------------------------------------------------------------------------------------------- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._user is None:
            # Nobody asked: what an idle connection says cannot be trusted as an answer to the next request.
            self.abort()
            return
        if not self._headers_done:
            self._head += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._end(Malformed(f"{self.name} switched protocols without being asked to"))
            return
        except httptools.HttpParserError as error:
            if self._complete:
                # A whole reply, and noise after it: the reply is good, the connection no longer.
                self._finish(keep=False)
            else:
                self._end(self._trouble or Malformed(f"{self.name} did not answer in HTTP: {error}"))
            return
        if self._trouble is not None:
            self._end(self._trouble)
        elif self._complete:
            self._finish(keep=self._keep)
        elif not self._headers_done and self._head > HEADER_BYTES_MAX:
            self._end(Malformed(f"{self.name} sent headers of more than {HEADER_BYTES_MAX} bytes"))

    def eof_received(self) -> bool:
        """See asyncio.Protocol: the end of a body that has no other."""
        if self._user is None:
            # From here on nothing that is written arrives; connection_lost comes a round of the loop later.
            self.closed = True
        elif self._headers_done and not self._delimited and not self._complete:
            self._finish(keep=False)
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """See asyncio.Protocol."""
        self.closed = True
        if self._user is not None:
            if self._head:
                self._end(CutOff(f"{self.name} closed the connection in the middle of its reply"))
            elif self._exchanges > 1:
                self._end(Stale(f"{self.name} closed the connection"))
            else:
                self._end(CutOff(f"{self.name} closed the connection without a reply"))
        self._lost(self)

    # --------------------------------------------------------------------------------------------------- httptools

    def on_message_begin(self) -> None:
        """What comes after a whole reply was never asked for: an error stops the parser before it mixes them."""
        if self._complete:
            raise Malformed(f"{self.name} sent more than one reply")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        name = name.lower()
        if name == b"content-type":
            self._content_type = value
        elif name == b"content-encoding":
            self._encoding = value.lower()
        elif name == b"content-length":
            self._delimited = True
            if value.isdigit() and int(value) > self._bytes_max:
                self._trouble = self._oversized()
        elif name == b"transfer-encoding":
            self._delimited = True

    def on_headers_complete(self) -> None:
        """All headers."""
        self._headers_done = True
        self._status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._size += len(body)
        if self._size > self._bytes_max:
            self._trouble = self._oversized()
            self._chunks.clear()
        else:
            self._chunks.append(body)

    def on_message_complete(self) -> None:
        """The end, unless it was an interim reply (RFC 9110, 15.2)."""
        if self._status < 200:
            self._headers_done = False
            self._delimited = False
        else:
            self._complete = True
            # To be asked here: afterwards the parser has forgotten.
            self._keep = self._parser.should_keep_alive()

    # ------------------------------------------------------------------------------------------------------ outcome

    def _finish(self, *, keep: bool) -> None:
        user, self._user = self._user, None
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        outcome: Outcome
        try:
            if self._encoding:
                body = decoded(self.name, self._encoding, body, self._bytes_max)
            outcome = Reply(self._status, self._content_type.decode("latin-1"), body)
        except Trouble as trouble:
            outcome = trouble
        self._begin()
        if keep and not self.closed:
            self._freed(self)
        else:
            self.close()
        if user is not None:
            user.received(outcome)

    def _end(self, trouble: Trouble) -> None:
        user = self._user
        self.abort()
        if user is not None:
            user.received(trouble)

    def _oversized(self) -> Oversized:
        return Oversized(f"{self.name} answered with more than {self._bytes_max} bytes")
