"""Composition beside the JavaScript composers, for the shop and larger federations. `./dev bench composition`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    Node,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
)

from bench.federation import ROOT
from bench.generated import federation
from bench.processes import Unmeasurable
from router.commands.compose import read_config
from router.composition import Source
from router.sdl import parse_sdl

PEERS = Path(__file__).parent / "peers"
TARGET = ROOT / "docs" / "composition-bench.md"
OURS = "this router"
JAVASCRIPT = ("@apollo/composition", "@theguild/federation-composition")
REFERENCE = JAVASCRIPT[0]
SIZES = (25, 50, 100, 200)
MEMORY_MB: Final = 8_000
"""What Node may use: its default is less than the largest federation needs."""
_HELPERS = ("link__", "join__DirectiveArguments", "join__FieldSet", "join__FieldValue", "join__ContextArgument")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one composition cost its process, start included."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    supergraph: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="how many subgraphs; ten at least")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--write", action="store_true", help="write docs/composition-bench.md too")


def run(options: argparse.Namespace) -> int:
    """Measure and print the table; 1 when the supergraphs differ."""
    if shutil.which("node") is None or not (PEERS / "node_modules").is_dir():
        raise Unmeasurable("the other composers are not installed: run `npm ci` in bench/peers (it needs Node)")
    federations = {"the shop": read_config(ROOT / "supergraph.yaml")}
    for size in options.sizes:
        generated = federation(size)
        federations[f"{size} subgraphs"] = [Source(each.name, each.url, each.sdl) for each in generated]
    rows, differing = [], []
    for name, sources in federations.items():
        costs = {composer: measure(composer, sources, options.repeat) for composer in (OURS, *JAVASCRIPT)}
        rows += _rows(name, sources, costs)
        print(*rows[-3:], sep="\n", file=sys.stderr)
        differing += [f"{name}: {each}" for each in differences(costs[OURS].supergraph, costs[REFERENCE].supergraph)]
    text = document(rows, differing)
    print(text)
    if options.write:
        TARGET.write_text(text, encoding="utf-8")
    return 1 if differing else 0


def measure(composer: str, sources: Sequence[Source], repeat: int) -> Cost:
    """Compose in a process of its own, several times; answers medians. Raises Unmeasurable when it does not compose."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        given, made = Path(folder, "subgraphs.json"), Path(folder, "supergraph")
        subgraphs = [{"name": source.name, "url": source.url, "sdl": source.sdl} for source in sources]
        given.write_text(json.dumps({"subgraphs": subgraphs}), encoding="utf-8")
        costs = [_once(composer, given, made) for _ in range(repeat)]
    return Cost(
        statistics.median(cost.wall_s for cost in costs),
        statistics.median(cost.cpu_s for cost in costs),
        statistics.median(cost.memory_mb for cost in costs),
        costs[0].supergraph,
    )


def _once(composer: str, given: Path, made: Path) -> Cost:
    if composer == OURS:
        words = [sys.executable, "-m", "router.cli", "compose", "--jsonl"]
    else:
        words = ["node", f"--max-old-space-size={MEMORY_MB}", "compose.mjs", composer, str(given), str(made)]
    said = made.with_name("said")
    with given.open("rb") as asked, (made if composer == OURS else said).open("wb") as out, said.open("ab") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            words, stdin=asked, stdout=out, stderr=errors, cwd=ROOT if composer == OURS else PEERS
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Unmeasurable(f"{composer} does not compose:\n{said.read_text(encoding='utf-8')[:2000]}")
    text = made.read_text(encoding="utf-8")
    if composer == OURS:
        answer = json.loads(text)
        if "errors" in answer:
            raise Unmeasurable(f"this router does not compose:\n{answer['errors'][:3]}")
        text = answer["supergraphSdl"]
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


def _rows(name: str, sources: Sequence[Source], costs: Mapping[str, Cost]) -> list[str]:
    types = sum(
        isinstance(node, TypeDefinitionNode) for node in parse_sdl(costs[OURS].supergraph, tokens_max=None).definitions
    )
    size = sum(len(source.sdl) for source in sources) / 1e6
    ours = costs[OURS]
    return [
        f"| {name} | {types:,} | {size:.2f} MB | {composer} | {cost.wall_s:.2f} | {cost.cpu_s:.2f} |"
        f" {cost.memory_mb:,.0f} | {cost.cpu_s / ours.cpu_s:.2f} | {cost.memory_mb / ours.memory_mb:.2f} |"
        for composer, cost in costs.items()
    ]


def document(rows: Sequence[str], differing: Sequence[str]) -> str:
    """The page."""
    same = "; ".join(differing[:20]) if differing else "for every row, yes"
    return (
        "# Composition beside other composers\n\n"
        "Written by `./dev bench composition --write`. Each composition runs in its own process; its start counts,\n"
        "and so does all its CPU time, whatever thread spends it. Ratios are to this router: above 1, the other needs\n"
        "more. Read the ratios, not the times; wall times mean little where other work ran too. The federations are\n"
        "made by `bench/generated.py`: each subgraph has as much as the next, so the schema grows linearly.\n\n"
        "| federation | types | subgraphs' SDL | composer | wall s | CPU s | peak MB | CPU ratio | memory ratio |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\nIs our supergraph the same as {REFERENCE}'s, but for order and for how the specifications' own parts\n"
        f"are spelt? {same[:1].upper()}{same[1:]}.\n"
    )


def differences(ours: str, reference: str) -> list[str]:
    """Name the definitions in which two supergraphs differ, order and the specifications' own definitions aside."""
    mine, theirs = _definitions(ours), _definitions(reference)
    return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def _definitions(sdl: str) -> dict[str, int]:
    return {
        node.name.value: hash(_unordered(node))
        for node in parse_sdl(sdl, locations=False, tokens_max=None).definitions
        if _tells_of_the_api(node) and isinstance(node, TypeDefinitionNode)
    }


def _tells_of_the_api(node: DefinitionNode) -> bool:
    machinery = isinstance(node, DirectiveDefinitionNode | SchemaDefinitionNode | SchemaExtensionNode)
    return not machinery and not getattr(node, "name").value.startswith(_HELPERS)  # noqa: B009 (not every definition has one)


def _unordered(part: object) -> object:
    if isinstance(part, Node):
        return (part.kind, *(_unordered(getattr(part, key, None)) for key in part.keys if key not in ("loc", "block")))
    if isinstance(part, list | tuple):
        return tuple(sorted(hash(_unordered(each)) for each in part))
    return part
