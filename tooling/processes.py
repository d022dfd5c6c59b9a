"""Child processes of `./dev up`: started with a log file each, watched, remembered on disk, ended in order.

They are remembered (number, beginning) so that the next start can end what a killed `./dev up` left running.
"""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chassis.embedded.process import end, end_orphan, started_at
from tooling.console import Failure
from tooling.layout import LOGS, ROOT, SHOP

REMEMBERED = SHOP / "processes.json"
ENDING = (signal.SIGTERM, signal.SIGKILL)
LOG_TAIL_LINES = 25
# What runs on this machine is never asked through a proxy, whatever the environment says.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Interruption:
    """Ctrl-C and its kin, as a KeyboardInterrupt; held back while a process is being started.

    An interrupt between a process's birth and the moment we know its number would leave it running for ever.
    """

    def __init__(self) -> None:
        self._held = False
        self._due = False

    def arrive(self) -> None:
        """A signal is here. Raises KeyboardInterrupt, now or when it is no longer held back."""
        if self._held:
            self._due = True
        else:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold interrupts back for as long as this lasts."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if self._due:
                self._due = False
                raise KeyboardInterrupt


INTERRUPTION = Interruption()


@dataclass(frozen=True)
class Child:
    """A started process and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Children:
    """The processes of one `./dev up`, in the order of their start."""

    running: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        *,
        inherits: Sequence[socket.socket] = (),
    ) -> Child:
        """Start one process in a session of its own: a Ctrl-C reaches it through us, in order.

        It `inherits` these sockets under their numbers here.
        """
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{name}.log"
        with INTERRUPTION.held():
            child = Child(name, _born(command, environment, log, inherits), log)
            self.running.append(child)
            self._remember()
        return child

    def stop(self) -> None:
        """End them, the last started first, and forget them."""
        for child in reversed(self.running):
            end(child.process, ENDING)
        self.running.clear()
        REMEMBERED.unlink(missing_ok=True)

    def fallen(self) -> Child | None:
        """Answer one that has ended by itself, if any has."""
        return next((child for child in self.running if child.process.poll() is not None), None)

    def _remember(self) -> None:
        known = [{"pid": child.process.pid, "began": started_at(child.process.pid)} for child in self.running]
        REMEMBERED.write_text(json.dumps(known), encoding="utf-8")


def run_to_its_end(command: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> int:
    """Run one command, its output in `log`; answer its exit code. An interrupt ends it and is raised."""
    process = None
    try:
        with INTERRUPTION.held():
            process = _born(command, environment, log)
        return process.wait()
    except BaseException:
        if process is not None:
            end(process, ENDING)
        raise


def _born(
    command: Sequence[str | Path], environment: Mapping[str, str], log: Path, inherits: Sequence[socket.socket] = ()
) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [str(word) for word in command],
            env=dict(environment),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            pass_fds=[each.fileno() for each in inherits],
        )


def end_forgotten() -> int:
    """End what an earlier `./dev up` that was killed left running; answer how many that were.

    A process counts as ours only when it began at the remembered moment: numbers are used again.
    """
    ended = 0
    try:
        known = json.loads(REMEMBERED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = []
    for each in reversed(known):
        if each["began"] and started_at(each["pid"]) == each["began"]:
            end_orphan(each["pid"], ENDING)
            ended += 1
    REMEMBERED.unlink(missing_ok=True)
    return ended


def tail(log: Path) -> str:
    """Answer the end of a log, for an error message."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "(nothing was logged)"
    return "\n".join(f"    {line}" for line in lines[-LOG_TAIL_LINES:]) or "    (nothing was logged)"


def wait_until_healthy(child: Child, url: str, *, timeout_s: float) -> None:
    """Wait until `url` answers 200; raises Failure with the end of the log when the process falls or stays silent."""
    deadline = time.monotonic() + timeout_s
    last = "it did not answer"
    while time.monotonic() < deadline:
        if child.process.poll() is not None:
            raise Failure(
                f"{child.name} ended with code {child.process.returncode}. The end of {child.log}:\n{tail(child.log)}"
            )
        try:
            with OPENER.open(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as error:
            last = f"it answers {error.code}: {error.read(300).decode(errors='replace')}"
        except OSError:
            pass
        time.sleep(0.03)
    raise Failure(
        f"{child.name} was not healthy within {timeout_s:.0f} s: {last}. The end of {child.log}:\n{tail(child.log)}"
    )


def is_free(port: int) -> bool:
    """Say whether nothing listens on this port of 127.0.0.1."""
    listener = _listening_on(port)
    if listener is not None:
        listener.close()
    return listener is not None


def next_free(port: int) -> int:
    """Answer the first free port from `port` on. Raises Failure."""
    with listening(port) as listener:
        found: int = listener.getsockname()[1]
    return found


def listening(port: int, *, other_than: int | None = None) -> socket.socket:
    """Listen on the first free port from `port` on: nobody else gets it meanwhile. Raises Failure."""
    for candidate in range(port, min(port + 200, 65536)):
        if candidate != other_than and (listener := _listening_on(candidate)) is not None:
            return listener
    raise Failure(f"No port from {port} on is free: end what uses them.")


def _listening_on(port: int) -> socket.socket | None:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError:
        return None


def family(pid: int) -> list[int]:
    """Answer a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        children.setdefault(parent, []).append(int(entry.parent.name))
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting.extend(children.get(each, []))
    return found


def memory_mb(pids: Sequence[int]) -> float | None:
    """Answer the memory these processes take together in MB, each shared page counted once; None where unknown."""
    total_kb = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total_kb += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total_kb * 1024 / 1e6 or None


def own_memory_mb() -> float | None:
    """Answer the memory of this process and everything it started."""
    return memory_mb(family(os.getpid()))
