"""text/event-stream, read and written: WHATWG HTML, 9.2, and graphql-sse's `next` and `complete`. Pure.

event: next
data: {"data": {"orderUpdated": {"status": "CONFIRMED"}}}

event: complete
data:
"""

from __future__ import annotations

from typing import Final, NamedTuple

MEDIA_TYPE: Final = "text/event-stream"
CONTENT_TYPE: Final = b"text/event-stream; charset=utf-8"
HEARTBEAT: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"


class ServerEvent(NamedTuple):
    """One event: its type, `message` where none was given, and its data."""

    type: str
    data: bytes


class TooLong(Exception):
    """One event is larger than allowed."""


def next_event(body: bytes) -> bytes:
    """A GraphQL response, as an event. `body` is JSON without line ends, as encoders write it."""
    return b"event: next\ndata: %b\n\n" % body


class EventReader:
    """Reads a stream in whatever pieces it comes; keeps at most `bytes_max` of an unfinished event."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._rest = b""
        self._after_return = False
        self._first = True
        self._type = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """The events that this piece completes. Raises TooLong."""
        data = self._rest + piece
        if self._after_return and data:
            # A line end may be \\r\\n, cut in two.
            data = data[1:] if data[:1] == b"\n" else data
            self._after_return = False
        *lines, self._rest = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if data.endswith(b"\r"):
            self._after_return = True
        if self._size + len(self._rest) > self._bytes_max:
            raise TooLong
        return [event for line in lines if (event := self._take(line)) is not None]

    def _take(self, line: bytes) -> ServerEvent | None:
        if self._first:
            self._first = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value) + 1
            if self._size > self._bytes_max:
                raise TooLong
        elif name == b"event":
            self._type = value
        return None

    def _dispatch(self) -> ServerEvent | None:
        kind, data = self._type, self._data
        self._type, self._data, self._size = b"", [], 0
        # By the letter an event without data is none, but `complete` is sent without by some.
        if not data and not kind:
            return None
        return ServerEvent(kind.decode("utf-8", "replace") or "message", b"\n".join(data))
