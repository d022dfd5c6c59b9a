"""Many hands in one cart: nothing is lost, nothing counted twice, nobody deadlocks."""

import asyncio

import pytest

from chassis.testing import Answer, Client
from tests.subgraphs.cart.conftest import (
    CART,
    MERGE,
    REMOVE,
    UPDATE,
    Shop,
    guest,
    pieces,
    put,
)

pytestmark = pytest.mark.anyio


async def test_parallel_additions_all_count(cart: Client, user: str) -> None:
    await asyncio.gather(*(put(cart, "MOUSE", user=user) for _ in range(10)))

    found = (await cart.ask(CART, user=user)).data["cart"]
    assert [line["quantity"] for line in found["lines"]] == [10]


async def test_merging_in_parallel_counts_every_piece_once(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP", 2))["cart"]["token"]
    await put(cart, "LAPTOP", 1, user=user)

    await asyncio.gather(*(cart.ask(MERGE, user=user, **guest(token)) for _ in range(5)))

    assert (await cart.ask(CART, user=user)).data["cart"]["itemCount"] == 3


async def test_every_kind_of_change_at_once_loses_nothing(cart: Client, shop: Shop, user: str) -> None:
    shop.prices |= {f"S{number}": "1.00" for number in range(20)}
    await put(cart, "LAPTOP", user=user)
    lines = (await put(cart, "CABLE", 9, user=user))["cart"]["lines"]
    laptop, cable = (line["id"] for line in lines)

    await asyncio.gather(
        *(put(cart, f"S{number}", user=user) for number in range(20)),
        *(put(cart, "MOUSE", 2, user=user) for _ in range(20)),
        cart.ask(UPDATE, {"id": laptop, "quantity": 7}, user=user),
        cart.ask(REMOVE, {"id": cable}, user=user),
    )

    found = (await cart.ask(CART, user=user)).data["cart"]
    assert await pieces(cart, user=user) == {"LAPTOP": 7, "MOUSE": 40, **{f"S{number}": 1 for number in range(20)}}
    # Made at 1, put into twice, then each change counted once.
    assert found["version"] == 3 + 20 + 20 + 2


async def test_the_first_things_put_in_at_once_make_one_cart(cart: Client, user: str) -> None:
    await asyncio.gather(*(put(cart, sku, user=user) for sku in ("LAPTOP", "MOUSE", "CABLE") for _ in range(5)))

    assert await pieces(cart, user=user) == {"LAPTOP": 5, "MOUSE": 5, "CABLE": 5}


async def test_a_limit_holds_among_many(cart: Client, user: str) -> None:
    answers = await asyncio.gather(*(put(cart, "MOUSE", 10, user=user) for _ in range(15)))

    assert sorted(answer["__typename"] for answer in answers) == (["CartLimitReached"] * 6 + ["CartLineAddSuccess"] * 9)
    assert await pieces(cart, user=user) == {"MOUSE": 90}


async def test_of_two_changes_of_one_version_the_second_is_refused(cart: Client, user: str) -> None:
    made = (await put(cart, "MOUSE", user=user))["cart"]
    variables = {"id": made["lines"][0]["id"], "version": made["version"]}

    answers = await asyncio.gather(
        *(cart.ask(UPDATE, {**variables, "quantity": quantity}, user=user) for quantity in range(2, 8))
    )

    kinds = [answer.data["cartLineUpdate"]["__typename"] for answer in answers]
    assert sorted(kinds) == ["CartChanged"] * 5 + ["CartLineUpdateSuccess"]
    assert await pieces(cart, user=user) == {"MOUSE": 2 + kinds.index("CartLineUpdateSuccess")}


async def test_carts_of_several_guests_are_merged_at_once_into_a_customer_who_has_none(cart: Client, user: str) -> None:
    tokens = [(await put(cart, "LAPTOP", 2))["cart"]["token"] for _ in range(4)]

    answers = await asyncio.gather(
        *(cart.ask(MERGE, user=user, **guest(token)) for token in tokens for _ in range(2)),
        *(put(cart, "LAPTOP", user=user) for _ in range(4)),
    )

    assert [answer.errors for answer in answers if isinstance(answer, Answer)] == [[]] * 8
    assert await pieces(cart, user=user) == {"LAPTOP": 12}


async def test_a_guests_cart_that_two_people_claim_becomes_one_persons(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP", 2))["cart"]["token"]
    people = [f"{user}-{number}" for number in range(4)]

    await asyncio.gather(*(cart.ask(MERGE, user=person, **guest(token)) for person in people))

    held = [await pieces(cart, user=person) for person in people]
    assert sorted(map(len, held)) == [0, 0, 0, 1]


async def test_what_a_guest_puts_in_while_signing_in_is_in_one_of_the_carts(cart: Client, user: str) -> None:
    token = (await put(cart, "LAPTOP"))["cart"]["token"]
    await put(cart, "CABLE", user=user)

    answers = await asyncio.gather(
        *(put(cart, "MOUSE", **guest(token)) for _ in range(6)),
        cart.ask(MERGE, user=user, **guest(token)),
        *(put(cart, "MOUSE", user=user) for _ in range(6)),
    )

    # Whoever came after the merge got a cart, and a token, of their own.
    fresh = {answer["cart"]["token"] for answer in answers[:6]} - {token, None}  # type: ignore[index]
    stray = [(await pieces(cart, **guest(each)))["MOUSE"] for each in fresh]
    assert (await pieces(cart, user=user))["MOUSE"] + sum(stray) == 12
    assert await pieces(cart, **guest(token)) == {}
