"""Carts over the real surface and database: what is put in stays in, and is changed by its owner."""

import re
from pathlib import Path

import httpx
import pytest

from chassis.app import create_app
from chassis.testing import Client
from chassis.tokens import KnownKeys
from subgraphs.cart import app, seed
from tests.subgraphs.cart.conftest import (
    CART,
    CLEAR,
    REMOVE,
    UPDATE,
    Shop,
    guest,
    pieces,
    put,
)

pytestmark = pytest.mark.anyio


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
        ("X" * 5_000, 1, "InvalidInput", "INVALID"),
        ("MOUSE", 0, "InvalidInput", "INVALID"),
        ("MOUSE", -1, "InvalidInput", "INVALID"),
        ("MOUSE", 100, "CartLimitReached", "LIMIT_REACHED"),
    ],
)
async def test_what_cannot_be_added_is_refused_with_a_reason(cart, user, sku, quantity, refusal, code) -> None:
    answer = await put(cart, sku, quantity, user=user)

    assert (answer["__typename"], answer["code"]) == (refusal, code)
    assert 0 < len(answer["message"]) < 200
    assert (await cart.ask(CART, user=user)).data == {"cart": None}


async def test_a_limit_is_refused_and_not_clamped(cart: Client, user: str) -> None:
    await put(cart, "MOUSE", 60, user=user)

    assert (await put(cart, "MOUSE", 60, user=user))["__typename"] == "CartLimitReached"

    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 60


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


async def test_a_change_of_a_version_that_is_no_longer_so_is_refused(cart: Client, user: str) -> None:
    seen = (await put(cart, "LAPTOP", user=user))["cart"]
    await put(cart, "MOUSE", user=user)
    line = seen["lines"][0]["id"]

    for mutation, variables in ((UPDATE, {"id": line, "quantity": 9}), (REMOVE, {"id": line}), (CLEAR, {})):
        (old,) = (await cart.ask(mutation, {**variables, "version": seen["version"]}, user=user)).data.values()
        assert (old["__typename"], old["cartVersion"]) == ("CartChanged", seen["version"] + 1)
    assert await pieces(cart, user=user) == {"LAPTOP": 1, "MOUSE": 1}
    (now,) = (await cart.ask(CLEAR, {"version": seen["version"] + 1}, user=user)).data.values()
    assert now["cart"]["lines"] == []


async def test_a_hundred_different_things_are_the_most(cart: Client, shop: Shop, user: str) -> None:
    shop.prices |= {f"S{number}": "1.00" for number in range(101)}
    for number in range(100):
        await put(cart, f"S{number}", user=user)

    refused = await put(cart, "S100", user=user)
    more = await put(cart, "S0", user=user)

    assert (refused["__typename"], refused["field"]) == ("CartLimitReached", ["sku"])
    assert more["cart"]["itemCount"] == 101


async def test_a_cart_survives_signing_out_and_a_restart(cart: Client, shop: Shop, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "MOUSE", 2, user=user)

    # Another process, with nothing in its memory, and another sign-in.
    restarted = app.subgraph(cart.settings, transport=httpx.MockTransport(shop))
    again = Client(
        restarted, create_app([restarted], cart.settings, keys=KnownKeys(cart.signer.jwks)), cart.signer, cart.settings
    )
    try:
        assert await pieces(again, user=user) == {"MOUSE": 2}
        assert await pieces(again, **guest(token)) == {"LAPTOP": 1}
    finally:
        await again.http.aclose()
        await restarted.database.close()
        for close in restarted.closes:
            await close()


async def test_nothing_that_is_sent_can_carry_a_price(cart: Client, user: str) -> None:
    for field in ("price: 1", "priceSnapshot: 1", 'amount: "0.01"', 'currency: "USD"'):
        query = f'mutation {{ cartLineAdd(sku: "LAPTOP", quantity: 1, {field}) {{ __typename }} }}'
        assert (await cart.ask(query, user=user)).codes == ["GRAPHQL_VALIDATION_FAILED"]
    schema = Path(app.__file__).with_name("schema.graphql").read_text()
    inputs = re.findall(r"^input \w+ \{.*?^\}", schema, re.MULTILINE | re.DOTALL)
    arguments = re.findall(r"^  \w+\((.*)\): \w+Result!", schema, re.MULTILINE)
    assert len(arguments) >= 3
    assert not [each for each in (*inputs, *arguments) if re.search("price|amount|currency|total", each, re.IGNORECASE)]
