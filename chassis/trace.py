"""The trace a piece of work belongs to (W3C Trace Context), carried across tasks, to peers, and into events.

trace.accept(headers.get("traceparent"))     # this work is a span of its own below the caller's
trace.traceparent.get()                      # what it passes on: the same trace, this span as the parent
"""

from __future__ import annotations

import os
import re
from contextvars import ContextVar

# A later version may say more behind another dash; what it begins with stays readable (section 3.2.4).
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = 0x01

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


def accept(header: str | None) -> None:
    """Begin a span below the caller's; below none, in a trace of its own, when the header is missing or malformed."""
    traceparent.set(child_of(header))


def child_of(header: str | None) -> str:
    """The `traceparent` of a new span below the one a header names."""
    span = _random(8)
    read = _TRACEPARENT.fullmatch(header) if header else None
    if read is None or (read[1] == "00" and read[5]):
        return f"00-{_random(16)}-{span}-00"
    return f"00-{read[2]}-{span}-{int(read[4], 16) & _SAMPLED:02x}"


def _random(size: int) -> str:
    # All zeros would be invalid; so improbable that one bit is spent on it.
    drawn = bytearray(os.urandom(size))
    drawn[0] |= 1
    return drawn.hex()
