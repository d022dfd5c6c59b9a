"""What cart costs: SQL statements per reading, per change and per order that was confirmed, however many lines."""

import pytest

from chassis.testing import Client
from tests.subgraphs.cart.conftest import ADD, CART, REMOVE, UPDATE, put
from tests.subgraphs.cart.test_orders import confirm

pytestmark = pytest.mark.anyio

SNAPSHOT = "query($id: ID!, $customer: ID!) { cartSnapshot(id: $id, customerId: $customer) { version lines { sku } } }"


async def filled(cart: Client, user: str, lines: int) -> dict:
    skus = ("LAPTOP", "MOUSE", "CABLE")[:lines]
    return [await put(cart, sku, 2, user=user) for sku in skus][-1]["cart"]


@pytest.mark.parametrize("lines", [1, 3])
async def test_a_cart_is_read_in_one_statement(cart: Client, user: str, lines: int) -> None:
    bought = await filled(cart, user, lines)

    shown = await cart.ask(CART, user=user)
    snapshot = await cart.ask(SNAPSHOT, {"id": bought["id"], "customer": user}, internal=True)

    assert (shown.statements, len(shown.data["cart"]["lines"])) == (1, lines)
    assert (snapshot.statements, len(snapshot.data["cartSnapshot"]["lines"])) == (1, lines)


@pytest.mark.parametrize("lines", [1, 3])
async def test_a_change_reads_the_cart_once_and_answers_it_without_asking_again(
    cart: Client, user: str, lines: int
) -> None:
    bought = await filled(cart, user, lines)
    line = bought["lines"][0]["id"]

    added = await cart.ask(ADD, {"sku": "LAPTOP", "quantity": 1}, user=user)
    updated = await cart.ask(UPDATE, {"id": line, "quantity": 1}, user=user)
    removed = await cart.ask(REMOVE, {"id": line}, user=user)

    # The cart, its lines, and what changed of each.
    assert (added.statements, removed.statements) == (4, 4)
    # And before them which SKU it is, so that no lock is held while the price is asked for.
    assert updated.statements == 5
    assert [each["quantity"] for each in updated.data["cartLineUpdate"]["cart"]["lines"]] == [1] + [2] * (lines - 1)
    assert len(removed.data["cartLineRemove"]["cart"]["lines"]) == lines - 1


@pytest.mark.parametrize("lines", [1, 3])
async def test_a_confirmed_order_empties_its_cart_in_four_statements(cart: Client, user: str, lines: int) -> None:
    bought = await filled(cart, user, lines)
    pieces = dict.fromkeys(("LAPTOP", "MOUSE", "CABLE")[:lines], 2)

    with cart.database.counting() as statements:
        await confirm(cart, bought, **pieces)

    # Beside the one that remembers the event.
    assert len(statements) == 5
    assert (await cart.ask(CART, user=user)).data["cart"]["lines"] == []
