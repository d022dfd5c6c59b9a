"""A subgraph that is down, silent, or talks nonsense: what the others know is answered, and the error names it.

The codes are those of docs/errors.md.
"""

import pytest

from tests.journeys.between import Behaviour, HangingUp, Refusing, Saying, Stalling
from tests.journeys.buying import available, buy
from tests.journeys.shop import ROOT, Shop, Visitor

# What a subgraph may do, and the code docs/errors.md promises for it.
FAULTS = {
    "down": (Refusing(), "SUBREQUEST_HTTP_ERROR"),
    "hanging up": (HangingUp(), "SUBREQUEST_HTTP_ERROR"),
    "silent": (Stalling(), "GATEWAY_TIMEOUT"),
    "behind a broken proxy": (
        Saying(b"<html>Bad gateway</html>", status=502, content_type="text/html"),
        "SUBREQUEST_HTTP_ERROR",
    ),
    "cut off": (Saying(b'{"data": {"products": {"ed'), "SUBREQUEST_MALFORMED_RESPONSE"),
    "not GraphQL": (Saying(b'{"hello": "world"}'), "SUBREQUEST_MALFORMED_RESPONSE"),
    "answering with a list": (Saying(b"[]"), "SUBREQUEST_MALFORMED_RESPONSE"),
    "answering nothing": (Saying(b""), "SUBREQUEST_MALFORMED_RESPONSE"),
    "answering null": (Saying(b'{"data": null}'), "SUBREQUEST_MALFORMED_RESPONSE"),
}
each_fault = pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=FAULTS.keys())

PRODUCT = """
{ product(id: "prod-laptop-001") { id name inStock rating { average count } variants { sku availability { status } } } }
"""


@each_fault
def test_a_page_without_inventory_still_shows_everything_else(
    fault: Behaviour, code: str, shop: Shop, guest: Visitor
) -> None:
    healthy = guest.send(PRODUCT).data["product"]

    with shop.between.faulty("inventory", fault):
        answer = guest.send(PRODUCT)

    assert answer.status == 200
    assert ("inventory", code) in {
        (each["extensions"].get("service"), each["extensions"]["code"]) for each in answer.errors
    }
    product = answer.body["data"]["product"]
    # The first field that may be null above what is missing is null; what stands beside it is answered.
    if product is not None:
        assert product["name"] == healthy["name"]
        assert product["rating"] == healthy["rating"]


NULLABLE = """
{ me { id displayName } cart { id } product(id: "prod-mouse-001") { name } bundle(id: "bundle-desk-001") { name } }
"""


@each_fault
def test_one_root_field_fails_and_the_others_answer(fault: Behaviour, code: str, shop: Shop, customer: Visitor) -> None:
    with shop.between.faulty("users", fault):
        answer = customer.send(NULLABLE)

    assert answer.status == 200
    assert answer.body["data"]["me"] is None
    assert answer.body["data"]["product"] == {"name": "Precision Mouse"}
    assert answer.body["data"]["bundle"] == {"name": "Desk Setup"}
    assert [(each["extensions"]["service"], each["extensions"]["code"]) for each in answer.errors] == [("users", code)]


def test_errors_a_subgraph_gives_of_its_own_are_handed_on_under_its_name(shop: Shop, customer: Visitor) -> None:
    own = Saying(b'{"errors": [{"message": "out of order", "extensions": {"code": "CLOSED"}}]}', status=503)

    with shop.between.faulty("users", own):
        answer = customer.send(NULLABLE)

    assert answer.body["data"]["product"] == {"name": "Precision Mouse"}
    [error] = answer.errors
    assert (error["message"], error["path"]) == ("out of order", ["me"])
    assert (error["extensions"]["code"], error["extensions"]["service"]) == ("CLOSED", "users")


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


def test_the_codes_are_those_that_are_documented() -> None:
    documented = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")

    assert all(f"`{code}`" in documented for _, code in FAULTS.values())
