"""The whole shop behind one real socket, with a line between its subgraphs that a test can cut.

Orders is only right together with cart, products, inventory and payments, so nothing here is faked but the line itself.
"""

import asyncio
import importlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest
import uvicorn

from chassis.app import App, Subgraph, create_app
from chassis.ids import new_id
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from chassis.testing import Answer, Signer
from chassis.tokens import KnownKeys
from subgraphs.cli import load
from subgraphs.users.model import SCOPES_OF_ROLE

NAMES = ("users", "products", "inventory", "cart", "orders", "payments")
ADDRESS = {"name": "Casey", "line1": "1 Main St", "city": "Springfield", "postalCode": "62701", "country": "US"}
CARD = {"number": "4242 4242 4242 4242", "expMonth": 12, "expYear": 2035, "cvc": "123"}
CHECKOUT = """mutation($input: CheckoutInput!, $key: String!) { checkout(input: $input, idempotencyKey: $key) {
  __typename
  ... on CheckoutSuccess { order { id number status token total { amount } } paymentAction { paymentId url } }
  ... on Refusal { code message field }
  ... on TotalChanged { actual { amount } } ... on StockUnavailable { skus } ... on LinesUnavailable { skus }
  ... on PaymentDeclined { orderId declineCode } ... on CartAlreadyOrdered { orderId } ... on CartChanged { cartVersion }
  ... on CheckoutExpired { orderId }
} }"""


@dataclass
class Wire:
    """The line into every subgraph. `before` and `after` see each request; raising there cuts the line."""

    app: App
    before: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    after: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/graphql"):
            await self.app(scope, receive, send)
            return
        body = (await receive())["body"]
        query = orjson.loads(body)["query"]
        word = next((word for word in {*self.before, *self.after} if word in query), None)
        self.calls.append(scope["path"].split("/")[1])

        async def replay() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        answer: list[Any] = []

        async def keep(message: Any) -> None:
            answer.append(message)

        if word in self.before:
            await self.before[word]()
        await self.app(scope, replay, keep)
        if word in self.after:
            await self.after[word]()
        for message in answer:
            await send(message)

    def cut_before(self, word: str, times: int = 1) -> None:
        """Requests whose query holds the word never arrive."""
        self.before[word] = cut(times)

    def cut_after(self, word: str, times: int = 1) -> None:
        """They arrive and are done; only their answers are lost."""
        self.after[word] = cut(times)

    def mend(self) -> None:
        """Everything passes again."""
        self.before.clear()
        self.after.clear()


class Cut(ConnectionError):
    """The line was cut."""


def cut(times: int) -> Callable[[], Awaitable[None]]:
    left = [times]

    async def raising() -> None:
        if left[0] > 0:
            left[0] -= 1
            raise Cut

    return raising


@dataclass
class Shop:
    """Every subgraph of the shop, asked by whoever the test says."""

    subgraphs: dict[str, Subgraph]
    wire: Wire
    signer: Signer
    settings: Settings
    http: httpx.AsyncClient

    def database(self, name: str) -> Any:
        return self.subgraphs[name].database

    async def ask(
        self,
        name: str,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        user: str | None = None,
        role: str = "customer",
        token: str | None = None,
        internal: bool = False,
    ) -> Answer:
        headers = {}
        if user is not None:
            signed = self.signer.token(user, roles=(role,), scopes=SCOPES_OF_ROLE[role])
            headers["authorization"] = f"Bearer {signed}"
        if token is not None:
            headers["x-cart-token"] = token
        if internal:
            headers["x-internal-token"] = self.settings.internal_token.get_secret_value()
        body = {"query": query, "variables": variables or {}}
        response = await self.http.post(f"/{name}/graphql", json=body, headers=headers)
        return Answer(response.status_code, response.json(), int(response.headers.get("x-sql-statements", 0)))

    async def fill(self, lines: dict[str, int], **asking: Any) -> dict[str, Any]:
        """Put lines into the asker's cart; answers it."""
        cart: dict[str, Any] = {}
        for sku, quantity in lines.items():
            answer = await self.ask(
                "cart",
                "mutation($s: String!, $q: Int!) { cartLineAdd(sku: $s, quantity: $q) { ... on CartLineAddSuccess"
                " { cart { id version token subtotal { amount } } } ... on Refusal { message } } }",
                {"s": sku, "q": quantity},
                **asking,
            )
            assert not answer.errors, answer.errors
            cart = answer.data["cartLineAdd"]["cart"]
            if cart["token"]:
                asking = {"token": cart["token"]}
        return cart

    async def check_out(
        self,
        cart: dict[str, Any],
        *,
        key: str | None = None,
        card: str | None = None,
        total: str | None = None,
        payment: dict[str, Any] | None = None,
        changed: dict[str, Any] | None = None,
        **asking: Any,
    ) -> dict[str, Any]:
        """Check out a cart as `fill` answered it, at its subtotal unless told otherwise."""
        paid = payment or {"card": {**CARD, **({"number": card} if card else {})}}
        input = {
            "cartId": cart["id"],
            "cartVersion": cart["version"],
            "expectedTotal": {"amount": total or cart["subtotal"]["amount"], "currency": "USD"},
            "shippingAddress": ADDRESS,
            "email": "casey@example.com",
            "payment": paid,
            **(changed or {}),
        }
        answer = await self.ask("orders", CHECKOUT, {"input": input, "key": key or new_id()}, **asking)
        assert not answer.errors, answer.errors
        result: dict[str, Any] = answer.data["checkout"]
        return result

    async def stock(self, sku: str, on_hand: int) -> None:
        """Let exactly so many pieces of a SKU lie in one warehouse and none in the other."""
        for warehouse, quantity in (("wh-east", on_hand), ("wh-west", 0)):
            answer = await self.ask(
                "inventory",
                "mutation($i: StockSetInput!) { stockSet(input: $i) { __typename } }",
                {"i": {"sku": sku, "warehouseId": warehouse, "onHand": quantity}},
                user="user-admin",
                role="admin",
            )
            assert answer.data["stockSet"]["__typename"] == "StockSetSuccess", answer.body

    async def available(self, sku: str) -> int:
        query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Variant { availability { availableQuantity } } } }"
        answer = await self.ask("inventory", query, {"r": [{"__typename": "Variant", "sku": sku}]})
        quantity: int = answer.data["_entities"][0]["availability"]["availableQuantity"]
        return quantity


@pytest.fixture(scope="module")
async def whole_shop(postgres_url, database_prefix) -> AsyncIterator[Shop]:
    # Bound before anything is built: each subgraph is told where its peers are.
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}shop_",
        subgraphs_url=url,
        database_pool_size=4,
        peer_timeout_ms=20_000,
        event_poll_ms=100,
    )
    async with AsyncExitStack() as stack:
        for name in NAMES:
            stack.push_async_callback(drop_database, settings.database_of(name))
            await migrate(name, settings)
        signer = Signer(settings)
        subgraphs = {name: load(name, settings) for name in NAMES}
        for name in NAMES:
            await importlib.import_module(f"subgraphs.{name}.seed").demo(subgraphs[name].database)
        wire = Wire(create_app(list(subgraphs.values()), settings, keys=KnownKeys(signer.jwks)))
        server = uvicorn.Server(uvicorn.Config(wire, log_level="critical", ws="none"))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            await asyncio.sleep(0)
            assert not running.done(), "the shop did not start"
        async with httpx.AsyncClient(base_url=url, timeout=60) as client:
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
