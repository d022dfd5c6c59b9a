"""Reads the `field` of a @fromContext: `$context { selection }`."""

from __future__ import annotations

import re

from router.composition.schema.model import Application

_FIELD = re.compile(r"^\s*\$([A-Za-z_]\w*)(.*)$", re.DOTALL)


def context_of(application: Application) -> tuple[str, str]:
    """Answer the context's name and the selection of a @fromContext; both empty when it cannot be read."""
    value = application.arguments.get("field")
    match = _FIELD.match(value) if isinstance(value, str) else None
    return (match[1], match[2]) if match is not None else ("", "")
