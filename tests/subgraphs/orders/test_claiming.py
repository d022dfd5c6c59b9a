"""A guest's order becomes a customer's: by its token, once."""

import asyncio
from typing import Any

import pytest

from tests.subgraphs.orders.acts import announced, cancel, letter
from tests.subgraphs.orders.shop import Shop, rows

pytestmark = pytest.mark.anyio

CLAIM = """mutation($token: String!) { orderClaim(token: $token) { __typename
  ... on OrderClaimSuccess { order { id customer { id } } } ... on Refusal { code field } } }"""
MINE = '{ _entities(representations: [{__typename: "User", id: "%s"}]) { ... on User { orders { edges { node { id } } } } } }'


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
    token = mail.get_body(("plain",)).get_content().split("?token=")[1].split()[0]

    by_token = "query($t: String!) { orderByToken(token: $t) { id } }"
    assert (await shop.ask("orders", by_token, {"t": token})).data == {"orderByToken": {"id": bought["id"]}}
    assert (await rows(shop, "orders", "SELECT 1 FROM order_tokens WHERE token_digest = :token", token=token)) == []
    assert (await claim(shop, token, user))["__typename"] == "OrderClaimSuccess"
