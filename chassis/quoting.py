"""Repeating in a message what somebody sent: its beginning at most, so that a refusal is never as long as a request.

f"There is no SKU {quoted(sku)}."                      # 'LAPTOP-001', or 'aaaaaaaaaaaaaaaaaaaa…' of 5000 characters
"""

from __future__ import annotations

from typing import Final

QUOTED_MAX: Final = 64


def quoted(value: str) -> str:
    """The text in quotes, by its beginning and its length when it is longer than any name of ours."""
    if len(value) <= QUOTED_MAX:
        return repr(value)
    return f"{value[: QUOTED_MAX // 2]!r}… of {len(value)} characters"
