"""The shop's supergraph in other gateways: the same operations, the same data? `python -m tests.peers.compare`

Starts a shop with its demo data, then serves its supergraph with `router serve`, @apollo/gateway and
@graphql-hive/gateway side by side, sends each of clients/operations through each, and prints a table: is the data the same
as the router's, and how many subgraph fetches did it take. Exits 1 when any answer differs or has errors.
Needs `npm ci` in tests/peers first.

@apollo/gateway refuses every supergraph that links @authenticated or @requiresScopes: it cannot enforce them, and the
link says `for: SECURITY`. It is given the same supergraph with these links as mere remarks; the subgraphs refuse whom
they always refuse. @graphql-hive/gateway is given the file as it was printed, and its own query planner (hive.config.mjs).
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.gateways import without_security
from chassis.embedded import postgres
from chassis.embedded.process import reserved_port
from subgraphs import NAMES
from tests.journeys.operations import SHOWN, Case, checkout_input
from tests.journeys.shop import Answer, Shop, Visitor, opened, stop

HERE = Path(__file__).resolve().parent
PREFIX = "peers_"
READY_S = 180
# What a new order or session has of its own, whoever made it.
OWN = frozenset({"id", "number", "token", "createdAt", "occurredAt"})


@dataclass(frozen=True)
class Result:
    """How one gateway answered one operation."""

    answer: Answer
    fetches: int


def same_but_for_identity(value: Any) -> Any:
    """The answer without what is new in every order, to compare two orders made alike."""
    match value:
        case dict():
            return {name: same_but_for_identity(each) for name, each in value.items() if name not in OWN}
        case list():
            return [same_but_for_identity(each) for each in value]
        case _:
            return value


def supergraph_through(shop: Shop, folder: Path) -> Path:
    """The printed supergraph with each subgraph's URL led through the counting proxy."""
    text = shop.supergraph.read_text(encoding="utf-8")
    for name in NAMES:
        printed = f'"http://127.0.0.1:4001/{name}/graphql"'
        assert printed in text, f"supergraph.graphql does not name {printed}"
        text = text.replace(printed, f'"http://127.0.0.1:{shop.between.port_of(name)}/{name}/graphql"')
    path = folder / "through.graphql"
    path.write_text(text, encoding="utf-8")
    return path


def remarked(supergraph: Path) -> Path:
    """The supergraph for a gateway that cannot enforce @authenticated and @requiresScopes."""
    path = supergraph.with_name("without-security.graphql")
    path.write_text(without_security(supergraph.read_text(encoding="utf-8")), encoding="utf-8")
    return path


@contextmanager
def served(command: list[str], port: int, log: Path) -> Iterator[str]:
    """A gateway that answers on `port` until the block ends."""
    environment = {**os.environ, "NODE_ENV": "production"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=HERE, env=environment, stdout=output, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}/graphql"
    deadline = time.monotonic() + READY_S
    try:
        while True:
            try:
                if httpx.post(url, json={"query": "{ __typename }"}, timeout=5, trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)
        yield url
    finally:
        stop(process)


def measured(shop: Shop, visitor: Visitor, operation: str, variables: Mapping[str, object]) -> Result:
    visitor.ask(operation, variables)  # plans are made once, and are not what is measured here
    with shop.between.counting() as traffic:
        answer = visitor.ask(operation, variables)
    return Result(answer, traffic.fetched)


def read(shop: Shop, url: str, case: Case, people: Mapping[str, Visitor]) -> Result:
    return measured(shop, people[case.visitor].at(url), case.operation, case.variables)


def buy(shop: Shop, url: str) -> Result:
    """A guest buys through the gateway at `url`: the one operation here that writes."""
    guest = shop.guest().at(url)
    cart = guest.ask("AddToCart", {"sku": "SPEAKER-001", "quantity": 1}).data["cartLineAdd"]["cart"]
    variables = checkout_input(cart, key=f"peers-{url}", email="guest@example.org")
    with shop.between.counting() as traffic:
        answer = guest.ask("Checkout", variables)
    return Result(Answer(answer.status, same_but_for_identity(answer.body)), traffic.fetched)


def report(results: Mapping[str, Mapping[str, Result]]) -> bool:
    """Print the table; answer whether everything is the same."""
    ours, *others = results
    print(f"\n| operation | {ours}: fetches | " + " | ".join(f"{name}: same data, fetches" for name in others) + " |")
    print("|---" * (2 + len(others)) + "|")
    faults = []
    for title, expected in results[ours].items():
        cells = [str(expected.fetches)]
        if expected.answer.errors:
            faults.append(f"{ours}, {title}: {expected.answer.errors}")
        for name in others:
            got = results[name][title]
            same = got.answer.body.get("data") == expected.answer.body.get("data") and not got.answer.errors
            cells.append(f"{'yes' if same else 'NO'}, {got.fetches}")
            if not same:
                faults.append(f"{name}, {title}: {str(got.answer.body)[:600]}")
        print(f"| {title} | " + " | ".join(cells) + " |")
    print("\n".join(["", *faults]))
    return not faults


def gateways(supergraph: Path) -> dict[str, Callable[[int], list[str]]]:
    """How each other gateway is started on a port."""
    hive = [
        "node_modules/.bin/hive-gateway",
        "supergraph",
        str(supergraph),
        "--host",
        "127.0.0.1",
        "-c",
        "hive.config.mjs",
    ]
    return {
        "@apollo/gateway": lambda port: ["node", "apollo.mjs", str(remarked(supergraph)), str(port)],
        "@graphql-hive/gateway": lambda port: [*hive, "--port", str(port)],
    }


def main() -> None:
    """Compare, print, and exit 1 when anything differs."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = postgres.start(folder / "postgres", durable=False)
        stack.callback(server.stop)
        shop = stack.enter_context(opened(folder, postgres_url=server.url, prefix=PREFIX, scale=20))
        people = {"guest": shop.guest(), "customer": shop.customer(), "admin": shop.admin()}
        people["customer"].ask("AddToCart", {"sku": "KEYBOARD-001-RED", "quantity": 2})

        urls = {"router": shop.url}
        for name, command in gateways(supergraph_through(shop, folder)).items():
            port = reserved_port()
            log = folder / f"{name.replace('/', '-')}.log"
            urls[name] = stack.enter_context(served(command(port), port, log))
        # All read before any buys: a purchase changes what the others would read.
        results = {name: {case.title: read(shop, url, case, people) for case in SHOWN} for name, url in urls.items()}
        for name, url in urls.items():
            results[name]["Checkout (guest)"] = buy(shop, url)
    sys.exit(0 if report(results) else 1)


if __name__ == "__main__":
    main()
