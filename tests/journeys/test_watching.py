"""Stock and carts watched through the public endpoint: each event is read from every subgraph it shows."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.journeys.buying import add, newcomer
from tests.journeys.shop import Shop, Visitor

CART = """subscription { cartUpdated {
  version itemCount subtotal { amount }
  lines { quantity variant { sku product { name } availability { status } } }
} }"""
STOCK = """subscription($skus: [String!]!) { availabilityChanged(skus: $skus) {
  sku product { name inStock } availability { availableQuantity }
} }"""
SET_STOCK = """mutation($input: StockSetInput!) { stockSet(input: $input) { __typename } }"""


@contextmanager
def watching(visitor: Visitor, query: str, **variables: object) -> Iterator[Iterator[dict[str, Any]]]:
    """The data of each event, as it comes."""
    headers = {**visitor.headers, "accept": "text/event-stream"}
    asked = {"query": query, "variables": variables}
    with visitor.http.stream("POST", visitor.url, json=asked, headers=headers) as response:
        assert response.status_code == 200, response.read()
        yield _data(response.iter_lines())


def _data(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data:") and (text := line.removeprefix("data:").strip()):
            event = json.loads(text)
            assert not event.get("errors"), event
            yield event["data"]


def test_a_customer_watches_their_cart_with_names_and_stock(shop: Shop) -> None:
    visitor = newcomer(shop)
    with watching(visitor, CART) as events:
        before = next(events)
        add(visitor, "CHAIR-001", 2)
        after = next(events)

    assert before == {"cartUpdated": None}
    assert after["cartUpdated"]["itemCount"] == 2
    [line] = after["cartUpdated"]["lines"]
    assert line["variant"]["sku"] == "CHAIR-001"
    assert line["variant"]["product"]["name"]
    assert line["variant"]["availability"] == {"status": "IN_STOCK"}


def test_a_guest_watches_by_the_carts_token_and_a_stranger_watches_nothing(shop: Shop) -> None:
    guest = shop.guest()
    add(guest, "CHAIR-001", 1)
    with watching(guest, CART) as events:
        first = next(events)
        add(guest, "CHAIR-001", 1)
        second = next(events)

    assert (first["cartUpdated"]["itemCount"], second["cartUpdated"]["itemCount"]) == (1, 2)
    refused = shop.http.post(shop.url, json={"query": CART}, headers={"accept": "text/event-stream"})
    assert "UNAUTHENTICATED" in refused.text


def test_everybody_watches_stock_as_an_administrator_counts_it(shop: Shop, admin: Visitor) -> None:
    with watching(shop.guest(), STOCK, skus=["CHAIR-001", "GAME-001"]) as events:
        first = next(events)["availabilityChanged"]
        counted = {"sku": "GAME-001", "warehouseId": "wh-east", "onHand": 77}
        assert admin.send(SET_STOCK, {"input": counted}).data["stockSet"]["__typename"] == "StockSetSuccess"
        # What another journey let go of may be told of meanwhile.
        second = next(each for event in events for each in event["availabilityChanged"] if each["sku"] == "GAME-001")

    assert [each["sku"] for each in first] == ["CHAIR-001", "GAME-001"]
    assert all(each["product"]["inStock"] for each in first)
    assert second["availability"] != first[1]["availability"]
