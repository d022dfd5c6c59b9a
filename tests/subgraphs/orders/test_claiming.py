"""A guest's order becomes a customer's: by its token, once."""

import asyncio
from typing import Any

import pytest

from chassis.outbox import announce
from subgraphs.users.events import UserDeleted
from tests.subgraphs.orders.acts import ADMIN, announced, body_of, buy, cancel, deliver_all, letter
from tests.subgraphs.orders.shop import Shop, rows

pytestmark = pytest.mark.anyio

CLAIM = """mutation($token: String!) { orderClaim(token: $token) { __typename
  ... on OrderClaimSuccess { order { id customer { id } } } ... on Refusal { code field } } }"""
MINE = '{ _entities(representations: [{__typename: "User", id: "%s"}]) { ... on User { orders { edges { node { id } } } } } }'

CANCEL = "mutation($id: ID!) { orderCancel(orderId: $id) { __typename } }"
BY_TOKEN = "query($t: String!) { orderByToken(token: $t) { id } }"


@pytest.fixture
async def bought(shop: Shop) -> dict[str, Any]:
    cart = await shop.fill({"MOUSE-001": 1})
    order: dict[str, Any] = (await shop.check_out(cart, token=cart["token"]))["order"]
    return order


async def claim(shop: Shop, token: str, user: str) -> dict[str, Any]:
    answer = await shop.ask("orders", CLAIM, {"token": token}, user=user)
    assert not answer.errors, answer.errors
    result: dict[str, Any] = answer.data["orderClaim"]
    return result


async def test_a_customer_claims_what_they_bought_as_a_guest(shop: Shop, user: str, bought) -> None:
    answer = await claim(shop, bought["token"], user)

    assert answer == {
        "__typename": "OrderClaimSuccess", "order": {"id": bought["id"], "customer": {"id": user}},
    }  # fmt: skip
    mine = await shop.ask("orders", MINE % user, user=user)
    assert mine.data["_entities"][0]["orders"]["edges"] == [{"node": {"id": bought["id"]}}]
    assert (await announced(shop, bought["id"]))[-1] == "OrderClaimed"
    assert (await cancel(shop, bought, user=user))["order"]["status"] == "CANCELLED"


async def test_once_it_is_claimed_its_guest_reads_it_and_can_do_nothing_with_it(shop: Shop, user: str) -> None:
    cart = await shop.fill({"MOUSE-001": 1})
    bought = (await shop.check_out(cart, token=cart["token"]))["order"]
    await claim(shop, bought["token"], user)

    by_token = await cancel(shop, bought, token=bought["token"])
    by_cart = await shop.ask("orders", CANCEL, {"id": bought["id"]}, token=cart["token"])

    assert by_token["__typename"] == "NotFound"
    assert by_cart.data == {"orderCancel": {"__typename": "NotFound"}}
    read = await shop.ask("orders", BY_TOKEN, {"t": bought["token"]})
    assert read.data == {"orderByToken": {"id": bought["id"]}}
    assert (await cancel(shop, bought, user=user))["order"]["status"] == "CANCELLED"


async def test_a_second_claim_changes_nothing(shop: Shop, user: str, bought) -> None:
    assert await claim(shop, bought["token"], user) == await claim(shop, bought["token"], user)

    assert (await announced(shop, bought["id"])).count("OrderClaimed") == 1


async def test_of_two_people_one_gets_it(shop: Shop, user: str, bought) -> None:
    answers = await asyncio.gather(*(claim(shop, bought["token"], f"{user}-{each}") for each in range(3)))

    kinds = sorted(answer["__typename"] for answer in answers)
    assert kinds == [*["OrderAlreadyClaimed"] * 2, "OrderClaimSuccess"]


async def test_a_token_nobody_was_given_is_not_found(shop: Shop, user: str) -> None:
    answer = await claim(shop, "x" * 64, user)

    assert (answer["__typename"], answer["field"]) == ("NotFound", ["token"])


async def test_nobody_claims_without_signing_in(shop: Shop, bought) -> None:
    assert (await shop.ask("orders", CLAIM, {"token": bought["token"]})).codes == ["UNAUTHENTICATED"]


async def test_the_link_that_was_mailed_opens_the_order_and_is_kept_as_a_digest(shop: Shop, user: str, bought) -> None:
    mail = await letter(shop, bought["id"], "confirmed")
    token = body_of(mail, "plain").split("?token=")[1].split()[0]

    assert (await shop.ask("orders", BY_TOKEN, {"t": token})).data == {"orderByToken": {"id": bought["id"]}}
    assert (await rows(shop, "orders", "SELECT 1 FROM order_tokens WHERE token_digest = :token", token=token)) == []
    assert (await claim(shop, token, user))["__typename"] == "OrderClaimSuccess"


async def left(shop: Shop, user: str) -> None:
    """Users announces that the person has left."""
    async with shop.database("users").transaction() as session:
        await announce(session, UserDeleted(user))
    forgotten = "SELECT count(*) FROM orders WHERE customer_id = :user AND NOT is_forgotten"
    async with asyncio.timeout(30):
        while await rows(shop, "orders", forgotten, user=user) != [(0,)]:
            pass


async def known_of(shop: Shop, order: dict[str, Any]) -> tuple[str | None, str, str]:
    query = "query($id: ID!) { order(id: $id) { email total { amount } shippingAddress { name line1 phone city country } } }"
    found = (await shop.ask("orders", query, {"id": order["id"]}, **ADMIN)).data["order"]
    return found["email"], found["shippingAddress"]["name"], found["shippingAddress"]["country"]


async def test_whoever_leaves_is_erased_from_what_is_over_and_the_order_stays(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await deliver_all(shop, order)

    await left(shop, user)

    assert await known_of(shop, order) == (None, "", "US")


async def test_whoever_leaves_still_gets_what_is_on_its_way(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await left(shop, user)
    before = await known_of(shop, order)

    await deliver_all(shop, order)

    assert before == ("casey@example.com", "Casey", "US")
    assert await known_of(shop, order) == (None, "", "US")
