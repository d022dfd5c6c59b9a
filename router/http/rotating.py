"""A file that several processes append to, moved aside when it is full: `usage.jsonl` becomes `usage.1.jsonl`.

Whoever writes holds the file's lock (flock). A file that was moved while a process waited for its lock, by another one
or by a tool, is let go and opened again by its name.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Rotating:
    """`files_max` files at most, each of `bytes_max` and what one writing adds; the oldest is deleted."""

    def __init__(self, path: str, *, bytes_max: int, files_max: int) -> None:
        self.path = Path(path)
        self.bytes_max = bytes_max
        self.files_max = files_max

    @contextmanager
    def opened(self) -> Iterator[int]:
        """The descriptor of the newest file, which nobody else writes to meanwhile. Raises OSError."""
        number = self._locked()
        try:
            yield number
        finally:
            os.close(number)

    def _locked(self) -> int:
        while True:
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
            try:
                fcntl.flock(number, fcntl.LOCK_EX)
                if self._is_here(number):
                    size = os.fstat(number).st_size
                    if size == 0 or size < self.bytes_max:
                        return number
                    self._move_aside()
            except BaseException:
                os.close(number)
                raise
            os.close(number)

    def _is_here(self, number: int) -> bool:
        try:
            return os.path.samestat(os.fstat(number), self.path.stat())
        except FileNotFoundError:
            return False

    def _move_aside(self) -> None:
        older = [self.path.with_suffix(f".{age}{self.path.suffix}") for age in range(1, self.files_max)]
        files = [self.path, *older]
        files[-1].unlink(missing_ok=True)
        for newer, aside in reversed(list(zip(files, older, strict=False))):
            if newer.exists():
                newer.replace(aside)
