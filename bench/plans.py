"""How each page is planned, and its fetches beside those of Hive's planner: `./dev bench plans`."""

from __future__ import annotations

import argparse
import json
import tempfile
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import parse

from bench import federation, gateways
from bench.federation import OPERATIONS, ROOT, Stubs
from bench.gateways import Gateway
from bench.processes import Bench, Unmeasurable, cores
from chassis.embedded.process import reserved_port
from router.graph import Graph
from router.planning import as_text, plan
from router.supergraph import Supergraph

PAGES = ("Home", "ProductPage", "Search", "CartPage", "CheckoutPage", "Checkout", "OrderHistory", "AdminDashboard")
TARGET = ROOT / "docs" / "plans.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--print", action="store_true", help="print it instead of writing docs/plans.md")


def run(options: argparse.Namespace) -> int:
    """Plan every page here, ask Hive's planner for every page, write both down."""
    hive = [gateway for gateway in gateways.available()[0] if gateway.name.startswith("Hive Gateway")]
    if not hive:
        raise Unmeasurable("Hive Gateway is not installed: run `npm ci` in tests/peers")
    text = document(counts(_open_to_all()), counts(hive[0]))
    if options.print:
        print(text)
    else:
        TARGET.write_text(text, encoding="utf-8")
        print(f"{TARGET.relative_to(ROOT)} is written")
    return 0


def document(ours: dict[str, int], theirs: dict[str, int]) -> str:
    """The page."""
    graph = Graph.of(Supergraph.parse((ROOT / "supergraph.graphql").read_text(encoding="utf-8")))
    rows, plans = [], []
    for page in PAGES:
        text = (OPERATIONS / f"{page}.graphql").read_text(encoding="utf-8")
        made = plan(graph, parse(text), None)
        rows.append(f"| [{page}](#{page.lower()}) | {ours[page]} | {theirs[page]} |")
        plans.append(f"## {page}\n\n```\n{as_text(made).strip()}\n```")
    head = (
        "# How the pages are planned\n\n"
        "Written by `./dev bench plans`; `router plan` shows the plan of any other operation. Fetches are the\n"
        "requests that stub subgraphs received for one answer: from this router, and from Hive Gateway with its Rust\n"
        "planner, for the same operation over the same supergraph.\n\n"
        "| page | fetches | Hive |\n|---|---|---|"
    )
    return "\n".join([head, *rows]) + "\n\n" + "\n\n".join(plans) + "\n"


def _open_to_all() -> Gateway:
    """Our router with nobody refused, as the peer runs too: what is compared is planning."""
    ours = gateways.ours()
    return replace(ours, command=f"{ours.command} --config {{{{settings}}}}")


def counts(gateway: Gateway) -> dict[str, int]:
    """How many subgraph requests a gateway makes for each page."""
    core, other = cores()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Bench(Path(folder)) as bench:
        stubs = federation.start(bench, core=other)
        port = reserved_port()
        settings = Path(folder) / "router.yaml"
        settings.write_text("authorization:\n  directives:\n    enabled: false\n", encoding="utf-8")
        words = [word.replace("{settings}", str(settings)) for word in gateway.words(stubs.supergraph, port)]
        process = bench.start("gateway", words, core=core, cwd=gateway.cwd)
        url = f"http://127.0.0.1:{port}{gateway.path}"
        process.wait_for(url, body=b'{"query":"{__typename}"}')
        return {page: count(url, page, stubs) for page in PAGES}


def count(url: str, page: str, stubs: Stubs) -> int:
    """One page's subgraph requests. Raises Unmeasurable when the page is not answered."""
    before = _served(stubs)
    query = (OPERATIONS / f"{page}.graphql").read_text(encoding="utf-8")
    body = json.dumps({"query": query, "operationName": page, "variables": variables(page)}).encode()
    asked = urllib.request.Request(url, body, {"content-type": "application/json"})  # noqa: S310 (loopback)
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
        found = json.loads(answer.read())
    if found.get("errors"):
        raise Unmeasurable(f"{url} answers {page} with {found['errors'][0]}")
    return _served(stubs) - before


def variables(page: str) -> dict[str, Any]:
    """The variables the page is shown with."""
    examples = json.loads((OPERATIONS / "examples.json").read_text(encoding="utf-8"))
    # The playground's dashboard asks for the last month, whenever that is; here any month will do.
    month = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"} if page == "AdminDashboard" else {}
    return {**month, **examples.get(page, {})}


def _served(stubs: Stubs) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{stubs.port}/", timeout=10) as answer:
        return int(answer.read())
