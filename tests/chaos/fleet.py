"""The shop's processes one by one, under a supervisor: whatever ends is started again, at the same address.

A process is armed with places to die at (`CRASH_AT`). It dies at whichever it comes to first, says which, and is started
again with those that are left, until it has died at each of them.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from chassis.embedded.process import reserved_port
from chassis.faults import LAST_WORDS
from chassis.tasks import end
from tests.journeys.shop import ROOT, command

READY_S = 240
# Longer than a process waits for its database before it says that it is not ready.
ANSWER_S = 10
LOOK_EVERY_S = 0.05
# A process that cannot start, while PostgreSQL is away, is not tried again at once.
FAILED_PAUSE_S = 0.5
FAILED_STARTS_MAX = 12


@dataclass
class Member:
    """One process: what it is started with, and what it is now. `armed`: the places where it is to die."""

    name: str
    command: Sequence[str]
    health: str
    environment: dict[str, str]
    log: Path
    armed: set[str] = field(default_factory=set)
    process: subprocess.Popen[bytes] | None = None
    # How often it has ended by itself since it was last ready.
    failed_starts: int = 0
    _said_before: int = 0

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def launch(self) -> None:
        """Start it; it is not ready yet when this returns."""
        armed = {"CRASH_AT": ",".join(sorted(self.armed))} if self.armed else {}
        with self.log.open("ab") as output:
            self._said_before = output.tell()
            self.process = subprocess.Popen(
                list(self.command), cwd=ROOT, env={**self.environment, **armed}, stdout=output, stderr=subprocess.STDOUT
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it without warning; done when it has ended."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def died_at(self) -> str | None:
        """The place where it ended as it was told to; None when it ended otherwise."""
        if self.process is None or self.process.returncode != -signal.SIGKILL:
            return None
        with self.log.open("rb") as log:
            log.seek(self._said_before)
            said = log.read().decode(errors="replace").splitlines()
        return next((line.removeprefix(LAST_WORDS) for line in reversed(said) if line.startswith(LAST_WORDS)), None)

    async def ready(self) -> None:
        """Wait until it answers. What it is doing instead is in its log when it never does."""
        deadline = time.monotonic() + READY_S
        async with httpx.AsyncClient(trust_env=False, verify=False, timeout=ANSWER_S) as http:  # noqa: S501 -- plain HTTP
            while True:
                try:
                    if (await http.get(self.health)).status_code == 200:
                        self.failed_starts = 0
                        return
                except httpx.HTTPError:
                    pass
                if self.failed_starts > FAILED_STARTS_MAX or time.monotonic() > deadline:
                    if self.name != "router" and self.is_alive:
                        self.signal(signal.SIGUSR1)
                        await asyncio.sleep(1)
                    raise AssertionError(f"{self.name} does not become ready:\n{self.said()}")
                await asyncio.sleep(LOOK_EVERY_S)

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


@dataclass
class Fleet:
    """Every process of a shop, by name: groups of subgraphs, and `router`.

    `on_death` is told of each process that died where it was armed to, once it has been started again.
    """

    folder: Path
    members: dict[str, Member] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    on_death: Callable[[Member, str], None] = field(default=lambda member, point: None)
    # Processes that ended though nobody killed them, with their exit codes.
    failures: list[str] = field(default_factory=list)

    def port_of(self, name: str) -> int:
        """Where a process listens; the same each time it is started."""
        return self.ports.setdefault(name, reserved_port())

    def add_subgraphs(self, group: str, names: Sequence[str], environment: Mapping[str, str]) -> None:
        """A process that serves these subgraphs."""
        port = self.port_of(group)
        serving = [sys.executable, "-m", "tests.chaos.hasty", "serve", *names, "--port", str(port)]
        self._add(group, serving, f"http://127.0.0.1:{port}/health", environment)

    def add_router(self, supergraph: Path, config: Path, environment: Mapping[str, str]) -> None:
        """The router before all of them."""
        port = self.port_of("router")
        serving = command(
            "router", "serve", "--supergraph", str(supergraph), "--config", str(config), "--port", str(port)
        )
        self._add("router", serving, f"http://127.0.0.1:{port}/health", environment)

    def _add(self, name: str, serving: Sequence[str], health: str, environment: Mapping[str, str]) -> None:
        self.members[name] = Member(name, serving, health, dict(environment), self.folder / f"{name}.log")

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Start every process, keep all of them running, and end them with the block."""
        for member in self.members.values():
            member.launch()
        supervising = asyncio.create_task(self._supervise())
        try:
            await self.ready()
            yield
        finally:
            await end([supervising])
            self._stop()

    async def ready(self) -> None:
        """Wait until each of them answers."""
        await asyncio.gather(*(member.ready() for member in self.members.values()))

    async def _supervise(self) -> None:
        while True:
            ended = [member for member in self.members.values() if not member.is_alive]
            for member in ended:
                await self._start_again(member)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _start_again(self, member: Member) -> None:
        assert member.process is not None
        point, code = member.died_at(), member.process.returncode
        if point is not None:
            member.armed.discard(point)
        elif code != -signal.SIGKILL:
            self.failures.append(f"{member.name} ended by itself with {code}")
            member.failed_starts += 1
            await asyncio.sleep(FAILED_PAUSE_S)
        member.launch()
        if point is not None:
            self.on_death(member, point)

    def _stop(self) -> None:
        for member in self.members.values():
            if member.is_alive:
                # One that was stopped by a signal cannot hear another.
                os.kill(member.process.pid, signal.SIGCONT)  # type: ignore[union-attr]
                member.kill()
