"""A flash sale through the router, beside a shop of one service and one database: `./dev bench flash-sale`.

A thousand buyers, a hundred pieces, two hundred at once; then as many pieces as buyers, which shows what an order
costs when nobody is refused. Answers 1 unless exactly the pieces were sold, everybody else was told so, and the books
are right.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.federation import ROOT
from bench.processes import Bench, Process
from bench.sale import Connection, Later, Sale, hold, table
from chassis.embedded import postgres, redis
from chassis.embedded.process import reserved_port
from subgraphs import NAMES

SKU = "MIC-001"
REFUSED = "StockUnavailable"
SETTLED_WITHIN_S = 120
ADD = """mutation Add($sku: String!) {
  cartLineAdd(sku: $sku) {
    __typename ... on CartLineAddSuccess { cart { id token version subtotal { amount currency } } }
  }
}"""
CHECKOUT = """mutation Checkout($input: CheckoutInput!, $key: String!) {
  checkout(input: $input, idempotencyKey: $key) {
    __typename ... on CheckoutSuccess { order { id number status } } ... on CheckoutBusy { retryAfterSeconds }
  }
}"""
LOGIN = """mutation Login($email: String!, $password: String!) {
  login(email: $email, password: $password) { ... on LoginSuccess { tokens { accessToken } } }
}"""
LEVELS = """query Levels($sku: String!) {
  stockLevels(filter: {skus: [$sku]}) { edges { node { warehouse { id } held committed } } }
}"""
SET = "mutation Set($input: StockSetInput!) { stockSet(input: $input) { __typename } }"
ADDRESS = {
    "name": "Nora Newcomer",
    "line1": "1 Market Street",
    "city": "Springfield",
    "region": "IL",
    "postalCode": "62701",
    "country": "US",
}
CARD = {"number": "4242424242424242", "expMonth": 12, "expYear": 2039, "cvc": "123"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--buyers", type=int, default=1_000)
    parser.add_argument("--pieces", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--apart", action="store_true", help="a process per subgraph, events over Redis")
    parser.add_argument("--plenty", type=int, default=300, help="buyers of the second sale; 0 leaves it out")


@dataclass
class SingleShop:
    """Buying at the shop of one service."""

    port: int

    async def fill(self, connection: Connection, number: int) -> dict[str, str]:
        """A cart with one piece."""
        cart = await connection.post("/cart", {})
        return {"cart": cart["id"], "key": f"sale-{number}", "email": f"buyer-{number}@example.org"}

    async def buy(self, connection: Connection, basket: dict[str, str]) -> str:
        """One transaction."""
        answer = await connection.post("/checkout", basket)
        return str(answer["status"])


@dataclass
class Federation:
    """Buying through the router."""

    port: int
    name: str

    async def fill(self, connection: Connection, number: int) -> tuple[dict[str, Any], dict[str, str]]:
        """A guest's cart with one piece."""
        data = await self.ask(connection, ADD, {"sku": SKU})
        cart = data["cartLineAdd"]["cart"]
        wish = {
            "cartId": cart["id"],
            "cartVersion": cart["version"],
            "expectedTotal": cart["subtotal"],
            "email": f"buyer-{number}@example.org",
            "shippingAddress": ADDRESS,
            "payment": {"card": CARD},
        }
        return {"input": wish, "key": f"{self.name}-{number}"}, {"x-cart-token": cart["token"]}

    async def buy(self, connection: Connection, basket: tuple[dict[str, Any], dict[str, str]]) -> str | Later:
        """The whole saga, or the refusal's name, or when to ask again: something did not answer, or it is crowded."""
        variables, headers = basket
        try:
            answer = await connection.post("/graphql", {"query": CHECKOUT, "variables": variables}, headers)
        except ConnectionError:
            return Later("cut off")
        if answer.get("errors"):
            return Later(answer["errors"][0].get("extensions", {}).get("code", "error"))
        result = answer["data"]["checkout"]
        match result["__typename"]:
            case "CheckoutSuccess" if result["order"]["status"] != "CONFIRMED":
                # Another request with this key is at work on it.
                return Later(result["order"]["status"])
            case "CheckoutSuccess":
                return "CONFIRMED"
            case "CheckoutBusy":
                return Later("CheckoutBusy", result["retryAfterSeconds"])
            case "CheckoutInterrupted":
                return Later("CheckoutInterrupted")
            case refusal:
                return str(refusal)

    async def ask(
        self, connection: Connection, query: str, variables: object, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The data of an answer that must have no errors."""
        answer = await connection.post("/graphql", {"query": query, "variables": variables}, headers)
        assert not answer.get("errors"), answer["errors"]
        return answer["data"]

    async def stock(self, pieces: int) -> None:
        """Have so many to sell, all in one warehouse; what is promised to others stays theirs."""
        connection = Connection(self.port)
        login = await self.ask(connection, LOGIN, {"email": "admin@ecommerce.local", "password": "admin123"})
        admin = {"authorization": f"Bearer {login['login']['tokens']['accessToken']}"}
        levels = await self.ask(connection, LEVELS, {"sku": SKU}, admin)
        for number, edge in enumerate(levels["stockLevels"]["edges"]):
            level = edge["node"]
            on_hand = level["held"] + level["committed"] + (pieces if number == 0 else 0)
            wish = {"sku": SKU, "warehouseId": level["warehouse"]["id"], "onHand": on_hand}
            done = await self.ask(connection, SET, {"input": wish}, admin)
            assert done["stockSet"]["__typename"] == "StockSetSuccess", done
        connection.close()


def run(options: argparse.Namespace) -> int:
    """Hold the sales, print them side by side, audit the books."""
    with tempfile.TemporaryDirectory(prefix="bench-") as named, Bench(Path(named)) as bench:
        folder = Path(named)
        with postgres.start(folder / "postgres") as database, redis.start(folder / "redis") as events:
            environment = environment_of(database.url, events.url if options.apart else None)
            router, processes = start_shop(bench, folder, environment, apart=options.apart)
            sold = asyncio.run(_sales(options, bench, database.url, router, processes))
            asyncio.run(_settled(environment))
            audited = subprocess.run(
                [sys.executable, "-m", "subgraphs", "check-invariants"], cwd=ROOT, env=environment, check=False
            )
    for what, sale, pieces, buyers in sold:
        expected = {"CONFIRMED": pieces, **({REFUSED: buyers - pieces} if buyers > pieces else {})}
        if dict(sale.answers) != expected:
            print(f"{what}: expected {expected}, the buyers were told {dict(sale.answers)}")
            return 1
    return audited.returncode


async def _sales(
    options: argparse.Namespace, bench: Bench, url: str, router: int, processes: Mapping[str, Process]
) -> list[tuple[str, Sale, int, int]]:
    """Each sale at both shops, one after another; printed, and answered with what was to be sold to how many."""
    held: list[tuple[str, Sale, int, int]] = []
    sizes = [("scarce", options.buyers, options.pieces)]
    sizes += [("plenty", options.plenty, options.plenty)] if options.plenty else []
    # Nobody's first request is measured.
    await Federation(router, "warm").stock(20)
    await hold(Federation(router, "warm"), buyers=20, at_once=10)
    for size, buyers, pieces in sizes:
        port, process = await _single(bench, url, f"single_{size}", pieces)
        spent = {"one service": process, **processes}
        before = {name: each.cpu_ms() for name, each in spent.items()}
        alone = await hold(SingleShop(port), buyers=buyers, at_once=options.at_once)
        await Federation(router, size).stock(pieces)
        ours = await hold(Federation(router, size), buyers=buyers, at_once=options.at_once)
        rows = [("one service, one database", alone), ("router, seven subgraphs", ours)]
        print(f"{size}: {buyers} buyers, {pieces} pieces, {options.at_once} at once")
        print(table(rows), flush=True)
        each_ms = {name: (process.cpu_ms() - before[name]) / buyers for name, process in spent.items()}
        print("  CPU per buyer, cart and checkout: ", ", ".join(f"{name} {ms:.1f} ms" for name, ms in each_ms.items()))
        print("  asked again:", ", ".join(f"{why} {count}" for why, count in ours.asked_again.items()) or 0, flush=True)
        held += [(f"{size}, {name}", sale, pieces, buyers) for name, sale in rows]
    return held


async def _single(bench: Bench, url: str, name: str, pieces: int) -> tuple[int, Process]:
    """Start the shop to compare with, on a database of its own."""
    connection = await asyncpg.connect(f"{url}/postgres")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    port = reserved_port()
    words = [sys.executable, "-m", "bench.single_shop", f"{url}/{name}", str(port), str(pieces)]
    shop = bench.start(name, words, cwd=ROOT)
    await asyncio.to_thread(shop.wait_for, f"http://127.0.0.1:{port}/openapi.json")
    return port, shop


async def _settled(environment: Mapping[str, str]) -> None:
    """Wait until every event was sent: what is under way is not looked at by the auditor."""
    waiting = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL"
    async with asyncio.timeout(SETTLED_WITHIN_S):
        for name in NAMES:
            connection = await asyncpg.connect(f"{environment['DATABASE_URL']}/{name}")
            try:
                while await connection.fetchval(waiting):  # noqa: ASYNC110 -- another process does it
                    await asyncio.sleep(0.2)
            finally:
                await connection.close()


def environment_of(database_url: str, redis_url: str | None) -> dict[str, str]:
    """What the shop is told: nothing of what this shell is told about servers."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return {
        **kept,
        "DATABASE_URL": database_url,
        "DATABASE_PREFIX": "",
        **({"REDIS_URL": redis_url} if redis_url else {}),
    }


def start_shop(
    bench: Bench, folder: Path, environment: dict[str, str], *, apart: bool
) -> tuple[int, dict[str, Process]]:
    """Migrate, load the demo data, serve; answers the router's port, and every process by what it serves."""
    processes: dict[str, Process] = {}
    groups = [(name,) for name in NAMES] if apart else [NAMES]
    ports = [reserved_port() for _ in groups]
    urls = {
        name: f"http://127.0.0.1:{port}/{name}/graphql"
        for names, port in zip(groups, ports, strict=True)
        for name in names
    }
    home = urls["users"].removesuffix("/users/graphql")
    environment |= {"SUBGRAPHS_URL": home, "JWKS_URL": f"{home}/users/.well-known/jwks.json"}
    if apart:
        environment |= {f"{name.upper()}_URL": url for name, url in urls.items()}
        environment |= {"SANDBOX_WEBHOOK_URL": urls["payments"].removesuffix("/graphql") + "/webhooks/sandbox"}
    environment |= {"TOKEN_SIGNING_KEY": _signing_key(), "MAIL_DIRECTORY": str(folder / "mails")}
    settings = yaml.safe_load((ROOT / "router.yaml").read_text(encoding="utf-8"))
    settings["override_subgraph_url"] = urls
    (folder / "router.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    for task in ("migrate", "seed"):
        subprocess.run(
            [sys.executable, "-m", "subgraphs", task], cwd=ROOT, env=environment, check=True, capture_output=True
        )
    for names, port in zip(groups, ports, strict=True):
        words = [sys.executable, "-m", "subgraphs", "serve", *names, "--port", str(port)]
        server = bench.start("-".join(names), words, cwd=ROOT, environment=environment)
        server.wait_for(f"http://127.0.0.1:{port}/health")
        processes[names[0] if apart else "subgraphs"] = server
    port = reserved_port()
    words = [sys.executable, "-m", "router.cli", "serve", "--supergraph", "supergraph.graphql", "--port", str(port)]
    words += ["--config", str(folder / "router.yaml")]
    router = bench.start("router", words, cwd=ROOT, environment=environment)
    router.wait_for(f"http://127.0.0.1:{port}/health")
    return port, {"router": router, **processes}


def _signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
