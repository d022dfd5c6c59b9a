"""The shop's processes one by one: started, killed where and when a test says, and started again at the same address."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.journeys.shop import ROOT, command, free_port

READY_S = 240


@dataclass
class Member:
    """One process: what it is started with, and what it is now."""

    name: str
    command: Sequence[str]
    health: str
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def launch(self, crash_at: str | None = None) -> None:
        """Start it, to kill itself at a place if one is named; it is not ready yet when this returns."""
        environment = {**self.environment, **({"CRASH_AT": crash_at} if crash_at else {})}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                list(self.command), cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
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

    async def ready(self) -> None:
        """Wait until it answers, or has ended: it may have been told to die before that."""
        deadline = time.monotonic() + READY_S
        async with httpx.AsyncClient(trust_env=False, timeout=2) as http:
            while self.is_alive:
                try:
                    if (await http.get(self.health)).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                if time.monotonic() > deadline:
                    if self.name != "router":
                        self.signal(signal.SIGUSR1)
                        await asyncio.sleep(1)
                    raise AssertionError(f"{self.name} was not ready within {READY_S} s:\n{self.said()}")
                await asyncio.sleep(0.05)

    async def died(self, within_s: float) -> bool:
        """Wait until it has ended by itself."""
        deadline = time.monotonic() + within_s
        while self.is_alive:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


@dataclass
class Fleet:
    """Every process of a shop, by name: groups of subgraphs, and `router`."""

    folder: Path
    members: dict[str, Member] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def port_of(self, name: str) -> int:
        """Where a process listens; the same each time it is started."""
        return self.ports.setdefault(name, free_port())

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
        self.members[name] = Member(name, serving, health, environment, self.folder / f"{name}.log")

    async def start(self) -> None:
        """Start every process, the router once the others answer."""
        subgraphs = [member for member in self.members.values() if member.name != "router"]
        for member in subgraphs:
            member.launch()
        await asyncio.gather(*(member.ready() for member in subgraphs))
        await self.restart("router")
        self._all_alive()

    async def restart(self, name: str, crash_at: str | None = None) -> None:
        """Start a process again, after killing it if it still runs."""
        member = self.members[name]
        member.kill()
        member.launch(crash_at)
        await member.ready()

    async def revive(self) -> None:
        """Start again whatever has ended."""
        for member in self.members.values():
            if not member.is_alive:
                await self.restart(member.name)
        self._all_alive()

    def _all_alive(self) -> None:
        for member in self.members.values():
            assert member.is_alive, f"{member.name} has ended:\n{member.said()}"

    def stop(self) -> None:
        """End every process."""
        for member in self.members.values():
            if member.is_alive:
                # One that was stopped by a signal cannot hear another.
                os.kill(member.process.pid, signal.SIGCONT)  # type: ignore[union-attr]
                member.kill()
