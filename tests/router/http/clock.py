"""The running loop's clock: a test puts it forward instead of waiting, and nothing is over before it says so."""

from __future__ import annotations

import asyncio


def put_forward(seconds: float) -> None:
    """Let so much time have passed for all that the loop times from here on, and for what it times already."""
    loop = asyncio.get_running_loop()
    before = loop.time
    loop.time = lambda: before() + seconds  # type: ignore[method-assign]
