"""What both embedded servers need of the operating system: a free port, a directory's lock, and an orderly end."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self


class EmbeddedServerError(RuntimeError):
    """A server could not be found or started; the message says what to do about it."""


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and how to end it (idempotent, returns once it has ended); or use `with`."""

    url: str
    stop: Callable[[], None]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def reserved_port() -> int:
    """Answer a TCP port of 127.0.0.1 for a server that is still to be started, here or in a process of ours.

    On Linux no other process is given it for as long as this one lives: a bound socket that does not listen keeps the
    kernel from handing the port out, and one that asks for it by number with SO_REUSEADDR, as servers do, has it.
    Elsewhere somebody else may still win it, so starters retry.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port: int = holder.getsockname()[1]
    if sys.platform == "linux":
        # Left open until this process ends.
        holder.detach()
    else:
        holder.close()
    return port


def lock_directory(directory: Path, *, what: str) -> IO[str]:
    """Take the directory for this process until the answered file is closed; the kernel frees it when the process dies.

    Raises EmbeddedServerError when a living process holds it.
    """
    holder = (directory / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder.seek(0)
        owner = holder.read().strip() or "unknown"
        holder.close()
        raise EmbeddedServerError(
            f"{what} in {directory} is in use by process {owner}: stop that one first, or use its server."
        ) from None
    holder.seek(0)
    holder.truncate()
    holder.write(str(os.getpid()))
    holder.flush()
    return holder


def command_line(pid: int) -> str:
    """Answer the command line of a process, arguments parted by spaces; empty when there is no such process."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        return ""
    listing = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return listing.stdout.strip()


def started_at(pid: int) -> str:
    """Answer when a process began, in the system's own terms; empty when there is none.

    Number and beginning together name one process for good: numbers are used again, and command lines change.
    """
    if Path("/proc/self/stat").exists():
        with suppress(OSError, IndexError):
            return (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
            )
        return ""
    listing = subprocess.run(["ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True, check=False)
    return listing.stdout.strip()


def end(process: subprocess.Popen[bytes], signals: Iterable[signal.Signals], *, patience_s: float = 10) -> None:
    """Send each signal in turn, waiting `patience_s` after each, until the process has ended."""
    for each in signals:
        if process.poll() is not None:
            return
        process.send_signal(each)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
            return
    process.wait()


def end_orphan(pid: int, signals: Iterable[signal.Signals], *, patience_s: float = 10) -> None:
    """End a process that is not our child, as `end` does."""
    for each in signals:
        with suppress(ProcessLookupError):
            os.kill(pid, each)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.02)
