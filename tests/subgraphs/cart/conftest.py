"""Cart under test; products and inventory are faked at the wire."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import orjson
import pytest

from chassis.clock import now
from chassis.events import Envelope, Event
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.cart import app

FIELDS = """
  id token version itemCount subtotal { amount }
  lines { id quantity priceSnapshot { amount } livePrice { amount } lineTotal { amount } variant { sku } }
  problems {
    __typename sku message
    ... on InsufficientStock { available requested } ... on PriceChanged { was { amount } now { amount } }
  }
"""
CART = f"{{ cart {{ {FIELDS} }} }}"
ADD = f"""mutation($sku: String!, $quantity: Int!) {{ cartLineAdd(sku: $sku, quantity: $quantity) {{
  __typename ... on CartLineAddSuccess {{ cart {{ {FIELDS} }} }} ... on Refusal {{ code message field }} }} }}"""
UPDATE = f"""mutation($id: ID!, $quantity: Int!, $version: Int) {{
  cartLineUpdate(lineId: $id, quantity: $quantity, cartVersion: $version) {{
  __typename ... on CartLineUpdateSuccess {{ cart {{ {FIELDS} }} }} ... on Refusal {{ code message field }}
  ... on CartChanged {{ cartVersion }} }} }}"""
REMOVE = """mutation($id: ID!, $version: Int) { cartLineRemove(lineId: $id, cartVersion: $version) {
  __typename ... on CartLineRemoveSuccess { cart { version lines { id } } } ... on Refusal { code field }
  ... on CartChanged { cartVersion } } }"""
CLEAR = """mutation($version: Int) { cartClear(cartVersion: $version) {
  __typename ... on CartClearSuccess { cart { version lines { id } } } ... on CartChanged { code cartVersion } } }"""
MERGE = """mutation { cartMerge { __typename ... on CartMergeSuccess { cart { id token lines { quantity variant { sku } } } }
  ... on Refusal { code message } } }"""


@dataclass
class Shop:
    """Products and inventory as cart sees them over HTTP, and how often it asked."""

    prices: dict[str, str] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    # What goes wrong, by service: a peer's reason (chassis.peers).
    troubles: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Everything as each test finds it."""
        self.prices = {"LAPTOP": "1299.99", "MOUSE": "59.90", "CABLE": "5.00"}
        self.currencies, self.stock, self.troubles, self.calls = {}, {}, {}, []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        service = request.url.path.split("/")[1]
        self.calls.append(service)
        if trouble := self.troubles.get(service):
            return in_trouble(trouble, request)
        skus = [each["sku"] for each in orjson.loads(request.content)["variables"]["r"]]
        return httpx.Response(200, json={"data": {"_entities": [getattr(self, f"_{service}")(sku) for sku in skus]}})

    def _products(self, sku: str) -> Any:
        price = self.prices.get(sku)
        return price and {
            "sku": sku,
            "name": f"A {sku}",
            "basePrice": {"amount": price, "currency": self.currencies.get(sku, "USD")},
            "product": {"id": f"prod-{sku.lower()}"},
        }

    def _inventory(self, sku: str) -> Any:
        return {"sku": sku, "availability": {"availableQuantity": self.stock.get(sku, 100)}}


def in_trouble(trouble: str, request: httpx.Request) -> httpx.Response:
    """What a peer in trouble does with a request."""
    lost: dict[str, Exception] = {
        "refused": httpx.ConnectError("nobody listens", request=request),
        "slow": httpx.ReadTimeout("no answer", request=request),
        "cut_off": httpx.RemoteProtocolError("hung up", request=request),
    }
    if trouble in lost:
        raise lost[trouble]
    answers = {
        "wrong": httpx.Response(502, text="<html>Bad gateway</html>"),
        "errors": httpx.Response(200, json={"data": None, "errors": [{"message": "Internal error"}]}),
        "short": httpx.Response(200, json={"data": {"_entities": []}}),
    }
    return answers[trouble]


@pytest.fixture(scope="module")
def wire() -> Shop:
    return Shop()


@pytest.fixture
def shop(wire: Shop) -> Shop:
    wire.open()
    return wire


@pytest.fixture(scope="module")
async def served(postgres_url: str, database_prefix: str, wire: Shop) -> AsyncIterator[Client]:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}cart_",
        # Many at once on a machine that runs the rest of the tests may wait longer than a shop would let them.
        database_timeout_ms=60_000,
        peer_timeout_ms=60_000,
        request_timeout_ms=60_000,
    )
    build = partial(app.subgraph, transport=httpx.MockTransport(wire))
    async with under_test("cart", build, settings) as client:
        yield client


@pytest.fixture
def cart(served: Client, shop: Shop) -> Client:
    """The served cart, its peers answered by `shop`."""
    del shop
    return served


@pytest.fixture
def user() -> str:
    """A customer nobody has heard of yet."""
    return f"user-{new_id()}"


async def put(client: Client, sku: str, quantity: int = 1, **asking: Any) -> dict[str, Any]:
    answer = await client.ask(ADD, {"sku": sku, "quantity": quantity}, **asking)
    assert not answer.errors, answer.errors
    return dict(answer.data["cartLineAdd"])


def guest(token: str) -> dict[str, Any]:
    return {"headers": {"x-cart-token": token}}


async def pieces(client: Client, **asking: Any) -> dict[str, int]:
    """What is in the asker's cart: pieces by SKU."""
    found = (await client.ask("{ cart { lines { quantity variant { sku } } } }", **asking)).data["cart"]
    return {line["variant"]["sku"]: line["quantity"] for line in found["lines"]} if found else {}


def envelope_of(source: str, event: Event) -> Envelope:
    """An event as it travels, sent for the first time."""
    type_name, version = type(event).__name__, event.version
    return Envelope(new_id(), source, type_name, version, now(), event.aggregate_id, 1, event.payload())


async def hear(client: Client, envelope: Envelope) -> None:
    """Let cart hear of an event."""
    await Consumer("cart", client.database, client.subgraph.listens).deliver(envelope)
