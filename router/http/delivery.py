"""Many responses in one HTTP reply: as an event stream, or as multipart, whichever the client accepts.

| accept                                | subscription                   | @defer                           |
|---------------------------------------|--------------------------------|----------------------------------|
| text/event-stream                     | graphql-sse, one per request   | one answer                       |
| multipart/mixed;subscriptionSpec=1.0  | Apollo's multipart             | one answer                       |
| multipart/mixed;deferSpec=20220824    | refused                        | the first part, then the others  |
| multipart/mixed                       | Apollo's multipart             | the first part, then the others  |

A silent stream shows now and then that it lives: a comment in an event stream, `{}` in multipart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from router.http import eventstream, multiparts
from router.pipeline.request import Refused, Responses

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
SEND_SECONDS = 60.0
"""A client that takes nothing for this long has left, whatever its connection says."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which streaming replies a client takes, beside plain JSON."""

    events: bool = False
    multipart_subscriptions: bool = False
    incremental: bool = False

    @property
    def subscriptions(self) -> bool:
        """Whether a subscription can be answered."""
        return self.events or self.multipart_subscriptions


NOTHING_STREAMED = Accepted()


def accepted(accept: bytes | None) -> Accepted:
    """What an Accept header says of streams."""
    if accept is None or (b"multipart/mixed" not in accept and b"text/event-stream" not in accept):
        return NOTHING_STREAMED
    events = subscriptions = incremental = False
    for part in accept.decode("latin-1").lower().split(","):
        kind, *parameters = (piece.strip().replace('"', "") for piece in part.split(";"))
        if any(_is_zero(each) for each in parameters):
            continue
        if kind == eventstream.MEDIA_TYPE:
            events = True
        elif kind == multiparts.MEDIA_TYPE:
            specified = [each for each in parameters if "spec=" in each]
            subscriptions |= not specified or "subscriptionspec=1.0" in specified
            incremental |= not specified or "deferspec=20220824" in specified
    return Accepted(events, subscriptions, incremental)


def _is_zero(parameter: str) -> bool:
    return parameter.startswith("q=") and parameter[2:].rstrip("0").rstrip(".") in ("", "0")


class Form(Protocol):
    """How responses are written."""

    content_type: bytes
    opening: bytes
    heartbeat: bytes
    closing: bytes

    def next(self, body: bytes) -> bytes:
        """One response."""
        ...

    def refusal(self, refused: Refused) -> bytes:
        """Why there are no more."""
        ...


class Events:
    """graphql-sse, distinct connections."""

    content_type = eventstream.CONTENT_TYPE
    # Sent with the head, so that the client knows that the subscription stands before anything happens.
    opening = eventstream.HEARTBEAT
    heartbeat = eventstream.HEARTBEAT
    closing = eventstream.COMPLETE

    def next(self, body: bytes) -> bytes:
        """See Form.next."""
        return eventstream.next_event(body)

    def refusal(self, refused: Refused) -> bytes:
        """See Form.refusal."""
        return eventstream.next_event(refused.response().body)


class Parts:
    """Apollo's multipart subscriptions: responses as `payload`, what ends them as `errors` beside it."""

    content_type = b'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    opening = multiparts.OPENING
    heartbeat = multiparts.part(b"{}")
    closing = multiparts.CLOSING

    def next(self, body: bytes) -> bytes:
        """See Form.next."""
        return multiparts.part(b'{"payload":%b}' % body)

    def refusal(self, refused: Refused) -> bytes:
        """See Form.refusal."""
        errors = orjson.dumps([fault.as_json() for fault in refused.faults])
        return multiparts.part(b'{"payload":null,"errors":%b}' % errors)


class Increments:
    """One answer in pieces, each a part."""

    content_type = b'multipart/mixed;boundary="graphql";deferSpec=20220824'
    opening = multiparts.OPENING
    heartbeat = b""
    closing = multiparts.CLOSING

    def next(self, body: bytes) -> bytes:
        """See Form.next."""
        return multiparts.part(body)

    def refusal(self, refused: Refused) -> bytes:
        """See Form.refusal."""
        errors = [fault.as_json() for fault in refused.faults]
        return multiparts.part(orjson.dumps({"errors": errors, "hasNext": False}))


def form_of(responses: Responses, accepted: Accepted) -> Form:
    """How these responses are written for this client."""
    if responses.incremental:
        return Increments()
    return Events() if accepted.events else Parts()


async def deliver(
    responses: Responses,
    form: Form,
    receive: Receive,
    send: Send,
    *,
    headers: Sequence[tuple[bytes, bytes]],
    heartbeat_s: float,
) -> None:
    """Write responses until they end or the client leaves; nothing of them is left running then."""
    left = asyncio.ensure_future(_until_left(receive))
    writing = asyncio.ensure_future(_write(responses, form, send, headers, heartbeat_s))
    try:
        await asyncio.wait((writing, left), return_when=asyncio.FIRST_COMPLETED)
    finally:
        left.cancel()
        writing.cancel()
        await asyncio.wait((writing, left))
        await responses.aclose()
    if not writing.cancelled() and (error := writing.exception()) is not None and not isinstance(error, OSError):
        raise error


async def _write(
    responses: Responses, form: Form, send: Send, headers: Sequence[tuple[bytes, bytes]], heartbeat_s: float
) -> None:
    fixed = [
        (b"content-type", form.content_type),
        (b"cache-control", b"no-cache"),
        # Proxies that gather what they pass on would hold responses back.
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": [*fixed, *headers]})
    await _send(send, form.opening)
    upcoming: asyncio.Future[bytes] | None = None
    try:
        while True:
            upcoming = upcoming or asyncio.ensure_future(responses.__anext__())
            await asyncio.wait((upcoming,), timeout=heartbeat_s)
            if not upcoming.done():
                await _send(send, form.heartbeat)
                continue
            ready, upcoming = upcoming, None
            await _send(send, form.next(ready.result()))
    except StopAsyncIteration:
        await _send(send, form.closing, more=False)
    except Refused as refused:
        await _send(send, form.refusal(refused) + form.closing, more=False)
    finally:
        if upcoming is not None:
            upcoming.cancel()
            await asyncio.wait((upcoming,))


async def _send(send: Send, data: bytes, *, more: bool = True) -> None:
    if data or not more:
        async with asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": data, "more_body": more})


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
