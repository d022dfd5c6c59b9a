"""Orders that this process heard something about, until somebody carries them on."""

from __future__ import annotations

import asyncio


class Due:
    """Order ids, each once. What is lost with the process is found by the sweep."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}
        self._heard = asyncio.Event()

    def add(self, order_id: str) -> None:
        """This order should be carried on."""
        self._ids[order_id] = None
        self._heard.set()

    async def take(self) -> list[str]:
        """All there are, in the order they were added; waits until there is one."""
        await self._heard.wait()
        self._heard.clear()
        taken, self._ids = list(self._ids), {}
        return taken
