"""The whole shop, started once for a module.

Orders is only right together with cart, products, inventory and payments, so nothing here is faked but the line itself.
"""

import asyncio
import importlib
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import httpx
import pytest
import uvicorn

from chassis.app import create_app
from chassis.ids import new_id
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from subgraphs.cli import load
from tests.subgraphs.orders.shop import NAMES, Shop, Wire


@pytest.fixture(scope="module")
async def whole_shop(postgres_url, database_prefix, tmp_path_factory) -> AsyncIterator[Shop]:
    # Bound before anything is built: each subgraph is told where its peers are.
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}peers_",
        subgraphs_url=url,
        database_pool_size=4,
        # More than the busiest machine takes: nothing here is about who waited too long.
        peer_timeout_ms=60_000,
        database_timeout_ms=60_000,
        request_timeout_ms=60_000,
        checkout_wait_ms=60_000,
        # The line between them is what the tests cut.
        peers_in_process=False,
        event_poll_ms=100,
        mail_directory=tmp_path_factory.mktemp("mails"),
        shop_url="https://shop.example",
    )
    async with AsyncExitStack() as stack:
        for name in NAMES:
            stack.push_async_callback(drop_database, settings.database_of(name))
            await migrate(name, settings)
        signer = Signer(settings)
        subgraphs = {name: load(name, settings) for name in NAMES}
        # Sweeps are for the tests to make: what ends without one ends by events.
        waiting = [turn for turn in subgraphs["orders"].periodic if not turn.name.startswith("finish")]
        subgraphs["orders"] = replace(subgraphs["orders"], periodic=waiting)
        for name in NAMES:
            await importlib.import_module(f"subgraphs.{name}.seed").demo(subgraphs[name].database)
        wire = Wire(create_app(list(subgraphs.values()), settings, keys=KnownKeys(signer.jwks)))
        # As `subgraphs serve` keeps connections: longer than its callers do, so that none is closed under a request.
        server = uvicorn.Server(uvicorn.Config(wire, log_level="critical", ws="none", timeout_keep_alive=75))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0)
            assert not running.done(), "the shop did not start"
        async with httpx.AsyncClient(base_url=url, timeout=90) as client:
            yield Shop(subgraphs, wire, signer, settings, client)
        server.should_exit = True
        await running


@pytest.fixture
def shop(whole_shop: Shop) -> Shop:
    whole_shop.wire.mend()
    whole_shop.wire.calls.clear()
    return whole_shop


@pytest.fixture
def user() -> str:
    """A customer nobody has heard of yet."""
    return f"user-{new_id()}"
