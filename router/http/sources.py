"""Where a subscription's events come from: a subgraph asked once, answering many times.

It may answer by an event stream or in multipart, as it likes. Other sources are
`router.http.websocket_source` (graphql-transport-ws) and `router.http.mounted` (an application in this process).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import msgspec

from router.execution.asking import Answer, read
from router.http import eventstream, multiparts
from router.http.streamed import post
from router.http.transport import CutOff, Malformed, Oversized, Reply

JSON = "application/json"
# Multipart first and with a boundary: that is how Apollo's clients ask for it, and some servers look for just that.
ACCEPT = (
    "multipart/mixed;boundary=graphql;subscriptionSpec=1.0, text/event-stream, "
    "application/graphql-response+json, application/json"
)
NULL = b"null"


class _Part(msgspec.Struct):
    """A part of Apollo's subscription protocol: a response as `payload`, or the errors that end the stream."""

    payload: msgspec.Raw = msgspec.Raw(NULL)
    errors: msgspec.Raw = msgspec.Raw(NULL)


_decode_part = msgspec.json.Decoder(_Part).decode


class Source(Protocol):
    """Subscribes at subgraphs."""

    def subscribe(self, url: str, headers: bytes, body: bytes) -> AbstractAsyncContextManager[AsyncIterator[Answer]]:
        """POST a subscription, or the like; entered once the subgraph took it, left closes it at once.

        Iterating gives its responses in order, ends when the subgraph says that it is complete, and raises Trouble
        when it ends in any other way. `headers` are extra header lines, each ended by CRLF.
        """
        ...


@dataclass(frozen=True, slots=True)
class OverHttp:
    """One POST whose reply is an event stream, or multipart."""

    connect_timeout_ms: int
    timeout_ms: int
    response_bytes_max: int
    authorities: str | None = None

    @asynccontextmanager
    async def subscribe(self, url: str, headers: bytes, body: bytes) -> AsyncIterator[AsyncIterator[Answer]]:
        """See Source.subscribe."""
        replying = post(
            url,
            headers,
            body,
            accept=ACCEPT,
            connect_timeout_ms=self.connect_timeout_ms,
            timeout_ms=self.timeout_ms,
            authorities=self.authorities,
        )
        async with (
            replying as reply,
            aclosing(answers(reply.status, reply.content_type, reply, self.response_bytes_max)) as found,
        ):
            yield found


def answers(
    status: int, content_type: str, pieces: AsyncIterator[bytes], bytes_max: int
) -> AsyncGenerator[Answer, None]:
    """The GraphQL responses in a reply, by its content-type; one alone where it is plain JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if 200 <= status < 300 and kind == eventstream.MEDIA_TYPE:
        return _of_events(pieces, bytes_max)
    if 200 <= status < 300 and kind == multiparts.MEDIA_TYPE:
        return _of_parts(pieces, multiparts.boundary_of(content_type), bytes_max)
    return _of_whole(status, content_type, pieces, bytes_max)


async def _of_events(pieces: AsyncIterator[bytes], bytes_max: int) -> AsyncGenerator[Answer, None]:
    reader = eventstream.EventReader(bytes_max)
    async for piece in pieces:
        try:
            events = reader.feed(piece)
        except eventstream.TooLong:
            raise _oversized(bytes_max) from None
        for event in events:
            if event.type == "complete":
                return
            # Servers that do not speak graphql-sse send plain messages.
            if event.type in ("next", "message"):
                yield read(Reply(200, JSON, event.data))
    raise CutOff("ended the stream without completing it")


async def _of_parts(pieces: AsyncIterator[bytes], boundary: bytes, bytes_max: int) -> AsyncGenerator[Answer, None]:
    reader = multiparts.PartReader(boundary, bytes_max)
    async for piece in pieces:
        try:
            bodies = reader.feed(piece)
        except multiparts.Broken as error:
            raise Malformed(f"answered with {error}") from error
        for body in bodies:
            try:
                part = _decode_part(body)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                raise Malformed("answered with a part that is no GraphQL response") from None
            # Neither: a heartbeat.
            payload, errors = bytes(part.payload), bytes(part.errors)
            if payload != NULL:
                yield read(Reply(200, JSON, payload))
            if errors != NULL:
                yield read(Reply(200, JSON, b'{"data":null,"errors":%b}' % errors))
                return
        if reader.closed:
            return
    raise CutOff("ended the stream without completing it")


async def _of_whole(
    status: int, content_type: str, pieces: AsyncIterator[bytes], bytes_max: int
) -> AsyncGenerator[Answer, None]:
    body = b""
    async for piece in pieces:
        body += piece
        if len(body) > bytes_max:
            raise _oversized(bytes_max)
    yield read(Reply(status, content_type, body))


def _oversized(bytes_max: int) -> Oversized:
    return Oversized(f"answered with more than {bytes_max} bytes in one event")
