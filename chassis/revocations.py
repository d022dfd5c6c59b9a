"""Sessions that were signed out while their access tokens live: a short list, asked for again every few seconds.

The subgraph that owns sessions reads the list from its database, the others from its REST edge. A list that cannot be
read is logged and the last one used: tokens end by themselves after fifteen minutes, and people must be able to shop
while one service is away.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import structlog

log = structlog.get_logger("chassis.revocations")

Read = Callable[[], Awaitable[frozenset[str]]]


class RevokedSessions:
    """Answers whether a session was ended, from a list at most `cache_s` seconds old."""

    def __init__(self, read: Read, *, cache_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._cache_s = cache_s
        self._clock = clock
        self._sessions: frozenset[str] = frozenset()
        self._read_at: float | None = None
        self._lock = asyncio.Lock()

    async def includes(self, session_id: str) -> bool:
        """Whether the session was ended. Never raises."""
        if self._is_old():
            async with self._lock:
                if self._is_old():
                    await self._refresh()
        return session_id in self._sessions

    def _is_old(self) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= self._cache_s

    async def _refresh(self) -> None:
        # Set first: a source that is away is asked once per interval, not once per request.
        self._read_at = self._clock()
        try:
            self._sessions = await self._read()
        except Exception as error:  # noqa: BLE001 -- see the module's docstring
            log.warning("revocations_not_read", error=repr(error))


def over_http(
    url: str, *, internal_token: str, timeout_ms: int, transport: httpx.AsyncBaseTransport | None = None
) -> Read:
    """Read the list from the owner's REST edge: `{"sessions": ["…"]}`."""
    seconds = timeout_ms / 1_000

    async def read() -> frozenset[str]:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(timeout=seconds, transport=transport, trust_env=False) as client,
        ):
            response = await client.get(url, headers={"x-internal-token": internal_token})
        response.raise_for_status()
        sessions = response.json()["sessions"]
        if not isinstance(sessions, list) or not all(isinstance(each, str) for each in sessions):
            raise ValueError("the list of revoked sessions has the wrong shape")
        return frozenset(sessions)

    return read
