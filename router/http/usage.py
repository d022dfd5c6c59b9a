"""Appends what was counted to a file, every interval and at the end, off the event loop."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import suppress

import orjson

from router.http.rotating import Rotating
from router.pipeline.usage import Taken, Usage, document, line
from router.settings import UsageExport

log = logging.getLogger("router")
HASHES_MAX = 100_000


class Exporting:
    """Writes the usage of one router process; several processes may append to the same file."""

    def __init__(self, settings: UsageExport, file: str) -> None:
        self.file = Rotating(file, bytes_max=settings.file_bytes_max, files_max=settings.files_max)
        self.interval_s = settings.interval.milliseconds / 1000
        self.usage = Usage((settings.client_name_header, settings.client_version_header), settings.entries_max)
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._told: set[str] = set()
        self._told_in: os.stat_result | None = None

    def start(self) -> None:
        """Begin to write, every interval."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self.flush()

    async def flush(self) -> None:
        """Write what was counted until now; a file that cannot be written is logged, and requests go on."""
        async with self._turn:
            taken, missed = self.usage.take(), self.usage.missed
            self.usage.missed = 0
            if missed:
                log.warning("usage: %d requests were not counted: telemetry.usage.entries_max was reached", missed)
            if taken:
                await asyncio.to_thread(self._write, taken)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self.interval_s)
            try:
                # Shielded: a stop in the middle must not lose what was taken already.
                await asyncio.shield(self.flush())
            except Exception:
                log.exception("usage cannot be written")

    def _write(self, taken: Taken) -> None:
        try:
            with self.file.opened() as number:
                # The file may be another one by now: each has the documents of its own lines.
                if not self._is_told_in(os.fstat(number)) or len(self._told) > HASHES_MAX:
                    self._told.clear()
                text = b"".join(self._lines(taken))
                while text:
                    text = text[os.write(number, text) :]
                self._told_in = os.fstat(number)
        except OSError as error:
            # No stack is needed.
            log.error("usage cannot be written to %s: %s", self.file.path, error.strerror)  # noqa: TRY400

    def _is_told_in(self, now: os.stat_result) -> bool:
        """Whether this is the file that was written to before. A deleted one's number may be a new one's."""
        before = self._told_in
        return before is not None and os.path.samestat(now, before) and now.st_size >= before.st_size

    def _lines(self, taken: Taken) -> Iterator[bytes]:
        """A line for each client of each operation; the document stands in the first line with its hash."""
        for operation, counts in taken:
            for client, counted in counts.items():
                told = line(operation, client, counted)
                if told["hash"] not in self._told:
                    self._told.add(told["hash"])
                    told["document"] = document(operation)
                yield orjson.dumps(told) + b"\n"
