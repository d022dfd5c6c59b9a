"""The server's side of a client connection: GraphQL POSTs by the shortest way, everything else by uvicorn and ASGI.

Theory. A client that keeps its connection sends the same header lines over and over, so what they mean is worked out
once and kept under their exact bytes (`_Head`): a request is then a search for the empty line, a look-up and its
body. Anything but a plain POST to the GraphQL path is handed to uvicorn's protocol for good, with the bytes that
came: it speaks all of HTTP, and the same application answers there. One request is answered at a time; bytes that
arrive meanwhile wait.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Protocol, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from router.http.cors import CrossOrigin
from router.http.delivery import NOTHING_STREAMED, accepted
from router.http.graphql import from_json, media_type, refuse_forgery, reply_type
from router.pipeline.request import Refused, Request, Response
from router.settings import Settings

HEAD_BYTES_MAX = 16 * 1024
HEADS_KEPT_MAX = 2048
HEAD_KEPT_BYTES_MAX = 4 * 1024
WAITING_BYTES_MAX = 4 * 1024 * 1024
IDLE_SECONDS = 75.0
DIGITS_MAX = 15
# RFC 9110, 5.1 and 5.5: what a header's name is made of, and what may not stand in its value.
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# What stands in every operation that may be answered more than once.
STREAMED = re.compile(rb"subscription|@defer")
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Cancellable(Protocol):
    """Work that can be given up."""

    def cancel(self) -> object:
        """Give up."""
        ...


Begin = Callable[[Request, Callable[[Response], None]], Cancellable | None]


class Entry:
    """What every connection shares: the settings, the ways to answer, and the heads met so far."""

    def __init__(self, settings: Settings, begin: Begin, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self.settings = settings
        self.begin = begin
        self.answer = answer
        self.opening = f"POST {settings.supergraph.path} HTTP/1.1\r\n".encode("latin-1")
        self.cors = CrossOrigin(settings.cors)
        self.heads: dict[bytes, _Head | None] = {}

    def protocol(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> asyncio.Protocol:
        """A protocol for a new connection, as uvicorn asks for one."""
        return Inbound(self, config, server_state, app_state)

    def head(self, lines: bytes) -> _Head | None:
        """What a request's header lines mean; None when uvicorn must read them."""
        found = self.heads.get(lines, self)
        if found is self:
            found = _read_head(lines, self)
            if len(lines) <= HEAD_KEPT_BYTES_MAX:
                if len(self.heads) >= HEADS_KEPT_MAX:
                    self.heads.clear()
                self.heads[lines] = found
        return cast("_Head | None", found)


class _Head(msgspec.Struct, gc=False):
    """A POST's header lines: the body's length, all headers, and the lines that its answer begins with.

    `streams` says that the client takes replies of several responses, too.
    """

    length: int
    headers: tuple[tuple[bytes, bytes], ...]
    opening: bytes
    rest: bytes
    close: bool
    streams: bool


def _read_head(lines: bytes, entry: Entry) -> _Head | None:
    """Read strictly: what is in any way unusual is left to uvicorn, which answers for all of HTTP."""
    if not lines.startswith(entry.opening):
        return None
    headers: list[tuple[bytes, bytes]] = []
    found: dict[bytes, bytes] = {}
    for line in lines.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if not colon or TOKEN.fullmatch(name) is None or CONTROL.search(value) is not None:
            return None
        if name in found and name in (b"content-length", b"host", b"content-type", b"authorization"):
            return None
        found[name] = value = value.strip(b" \t")
        headers.append((name, value))
    length = found.get(b"content-length", b"")
    if not length.isdigit() or len(length) > DIGITS_MAX or b"host" not in found:
        return None
    if any(name in found for name in (b"transfer-encoding", b"expect", b"upgrade", b"content-encoding")):
        return None
    connection = found.get(b"connection", b"keep-alive").lower()
    if connection not in (b"keep-alive", b"close") or int(length) > entry.settings.limits.http_max_request_bytes:
        return None
    content_type = found.get(b"content-type", b"")
    kind = reply_type(found.get(b"accept"))
    charset = b"charset" not in content_type.lower() or b"utf-8" in content_type.lower()
    if kind is None or media_type(content_type) != "application/json" or not charset:
        return None
    try:
        refuse_forgery(entry.settings.csrf, content_type, headers)
    except Refused:
        return None
    streams = accepted(found.get(b"accept")) != NOTHING_STREAMED
    close = connection == b"close"
    rest = b"".join(b"%b: %b\r\n" % pair for pair in entry.cors.headers(found.get(b"origin")))
    if close:
        rest += b"connection: close\r\n"
    opening = b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\n%bcontent-length: " % (kind, rest)
    return _Head(int(length), tuple(headers), opening, b"content-type: %b\r\n%b" % (kind, rest), close, streams)


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol, with a limit to what is no body: its parser keeps header lines and trailers of any length.

    The limit is HEAD_BYTES_MAX and what one read brings.
    """

    unread = 0

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self.unread += len(data)
        super().data_received(data)
        if self.unread > HEAD_BYTES_MAX and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(TOO_LARGE)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """See httptools."""
        self.unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """See httptools."""
        self.unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """See httptools."""
        self.unread = 0
        super().on_message_complete()


class Inbound(asyncio.Protocol):
    """One connection."""

    def __init__(self, entry: Entry, config: Any, server_state: Any, app_state: Any) -> None:
        self.entry = entry
        self.config = config
        self.server_state = server_state
        self.app_state = app_state
        self.loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.peer: str | None = None
        self.waiting = b""
        self.head: _Head | None = None
        self.answering = False
        self.closing = False
        self.paused = False
        self.work: Cancellable | None = None
        self.serial = 0
        self.active = self.loop.time()
        self.idle_timer: asyncio.TimerHandle | None = None
        self.late_timer: asyncio.TimerHandle | None = None

    # ----------------------------------------------------------------------------------------------------- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self.transport = cast("asyncio.Transport", transport)
        peername = transport.get_extra_info("peername")
        self.peer = peername[0] if isinstance(peername, tuple) else None
        self.server_state.connections.add(self)
        self.idle_timer = self.loop.call_later(IDLE_SECONDS, self.close_when_idle)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """See asyncio.Protocol: work for a client that has left is given up."""
        self.server_state.connections.discard(self)
        self.transport = None
        self.drop_work()
        if self.idle_timer is not None:
            self.idle_timer.cancel()

    def eof_received(self) -> None:
        """See asyncio.Protocol; returning None closes."""

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self.waiting:
            data = self.waiting + data
            self.waiting = b""
        if self.answering:
            self.waiting = data
            if len(data) > WAITING_BYTES_MAX and not self.paused and self.transport is not None:
                self.paused = True
                self.transport.pause_reading()
            return
        self.take(data)

    def take(self, data: bytes) -> None:
        """Begin to answer a request, if all of it is there."""
        end = data.find(b"\r\n\r\n")
        if (len(data) if end < 0 else end) > HEAD_BYTES_MAX:
            assert self.transport is not None
            self.transport.write(TOO_LARGE)
            self.transport.close()
            return
        if end < 0:
            self.waiting = data
            return
        head = self.entry.head(data[:end])
        if head is None:
            self.hand_over(data)
            return
        whole = end + 4 + head.length
        if len(data) < whole:
            self.waiting = data
            return
        if head.streams and STREAMED.search(data, end) is not None:
            # Perhaps answered in several pieces, by the application. Most clients accept that of every request.
            self.hand_over(data)
            return
        if len(data) > whole:
            self.waiting = data[whole:]
            data = data[:whole]
        self.respond(head, data[end + 4 :])

    def hand_over(self, data: bytes) -> None:
        """Leave the connection to uvicorn, which begins with these bytes."""
        transport = self.transport
        assert transport is not None
        if self.idle_timer is not None:
            self.idle_timer.cancel()
        self.server_state.connections.discard(self)
        protocol = Bounded(
            config=self.config, server_state=self.server_state, app_state=self.app_state, _loop=self.loop
        )
        protocol.connection_made(transport)
        transport.set_protocol(protocol)
        protocol.data_received(data)

    # --------------------------------------------------------------------------------------------------- answering

    def respond(self, head: _Head, body: bytes) -> None:
        """Answer one request."""
        self.answering = True
        self.head = head
        self.serial += 1
        serial = self.serial

        def answered(response: Response) -> None:
            # Late answers of work that was given up go nowhere.
            if serial == self.serial and self.answering:
                self.answer(response)

        try:
            request = from_json(body, head.headers)
            request.peer = self.peer
        except Refused as refused:
            self.answer(refused.response())
            return
        work = self.entry.begin(request, answered)
        if work is None:
            task = self.loop.create_task(self.answer_at_length(request, answered))
            self.work = task
        elif self.answering:
            self.work = work
        if self.answering:
            allowed = self.entry.settings.traffic_shaping.router.timeout.milliseconds
            self.late_timer = self.loop.call_later(allowed / 1000, self.too_late, allowed)

    async def answer_at_length(self, request: Request, answered: Callable[[Response], None]) -> None:
        """The long way, in a task."""
        answered(await self.entry.answer(request))

    def too_late(self, allowed_ms: int) -> None:
        """The request has had its time."""
        self.late_timer = None
        self.drop_work()
        self.answer(Refused.because(504, "GATEWAY_TIMEOUT", f"No answer within {allowed_ms} ms.").response())

    def drop_work(self) -> None:
        """Give up what is being worked on, if anything is."""
        work, self.work = self.work, None
        if self.late_timer is not None:
            self.late_timer.cancel()
            self.late_timer = None
        if work is not None and self.answering:
            work.cancel()

    def answer(self, response: Response) -> None:
        """Write the answer and go on with what waits."""
        self.work = None
        if self.late_timer is not None:
            self.late_timer.cancel()
            self.late_timer = None
        self.answering = False
        head, transport = self.head, self.transport
        if transport is None or head is None:
            return
        body = response.body
        if response.status == 200 and not response.headers:
            transport.write(b"%b%d\r\n\r\n%b" % (head.opening, len(body), body))
        else:
            transport.write(_whole(response, head))
        if head.close or self.closing:
            transport.close()
            return
        self.active = self.loop.time()
        if self.paused:
            self.paused = False
            transport.resume_reading()
        if self.waiting:
            data, self.waiting = self.waiting, b""
            # Not at once: a client that sends many requests in one piece must not deepen the stack with each.
            self.loop.call_soon(self.data_received_later, data)

    def data_received_later(self, data: bytes) -> None:
        """Go on with bytes that had to wait."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.answering:
            self.waiting = data + self.waiting
        else:
            data, self.waiting = data + self.waiting, b""
            self.take(data)

    # ---------------------------------------------------------------------------------------------------- stopping

    def close_when_idle(self) -> None:
        """Close a connection that nobody used for long; otherwise look again."""
        if self.transport is None:
            return
        left = IDLE_SECONDS - (self.loop.time() - self.active)
        if self.answering:
            left = IDLE_SECONDS
        if left <= 0:
            self.transport.close()
        else:
            self.idle_timer = self.loop.call_later(left + 0.01, self.close_when_idle)

    def shutdown(self) -> None:
        """The server stops: finish the request under way, take no other."""
        self.closing = True
        if not self.answering and self.transport is not None:
            self.transport.close()


def _whole(response: Response, head: _Head) -> bytes:
    lines = [b"HTTP/1.1 %d %b\r\n" % (response.status, HTTPStatus(response.status).phrase.encode()), head.rest]
    lines += [b"%b: %b\r\n" % pair for pair in response.headers]
    return b"%bcontent-length: %d\r\n\r\n%b" % (b"".join(lines), len(response.body), response.body)
