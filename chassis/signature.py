"""Requests that only the router may make: its signature, checked before anything of a request is believed.

    X-Router-Signature: t=<Unix seconds>,v1=<hex of HMAC-SHA-256 over "<t>.<body>" with ROUTER_SECRET>

With ROUTER_SECRET set, a GraphQL request needs this or another subgraph's X-Internal-Token; a signature older or newer
than `TOLERANCE_S` counts for nothing, so a recorded request cannot be sent again later. Unset, everybody may ask: what
they see still depends on who they are, and fields marked @inaccessible are for other subgraphs only.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable

HEADER = "x-router-signature"
TOLERANCE_S = 60
_SHAPE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


class NotFromRouter(Exception):
    """The request came neither from the router nor from another subgraph; answered as HTTP 403, NOT_FROM_ROUTER."""


def signature(secret: bytes, body: bytes, *, moment: int) -> str:
    """The header's value for a body at a time in Unix seconds."""
    return f"t={moment},v1={hmac.digest(secret, b'%d.%b' % (moment, body), 'sha256').hex()}"


class RouterOnly:
    """Checks signatures; with no secret, lets everything pass."""

    def __init__(self, secret: str | None, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode() if secret else None
        self._clock = clock

    @property
    def asks_for_proof(self) -> bool:
        """Whether whoever passes has proved to be the router or another subgraph."""
        return self._secret is not None

    def check(self, header: str | None, body: bytes, *, internal: bool) -> None:
        """Raise NotFromRouter unless the body is signed; `internal` is whether another subgraph showed its token."""
        if self._secret is None or internal:
            return
        if not header:
            raise NotFromRouter("This endpoint answers the router only: ask there.")
        found = _SHAPE.fullmatch(header)
        if found is None:
            raise NotFromRouter("The X-Router-Signature header is malformed.")
        moment = int(found[1])
        if not hmac.compare_digest(header, signature(self._secret, body, moment=moment)):
            raise NotFromRouter("The X-Router-Signature header does not belong to this request.")
        if abs(self._clock() - moment) > TOLERANCE_S:
            raise NotFromRouter("The X-Router-Signature header is too old, or the clocks differ by more than a minute.")
