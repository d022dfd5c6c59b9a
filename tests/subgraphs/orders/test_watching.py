"""Watching an order: as it is, and again whenever something happens to it, for whoever may see it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from subgraphs.users.model import SCOPES_OF_ROLE
from tests.subgraphs.orders.acts import ADMIN, buy, cancel, ship
from tests.subgraphs.orders.shop import Shop

pytestmark = pytest.mark.anyio

WATCH = "subscription($id: ID, $token: String) { orderUpdated(id: $id, token: $token) { id status } }"


@asynccontextmanager
async def watching(shop: Shop, variables: dict[str, Any], **asking: Any) -> AsyncIterator[AsyncIterator[Any]]:
    headers = {"accept": "text/event-stream"}
    if user := asking.get("user"):
        role = asking.get("role", "customer")
        headers["authorization"] = f"Bearer {shop.signer.token(user, roles=(role,), scopes=SCOPES_OF_ROLE[role])}"
    body = {"query": WATCH, "variables": variables}
    async with shop.http.stream("POST", "/orders/graphql", json=body, headers=headers) as response:

        async def events() -> AsyncIterator[Any]:
            if response.headers["content-type"].startswith("application/json"):
                await response.aread()
                yield response.json()
                return
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    yield orjson.loads(line.removeprefix("data: "))
                if line == "event: complete":
                    return

        async with asyncio.timeout(30):
            yield events()


async def shown(events: AsyncIterator[Any]) -> Any:
    return (await anext(events))["data"]["orderUpdated"]


async def test_an_owner_sees_their_order_and_each_thing_that_happens_to_it(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 2})
    seen = []

    async with watching(shop, {"id": order["id"]}, user=user) as events:
        seen.append(await shown(events))
        await ship(shop, order, {"MOUSE-001": 1})
        seen.append(await shown(events))
        await ship(shop, order)
        seen.append(await shown(events))

    assert [each["status"] for each in seen] == ["CONFIRMED", "PARTIALLY_SHIPPED", "SHIPPED"]


async def test_a_guest_watches_by_token(shop: Shop) -> None:
    cart = await shop.fill({"MOUSE-001": 1})
    order = (await shop.check_out(cart, token=cart["token"]))["order"]

    async with watching(shop, {"token": order["token"]}) as events:
        first = await shown(events)
        await cancel(shop, order, **ADMIN)
        second = await shown(events)

    assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")


@pytest.mark.parametrize("asking", [{}, {"user": "user-bob"}])
async def test_for_everybody_else_there_is_nothing_to_watch(shop: Shop, user: str, asking: dict[str, Any]) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})

    for variables in ({"id": order["id"]}, {"id": "order-nothing"}, {"token": "x" * 64}):
        async with watching(shop, variables, **asking) as events:
            assert [event async for event in events] == [{"data": {"orderUpdated": None}}]


async def test_an_administrator_watches_any_order(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})

    async with watching(shop, {"id": order["id"]}, **ADMIN) as events:
        assert await shown(events) == {"id": order["id"], "status": "CONFIRMED"}


async def test_a_guest_may_name_the_order_and_its_token_if_they_belong_together(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1})
    order = (await shop.check_out(cart, token=cart["token"]))["order"]
    other = await buy(shop, user, {"MOUSE-001": 1})

    async with watching(shop, {"id": order["id"], "token": order["token"]}) as events:
        assert (await shown(events))["id"] == order["id"]
    async with watching(shop, {"id": other["id"], "token": order["token"]}, user=user) as events:
        assert [event async for event in events] == [{"data": {"orderUpdated": None}}]


async def test_one_way_to_name_the_order_is_needed(shop: Shop) -> None:
    async with watching(shop, {}, user="user-bob") as events:
        answers = [event async for event in events]

    assert answers[-1]["errors"][0]["extensions"]["code"] == "INVALID"
