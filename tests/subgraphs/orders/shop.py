"""The whole shop behind one real socket, with a line between its subgraphs that a test can cut."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson
from sqlalchemy import text

from chassis.app import App, Subgraph
from chassis.clock import StoppedClock, now
from chassis.ids import new_id
from chassis.letters import Letters
from chassis.live import InProcessLive
from chassis.peers import Peer, peer
from chassis.settings import Settings
from chassis.testing import Answer, Signer
from subgraphs.orders.peers import Peers
from subgraphs.orders.service import Carrier, Herald, Returns
from subgraphs.orders.service.herald import MAILS
from subgraphs.users.model import SCOPES_OF_ROLE

NAMES = ("users", "products", "inventory", "cart", "orders", "payments")
ADDRESS = {"name": "Casey", "line1": "1 Main St", "city": "Springfield", "postalCode": "62701", "country": "US"}
CARD = {"number": "4242 4242 4242 4242", "expMonth": 12, "expYear": 2035, "cvc": "123"}
CHALLENGED, SILENT = "4000002500003155", "4000000000000432"
STATUS = "query($id: ID!) { order(id: $id) { status events { __typename } } }"
CHECKOUT = """mutation($input: CheckoutInput!, $key: String!) { checkout(input: $input, idempotencyKey: $key) {
  __typename
  ... on CheckoutSuccess { order { id number status token total { amount } } paymentAction { paymentId url } }
  ... on Refusal { code message field }
  ... on TotalChanged { actual { amount } } ... on StockUnavailable { skus actualTotal { amount } } ... on LinesUnavailable { skus }
  ... on PaymentDeclined { orderId declineCode } ... on CartAlreadyOrdered { orderId } ... on CartChanged { cartVersion }
  ... on CheckoutExpired { orderId } ... on CheckoutBusy { retryAfterSeconds }
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
        if (b"accept", b"text/event-stream") in scope["headers"]:
            # A stream is not over before it is answered.
            await self.app(scope, receive, send)
            return
        body = (await receive())["body"]
        query = orjson.loads(body)["query"]
        word = next((word for word in {*self.before, *self.after} if word in query), None)
        self.calls.append(scope["path"].split("/")[1])

        again = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def replay() -> Any:
            return next(again, None) or await receive()

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


async def rows(shop: Shop, name: str, query: str, **values: Any) -> list[Any]:
    async with shop.database(name).reading() as session:
        return [tuple(row) for row in await session.execute(text(query), values)]


async def charges(shop: Shop, order_id: str) -> list[tuple[str, int]]:
    """What the provider's books say of an order: state and cents taken."""
    query = "SELECT state, captured_minor FROM sandbox_charges WHERE idempotency_key = :id"
    return await rows(shop, "payments", query, id=order_id)


async def reservations(shop: Shop, order_id: str) -> list[str]:
    """What became of the order's stock."""
    query = "SELECT status FROM reservations WHERE key = :id"
    return [status for (status,) in await rows(shop, "inventory", query, id=order_id)]


async def orders_of(shop: Shop, user: str) -> list[tuple[str, str]]:
    query = "SELECT id, status FROM orders WHERE customer_id = :user ORDER BY created_at, id"
    return await rows(shop, "orders", query, user=user)


async def status_of(shop: Shop, order_id: str) -> str:
    answer = await shop.ask("orders", STATUS, {"id": order_id}, user="user-admin", role="admin")
    status: str = answer.data["order"]["status"]
    return status


@asynccontextmanager
async def another_process(
    shop: Shop, transport: httpx.AsyncBaseTransport | None = None, **later: float
) -> AsyncIterator[tuple[Carrier, Returns]]:
    """What carries checkouts and refunds in a process beside the shop's own, later, over a line of its own."""
    clock = StoppedClock(now() + timedelta(**later))
    herald = Herald(Letters(MAILS, shop_url="https://shop.example"), InProcessLive(), clock)

    def line_to(name: str) -> Peer:
        return peer(name, shop.settings, transport=transport)

    peers = Peers(
        users=line_to("users"),
        products=line_to("products"),
        cart=line_to("cart"),
        inventory=line_to("inventory"),
        payments=line_to("payments"),
    )
    try:
        yield (
            Carrier(shop.database("orders"), peers, herald, clock),
            Returns(shop.database("orders"), peers, herald, clock),
        )
    finally:
        await peers.close()


async def sweep(shop: Shop, **later: Any) -> None:
    """What another process does once this one is gone: take on every checkout and refund left lying."""
    async with another_process(shop, **later) as (carrier, returns):
        await carrier.finish_stuck()
        await returns.finish_stuck()


async def ended(shop: Shop, order_id: str) -> str:
    """The order's status once nothing of its checkout is left to do, whoever does it."""
    step = "SELECT step FROM checkouts WHERE order_id = :id"
    async with asyncio.timeout(30):
        while await rows(shop, "orders", step, id=order_id) != [("DONE",)]:
            pass
    return await status_of(shop, order_id)


async def answer_challenge(shop: Shop, waiting: dict[str, Any], *, code: str, user: str) -> None:
    confirm = "mutation($id: ID!, $code: String!) { paymentConfirm(paymentId: $id, code: $code) { __typename } }"
    answer = await shop.ask("payments", confirm, {"id": waiting["paymentAction"]["paymentId"], "code": code}, user=user)
    assert answer.data == {"paymentConfirm": {"__typename": "PaymentConfirmSuccess"}}
