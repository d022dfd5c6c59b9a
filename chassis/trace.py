"""The trace a piece of work belongs to (W3C Trace Context), carried across tasks and into events."""

from __future__ import annotations

import re
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


def accept(header: str | None) -> None:
    """Take over the caller's `traceparent`; anything malformed is ignored, as the specification says."""
    traceparent.set(header if header and _TRACEPARENT.fullmatch(header) else None)
