"""A `./dev up` of the test's own: its own folder for data, its own port, and no Node, so that no page is built."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chassis.embedded.process import reserved_port
from tests.architecture.repository import ROOT

READY = "The shop is up"


@dataclass
class Up:
    """A running `./dev up`."""

    process: subprocess.Popen[str]
    port: int
    said: str = ""

    def until(self, sign: str) -> str:
        """Read on until a line holds `sign`; answers everything said so far."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line
            if sign in line:
                return self.said
        raise AssertionError(f"it ended without saying {sign!r}:\n{self.said}")

    def ask(self, query: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        assert "errors" not in answer, answer
        return answer["data"]

    def wait(self) -> int:
        """Wait until it ends by itself; answers the exit code."""
        self.said += self.process.communicate(timeout=120)[0]
        return self.process.returncode

    def end(self, sign: signal.Signals = signal.SIGINT) -> int:
        """Send the signal and wait for the end; answers the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(sign)
        return self.wait()


@dataclass
class Machine:
    """Where `./dev` runs: a folder of the shop's own and an environment."""

    shop: Path
    environment: dict[str, str]

    def dev(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, ROOT / "dev", *arguments],
            env=self.environment,
            cwd=self.shop.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run one command to its end; answers its exit code and what it said."""
        process = self.dev(*arguments)
        said = process.communicate(timeout=120)[0]
        return process.returncode, said

    def pids(self) -> list[int]:
        """Every process that names this machine's folder: the shop's database, subgraphs and router."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                belongs = f"SHOP_DIRECTORY={self.shop}\0".encode() in entry.read_bytes()
            except OSError:
                continue
            if belongs:
                found.append(int(entry.parent.name))
        return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """One for all tests of a file: only the first start has to make the data."""
    tmp_path = tmp_path_factory.mktemp("machine")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "node").write_text("#!/bin/sh\necho v12.0.0\n")
    (bin_ / "node").chmod(0o755)
    kept = {
        name: value for name, value in os.environ.items() if not name.endswith("_URL") and name != "DATABASE_PREFIX"
    }
    shop = tmp_path / "a shop with spaces"
    return Machine(shop, {**kept, "PATH": f"{bin_}:{os.environ['PATH']}", "SHOP_DIRECTORY": str(shop)})


@pytest.fixture
def up(machine: Machine) -> Iterator[Callable[..., Up]]:
    """Start a shop; ended after the test if it still runs."""
    started: list[Up] = []

    def start(*arguments: str, port: int | None = None) -> Up:
        port = port or reserved_port()
        started.append(Up(machine.dev("up", "--port", str(port), *arguments), port))
        return started[-1]

    yield start
    for each in started:
        each.end()
