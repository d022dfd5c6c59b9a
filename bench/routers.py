"""CPU time per request of gateways side by side, on the shop's own pages: `./dev bench routers`.

Every gateway runs on one core, stubs and load on another. Gateways take turns within each round, so a slow spell of
the machine hits all alike. The figure is CPU milliseconds per request from the kernel's accounting, which does not
depend on how busy the load is. Each answer is compared with the first of its gateway, and each gateway's with ours,
key order too.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench import federation, gateways
from bench.gateways import OURS, Gateway
from bench.processes import Bench, Process, Unmeasurable, cores
from chassis.embedded.process import reserved_port


@dataclass(frozen=True)
class Measured:
    """One gateway's figures for one page in one round."""

    cpu_ms: float
    p50_ms: float
    p99_ms: float
    requests: int


@dataclass(frozen=True)
class Running:
    """A gateway under way."""

    gateway: Gateway
    process: Process
    port: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each gateway and page in a round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only-ours", action="store_true", help="measure our router alone")


def run(options: argparse.Namespace) -> int:
    """Measure and print the table. Answers 1 when a gateway answered wrongly."""
    chosen, missing = gateways.available()
    if options.only_ours:
        chosen = chosen[:1]
    for line in missing:
        print(f"not measured: {line}")
    gateway_core, rest_core = cores()
    figures: dict[tuple[str, str], list[Measured]] = {}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Bench(Path(folder)) as bench:
        stubs = federation.start(bench, core=rest_core)
        running = []
        for gateway in chosen:
            port = reserved_port()
            words = gateway.words(stubs.supergraph, port)
            process = bench.start(gateway.name, words, core=gateway_core, cwd=gateway.cwd)
            process.wait_for(f"http://127.0.0.1:{port}{gateway.path}", body=b'{"query":"{__typename}"}')
            running.append(Running(gateway, process, port))
        for page in federation.PAGES:
            wrong += [f"{name} answers {page} otherwise" for name in different(running, page)]
        for turn in range(options.rounds + 1):
            for page in federation.PAGES:
                for one in running:
                    measured = measure(one, page, options, rest_core)
                    # The first round warms up.
                    if turn:
                        figures.setdefault((page, one.gateway.name), []).append(measured)
        memory = {one.gateway.name: one.process.memory_mb() for one in running}
    print(table(figures, memory, options))
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


def different(running: list[Running], page: str) -> list[str]:
    """Which gateways answer a page otherwise than ours."""
    answers = {one.gateway.name: ask(one, page) for one in running}
    return [name for name, answer in answers.items() if answer != answers[OURS]]


def ask(one: Running, page: str) -> str:
    """One answer's data, as text in which the order of keys counts."""
    url = f"http://127.0.0.1:{one.port}{one.gateway.path}"
    asked = urllib.request.Request(url, federation.body(page).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310 (loopback)
        # JavaScript writes 35.0 as 35: the same number.
        found = json.loads(answer.read(), parse_float=lambda text: int(n) if (n := float(text)).is_integer() else n)
    if found.get("errors") or not found.get("data"):
        raise Unmeasurable(f"{one.gateway.name} answers {page} with {json.dumps(found)[:500]}")
    return json.dumps(found["data"])


def measure(one: Running, page: str, options: argparse.Namespace, core: int | None) -> Measured:
    """Load one gateway with one page."""
    asked = {
        "port": one.port,
        "path": one.gateway.path,
        "bodies": [federation.body(page)],
        "connections": options.connections,
        "seconds": options.seconds,
    }
    command = [sys.executable, "-m", "bench.load", json.dumps(asked)]
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    before = one.process.cpu_ms()
    done = subprocess.run([*pinned, *command], cwd=federation.ROOT, capture_output=True, text=True, check=True)
    spent = one.process.cpu_ms() - before
    found = json.loads(done.stdout)
    if found["wrong"] or found["lost"]:
        raise Unmeasurable(f"{one.gateway.name} failed under load: {found}")
    return Measured(spent / max(1, found["requests"]), found["p50_ms"], found["p99_ms"], found["requests"])


def table(figures: dict[tuple[str, str], list[Measured]], memory: dict[str, float], options: argparse.Namespace) -> str:
    """The result as Markdown."""
    lines = [
        f"CPU ms per request, median of {options.rounds} rounds, {options.connections} connections; p50, p99 in ms",
        "",
        "| page | gateway | CPU ms | × | p50 | p99 | memory MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for (page, name), rounds in figures.items():
        cpu = statistics.median(m.cpu_ms for m in rounds)
        mine = statistics.median(m.cpu_ms for m in figures[page, OURS])
        p50, p99 = (statistics.median(getattr(m, field) for m in rounds) for field in ("p50_ms", "p99_ms"))
        lines.append(f"| {page} | {name} | {cpu:.3f} | {cpu / mine:.1f} | {p50:.1f} | {p99:.1f} | {memory[name]:.0f} |")
    return "\n".join(lines)
