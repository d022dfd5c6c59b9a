"""A contract is served: what it leaves out is unknown to clients, and the router still fetches it for its own needs."""

import json

import pytest

from router.composition import Composed, Source, compose
from router.contracts import contract
from router.http.serving import Serving
from router.pipeline.request import Request
from router.settings import Settings
from tests.router.commands.answering import http, subgraph
from tests.router.composition.vocabulary import HEADER

pytestmark = pytest.mark.anyio

PRODUCTS = """
  type Query { product: Product }
  type Product @key(fields: "upc") { upc: ID! @tag(name: "admin")  name: String  weight: Int @tag(name: "admin") }
"""
SHIPPING = """
  type Product @key(fields: "upc") {
    upc: ID! @tag(name: "admin")
    weight: Int @external
    postage: Int @requires(fields: "weight")
  }
"""


def products(body: bytes) -> bytes:
    query = json.loads(body)["query"]
    assert "upc" in query
    assert "weight" in query
    product = {"__typename": "Product", "upc": "1", "name": "Lamp", "weight": 3}
    return http(json.dumps({"data": {"product": product}}))


def shipping(body: bytes) -> bytes:
    (asked,) = json.loads(body)["variables"]["representations"]
    return http(json.dumps({"data": {"_entities": [{"postage": asked["weight"] * 10}]}}))


async def test_hidden_keys_and_requirements_are_fetched_and_cannot_be_asked_for() -> None:
    with subgraph(products) as first, subgraph(shipping) as second:
        composed = compose(
            [Source("products", first.url, HEADER + PRODUCTS), Source("shipping", second.url, HEADER + SHIPPING)]
        )
        assert isinstance(composed, Composed), composed
        made = contract(composed.sdl, set(), {"admin"})
        assert isinstance(made, Composed), made
        serving = Serving(Settings(), lambda: made.sdl)
        await serving.start()
        try:
            answered = await serving.answer(Request("{ product { name postage } }"))
            refused = await serving.answer(Request("{ product { upc weight } }"))
            described = await serving.answer(Request('{ __type(name: "Product") { fields { name } } }'))
        finally:
            await serving.stop()

    assert json.loads(answered.body) == {"data": {"product": {"name": "Lamp", "postage": 30}}}
    assert [error["message"] for error in json.loads(refused.body)["errors"]] == [
        "Cannot query field 'upc' on type 'Product'.",
        "Cannot query field 'weight' on type 'Product'.",
    ]
    assert json.loads(described.body)["data"]["__type"]["fields"] == [{"name": "name"}, {"name": "postage"}]
