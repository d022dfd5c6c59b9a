"""Being told by PostgreSQL that there is something to do: LISTEN on a connection of its own.

    wakeups = Wakeups(database.url, "outbox", woken.set)
    wakeups.start()
    await wakeups.stop()

`heard()` is called for each NOTIFY, and after each connection, because something may have been said while nobody
listened. A lost connection is made again; until then whoever waits must look from time to time, and does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import structlog

from chassis.tasks import end

log = structlog.get_logger("chassis.wakeups")

# A connection that is broken without a word (a cut cable) is noticed by asking.
ASK_EVERY_S = 30.0


class Wakeups:
    """Listens on one channel of one database while started."""

    def __init__(self, url: str, channel: str, heard: Callable[[], None], *, timeout_ms: int = 5_000) -> None:
        """`channel` is an identifier of ours, never somebody's input."""
        self._url = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))
        self._channel = channel
        self._heard = heard
        self._timeout_s = timeout_ms / 1_000
        self._task: asyncio.Task[None] | None = None
        # Set once PostgreSQL has agreed to tell us.
        self.listening = asyncio.Event()

    def start(self) -> None:
        """Begin to listen in the background."""
        self._task = asyncio.create_task(self._run(), name=f"listens for {self._channel}")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task:
            await end([self._task])
            self._task = None

    async def _run(self) -> None:
        wait_s = 0.1
        while True:
            try:
                async with asyncio.timeout(self._timeout_s):
                    connection: Any = await asyncpg.connect(self._url, command_timeout=self._timeout_s)
                wait_s = 0.1
                await self._listen(connection)
            except Exception as error:  # noqa: BLE001 -- however a server goes away, it is listened to when it is back
                log.warning("not_listening", channel=self._channel, error=repr(error))
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, 5.0)

    async def _listen(self, connection: Any) -> None:
        ended = asyncio.Event()
        connection.add_termination_listener(lambda *_: ended.set())
        try:
            await connection.add_listener(self._channel, lambda *_: self._heard())
            self.listening.set()
            self._heard()
            while not ended.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), ASK_EVERY_S)
                    return
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()
