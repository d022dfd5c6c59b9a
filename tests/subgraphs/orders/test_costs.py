"""What a checkout costs in SQL, held as a budget: more is a decision, not an accident."""

from typing import Any

import pytest

from chassis.ids import new_id
from tests.subgraphs.orders.shop import ADDRESS, CARD, CHECKOUT, Shop

pytestmark = pytest.mark.anyio

# Looked up by its key; placed (order, lines, event, checkout, outbox); held, paid and committed (each: locked, order or
# checkout or both, events); captured (locked, order, event, checkout, token or mail, outbox).
BOUGHT_MAX = 21
# Looked up by its key. The reads of cart, inventory and products are theirs.
REFUSED_MAX = 1


def variables(cart: dict[str, Any], key: str) -> dict[str, Any]:
    input = {
        "cartId": cart["id"],
        "cartVersion": cart["version"],
        "expectedTotal": {"amount": cart["subtotal"]["amount"], "currency": "USD"},
        "shippingAddress": ADDRESS,
        "email": "casey@example.com",
        "payment": {"card": CARD},
    }
    return {"input": input, "key": key}


async def test_a_sold_checkout_stays_within_its_statements_however_many_lines_it_has(shop: Shop, user: str) -> None:
    await shop.check_out(await shop.fill({"MOUSE-001": 1}, user=user), user=user)
    cart = await shop.fill({"MOUSE-001": 1, "SPEAKER-001": 2}, user=user)

    answer = await shop.ask("orders", CHECKOUT, variables(cart, new_id()), user=user)

    assert answer.data["checkout"]["order"]["status"] == "CONFIRMED"
    assert 0 < answer.statements <= BOUGHT_MAX


async def test_a_guests_checkout_costs_no_more_than_a_customers_and_a_token(shop: Shop) -> None:
    cart = await shop.fill({"MOUSE-001": 1})

    answer = await shop.ask("orders", CHECKOUT, variables(cart, new_id()), token=cart["token"])

    assert answer.data["checkout"]["order"]["status"] == "CONFIRMED"
    assert 0 < answer.statements <= BOUGHT_MAX + 1


async def test_who_comes_too_late_costs_one_statement(shop: Shop, user: str) -> None:
    await shop.stock("MIC-001", 0)
    cart = await shop.fill({"MIC-001": 1}, user=user)

    answer = await shop.ask("orders", CHECKOUT, variables(cart, new_id()), user=user)

    assert answer.data["checkout"]["__typename"] == "StockUnavailable"
    assert answer.statements == REFUSED_MAX


async def test_what_is_bought_already_is_answered_by_one_statement(shop: Shop, user: str) -> None:
    cart, key = await shop.fill({"MOUSE-001": 1}, user=user), new_id()
    bought = await shop.ask("orders", CHECKOUT, variables(cart, key), user=user)

    again = await shop.ask("orders", CHECKOUT, variables(cart, key), user=user)

    assert again.data == bought.data
    assert again.statements == 1
