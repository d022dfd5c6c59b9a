"""A whole shop to be broken: its own PostgreSQL and Redis, its processes one by one, a courier who is bad at webhooks."""

import asyncio
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from redis.asyncio import Redis

from chassis.settings import Settings
from subgraphs import NAMES
from tests.chaos.buyers import SKUS, Story, Street
from tests.chaos.fleet import Fleet
from tests.chaos.recovery import settings_of
from tests.chaos.servers import PostgresServer
from tests.chaos.webhooks import Courier
from tests.chassis.redis_server import RedisServer
from tests.journeys.shop import INTERNAL_TOKEN, ROOT, command, new_signing_key

PREFIX = "chaos_"
# Which subgraphs share a process. What holds money, stock and orders stands alone; without Redis all share one.
APART: Mapping[str, Sequence[str]] = {
    "orders": ("orders",),
    "payments": ("payments",),
    "inventory": ("inventory",),
    "others": tuple(name for name in NAMES if name not in {"orders", "payments", "inventory"}),
}
TOGETHER: Mapping[str, Sequence[str]] = {"shop": NAMES}


@dataclass
class Shop:
    """A running shop and everything that can be done to it. `redis` is None where events stay in the process."""

    folder: Path
    fleet: Fleet
    postgres: PostgresServer
    redis: RedisServer | None
    courier: Courier
    street: Street
    settings: Settings
    random: random.Random
    groups: Mapping[str, Sequence[str]]
    environment: Mapping[str, str]
    faults: Counter[str] = field(default_factory=Counter)
    # By who wants them: the stories that lead where somebody waits for a process to come.
    wanted: dict[str, Sequence[Story]] = field(default_factory=dict)

    # Told what happens, for whoever watches.
    say: Callable[[str], None] = field(default=lambda what: None)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.street.wanted = self.wanted

    def befell(self, fault: str, times: int = 1) -> None:
        """Count a fault, and tell of it."""
        self.faults[fault] += times
        self.tell(f"{time.monotonic() - self.began:6.1f} s {self.street.finished:4d} purchases: {fault}")

    def tell(self, what: str) -> None:
        """Note what happens in `chaos.log`, beside the logs of the processes."""
        self.say(what)
        with (self.folder / "chaos.log").open("a", encoding="utf-8") as log:
            log.write(f"{what}\n")

    def group_of(self, subgraph: str) -> str:
        """Which process serves a subgraph."""
        return next(group for group, names in self.groups.items() if subgraph in names)

    def client(self) -> Redis:
        """A connection to Redis, for whoever closes it."""
        assert self.redis is not None
        return Redis.from_url(self.redis.url)


@asynccontextmanager
async def opened(folder: Path, *, seed: int, apart: bool, hold_s: int = 8) -> AsyncIterator[Shop]:
    """Start everything with the demo data and enough stock; end it all with the block."""
    chance = random.Random(seed)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    fleet, groups = Fleet(folder), APART if apart else TOGETHER
    async with AsyncExitStack() as stack:
        postgres = PostgresServer(folder / "postgres")
        postgres.start()
        stack.callback(postgres.stop)
        redis = RedisServer(folder / "redis") if apart else None
        if redis is not None:
            redis.start()
            stack.callback(redis.stop)
        courier = Courier(random.Random(seed + 1))
        courier_port = await stack.enter_async_context(courier.at_work())
        urls = {
            name: f"http://127.0.0.1:{fleet.port_of(group)}/{name}/graphql"
            for group, names in groups.items()
            for name in names
        }
        home = urls["users"].removesuffix("/users/graphql")
        courier.target = urls["payments"].removesuffix("/graphql") + "/webhooks/sandbox"
        environment = {
            # Servers of somebody else's must not be broken.
            **{name: value for name, value in os.environ.items() if not name.endswith("_URL")},
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": postgres.url,
            "DATABASE_PREFIX": PREFIX,
            # A killed PostgreSQL must not be waited for longer than it takes to come back.
            "DATABASE_TIMEOUT_MS": "3000",
            "SUBGRAPHS_URL": home,
            "JWKS_URL": f"{home}/users/.well-known/jwks.json",
            **{f"{name.upper()}_URL": url for name, url in urls.items()},
            "SANDBOX_WEBHOOK_URL": f"http://127.0.0.1:{courier_port}/webhooks/sandbox",
            "TOKEN_SIGNING_KEY": new_signing_key(),
            "INTERNAL_TOKEN": INTERNAL_TOKEN,
            "PEER_TIMEOUT_MS": "5000",
            "SMTP_TIMEOUT_MS": "500",
            "MAIL_DIRECTORY": str(folder / "mails"),
            "HASTE_HOLD_S": str(hold_s),
            **({"REDIS_URL": redis.url} if redis else {}),
        }
        await _prepare(folder, environment, urls)
        for group, names in groups.items():
            fleet.add_subgraphs(group, names, environment)
        fleet.add_router(folder / "supergraph.graphql", folder / "router.yaml", environment)
        stack.callback(fleet.stop)
        await fleet.start()
        street = Street(f"http://127.0.0.1:{fleet.port_of('router')}/graphql", random.Random(seed + 2))
        stack.push_async_callback(street.close)
        await street.sign_in_admin()
        await _fill_shelves(street)
        yield Shop(
            folder, fleet, postgres, redis, courier, street, settings_of(postgres.url, PREFIX), chance, groups,
            environment,
        )  # fmt: skip


async def _prepare(folder: Path, environment: Mapping[str, str], urls: Mapping[str, str]) -> None:
    """Migrate, load the demo data, compose, and tell the router where the subgraphs are."""
    settings = yaml.safe_load((ROOT / "router.yaml").read_text(encoding="utf-8"))
    settings["override_subgraph_url"] = dict(urls)
    settings["traffic_shaping"]["all"]["timeout"] = "15s"
    (folder / "router.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    supergraph = str(folder / "supergraph.graphql")
    await asyncio.gather(
        _run(("router", "compose", "--config", "supergraph.yaml", "--output", supergraph), environment),
        _run(("subgraphs", "migrate"), environment),
    )
    await _run(("subgraphs", "seed"), environment)


async def _run(words: Sequence[str], environment: Mapping[str, str]) -> None:
    running = await asyncio.create_subprocess_exec(
        *command(*words), cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await running.communicate()
    assert running.returncode == 0, f"{' '.join(words)}:\n{said.decode(errors='replace')[-3000:]}"


async def _fill_shelves(street: Street) -> None:
    levels = """query($sku: String!) { stockLevels(filter: {skus: [$sku]}) { edges { node { warehouse { id } } } } }"""
    fill = """mutation($input: StockSetInput!) { stockSet(input: $input) { __typename } }"""
    for sku in SKUS:
        found = (await street.ask(levels, {"sku": sku}, street.admin))["stockLevels"]["edges"]
        for edge in found:
            stock = {"sku": sku, "warehouseId": edge["node"]["warehouse"]["id"], "onHand": 100_000}
            await street.ask(fill, {"input": stock}, street.admin)
