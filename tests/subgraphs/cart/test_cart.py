"""Carts over the real surface and database; products and inventory are faked at the wire."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.peers import peer
from chassis.settings import Settings
from chassis.testing import Answer, Client, under_test
from subgraphs.cart import app, seed
from subgraphs.cart.loaders import Loaders
from subgraphs.cart.peers import Catalogue
from subgraphs.cart.schema import Context
from subgraphs.cart.service import Carts

pytestmark = pytest.mark.anyio

FIELDS = """
  id token version itemCount subtotal { amount }
  lines { id quantity priceSnapshot { amount } livePrice { amount } lineTotal { amount } variant { sku } }
  problems { __typename sku message ... on InsufficientStock { available requested } ... on PriceChanged { was { amount } now { amount } } }
"""
CART = f"{{ cart {{ {FIELDS} }} }}"
ADD = f"""mutation($sku: String!, $quantity: Int!) {{ cartLineAdd(sku: $sku, quantity: $quantity) {{
  __typename ... on CartLineAddSuccess {{ cart {{ {FIELDS} }} }} ... on Refusal {{ code message field }} }} }}"""
UPDATE = f"""mutation($id: ID!, $quantity: Int!) {{ cartLineUpdate(lineId: $id, quantity: $quantity) {{
  __typename ... on CartLineUpdateSuccess {{ cart {{ {FIELDS} }} }} ... on Refusal {{ code message field }} }} }}"""
REMOVE = """mutation($id: ID!) { cartLineRemove(lineId: $id) {
  __typename ... on CartLineRemoveSuccess { cart { version lines { id } } } ... on Refusal { code field } } }"""
CLEAR = "mutation { cartClear { __typename ... on CartClearSuccess { cart { lines { id } } } } }"
MERGE = """mutation { cartMerge { __typename ... on CartMergeSuccess { cart { id token lines { quantity variant { sku } } } }
  ... on Refusal { code message } } }"""


@dataclass
class Shop:
    """Products and inventory as cart sees them over HTTP, and how often it asked."""

    prices: dict[str, str] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        service = request.url.path.split("/")[1]
        self.calls.append(service)
        if service in self.down:
            raise httpx.ConnectError("refused")
        skus = [each["sku"] for each in orjson.loads(request.content)["variables"]["r"]]
        return httpx.Response(200, json={"data": {"_entities": [getattr(self, f"_{service}")(sku) for sku in skus]}})

    def _products(self, sku: str) -> Any:
        price = self.prices.get(sku)
        return price and {
            "sku": sku,
            "name": f"A {sku}",
            "basePrice": {"amount": price, "currency": "USD"},
            "product": {"id": f"prod-{sku.lower()}"},
        }

    def _inventory(self, sku: str) -> Any:
        return {"sku": sku, "availability": {"availableQuantity": self.stock.get(sku, 100)}}


@pytest.fixture
def shop() -> Shop:
    return Shop(prices={"LAPTOP": "1299.99", "MOUSE": "59.90", "CABLE": "5.00"})


@pytest.fixture(scope="module")
async def served(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}cart_")
    async with under_test("cart", app.subgraph, settings) as client:
        yield client


@pytest.fixture
def cart(served: Client, shop: Shop, monkeypatch) -> Client:
    """The served cart, its peers answered by `shop`."""
    transport = httpx.MockTransport(shop)
    catalogue = Catalogue(*(peer(name, served.settings, transport=transport) for name in ("products", "inventory")))
    carts = Carts(served.database, catalogue)
    endpoint = served.app.endpoints["/cart/graphql"]
    loaders = lambda viewer: Context(viewer, carts, Loaders(served.database, catalogue))  # noqa: E731
    monkeypatch.setattr(endpoint, "_context", loaders)
    return served


@pytest.fixture
def user() -> str:
    """A customer nobody has heard of yet."""
    return f"user-{new_id()}"


async def put(client: Client, sku: str, quantity: int = 1, **asking) -> dict[str, Any]:
    answer = await client.ask(ADD, {"sku": sku, "quantity": quantity}, **asking)
    assert not answer.errors, answer.errors
    return answer.data["cartLineAdd"]


def guest(token: str) -> dict[str, Any]:
    return {"headers": {"x-cart-token": token}}


async def test_there_is_no_cart_before_something_is_put_into_it(cart: Client, user: str) -> None:
    assert (await cart.ask(CART)).data == {"cart": None}
    assert (await cart.ask(CART, user=user)).data == {"cart": None}


async def test_a_customer_finds_their_cart_again(cart: Client, user: str) -> None:
    await put(cart, "LAPTOP", user=user)
    added = await put(cart, "MOUSE", 2, user=user)

    found = (await cart.ask(CART, user=user)).data["cart"]

    assert found == {**added["cart"], "token": None}
    assert [(line["variant"]["sku"], line["quantity"], line["lineTotal"]["amount"]) for line in found["lines"]] == [
        ("LAPTOP", 1, "1299.99"),
        ("MOUSE", 2, "119.80"),
    ]
    assert (found["subtotal"]["amount"], found["itemCount"], found["problems"]) == ("1419.79", 3, [])


async def test_more_of_the_same_is_one_line(cart: Client, user: str) -> None:
    first = await put(cart, "MOUSE", user=user)
    second = await put(cart, "MOUSE", 4, user=user)

    assert [line["quantity"] for line in second["cart"]["lines"]] == [5]
    assert second["cart"]["version"] == first["cart"]["version"] + 1


async def test_parallel_additions_all_count(cart: Client, user: str) -> None:
    await asyncio.gather(*(put(cart, "MOUSE", user=user) for _ in range(10)))

    found = (await cart.ask(CART, user=user)).data["cart"]
    assert [line["quantity"] for line in found["lines"]] == [10]


async def test_a_guest_gets_a_token_once_and_comes_back_with_it(cart: Client) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]

    again = await put(cart, "MOUSE", **guest(token))

    assert len(token) >= 40
    assert again["cart"]["token"] == token
    assert again["cart"]["itemCount"] == 2


async def test_a_guests_token_is_stored_only_as_its_digest(cart: Client) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]

    async with cart.database.reading() as session:
        from sqlalchemy import text

        assert await session.scalar(text(f"SELECT count(*) FROM carts c WHERE c::text LIKE '%{token}%'")) == 0


async def test_a_token_nobody_was_given_opens_no_cart_and_names_none(cart: Client) -> None:
    forged = "x" * 43

    made = (await put(cart, "LAPTOP", **guest(forged)))["cart"]

    assert made["token"] not in (None, forged)
    assert (await cart.ask(CART, **guest(forged))).data == {"cart": None}


async def test_anothers_cart_and_line_are_not_found_by_reference(cart: Client, user: str) -> None:
    mine = (await put(cart, "LAPTOP", user=user))["cart"]
    line = mine["lines"][0]["id"]

    strangers: list[dict[str, Any]] = [{}, {"user": "user-other"}, guest("y" * 43)]
    for asking in strangers:
        assert (await cart.entities("Cart", [{"id": mine["id"]}], "id version", **asking)).data["_entities"] == [None]
        assert (await cart.entities("CartLine", [{"id": line}], "id quantity", **asking)).data["_entities"] == [None]
        whose = (await cart.entities("User", [{"id": user}], "cart { id }", **asking)).data["_entities"]
        assert whose == [{"cart": None}]
    assert (await cart.entities("Cart", [{"id": mine["id"]}], "version", user=user)).data["_entities"] == [
        {"version": 2}
    ]


async def test_anothers_line_cannot_be_changed(cart: Client, user: str) -> None:
    line = (await put(cart, "LAPTOP", user=user))["cart"]["lines"][0]["id"]
    await put(cart, "LAPTOP", user="user-other")
    others: list[dict[str, Any]] = [{"user": "user-other"}, {}]

    for mutation, variables in ((UPDATE, {"id": line, "quantity": 9}), (REMOVE, {"id": line})):
        for asking in others:
            (answer,) = (await cart.ask(mutation, variables, **asking)).data.values()
            assert answer["__typename"] == "NotFound"
    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 1


async def test_update_remove_and_clear_change_the_cart_and_its_version(cart: Client, user: str) -> None:
    await put(cart, "LAPTOP", user=user)
    lines = (await put(cart, "MOUSE", user=user))["cart"]["lines"]

    updated = (await cart.ask(UPDATE, {"id": lines[1]["id"], "quantity": 7}, user=user)).data["cartLineUpdate"]["cart"]
    removed = (await cart.ask(REMOVE, {"id": lines[0]["id"]}, user=user)).data["cartLineRemove"]["cart"]
    cleared = (await cart.ask(CLEAR, user=user)).data["cartClear"]["cart"]

    assert [line["quantity"] for line in updated["lines"]] == [1, 7]
    assert [line["id"] for line in removed["lines"]] == [lines[1]["id"]]
    assert removed["version"] == updated["version"] + 1
    assert cleared["lines"] == []


@pytest.mark.parametrize(
    ("sku", "quantity", "refusal", "code"),
    [
        ("NOTHING", 1, "VariantNotForSale", "UNAVAILABLE"),
        ("MOUSE", 0, "InvalidInput", "INVALID"),
        ("MOUSE", -1, "InvalidInput", "INVALID"),
        ("MOUSE", 100, "CartLimitReached", "LIMIT_REACHED"),
    ],
)
async def test_what_cannot_be_added_is_refused_with_a_reason(cart, user, sku, quantity, refusal, code) -> None:
    answer = await put(cart, sku, quantity, user=user)

    assert (answer["__typename"], answer["code"]) == (refusal, code)
    assert answer["message"]
    assert (await cart.ask(CART, user=user)).data == {"cart": None}


async def test_a_limit_is_refused_and_not_clamped(cart: Client, user: str) -> None:
    await put(cart, "MOUSE", 60, user=user)

    assert (await put(cart, "MOUSE", 60, user=user))["__typename"] == "CartLimitReached"

    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 60


async def test_the_cart_shows_the_live_price_beside_the_one_that_was_seen(cart: Client, shop: Shop, user: str) -> None:
    line = (await put(cart, "MOUSE", 2, user=user))["cart"]["lines"][0]["id"]
    shop.prices["MOUSE"] = "64.90"

    found = (await cart.ask(CART, user=user)).data["cart"]

    assert found["lines"][0]["priceSnapshot"] == {"amount": "59.90"}
    assert found["lines"][0]["livePrice"] == {"amount": "64.90"}
    assert found["subtotal"] == {"amount": "129.80"}
    assert [(each["__typename"], each["was"]["amount"], each["now"]["amount"]) for each in found["problems"]] == [
        ("PriceChanged", "59.90", "64.90")
    ]
    accepted = (await cart.ask(UPDATE, {"id": line, "quantity": 2}, user=user)).data["cartLineUpdate"]["cart"]
    assert accepted["problems"] == []


async def test_problems_name_what_is_short_and_what_is_gone(cart: Client, shop: Shop, user: str) -> None:
    for sku in ("LAPTOP", "MOUSE", "CABLE"):
        await put(cart, sku, 3, user=user)
    shop.stock["MOUSE"] = 2
    del shop.prices["CABLE"]

    found = (await cart.ask(CART, user=user)).data["cart"]

    assert [(each["__typename"], each["sku"], each.get("available")) for each in found["problems"]] == [
        ("InsufficientStock", "MOUSE", 2),
        ("VariantUnavailable", "CABLE", None),
    ]
    assert found["lines"][2]["lineTotal"] is None
    assert found["subtotal"] == {"amount": "4079.67"}


async def test_a_cart_of_thirty_lines_costs_what_a_cart_of_one_costs(cart: Client, shop: Shop, user: str) -> None:
    shop.prices |= {f"S{number}": "1.00" for number in range(30)}
    await put(cart, "S0", user=user)
    small, calls_of_small = await counted(cart, shop, user)
    for number in range(1, 30):
        await put(cart, f"S{number}", user=user)

    large, calls_of_large = await counted(cart, shop, user)

    assert len(large.data["cart"]["lines"]) == 30
    assert large.statements == small.statements == 2
    assert calls_of_large == calls_of_small == ["inventory", "products"]


async def counted(cart: Client, shop: Shop, user: str) -> tuple[Answer, list[str]]:
    shop.calls.clear()
    return await cart.ask(CART, user=user), sorted(shop.calls)


async def test_without_products_the_cart_is_still_there_without_its_live_prices(cart, shop: Shop, user: str) -> None:
    await put(cart, "MOUSE", 2, user=user)
    shop.down = {"products"}

    answer = await cart.ask(CART, user=user)

    assert answer.data["cart"]["lines"][0]["priceSnapshot"] == {"amount": "59.90"}
    assert answer.data["cart"]["lines"][0]["lineTotal"] is None
    assert set(answer.codes) == {"SERVICE_UNAVAILABLE"}
    assert {error["extensions"]["service"] for error in answer.errors} == {"products"}


async def test_signing_in_takes_the_guests_cart_along(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "MOUSE", 2, **guest(token))
    await put(cart, "MOUSE", 1, user=user)

    merged = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]["cart"]
    again = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]["cart"]

    assert sorted((line["variant"]["sku"], line["quantity"]) for line in merged["lines"]) == [
        ("LAPTOP", 1),
        ("MOUSE", 3),
    ]
    assert again == merged
    assert merged["token"] is None
    assert (await cart.ask(CART, **guest(token))).data == {"cart": None}


async def test_a_customer_without_a_cart_keeps_the_guests_one_as_it_is(cart: Client, user: str) -> None:
    made = (await put(cart, "LAPTOP"))["cart"]

    merged = (await cart.ask(MERGE, user=user, **guest(made["token"]))).data["cartMerge"]["cart"]

    assert merged["id"] == made["id"]
    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 1


async def test_merging_in_parallel_counts_every_piece_once(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP", 2))["cart"]["token"]
    await put(cart, "LAPTOP", 1, user=user)

    await asyncio.gather(*(cart.ask(MERGE, user=user, **guest(token)) for _ in range(5)))

    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 3


async def test_a_merge_too_large_moves_nothing(cart: Client, user: str) -> None:
    token = (await put(cart, "MOUSE", 60))["cart"]["token"]
    await put(cart, "MOUSE", 60, user=user)

    answer = (await cart.ask(MERGE, user=user, **guest(token))).data["cartMerge"]

    assert answer["__typename"] == "CartLimitReached"
    assert (await cart.ask(CART, **guest(token))).data["cart"]["itemCount"] == 60


async def test_a_guest_cannot_merge(cart: Client) -> None:
    assert (await cart.ask(MERGE, **guest("z" * 43))).codes == ["UNAUTHENTICATED"]


async def test_the_snapshot_for_checkout_is_for_other_subgraphs_and_the_carts_owner(cart: Client, user: str) -> None:
    query = "query($id: ID!, $c: ID, $t: String) { cartSnapshot(id: $id, customerId: $c, token: $t) { version lines { sku quantity } } }"
    mine = (await put(cart, "LAPTOP", 2, user=user))["cart"]
    theirs = (await put(cart, "MOUSE"))["cart"]

    assert (await cart.ask(query, {"id": mine["id"], "c": user}, user=user)).codes == ["FORBIDDEN"]
    for variables, expected in (
        ({"id": mine["id"], "c": user}, {"version": 2, "lines": [{"sku": "LAPTOP", "quantity": 2}]}),
        ({"id": mine["id"], "c": "user-other"}, None),
        ({"id": mine["id"]}, None),
        ({"id": theirs["id"], "t": theirs["token"]}, {"version": 2, "lines": [{"sku": "MOUSE", "quantity": 1}]}),
        ({"id": theirs["id"], "t": "w" * 43}, None),
    ):
        assert (await cart.ask(query, variables, internal=True)).data == {"cartSnapshot": expected}


def confirmed(cart_id: str, **bought: int) -> Envelope:
    lines = [{"sku": sku, "productId": "p", "quantity": quantity} for sku, quantity in bought.items()]
    return Envelope(new_id(), "orders", "OrderConfirmed", 1, now(), "o", 1, {"cartId": cart_id, "lines": lines})


async def test_a_confirmed_order_takes_out_only_what_it_bought_and_only_once(cart: Client, user: str) -> None:
    from chassis.inbox import Consumer

    await put(cart, "LAPTOP", 1, user=user)
    cart_id = (await put(cart, "MOUSE", 2, user=user))["cart"]["id"]
    event = confirmed(cart_id, LAPTOP=1, MOUSE=2)
    await put(cart, "MOUSE", 1, user=user)
    await put(cart, "CABLE", 1, user=user)
    consumer = Consumer("cart", cart.database, cart.subgraph.listens)

    await consumer.deliver(event)
    await consumer.deliver(event)

    left = (await cart.ask(CART, user=user)).data["cart"]["lines"]
    assert [(line["variant"]["sku"], line["quantity"]) for line in left] == [("MOUSE", 1), ("CABLE", 1)]


async def test_an_order_of_a_cart_that_is_gone_changes_nothing(cart: Client) -> None:
    from chassis.inbox import Consumer

    await Consumer("cart", cart.database, cart.subgraph.listens).deliver(confirmed("no-such-cart", LAPTOP=1))


async def test_loading_the_demo_data_twice_changes_nothing(cart: Client, shop: Shop) -> None:
    shop.prices |= {"LAPTOP-001": "1299.99", "MOUSE-001": "59.90"}
    await seed.demo(cart.database)
    await seed.scale(cart.database, 30)
    before = (await cart.ask(CART, user="user-customer")).data
    await cart.ask(REMOVE, {"id": before["cart"]["lines"][0]["id"]}, user="user-customer")

    await seed.demo(cart.database)
    await seed.scale(cart.database, 30)

    assert before["cart"]["itemCount"] == 3
    assert (await cart.ask(CART, user="user-customer")).data["cart"]["itemCount"] == 2
