"""Proof for a subgraph that a request comes from this router: a header over the time and the body.

    X-Router-Signature: t=<Unix seconds>,v1=<hex of HMAC-SHA-256 over "<t>.<body>" with the shared secret>

The time lets the subgraph refuse what was recorded and is sent again later. Made when a request is sent, so that two
requests that share one call share its signature, and only where a secret is set.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

HEADER = b"x-router-signature"


class Signature:
    """Signs bodies with one secret."""

    def __init__(self, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._clock = clock

    def line(self, body: bytes) -> bytes:
        """The header line for a body, ended by CRLF."""
        moment = b"%d" % self._clock()
        digest = hmac.digest(self._secret, b"%b.%b" % (moment, body), "sha256").hex().encode()
        return b"%b: t=%b,v1=%b\r\n" % (HEADER, moment, digest)
