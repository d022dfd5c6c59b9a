"""How a subgraph is reached: the small interface every transport has, and the ways in which a call can fail.

`Exchange.post` sends one request and answers with the whole reply, or raises one of the troubles below. Implementations:
`router.http.client` (plain http, our own), `router.http.library` (TLS and proxies, aiohttp) and `router.http.mounted`
(an ASGI application in this process).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Reply(NamedTuple):
    """A whole HTTP reply; `body` is decoded of its content-encoding, header names are lower case."""

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
    """What came back is not HTTP."""

    code = "SUBREQUEST_MALFORMED_RESPONSE"


class Oversized(Trouble):
    """The reply is larger than `response_bytes_max`."""

    code = "SUBREQUEST_RESPONSE_TOO_LARGE"


class TimedOut(Trouble):
    """No whole reply within the time allowed."""

    code = "GATEWAY_TIMEOUT"


class Exchange(Protocol):
    """Sends requests to subgraphs."""

    async def post(self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool) -> Reply:
        """POST a JSON body; `headers` are extra header lines, each ended by CRLF.

        `repeatable` says that sending twice does no harm: only then is a stale connection answered with a second try.
        Raises Trouble.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
