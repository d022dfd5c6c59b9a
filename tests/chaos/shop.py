"""A whole shop to be broken: its own PostgreSQL and Redis, its processes one by one, a courier who is bad at webhooks."""

import asyncio
import contextlib
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import asyncpg
import yaml
from redis.asyncio import Redis

from chassis.settings import Settings
from chassis.tasks import end
from subgraphs import NAMES
from tests.chaos.buyers import SKUS, Street
from tests.chaos.fleet import Fleet, Member
from tests.chaos.recovery import AWAY, order_of, settings_of
from tests.chaos.report import Visit
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
HOLD_S = 8
READER_LEASE_MS = 3_000
RELENTS_EVERY_S = 2
RELENT = """
UPDATE sandbox_charges SET behaviour = 'APPROVE' WHERE behaviour IN ('REFUND_FAILS', 'REFUND_PENDING_FAILS')
AND reference IN (SELECT reference FROM sandbox_operations WHERE operation = 'REFUND' AND state = 'FAILED')
"""


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
    visits: list[Visit] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    # Told what happens, for whoever watches.
    say: Callable[[str], None] = field(default=lambda what: None)

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    def befell(self, fault: str, times: int = 1) -> None:
        """Count a fault, and tell of it."""
        self.faults[fault] += times
        self.mark(fault)

    def mark(self, what: str) -> None:
        """Note what happens, and when, in `chaos.log`, beside the logs of the processes."""
        what = f"{time.monotonic() - self.began:6.1f} s {self.street.finished:4d} purchases: {what}"
        self.say(what)
        with (self.folder / "chaos.log").open("a", encoding="utf-8") as log:
            log.write(f"{what}\n")

    def died(self, member: Member, point: str) -> None:
        """Note that a process died at a place where it was to die."""
        self.visits.append(Visit(point, member.name, time.monotonic() - self.began, self.street.under_way))
        self.befell(f"kill -9 at {point}")

    def group_of(self, subgraph: str) -> str:
        """Which process serves a subgraph."""
        return next(group for group, names in self.groups.items() if subgraph in names)

    async def hold_for(self, seconds: int | None) -> None:
        """Have stock held for so long, or as long as usual: orders is killed and started with that."""
        orders, wanted = self.fleet.members[self.group_of("orders")], str(seconds or HOLD_S)
        if orders.environment["CHECKOUT_HOLD_S"] != wanted:
            orders.environment["CHECKOUT_HOLD_S"] = wanted
            self.befell(f"kill -9 of {orders.name}")
            orders.kill()

    def client(self) -> Redis:
        """A connection to Redis, for whoever closes it."""
        assert self.redis is not None
        return Redis.from_url(self.redis.url)


@dataclass(frozen=True)
class Premises:
    """What a shop is opened in again and again: a PostgreSQL's data with everything loaded, and the composed graph."""

    folder: Path

    @property
    def supergraph(self) -> Path:
        """The composed graph."""
        return self.folder / "supergraph.graphql"

    @property
    def bytecode(self) -> Path:
        """What Python made of the sources, where it is not kept beside them: processes start often here."""
        return self.folder / "bytecode"

    def copy_data(self, directory: Path) -> None:
        """A PostgreSQL of one's own with all of it."""
        shutil.copytree(self.folder / "postgres", directory, ignore=shutil.ignore_patterns("lock"))


async def built(folder: Path) -> Premises:
    """Migrate, load the demo data, and compose, once for all shops."""
    premises = Premises(folder)
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    postgres = PostgresServer(folder / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        environment = _environment(premises, postgres.url)
        compose = ("router", "compose", "--config", "supergraph.yaml", "--output", str(premises.supergraph))
        await asyncio.gather(_run(compose, environment), _run(("subgraphs", "migrate"), environment))
        await _run(("subgraphs", "seed"), environment)
    finally:
        await asyncio.to_thread(postgres.stop)
    return premises


def _environment(premises: Premises, database_url: str) -> dict[str, str]:
    # Servers of somebody else's must not be broken.
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        kept["PYTHONPYCACHEPREFIX"] = str(premises.bytecode)
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": database_url,
        "DATABASE_PREFIX": PREFIX,
        "INTERNAL_TOKEN": INTERNAL_TOKEN,
    }


@asynccontextmanager
async def opened(
    premises: Premises, folder: Path, *, seed: int, apart: bool, crashes: Mapping[str, Sequence[str]]
) -> AsyncIterator[Shop]:
    """Start everything with the demo data and enough stock; end it all with the block.

    `crashes`: the places where the process of a subgraph is to die (`visits.py`), from its first start on.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    fleet, groups = Fleet(folder), APART if apart else TOGETHER
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(premises.copy_data, folder / "postgres")
        postgres = PostgresServer(folder / "postgres")
        await asyncio.to_thread(postgres.start)
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
            **_environment(premises, postgres.url),
            # A killed PostgreSQL must not be waited for longer than it takes to come back.
            "DATABASE_TIMEOUT_MS": "3000",
            "SUBGRAPHS_URL": home,
            "JWKS_URL": f"{home}/users/.well-known/jwks.json",
            **{f"{name.upper()}_URL": url for name, url in urls.items()},
            "SANDBOX_WEBHOOK_URL": f"http://127.0.0.1:{courier_port}/webhooks/sandbox",
            "TOKEN_SIGNING_KEY": new_signing_key(),
            "PEER_TIMEOUT_MS": "5000",
            "SMTP_TIMEOUT_MS": "500",
            "MAIL_DIRECTORY": str(folder / "mails"),
            "CHECKOUT_HOLD_S": str(HOLD_S),
            "EVENT_LEASE_MS": str(READER_LEASE_MS),
            **({"REDIS_URL": redis.url} if redis else {}),
        }
        config = folder / "router.yaml"
        config.write_text(_router_settings(urls), encoding="utf-8")
        for group, names in groups.items():
            fleet.add_subgraphs(group, names, environment)
        fleet.add_router(premises.supergraph, config, environment)
        settings = settings_of(postgres.url, PREFIX)
        url = f"http://127.0.0.1:{fleet.port_of('router')}/graphql"
        street = Street(url, partial(order_of, settings), random.Random(seed + 2))
        stack.push_async_callback(street.close)
        shop = Shop(folder, fleet, postgres, redis, courier, street, settings, random.Random(seed), groups)
        for name, there in crashes.items():
            fleet.members[shop.group_of(name)].armed.update(there)
        fleet.on_death = shop.died
        await stack.enter_async_context(fleet.at_work())
        await street.sign_in_admin()
        await _fill_shelves(street)
        bank = asyncio.create_task(_relent(settings))
        stack.push_async_callback(end, [bank])
        yield shop


def _router_settings(urls: Mapping[str, str]) -> str:
    settings = yaml.safe_load((ROOT / "router.yaml").read_text(encoding="utf-8"))
    settings["override_subgraph_url"] = dict(urls)
    settings["traffic_shaping"]["all"]["timeout"] = "15s"
    return yaml.safe_dump(settings)


async def _relent(settings: Settings) -> None:
    """Let the bank take a refund it has refused once: a shop that asks again must come to an end."""
    while True:
        with contextlib.suppress(*AWAY):
            connection = await asyncpg.connect(settings.database_of("payments"))
            try:
                await connection.execute(RELENT)
            finally:
                await connection.close()
        await asyncio.sleep(RELENTS_EVERY_S)


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
