"""New identifiers: UUIDs of version 7, which sort by the time they were made (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=value)


def new_id() -> str:
    """An opaque string id for a row: a UUID 7 in its usual form."""
    return str(uuid7())


def secret(size: int = 32) -> str:
    """An unguessable URL-safe string from `size` random bytes."""
    return secrets.token_urlsafe(size)
