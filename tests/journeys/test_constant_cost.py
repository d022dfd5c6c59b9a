"""Lists cost the same however long they are: as many subgraph fetches and SQL statements for 100 products as for 10."""

import pytest

from tests.journeys.between import Traffic
from tests.journeys.shop import Shop, Visitor

PRODUCTS = """
query Products($first: Int!) {
  products(first: $first) {
    edges {
      node {
        id name inStock stockQuantity
        category { name parent { name } }
        rating { average count histogram { stars count } }
        reviews(first: 2) { edges { node { title author { displayName } } } }
        variants { sku basePrice { amount } availability { status availableQuantity } }
      }
    }
  }
}
"""

ORDERS = """
query Orders($first: Int!) {
  orders(first: $first) {
    edges {
      node {
        number status total { amount } chargeStatus balanceDue { amount }
        customer { displayName }
        payments { status amount { amount } }
        events { __typename occurredAt }
        lines { name quantity variant { sku availability { status } product { name rating { average } } } }
      }
    }
  }
}
"""


def cost_of(shop: Shop, visitor: Visitor, query: str, first: int) -> tuple[int, Traffic]:
    """How many rows came, and what they cost once everything is warm."""
    visitor.send(query, {"first": first})
    with shop.between.counting() as traffic:
        data = visitor.send(query, {"first": first}).data
    [connection] = data.values()
    return len(connection["edges"]), traffic


@pytest.mark.parametrize("query", [PRODUCTS, ORDERS], ids=["products", "orders"])
def test_a_hundred_cost_as_much_as_ten(query: str, shop: Shop, admin: Visitor) -> None:
    ten, few = cost_of(shop, admin, query, 10)
    hundred, many = cost_of(shop, admin, query, 100)

    assert (ten, hundred) == (10, 100)
    assert many.fetches == few.fetches
    assert many.statements == few.statements
    assert few.statements > 0


def test_the_front_page_costs_the_same_for_every_length(shop: Shop, guest: Visitor) -> None:
    costs = []
    for first in (10, 100):
        guest.ask("Home", {"first": first})
        with shop.between.counting() as traffic:
            assert len(guest.ask("Home", {"first": first}).data["products"]["edges"]) == first
        costs.append((traffic.fetches, traffic.statements))

    assert costs[0] == costs[1]
