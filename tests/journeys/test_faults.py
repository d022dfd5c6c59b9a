"""A subgraph that is down, silent, or talks nonsense: what the others know is answered, and the error names it."""

import pytest

from tests.journeys.between import Behaviour, HangingUp, Refusing, Saying, Stalling
from tests.journeys.buying import available, buy
from tests.journeys.shop import Shop, Visitor

FAULTS = {
    "down": Refusing(),
    "hanging up": HangingUp(),
    "silent": Stalling(),
    "failing": Saying(b'{"errors": [{"message": "out of order"}]}', status=503),
    "behind a broken proxy": Saying(b"<html>Bad gateway</html>", status=502, content_type="text/html"),
    "cut off": Saying(b'{"data": {"products": {"ed'),
    "not GraphQL": Saying(b'{"hello": "world"}'),
    "answering with a list": Saying(b"[]"),
    "answering nothing": Saying(b""),
    "answering null": Saying(b'{"data": null}'),
}

PRODUCT = """
{ product(id: "prod-laptop-001") { id name inStock rating { average count } variants { sku availability { status } } } }
"""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_page_without_inventory_still_shows_everything_else(fault: Behaviour, shop: Shop, guest: Visitor) -> None:
    healthy = guest.send(PRODUCT).data["product"]

    with shop.between.faulty("inventory", fault):
        answer = guest.send(PRODUCT)

    assert answer.status == 200
    named = [error for error in answer.errors if error["extensions"].get("service") == "inventory"]
    assert named, answer.body
    product = answer.body["data"]["product"]
    # The first field that may be null above what is missing is null; what stands beside it is answered.
    if product is not None:
        assert product["name"] == healthy["name"]
        assert product["rating"] == healthy["rating"]


NULLABLE = """
{ me { id displayName } cart { id } product(id: "prod-mouse-001") { name } bundle(id: "bundle-desk-001") { name } }
"""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_one_root_field_fails_and_the_others_answer(fault: Behaviour, shop: Shop, customer: Visitor) -> None:
    with shop.between.faulty("users", fault):
        answer = customer.send(NULLABLE)

    assert answer.status == 200
    assert answer.body["data"]["me"] is None
    assert answer.body["data"]["product"] == {"name": "Precision Mouse"}
    assert answer.body["data"]["bundle"] == {"name": "Desk Setup"}
    assert {error["extensions"].get("service") for error in answer.errors} == {"users"}


def test_the_router_answers_in_full_again_once_the_subgraph_does(shop: Shop, guest: Visitor) -> None:
    with shop.between.faulty("inventory", Refusing()):
        assert guest.send(PRODUCT).errors

    assert guest.send(PRODUCT).data["product"]["inStock"] is True


def test_a_silent_subgraph_costs_the_time_limit_once_not_once_per_item(shop: Shop, guest: Visitor) -> None:
    with shop.between.faulty("inventory", Stalling()), shop.between.counting() as traffic:
        answer = guest.ask("Search", {"text": "gaming"})

    assert answer.errors
    assert traffic.fetches["inventory"] <= 2


def test_a_checkout_that_cannot_reach_payments_sells_nothing(shop: Shop, admin: Visitor) -> None:
    before = available(shop, "CHAIR-001")
    buyer = shop.guest()

    with shop.between.faulty("payments", Refusing()):
        answer = buy(buyer, "CHAIR-001", key="payments-down", email="guest@example.org")

    bought = (answer.body.get("data") or {}).get("checkout") or {}
    assert bought.get("__typename") != "CheckoutSuccess"
    assert answer.errors or bought["__typename"]
    assert available(shop, "CHAIR-001") <= before
