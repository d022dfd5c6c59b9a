"""Keys that others choose, so that asking again does the thing once."""

from __future__ import annotations

from typing import Final

from chassis.errors import InvalidInput

KEY_MAX: Final = 200


def key_of(key: str, *, field: tuple[str, ...]) -> str:
    """A key as it may be kept; InvalidInput at `field` when it is empty or too long."""
    if not 1 <= len(key) <= KEY_MAX:
        raise InvalidInput(f"A key has between 1 and {KEY_MAX} characters.", field=field)
    return key
