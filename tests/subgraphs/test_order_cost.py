"""What an order costs every database, from the checkout to the last mail: counted, and held to a budget.

Ten are bought at once and then everything they caused is done by hand, turn by turn, so the counts are the same on a
slow machine and on a fast one. A budget that is too small is a reason to look; one that could be smaller is one too.
"""

import asyncio
import importlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from chassis.app import create_app
from chassis.background import consumer_of, relay_of, sender_of
from chassis.events import InProcess
from chassis.migrations import drop_database, migrate
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from subgraphs import NAMES
from subgraphs.cli import load
from tests.subgraphs.orders.shop import Shop, Wire

pytestmark = pytest.mark.anyio

BUYERS = 10
SKU = "MOUSE-001"
# Of each subgraph, per order: statements, and those of its transactions that cost a BEGIN and a COMMIT.
BUDGETS = {
    "users": (1, 0),
    "products": (3, 0),
    "inventory": (4, 0),
    "cart": (5.5, 0.5),
    "orders": (29, 6),
    "payments": (32, 6.5),
    "reviews": (2, 0.5),
}


@dataclass
class Costs:
    """What was counted, by subgraph."""

    statements: Counter[str] = field(default_factory=Counter)
    transactions: Counter[str] = field(default_factory=Counter)

    def per_order(self) -> dict[str, tuple[float, float]]:
        return {name: (self.statements[name] / BUYERS, self.transactions[name] / BUYERS) for name in NAMES}


@contextmanager
def counting(shop: Shop) -> Iterator[Costs]:
    costs, taken_back = Costs(), []
    for name in NAMES:
        engine = shop.database(name).engine.sync_engine

        def statement(*_: Any, name: str = name) -> None:
            costs.statements[name] += 1

        def commit(connection: Any, name: str = name) -> None:
            # What commits by itself costs no round trips for it.
            if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
                costs.transactions[name] += 1

        for moment, call in (("before_cursor_execute", statement), ("commit", commit)):
            event.listen(engine, moment, call)
            taken_back.append((engine, moment, call))
    yield costs
    for engine, moment, call in taken_back:
        event.remove(engine, moment, call)


class Work:
    """What a process does besides answering, one turn at a time."""

    def __init__(self, shop: Shop, transport: InProcess) -> None:
        subgraphs = shop.subgraphs.values()
        for each in subgraphs:
            if consumer := consumer_of(each, shop.settings):
                transport.subscribe(each.name, consumer.sources, consumer.deliver, consumer.deliver_all)
        relays = [relay_of(each, shop.settings, transport) for each in subgraphs]
        senders = [sender_of(each, shop.settings) for each in subgraphs if each.mails]
        turns = {turn.name: turn.call for turn in shop.subgraphs["payments"].periodic}
        webhooks: Any = turns["handle webhooks"]
        deliveries: Any = turns["send the sandbox's webhooks"]
        self.turns = [
            deliveries.__self__.send_due,
            webhooks.__self__.handle_waiting,
            *(partial(relayed, relay) for relay in relays),
            *(sender.send_once for sender in senders),
        ]

    async def finish(self) -> None:
        """Until every turn finds nothing to do; that includes what it costs to look."""
        while any([await turn() for turn in self.turns]):
            pass


async def relayed(relay: Relay) -> int:
    """As the relay does it in the background: it looks before it opens a transaction."""
    return await relay.relay_once() if await relay._anything_due() else 0


@pytest.fixture(scope="module")
async def shop(
    postgres_url: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}cost_",
        mail_directory=tmp_path_factory.mktemp("mails"),
        # That the machine is busy is no reason to give up.
        peer_timeout_ms=20_000,
        database_timeout_ms=20_000,
        request_timeout_ms=60_000,
        checkout_wait_ms=60_000,
    )
    async with AsyncExitStack() as stack:
        for name in NAMES:
            stack.push_async_callback(drop_database, settings.database_of(name))
            await migrate(name, settings)
        subgraphs = {name: load(name, settings) for name in NAMES}
        for subgraph in subgraphs.values():
            stack.push_async_callback(subgraph.database.close)
            for close in subgraph.closes:
                stack.push_async_callback(close)
        for name in ("users", "products", "inventory"):
            await importlib.import_module(f"subgraphs.{name}.seed").demo(subgraphs[name].database)
        signer = Signer(settings)
        app = create_app(list(subgraphs.values()), settings, keys=KnownKeys(signer.jwks), background=False)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
            yield Shop(subgraphs, Wire(app), signer, settings, client)


async def test_an_order_stays_within_its_budget(shop: Shop) -> None:
    work = Work(shop, InProcess())
    await shop.stock(SKU, 100)
    carts = [await shop.fill({SKU: 1}) for _ in range(BUYERS + 1)]

    async def buy(cart: dict[str, Any]) -> str:
        answer = await shop.check_out(cart, token=cart["token"])
        return str(answer["order"]["status"])

    # The first of all finds nothing prepared.
    await buy(carts.pop())
    await work.finish()

    with counting(shop) as costs:
        statuses = await asyncio.gather(*map(buy, carts))
        await work.finish()

    assert statuses == ["CONFIRMED"] * BUYERS
    spent = costs.per_order()
    over = {name: spent[name] for name in NAMES if any(a > b for a, b in zip(spent[name], BUDGETS[name], strict=True))}
    assert over == {}, f"over budget, of {spent}"
