"""Processes under measurement: started on a core of their own, their CPU time and memory read from the kernel."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

STARTED_WITHIN_S = 90
STOPPED_WITHIN_S = 10


class Unmeasurable(Exception):
    """Something a measurement needs is not there; the message says what and how to get it."""


class Process:
    """A server with its children, ended when the measurement is."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        core: int | None,
        log: Path,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        pinned = ["taskset", "-c", str(core)] if core is not None and shutil.which("taskset") else []
        self.log = log
        with log.open("wb") as out:
            self.popen = subprocess.Popen(
                [*pinned, *command], stdout=out, stderr=out, cwd=cwd, env=environment, start_new_session=True
            )

    def wait_for(self, url: str, *, body: bytes | None = None) -> None:
        """Wait until a URL answers 200. Raises Unmeasurable."""
        deadline = time.monotonic() + STARTED_WITHIN_S
        while time.monotonic() < deadline:
            if self.popen.poll() is not None:
                raise Unmeasurable(f"{self.log.stem} stopped while starting:\n{self.last_words()}")
            try:
                asked = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 (loopback)
                with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.1)
        raise Unmeasurable(f"{url} did not answer within {STARTED_WITHIN_S} s:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of its log."""
        return _read(str(self.log))[-2000:]

    def family(self) -> list[int]:
        """This process and all below it."""
        found = [self.popen.pid]
        for pid in found:
            for task in _listed(f"/proc/{pid}/task"):
                found += [int(child) for child in _read(f"/proc/{pid}/task/{task}/children").split()]
        return found

    def cpu_ms(self) -> float:
        """CPU time so far, user and system, every thread: the kernel's own accounting."""
        total = 0
        for pid in self.family():
            for task in _listed(f"/proc/{pid}/task"):
                total += int((_read(f"/proc/{pid}/task/{task}/schedstat").split() or ["0"])[0])
        return total / 1e6

    def memory_mb(self) -> float:
        """Resident memory."""
        kilobytes = 0
        for pid in self.family():
            for line in _read(f"/proc/{pid}/status").splitlines():
                if line.startswith("VmRSS:"):
                    kilobytes += int(line.split()[1])
        return kilobytes / 1024

    def sockets(self) -> int:
        """Open sockets."""
        return sum(
            _link(f"/proc/{pid}/fd/{name}").startswith("socket:")
            for pid in self.family()
            for name in _listed(f"/proc/{pid}/fd")
        )

    def stop(self) -> None:
        """End it: asked first, then made to."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.popen.pid, sign)
                self.popen.wait(STOPPED_WITHIN_S)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
            return


class Bench:
    """The processes of one measurement, in a folder for their logs. A context manager: leaving it ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Begin."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End every process."""
        self._stack.close()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        core: int | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Start a process that ends with the measurement; its environment is ours unless another is given."""
        log = self.folder / f"{name}.log"
        process = Process(command, core=core, log=log, cwd=cwd, environment=environment)
        self._stack.callback(process.stop)
        return process


def cores() -> tuple[int | None, int | None]:
    """A core for what is measured and one for the rest; no pinning where there is only one."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (allowed[0], allowed[1]) if len(allowed) > 1 else (None, None)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def _listed(path: str) -> list[str]:
    try:
        return [entry.name for entry in Path(path).iterdir()]
    except OSError:
        return []


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
