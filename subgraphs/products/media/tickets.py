"""Permits to send one file to the local store: signed, of one exact size and type, for a short while.

    token = permits.sign(Permit(upload_id, "image/png", 48_213, expires_at))
    permits.read(token, now=now())                     # PermitRejected when forged or too late

The token is all the REST edge asks for, as an S3 server asks for no more than its own signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_LENGTH_MAX: Final = 1_000


class PermitRejected(Exception):
    """The token is not ours, or its time is over. The message says which."""


class PermitExpired(PermitRejected):
    """The token was ours."""


@dataclass(frozen=True, slots=True)
class Permit:
    """To send exactly this: so many bytes of this type, until then."""

    upload_id: str
    content_type: str
    size_bytes: int
    expires_at: datetime


class Permits:
    """Signs and reads tokens with a key that all processes of the subgraph have."""

    def __init__(self, secret: str) -> None:
        """`secret` may serve other ends: the key is derived from it."""
        self._key = hmac.digest(secret.encode(), b"products: permits to upload", hashlib.sha256)

    def sign(self, permit: Permit) -> str:
        """A token that may stand in a URL."""
        said = json.dumps(
            [permit.upload_id, permit.content_type, permit.size_bytes, int(permit.expires_at.timestamp())]
        ).encode()
        return f"{_write(said)}.{_write(self._seal(said))}"

    def read(self, token: str, *, now: datetime) -> Permit:
        """What a token permits. Raises PermitRejected."""
        said_text, _, seal_text = token[:_LENGTH_MAX].partition(".")
        said, seal = _read(said_text), _read(seal_text)
        if not hmac.compare_digest(seal, self._seal(said)):
            raise PermitRejected("This address was not given out by the shop.")
        upload_id, content_type, size_bytes, until = json.loads(said)
        permit = Permit(upload_id, content_type, size_bytes, datetime.fromtimestamp(until, UTC))
        if now >= permit.expires_at:
            raise PermitExpired("This address has expired: ask for another.")
        return permit

    def _seal(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, hashlib.sha256)


def _write(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _read(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeError, ValueError):
        return b""
