"""A subgraph of this house behind the router: a hint in one process is an event at a client of another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest
import strawberry

import chassis.context
from chassis.app import App, Subgraph, create_app
from chassis.database import Database
from chassis.live import Live as Hints
from chassis.live import live_of
from chassis.schema import Schema
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from tests.router.http.live import PATIENCE_S, Live, asking, listening, live, supergraph
from tests.router.http.rogue import until

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Context(chassis.context.Context):
    hints: Hints


Info = strawberry.Info[Context, None]
STORED = {"1": "PENDING"}


@strawberry.federation.type(keys=["id"])
class User:
    id: strawberry.ID


@strawberry.federation.type(keys=["id"])
class Order:
    id: strawberry.ID
    status: str
    buyer: User


@strawberry.type
class Query:
    orders: list[Order]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def order_updated(self, info: Info, id: strawberry.ID) -> AsyncIterator[Order | None]:
        async with info.context.hints.listen(f"order:{id}") as changes:
            async for _ in changes:
                yield Order(id=id, status=STORED[id], buyer=User(id=strawberry.ID("5")))


def process(settings: Settings) -> tuple[App, Hints]:
    """A process that serves orders."""
    hints = live_of("orders", settings)
    subgraph = Subgraph(
        name="orders",
        schema=Schema(query=Query, subscription=Subscription),
        database=Database("postgresql://nobody@127.0.0.1:1/nothing"),
        context=lambda viewer: Context(viewer=viewer, hints=hints),
    )
    return create_app([subgraph], settings, keys=KnownKeys(Signer(settings).jwks), background=False), hints


@asynccontextmanager
async def routed(app: App) -> AsyncIterator[Live]:
    async with listening(app) as port, live() as made:
        made.serving.mounted = {"users": made.users}
        made.text.text = supergraph(f"http://127.0.0.1:{port}/orders/graphql")
        await made.serving.reload()
        yield made


async def test_a_change_told_in_another_process_reaches_the_client(redis_url: str) -> None:
    settings = Settings(redis_url=redis_url, database_prefix=f"t{uuid4().hex}_")
    app, hints = process(settings)
    _, elsewhere = process(settings)
    STORED["1"] = "PENDING"
    async with routed(app) as made:
        async with asking(made) as stream:
            first = await stream.event()
            # Listening in Redis began, and that is itself a reason to look again.
            again = await stream.event()
            STORED["1"] = "CONFIRMED"
            await elsewhere.publish("order:1")
            changed = await stream.event()
        async with asyncio.timeout(PATIENCE_S):
            await until(lambda: app.endpoints["/orders/graphql"].subscriptions == 0)
    await hints.close()
    await elsewhere.close()

    assert first == again == ("next", {"data": {"orderUpdated": {"status": "PENDING", "buyer": {"name": "Ada 5"}}}})
    assert changed[1]["data"]["orderUpdated"]["status"] == "CONFIRMED"


async def test_a_stopping_subgraph_is_told_as_what_it_is() -> None:
    app, _ = process(Settings(redis_url=None))
    async with routed(app) as made, asking(made) as stream:
        await stream.event()
        app.stop()
        _, ended = await stream.event()

    assert ended["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_ENDED"
