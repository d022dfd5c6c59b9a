"""Webhook signatures: HMAC-SHA-256 over the time and the raw body, as Stripe signs them.

    t=1760000000,v1=5257a869…,v1=…

The signed bytes are `<t>.<body>`; several v1 are given while one secret replaces another, and one that fits is enough.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

TOLERANCE_S: Final = 300
# A header with more than this many signatures is somebody's try at making us work.
_SIGNATURES_MAX: Final = 10


class BadSignature(Exception):
    """The signature is missing, malformed, too old, of the future, or of somebody else; the message says which."""


def sign(body: bytes, secrets: Sequence[str], *, at: datetime) -> str:
    """The header's value, with a signature by each secret."""
    seconds = int(at.timestamp())
    return ",".join([f"t={seconds}", *(f"v1={_digest(seconds, body, secret)}" for secret in secrets)])


def verify(header: str | None, body: bytes, secrets: Sequence[str], *, at: datetime) -> None:
    """Raise BadSignature unless the header fits the body, one of the secrets and the time (300 s either way)."""
    if not header:
        raise BadSignature("The signature is missing.")
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    is_wellformed = len(times) == 1 and times[0].isascii() and times[0].isdecimal() and len(times[0]) <= 12
    if not is_wellformed or not 1 <= len(given) <= _SIGNATURES_MAX:
        raise BadSignature("The signature is not of the form t=…,v1=….")
    seconds = int(times[0])
    # Every pair is compared, so that the time it takes tells nothing.
    fits = [hmac.compare_digest(_digest(seconds, body, secret).encode(), each) for secret in secrets for each in given]
    if not any(fits):
        raise BadSignature("The signature does not fit the body.")
    if abs(at.timestamp() - seconds) > TOLERANCE_S:
        raise BadSignature(f"The signature's time is more than {TOLERANCE_S} seconds away from now.")


def _digest(seconds: int, body: bytes, secret: str) -> str:
    return hmac.new(secret.encode(), b"%d.%b" % (seconds, body), hashlib.sha256).hexdigest()
