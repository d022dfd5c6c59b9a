"""Many requests at once from one event loop, and what a buyer needs to send them."""

import asyncio
import uuid
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from tests.journeys.operations import CHECKOUT_CARD, checkout_input
from tests.journeys.shop import document

T = TypeVar("T")
PATIENCE_S = 180
SET = "mutation($input: StockSetInput!) { stockSet(input: $input) { __typename } }"
LEVELS = "query($sku: String!) { stockLevels(filter: {skus: [$sku]}) { edges { node { warehouse { id } held committed available } } } }"


async def at_once(*asked: Awaitable[T]) -> list[T]:
    """All of it side by side; the answers in the order asked."""
    return list(await asyncio.gather(*asked))


@dataclass
class Person:
    """Somebody at the router's endpoint, with the headers they send."""

    http: httpx.AsyncClient
    url: str
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """The data of an answer that must have no errors."""
        answer = await self.http.post(
            self.url, json={"query": query, "variables": dict(variables or {})}, headers=self.headers
        )
        body = answer.json()
        assert not body.get("errors"), body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    async def ask(self, operation: str, variables: Mapping[str, object] | None = None) -> dict[str, Any]:
        """One of clients/operations by its name."""
        return await self.send(document(operation), variables)

    async def add(self, sku: str, quantity: int = 1) -> dict[str, Any]:
        """Put something into their cart; answers the cart."""
        added = (await self.ask("AddToCart", {"sku": sku, "quantity": quantity}))["cartLineAdd"]
        assert added["__typename"] == "CartLineAddSuccess", added
        cart: dict[str, Any] = added["cart"]
        if cart["token"]:
            self.headers["X-Cart-Token"] = cart["token"]
        return cart

    async def check_out(
        self, cart: Mapping[str, object], *, key: str | None = None, card: str = CHECKOUT_CARD
    ) -> dict[str, Any]:
        """Buy a cart as a guest; answers the result whatever it is. Comes back when told that it is crowded."""
        variables = checkout_input(cart, key=key or uuid.uuid4().hex, card=card, email="race@example.org")
        async with asyncio.timeout(PATIENCE_S):
            while True:
                result: dict[str, Any] = (await self.ask("Checkout", variables))["checkout"]
                if result["__typename"] != "CheckoutBusy":
                    return result
                await asyncio.sleep(result["retryAfterSeconds"])

    async def paid(self, cart: Mapping[str, object], *, key: str, card: str) -> dict[str, Any]:
        """Buy a cart whose payment is on its way: asks until it has come, and answers the confirmed order."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                result = await self.check_out(cart, key=key, card=card)
                assert result["__typename"] == "CheckoutSuccess", result
                order: dict[str, Any] = result["order"]
                if order["status"] == "CONFIRMED":
                    return order
                # Somebody else carries it on, and takes longer than an answer may wait for.
                await asyncio.sleep(0.1)

    async def bought(self, sku: str, quantity: int = 1, *, card: str = CHECKOUT_CARD) -> dict[str, Any]:
        """A confirmed order."""
        result = await self.check_out(await self.add(sku, quantity), card=card)
        assert result["__typename"] == "CheckoutSuccess", result
        order: dict[str, Any] = result["order"]
        assert order["status"] == "CONFIRMED"
        return order


@dataclass
class Crowd:
    """Everybody, and the one who may set the stock."""

    http: httpx.AsyncClient
    url: str
    admin: Person

    def guest(self) -> Person:
        """Somebody new."""
        return Person(self.http, self.url)

    def again(self, person: Person) -> Person:
        """The same person in another tab."""
        return Person(self.http, self.url, dict(person.headers))

    async def available(self, sku: str) -> int:
        """How many can be had, all warehouses together."""
        edges = (await self.admin.send(LEVELS, {"sku": sku}))["stockLevels"]["edges"]
        return sum(edge["node"]["available"] for edge in edges)

    async def stock(self, sku: str, pieces: int) -> None:
        """Have exactly so many to sell, all in the first warehouse; what is promised to others stays theirs."""
        edges = (await self.admin.send(LEVELS, {"sku": sku}))["stockLevels"]["edges"]
        for number, edge in enumerate(edges):
            level = edge["node"]
            on_hand = level["held"] + level["committed"] + (pieces if number == 0 else 0)
            stock = {"sku": sku, "warehouseId": level["warehouse"]["id"], "onHand": on_hand}
            answer = (await self.admin.send(SET, {"input": stock}))["stockSet"]
            assert answer["__typename"] == "StockSetSuccess", answer
        assert await self.available(sku) == pieces
