"""Hints given as transactions commit: what chassis.live publishes once those who hear it can read what changed.

    hints = Hints(live_of("cart", settings))
    async with database.transaction() as session:
        ...
        hints.give(session, f"cart:{cart.id}")          # published after the commit, and not at all after a rollback

Topics of transactions that commit at about the same time are published together, each once. A request does not wait for
it: a lost hint only delays.
"""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import after_commit
from chassis.live import Live


class Hints:
    """Publishes what commits."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self._due: set[str] = set()
        self._publishing: asyncio.Task[None] | None = None

    def give(self, session: AsyncSession, *topics: str) -> None:
        """Publish these topics once the session's transaction has committed."""
        if topics:
            after_commit(session, lambda: self._publish(topics))

    def _publish(self, topics: tuple[str, ...]) -> None:
        self._due.update(topics)
        if self._publishing is None or self._publishing.done():
            self._publishing = asyncio.get_running_loop().create_task(self._publish_due(), name="hints")

    async def _publish_due(self) -> None:
        while self._due:
            due, self._due = self._due, set()
            await self.live.publish(*sorted(due))
