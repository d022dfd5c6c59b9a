"""Lists cost the same however long they are: as many subgraph fetches and SQL statements for 100 products as for 10."""

from dataclasses import dataclass

import pytest

from tests.journeys.shop import Shop, Visitor, document

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


@dataclass(frozen=True)
class Cost:
    """What one answer took, once everything is warm."""

    fetches: dict[str, int]
    statements: int


ATTEMPTS = 5


def cost_of(shop: Shop, visitor: Visitor, query: str, first: int) -> Cost:
    """The least of a few attempts: sweeps and relays run beside, and only ever add statements."""
    visitor.send(query, {"first": first})
    costs = []
    for _ in range(ATTEMPTS):
        with shop.between.counting() as traffic:
            data = visitor.send(query, {"first": first}).data
        [edges] = [value["edges"] for value in data.values() if isinstance(value, dict) and "edges" in value]
        assert len(edges) == first
        costs.append(Cost(dict(traffic.fetches), traffic.statements))
    return min(costs, key=lambda cost: cost.statements)


@pytest.mark.parametrize("query", [PRODUCTS, ORDERS], ids=["products", "orders"])
def test_a_hundred_cost_as_much_as_ten(query: str, shop: Shop, admin: Visitor) -> None:
    few = cost_of(shop, admin, query, 10)
    many = cost_of(shop, admin, query, 100)

    assert many == few
    assert few.statements > 0


def test_the_front_page_costs_the_same_for_every_length(shop: Shop, guest: Visitor) -> None:
    few = cost_of(shop, guest, document("Home"), 10)
    many = cost_of(shop, guest, document("Home"), 100)

    assert many == few
