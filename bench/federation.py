"""The federation that the benchmark asks: the shop's own supergraph, its subgraphs played by stubs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.processes import Bench, Process, Unmeasurable
from chassis.embedded.process import reserved_port

ROOT = Path(__file__).resolve().parent.parent
OPERATIONS = ROOT / "clients" / "operations"

# Pages that anybody may see, with the variables a front end would send.
PAGES: dict[str, dict[str, Any]] = {
    "Home": {"first": 20},
    "ProductPage": {"slug": "premium-ultrabook-pro-15"},
    "Search": {"text": "keyboard", "first": 20},
}


@dataclass(frozen=True)
class Stubs:
    """Running stub subgraphs, and a supergraph file that leads to them."""

    process: Process
    port: int
    supergraph: Path


def start(bench: Bench, *, core: int | None) -> Stubs:
    """Start stubs for every subgraph. Raises Unmeasurable."""
    supergraph = ROOT / "supergraph.graphql"
    if not supergraph.exists():
        raise Unmeasurable("supergraph.graphql is not there: run ./dev compose")
    config = yaml.safe_load((ROOT / "supergraph.yaml").read_text(encoding="utf-8"))
    port = reserved_port()
    schemas, text = [], supergraph.read_text(encoding="utf-8")
    for name, entry in config["subgraphs"].items():
        schemas.append(f"{name}={ROOT / entry['schema']['file']}")
        text = text.replace(f'"{entry["routing_url"]}"', f'"http://127.0.0.1:{port}/{name}"')
    process = bench.start("stubs", [sys.executable, "-m", "bench.stub", str(port), *schemas], core=core, cwd=ROOT)
    process.wait_for(f"http://127.0.0.1:{port}/")
    there = bench.folder / "supergraph.graphql"
    there.write_text(text, encoding="utf-8")
    return Stubs(process, port, there)


def body(name: str) -> str:
    """The request body of a page."""
    query = (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")
    return json.dumps({"query": query, "operationName": name, "variables": PAGES[name]})
