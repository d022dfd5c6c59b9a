"""Mixed load for a while, with the supergraph changing under it: `./dev bench endurance --minutes 30`.

Holds when no answer was wrong, no connection was lost, memory stayed flat after the first fifth, and sockets are back
where they were once the load is gone. Answers 1 when it does not hold.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import federation
from bench.processes import Bench, Process, Unmeasurable, cores
from chassis.embedded.process import reserved_port

GROWTH_MAX = 1.10
SOCKETS_KEPT_MAX = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--minutes", type=float, default=30.0, help="at most 120")
    parser.add_argument("--reload-seconds", type=float, default=5.0, help="how often the supergraph changes")
    parser.add_argument("--connections", type=int, default=16)


def run(options: argparse.Namespace) -> int:
    """Load, watch, judge."""
    if not 0 < options.minutes <= 120:
        raise Unmeasurable("--minutes must be more than 0 and at most 120")
    gateway_core, rest_core = cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Bench(Path(folder)) as bench:
        stubs = federation.start(bench, core=rest_core)
        settings = Path(folder) / "router.yaml"
        settings.write_text("hot_reload:\n  enabled: true\n  poll_interval: 1s\n", encoding="utf-8")
        port = reserved_port()
        words = ["-m", "router.cli", "serve", "--supergraph", str(stubs.supergraph), "--port", str(port)]
        words += ["--config", str(settings)]
        router = bench.start("router", [sys.executable, *words], core=gateway_core, cwd=federation.ROOT)
        router.wait_for(f"http://127.0.0.1:{port}/graphql", body=b'{"query":"{__typename}"}')
        before = router.sockets()
        loading = start_load(port, options, rest_core)
        memory = watch(router, loading, stubs.supergraph, options)
        found = json.loads(loading.communicate(timeout=120)[0])
        time.sleep(2)
        left = router.sockets() - before
        log = router.log.read_text(encoding="utf-8", errors="replace")
    return judge(found, memory, left, log)


def start_load(port: int, options: argparse.Namespace, core: int | None) -> subprocess.Popen[str]:
    """All pages in turn on every connection, each connection beginning with another."""
    asked = {
        "port": port,
        "path": "/graphql",
        "bodies": [federation.body(page) for page in federation.PAGES] + ['{"query":"{ __typename }"}'],
        "connections": options.connections,
        "seconds": options.minutes * 60,
    }
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    command = [*pinned, sys.executable, "-m", "bench.load", json.dumps(asked)]
    return subprocess.Popen(command, cwd=federation.ROOT, stdout=subprocess.PIPE, text=True)


def watch(
    router: Process, loading: subprocess.Popen[str], supergraph: Path, options: argparse.Namespace
) -> list[float]:
    """Change the supergraph again and again; memory in MB, once for each change."""
    text = supergraph.read_text(encoding="utf-8")
    memory: list[float] = []
    while loading.poll() is None:
        time.sleep(options.reload_seconds)
        memory.append(router.memory_mb())
        fresh = supergraph.with_suffix(".new")
        # The other form every time: a type that nothing refers to comes and goes.
        extra = "\nscalar ReloadMark @join__type(graph: PRODUCTS)\n" if len(memory) % 2 else ""
        fresh.write_text(text + extra, encoding="utf-8")
        fresh.replace(supergraph)
        if len(memory) % max(1, int(60 / options.reload_seconds)) == 0:
            print(f"{len(memory) * options.reload_seconds / 60:5.1f} min  {memory[-1]:6.1f} MB", flush=True)
    return memory


def judge(found: dict[str, float], memory: list[float], sockets_left: int, log: str) -> int:
    """Print the figures; 1 when something did not hold."""
    settled = memory[len(memory) // 5 :] or memory or [0.0]
    tenth = max(1, len(settled) // 10)
    growth = statistics.median(settled[-tenth:]) / max(1e-9, statistics.median(settled[:tenth]))
    reloads = log.count("serving a new supergraph")
    print(
        f"{found['requests']} requests, {found['wrong']} wrong, {found['lost']} connections lost, {reloads} reloads, "
        f"p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms\n"
        f"memory {settled[0]:.0f} MB settled, {settled[-1]:.0f} MB at the end (× {growth:.3f}); "
        f"{sockets_left} sockets more than before the load"
    )
    holds = {
        "no wrong answer": not found["wrong"],
        "no lost connection": not found["lost"],
        "the supergraph was reloaded": reloads > 0,
        f"memory grew less than × {GROWTH_MAX}": growth < GROWTH_MAX,
        f"at most {SOCKETS_KEPT_MAX} kept connections": sockets_left <= SOCKETS_KEPT_MAX,
    }
    for claim, held in holds.items():
        print(f"{'holds' if held else 'FAILS'}: {claim}")
    return 0 if all(holds.values()) else 1
