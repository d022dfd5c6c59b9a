"""One HTTP/2 connection to a subgraph, shared by many exchanges at once, on h2.

Theory. h2 keeps the state of the protocol and does no input or output; here its events become outcomes. The connection
is used only after the server's SETTINGS have come (RFC 9113, 3.4): who answers otherwise is no HTTP/2 server, and then
nothing was sent to it yet. An exchange that is given up resets its own stream and leaves the others alone. A server
that goes away (GOAWAY) finishes what it has begun; what it has not begun is sent again on the next connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings

from router.http.connection import HEADER_BYTES_MAX, Stale, Unsent, User
from router.http.decoding import decoded
from router.http.transport import CutOff, Malformed, Outcome, Oversized, Reply, Trouble

_STREAM_WINDOW = 1024 * 1024
_CONNECTION_WINDOW = 16 * 1024 * 1024
_STREAM_ID_MAX = 2**31 - 1
# RFC 9113, 7: the server has not acted on the request.
_UNTOUCHED = (ErrorCodes.REFUSED_STREAM,)

Fields = Sequence[tuple[bytes, bytes]]


class _Protocol(H2Connection):
    """h2, except that GOAWAY ends only what comes after it: h2 would refuse to read the replies still under way."""

    # How many ended streams are remembered; h2's own number costs several megabytes a connection.
    MAX_CLOSED_STREAMS = 4096

    def _receive_goaway_frame(self, frame: Any) -> tuple[list[Any], list[Event]]:
        event = ConnectionTerminated()
        event.last_stream_id = frame.last_stream_id
        return [], [event]


class Stream:
    """One exchange on the connection."""

    __slots__ = ("begun", "chunks", "connection", "content_type", "encoding", "id", "size", "status", "unsent", "user")

    def __init__(self, connection: Multiplexed, user: User) -> None:
        self.connection = connection
        self.user: User | None = user
        self.id = 0
        self.unsent: memoryview | None = None
        self.begun = connection.heard
        self.status = 0
        self.content_type = b""
        self.encoding = b""
        self.chunks: list[bytes] = []
        self.size = 0

    def suspect(self) -> None:
        """Its whole time is over. Where the server said nothing to anybody meanwhile, nobody else is sent there."""
        if self.begun == self.connection.heard:
            self.connection.closed = True

    def abort(self) -> None:
        """Give up: the stream is reset and nobody is told."""
        if self.user is not None:
            self.user = None
            self.connection.give_up(self)


class Multiplexed(asyncio.Protocol):
    """Serves many exchanges at once; `freed` is called when it can take one more, `lost` when it is closed."""

    def __init__(
        self,
        name: str,
        bytes_max: int,
        freed: Callable[[Multiplexed], None],
        lost: Callable[[Multiplexed], None],
    ) -> None:
        self.name = name
        self.closed = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.heard = 0
        """How many times the server has said something."""
        self._served = False
        self._bytes_max = bytes_max
        self._freed = freed
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._streams: dict[int, Stream] = {}
        self._speaks = _Protocol(H2Configuration(client_side=True, header_encoding=None))
        self._speaks.local_settings = Settings(
            client=True,
            initial_values={
                SettingCodes.ENABLE_PUSH: 0,
                SettingCodes.INITIAL_WINDOW_SIZE: _STREAM_WINDOW,
                SettingCodes.MAX_HEADER_LIST_SIZE: HEADER_BYTES_MAX,
            },
        )

    # ------------------------------------------------------------------------------------------------ for the pool

    @property
    def free(self) -> bool:
        """Whether it can take one more."""
        return not self.closed and len(self._streams) < self._speaks.remote_settings.max_concurrent_streams

    @property
    def busy(self) -> bool:
        """Whether an exchange is under way."""
        return bool(self._streams)

    def begin(self, stream: Stream, fields: Fields, body: bytes) -> None:
        """Send a request; the stream's user receives the reply."""
        try:
            stream.id = self._speaks.get_next_available_stream_id()
            if stream.id > _STREAM_ID_MAX - 2:
                self.retire()
            self._speaks.send_headers(stream.id, fields)
        except H2Error as error:
            # What was encoded of the headers is known to our side only: both would disagree from here on.
            self.retire()
            self._settle(stream, Malformed(f"{self.name}: the request cannot be sent by HTTP/2: {error}"))
            return
        self._streams[stream.id] = stream
        stream.unsent = memoryview(body)
        self._send_on(stream)
        self._flush()

    def give_up(self, stream: Stream) -> None:
        """Reset a stream whose user has left."""
        if self._streams.pop(stream.id, None) is None:
            return
        self._reset(stream)
        self._flush()
        if self.free:
            self._freed(self)
        self._rest()

    def retire(self) -> None:
        """Take nothing more, and close when the last exchange is over."""
        self.closed = True
        self._rest()

    def abort(self) -> None:
        """Drop the connection at once."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    # ----------------------------------------------------------------------------------------------------- asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)
        self._speaks.initiate_connection()
        self._speaks.increment_flow_control_window(_CONNECTION_WINDOW)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self.heard += 1
        if self.heard == 1 and data.startswith(b"HTTP/"):
            # h2 would take it for the head of a very long frame, and wait for the rest.
            self._break(Malformed(f"{self.name} answered in HTTP/1.1, not in HTTP/2"))
            return
        try:
            events = self._speaks.receive_data(data)
        except H2Error as error:
            self._flush()
            self._break(Malformed(f"{self.name} did not answer in HTTP/2: {error}"))
            return
        for event in events:
            self._happened(event)
        self._flush()
        if self.free and self.ready.done():
            self._freed(self)
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """See asyncio.Protocol."""
        self._break(None)
        if not self.ready.cancelled() and self.ready.exception() is None:
            self._lost(self)

    # ------------------------------------------------------------------------------------------------------ events

    def _happened(self, event: Event) -> None:
        match event:
            case ResponseReceived():
                self._answered(event)
            case DataReceived():
                self._speaks.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id)
                self._came(event)
            case StreamEnded():
                self._ended(self._streams.get(event.stream_id))
            case StreamReset():
                self._was_reset(event)
            case WindowUpdated() if event.stream_id:
                self._go_on(self._streams.get(event.stream_id))
            case WindowUpdated():
                self._go_on(*self._streams.values())
            case RemoteSettingsChanged():
                if not self.ready.done():
                    self.ready.set_result(None)
                self._go_on(*self._streams.values())
            case ConnectionTerminated():
                self._goes_away(event.last_stream_id or 0)
            case _:
                # Interim replies, trailers, pings and the like: h2 has answered what needs an answer.
                pass

    def _answered(self, event: ResponseReceived) -> None:
        stream = self._streams.get(event.stream_id)
        if stream is None:
            return
        for name, value in event.headers or ():
            if name == b":status":
                stream.status = int(value)
            elif name == b"content-type":
                stream.content_type = bytes(value)
            elif name == b"content-encoding":
                stream.encoding = bytes(value).lower()
            elif name == b"content-length" and value.isdigit() and int(value) > self._bytes_max:
                self._refuse(stream)

    def _came(self, event: DataReceived) -> None:
        stream = self._streams.get(event.stream_id)
        if stream is None:
            return
        stream.size += len(event.data or b"")
        if stream.size > self._bytes_max:
            self._refuse(stream)
        else:
            stream.chunks.append(event.data or b"")

    def _ended(self, stream: Stream | None) -> None:
        if stream is None:
            return
        del self._streams[stream.id]
        if stream.unsent is not None:
            # Answered before it had read everything: the rest need not be sent.
            self._reset(stream)
        self._served = True
        outcome: Outcome
        try:
            body = decoded(self.name, stream.encoding, b"".join(stream.chunks), self._bytes_max)
            outcome = Reply(stream.status, stream.content_type.decode("latin-1"), body)
        except Trouble as trouble:
            outcome = trouble
        self._settle(stream, outcome)

    def _was_reset(self, event: StreamReset) -> None:
        stream = self._streams.pop(event.stream_id, None)
        if stream is None:
            return
        if event.error_code in _UNTOUCHED:
            self._settle(stream, Unsent(f"{self.name} refused the stream"))
        elif event.error_code == ErrorCodes.HTTP_1_1_REQUIRED:
            self._settle(stream, Malformed(f"{self.name} asks for HTTP/1.1, see experimental_http2"))
        else:
            self._settle(stream, CutOff(f"{self.name} reset the stream: {_said(event.error_code)}"))

    def _goes_away(self, last: int) -> None:
        self.closed = True
        for stream in [stream for number, stream in self._streams.items() if number > last]:
            del self._streams[stream.id]
            self._settle(stream, Unsent(f"{self.name} closed the connection"))
        if not self.ready.done():
            self.ready.set_exception(CutOff(f"{self.name} closed the connection without a reply"))

    # --------------------------------------------------------------------------------------------------- the wire

    def _go_on(self, *streams: Stream | None) -> None:
        for stream in streams:
            if stream is not None:
                self._send_on(stream)

    def _send_on(self, stream: Stream) -> None:
        """Send of the body what the server takes now (RFC 9113, 5.2)."""
        while stream.unsent is not None:
            room = min(self._speaks.local_flow_control_window(stream.id), self._speaks.max_outbound_frame_size)
            rest = stream.unsent[room:]
            if room <= 0 and rest:
                return
            self._speaks.send_data(stream.id, bytes(stream.unsent[:room]), end_stream=not rest)
            stream.unsent = rest or None

    def _flush(self) -> None:
        data = self._speaks.data_to_send()
        if data and self._transport is not None:
            self._transport.write(data)

    def _reset(self, stream: Stream) -> None:
        # Refused where the other side has ended it in the same breath.
        with suppress(H2Error):
            self._speaks.reset_stream(stream.id, ErrorCodes.CANCEL)

    def _rest(self) -> None:
        """Close what takes nothing more and has nothing left to do."""
        if self.closed and not self._streams and self._transport is not None and not self._transport.is_closing():
            with suppress(H2Error):
                self._speaks.close_connection()
            self._flush()
            self._transport.close()

    def _refuse(self, stream: Stream) -> None:
        self._streams.pop(stream.id, None)
        self._reset(stream)
        self._settle(stream, Oversized(f"{self.name} answered with more than {self._bytes_max} bytes"))

    def _settle(self, stream: Stream, outcome: Outcome) -> None:
        user, stream.user = stream.user, None
        stream.unsent = None
        if user is not None:
            user.received(outcome)

    def _break(self, trouble: Trouble | None) -> None:
        """Nothing more comes: tell everybody who waits."""
        self.closed = True
        if not self.ready.done():
            self.ready.set_exception(trouble or CutOff(f"{self.name} closed the connection without a reply"))
        streams, self._streams = self._streams, {}
        for stream in streams.values():
            if trouble is not None:
                outcome = trouble
            elif stream.status:
                outcome = CutOff(f"{self.name} closed the connection in the middle of its reply")
            elif self._served:
                outcome = Stale(f"{self.name} closed the connection")
            else:
                outcome = CutOff(f"{self.name} closed the connection without a reply")
            self._settle(stream, outcome)
        self.abort()


def _said(code: ErrorCodes | int | None) -> str:
    return code.name if isinstance(code, ErrorCodes) else f"code {code}"
