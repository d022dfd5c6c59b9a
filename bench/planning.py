"""What a cold plan costs: parse, validate and plan an operation never seen before. `./dev bench planning`."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from graphql import parse, validate

from bench.federation import OPERATIONS, ROOT
from router.graph import Graph
from router.plan import fetches
from router.planning import plan
from router.supergraph import Supergraph

YARDSTICK = ROOT.parent / "shared" / "bench"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--repeat", type=int, default=15)


def run(options: argparse.Namespace) -> int:
    """Measure and print the table."""
    print("| operation | parse ms | validate ms | plan ms | fetches |\n|---|---|---|---|---|")
    shop = (ROOT / "supergraph.graphql").read_text(encoding="utf-8")
    for path in sorted(OPERATIONS.glob("*.graphql")):
        measure(path.stem, shop, path.read_text(encoding="utf-8"), options.repeat)
    if YARDSTICK.is_dir():
        supergraph = (YARDSTICK / "supergraph.graphql").read_text(encoding="utf-8")
        for file in sorted((YARDSTICK / "queries").glob("*.json")):
            measure(f"yardstick {file.stem}", supergraph, _query(file), options.repeat)
    else:
        print("not measured: the yardstick's queries are not beside this checkout")
    return 0


def _query(file: Path) -> str:
    return str(json.loads(file.read_text(encoding="utf-8"))["query"])


def measure(name: str, sdl: str, text: str, repeat: int) -> None:
    """Print one row: medians, each time on a fresh graph, whose own making is not counted."""
    supergraph = Supergraph.parse(sdl)
    parsing, validating, planning = [], [], []
    document = parse(text)
    made = plan(Graph.of(supergraph), document, None)
    for _ in range(repeat):
        graph = Graph.of(supergraph)
        parsing.append(_ms(lambda: parse(text)))
        validating.append(_ms(lambda: validate(supergraph.api_schema, document)))
        planning.append(_ms(lambda graph=graph: plan(graph, document, None)))  # type: ignore[misc]
    figures = " | ".join(f"{statistics.median(times):.2f}" for times in (parsing, validating, planning))
    print(f"| {name} | {figures} | {len(list(fetches(made.root)))} |")


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
