"""A bulkhead: so many at work at once, the rest in a fair line of bounded length and patience.

    turns = Turns(at_once=8, waiting_max=200, wait_ms=10_000)
    async with turns.turn("key") as waited:              # raises Crowded
        ...

What is begun has the machine to itself and is finished; who is not let in costs nothing. Two with the same key are
never at work at once: the second waits without a place in the line until the first is done. Whoever hangs up while
waiting leaves the line. Knows nothing of orders, and nothing of other processes.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from chassis.caller import hung_up

# How much the latest turn counts in what a turn is believed to take.
_WEIGHT: Final = 0.2
RETRY_AFTER_S_MAX: Final = 30


class Crowded(Exception):
    """No turn could be had. `retry_after_s` is about when the line will have moved on."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Nobody is let in for another {retry_after_s} s.")
        self.retry_after_s = retry_after_s


@dataclass(slots=True)
class Turns:
    """The turns of one process. Bounds: how many at work, how many waiting, and for how long."""

    at_once: int
    waiting_max: int
    wait_ms: int
    at_work: int = 0
    _line: deque[asyncio.Future[None]] = field(default_factory=deque)
    _keys: dict[Hashable, asyncio.Event] = field(default_factory=dict)
    _took_s: float = 1.0

    async def count_waiting(self) -> float:
        """How many stand in the line, as gauges read it."""
        return float(len(self._line))

    async def count_at_work(self) -> float:
        """How many are at work, as gauges read it."""
        return float(self.at_work)

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[bool]:
        """A turn for this key; answers whether it had to be waited for. Raises Crowded."""
        until = asyncio.get_running_loop().time() + self.wait_ms / 1_000
        waited = False
        while (other := self._keys.get(key)) is not None:
            waited = True
            await self._unless_gone(other.wait(), until)
        self._keys[key] = done = asyncio.Event()
        try:
            waited = await self._enter(until) or waited
            began = time.monotonic()
            try:
                yield waited
            finally:
                self._took_s += _WEIGHT * (time.monotonic() - began - self._took_s)
                self._leave()
        finally:
            del self._keys[key]
            done.set()

    async def _enter(self, until: float) -> bool:
        if self.at_work < self.at_once:
            self.at_work += 1
            return False
        if len(self._line) >= self.waiting_max:
            raise self._crowded()
        place = asyncio.get_running_loop().create_future()
        self._line.append(place)
        try:
            await self._unless_gone(place, until)
        except BaseException:
            if place.done() and not place.cancelled():
                # It was this one's turn in the very moment in which they left: the next one's, then.
                self._leave()
            else:
                self._line.remove(place)
            raise
        return True

    def _leave(self) -> None:
        """Hand the turn on to whoever waits longest."""
        if self._line:
            self._line.popleft().set_result(None)
        else:
            self.at_work -= 1

    async def _unless_gone(self, waited_for: Awaitable[object], until: float) -> None:
        """Wait for it, for as long as there is time and somebody to wait. Raises Crowded."""
        waiting, gone = asyncio.ensure_future(waited_for), asyncio.ensure_future(hung_up())
        try:
            left_s = until - asyncio.get_running_loop().time()
            await asyncio.wait((waiting, gone), timeout=max(left_s, 0), return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise self._crowded()
        finally:
            gone.cancel()
            if waiting is not waited_for:
                waiting.cancel()

    def _crowded(self) -> Crowded:
        ahead_s = self._took_s * (len(self._line) + 1) / self.at_once
        return Crowded(min(max(math.ceil(ahead_s), 1), RETRY_AFTER_S_MAX))
