"""How a subgraph is reached: the small interface every transport has, and the ways in which a call can fail.

Theory. Calls are callbacks at heart (`Exchange.send`), so that the hot path needs neither a task nor a coroutine per
request; `post` waits for one where a coroutine reads better. Implementations: `router.http.client` (plain http, our
own), `router.http.secure` (TLS, proxies, HTTP/2 by h2), `router.http.mounted` (an ASGI application in this process).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, Protocol, TypeAlias


class Reply(NamedTuple):
    """A whole HTTP reply; `body` is decoded of its content-encoding."""

    status: int
    content_type: str
    body: bytes


class Trouble(Exception):
    """A call that brought no usable reply."""

    code = "SUBREQUEST_HTTP_ERROR"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(Trouble):
    """No connection could be made."""


class CutOff(Trouble):
    """The connection ended before the reply did."""


class Malformed(Trouble):
    """What came back is not HTTP, or not what it says it is."""

    code = "SUBREQUEST_MALFORMED_RESPONSE"


class Oversized(Trouble):
    """The reply is larger than `response_bytes_max`."""

    code = "SUBREQUEST_RESPONSE_TOO_LARGE"


class TimedOut(Trouble):
    """No whole reply within the time allowed."""

    code = "GATEWAY_TIMEOUT"


def complaint(error: OSError) -> str:
    """What is wrong, in the system's words: asyncio's own name the address again, which the message does already."""
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)
    return error.strerror or str(error) or type(error).__name__


Outcome: TypeAlias = Reply | Trouble
Done: TypeAlias = Callable[[Outcome], None]


class Call(Protocol):
    """A request under way."""

    def cancel(self) -> None:
        """Give up: the connection is dropped and `on_done` is not called any more."""
        ...


class Exchange(Protocol):
    """Sends requests to subgraphs."""

    def send(self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done) -> Call:
        """POST a JSON body; `on_done` gets the outcome, exactly once, perhaps before this returns.

        `headers` are extra header lines, each ended by CRLF. `repeatable` says that sending twice does no harm: only
        then is a stale connection answered with a second try.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


async def post(
    exchange: Exchange, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool
) -> Reply:
    """Send and wait. Raises Trouble; cancelling it cancels the call."""
    future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    def done(outcome: Outcome) -> None:
        if future.done():
            return
        if isinstance(outcome, Reply):
            future.set_result(outcome)
        else:
            future.set_exception(outcome)

    call = exchange.send(url, headers, body, timeout_ms=timeout_ms, repeatable=repeatable, on_done=done)
    try:
        return await future
    except asyncio.CancelledError:
        call.cancel()
        raise


class TaskCall:
    """A call that a coroutine carries out, for transports that are coroutines."""

    def __init__(self, work: Coroutine[Any, Any, Reply], on_done: Done) -> None:
        self._on_done = on_done
        self._task = asyncio.ensure_future(work)
        self._task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Reply]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            self._on_done(task.result())
        else:
            self._on_done(error if isinstance(error, Trouble) else CutOff(repr(error)))

    def cancel(self) -> None:
        """See Call.cancel."""
        self._task.cancel()
