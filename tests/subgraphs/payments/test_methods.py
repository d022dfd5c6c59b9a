"""Ways to pay, over the real surface: saved, chosen, removed, and nobody else's business."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.ids import new_id
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.payments import app, seed
from subgraphs.payments.service.keeping import SAVED_MAX
from tests.subgraphs.payments.counter import APPROVED, DECLINED, SAVED_THEN_DECLINED

pytestmark = pytest.mark.anyio

METHOD = "... on CardPaymentMethod { id brand last4 expMonth holder isDefault }"
REFUSAL = "... on Refusal { code message field }"
SAVE = f"""mutation($input: PaymentMethodSaveInput!, $key: String!) {{
  paymentMethodSave(input: $input, idempotencyKey: $key) {{
    __typename ... on PaymentMethodSaveSuccess {{ paymentMethod {{ {METHOD} }} }} {REFUSAL}
    ... on PaymentMethodDeclined {{ declineCode }} ... on TooManyPaymentMethods {{ limit }} }} }}"""
REMOVE = f"mutation($id: ID!) {{ paymentMethodRemove(id: $id) {{ __typename {REFUSAL} }} }}"
DEFAULT = f"""mutation($id: ID!) {{ paymentMethodMakeDefault(id: $id) {{
  __typename ... on PaymentMethodMakeDefaultSuccess {{ paymentMethod {{ {METHOD} }} }} {REFUSAL} }} }}"""
AUTHORIZE = """mutation($input: PaymentAuthorizeInput!, $key: String!) {
  paymentAuthorize(input: $input, idempotencyKey: $key) {
    __typename ... on PaymentAuthorizeSuccess { payment { id status declineCode } } ... on Refusal { code field } } }"""


@pytest.fixture(scope="module")
async def payments(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}methods_")
    async with under_test("payments", app.subgraph, settings, seed=seed.demo) as client:
        yield client


def typed(number: str = APPROVED, **changed: Any) -> dict[str, Any]:
    return {"number": number, "expMonth": 12, "expYear": 2035, "cvc": "123", "holder": "Casey", **changed}


async def do(payments: Client, query: str, variables: dict[str, Any], user: str) -> dict[str, Any]:
    answer = await payments.ask(query, variables, user=user)
    assert not answer.errors, answer.errors
    (result,) = answer.data.values()
    return result


async def save(payments: Client, user: str, number: str = APPROVED, *, key: str | None = None, **more: Any) -> Any:
    return await do(payments, SAVE, {"input": {"card": typed(number), **more}, "key": key or new_id()}, user)


async def kept(payments: Client, user: str) -> list[dict[str, Any]]:
    (found,) = (await payments.entities("User", [{"id": user}], f"paymentMethods {{ {METHOD} }}", user=user)).data[
        "_entities"
    ]
    return found["paymentMethods"]


async def pay(payments: Client, user: str | None, source: dict[str, Any]) -> dict[str, Any]:
    amount = {"amount": "10.00", "currency": "USD"}
    wish = {
        "orderId": f"order-{new_id()}",
        "owner": f"user:{user}",
        "customerId": user,
        "amount": amount,
        "source": source,
    }
    answer = await payments.ask(AUTHORIZE, {"input": wish, "key": new_id()}, internal=True)
    assert not answer.errors, answer.errors
    return answer.data["paymentAuthorize"]


async def test_the_first_card_saved_is_the_default_and_the_next_is_not(payments) -> None:
    first, second = await save(payments, "first"), await save(payments, "first", "5555555555554444")

    assert first["paymentMethod"] == {
        "id": first["paymentMethod"]["id"], "brand": "Visa", "last4": "4242", "expMonth": 12, "holder": "Casey",
        "isDefault": True,
    }  # fmt: skip
    assert [each["isDefault"] for each in await kept(payments, "first")] == [True, False]
    assert second["paymentMethod"]["last4"] == "4444"


async def test_a_saved_card_pays_without_its_number(payments) -> None:
    saved = (await save(payments, "payer"))["paymentMethod"]

    paid = await pay(payments, "payer", {"savedMethodId": saved["id"]})

    assert paid["payment"]["status"] == "AUTHORIZED"


async def test_a_token_of_a_form_in_the_browser_pays_and_can_be_saved(payments) -> None:
    assert (await pay(payments, "tokens", {"paymentMethodId": "sandbox-visa"}))["payment"]["status"] == "AUTHORIZED"
    assert (await pay(payments, "tokens", {"paymentMethodId": "no-token"}))["payment"]["status"] == "DECLINED"
    assert await kept(payments, "tokens") == []

    await do(payments, SAVE, {"input": {"paymentMethodId": "sandbox-mastercard"}, "key": "k"}, "tokens")

    assert [(each["brand"], each["last4"]) for each in await kept(payments, "tokens")] == [("Mastercard", "4444")]


async def test_a_card_may_be_saved_and_still_be_declined_when_charged(payments) -> None:
    saved = (await save(payments, "unlucky", SAVED_THEN_DECLINED))["paymentMethod"]

    assert (await pay(payments, "unlucky", {"savedMethodId": saved["id"]}))["payment"]["declineCode"] == "card_declined"


async def test_paying_with_save_keeps_the_card_once_it_was_approved(payments) -> None:
    for _ in range(2):
        await pay(payments, "saver", {"card": typed(), "save": True})
    await pay(payments, "saver", {"card": typed(DECLINED), "save": True})

    (only,) = await kept(payments, "saver")
    assert (only["last4"], only["isDefault"]) == ("4242", True)
    assert (await pay(payments, "saver", {"savedMethodId": only["id"]}))["payment"]["status"] == "AUTHORIZED"


async def test_a_guest_has_nowhere_to_save_to(payments) -> None:
    refused = await pay(payments, None, {"card": typed(), "save": True})

    assert (refused["__typename"], refused["field"]) == ("InvalidInput", ["payment", "save"])


@pytest.mark.parametrize(
    "source", [{}, {"card": typed(), "savedMethodId": "m"}, {"savedMethodId": "m", "paymentMethodId": "t"}]
)
async def test_one_way_to_pay_is_given_not_none_and_not_two(payments, source) -> None:
    refused = await pay(payments, "confused", source)

    assert (refused["__typename"], refused["field"]) == ("InvalidInput", ["payment"])


async def test_the_same_key_and_the_same_card_are_saved_once(payments) -> None:
    key = new_id()

    answers = await asyncio.gather(*(save(payments, "double", key=key) for _ in range(4)))
    again = await save(payments, "double")

    assert len({answer["paymentMethod"]["id"] for answer in [*answers, again]}) == 1
    assert len(await kept(payments, "double")) == 1


async def test_a_card_the_bank_refuses_is_not_saved(payments) -> None:
    refused = await save(payments, "refused", DECLINED)

    assert (refused["__typename"], refused["code"], refused["declineCode"]) == (
        "PaymentMethodDeclined", "DECLINED", "insufficient_funds",
    )  # fmt: skip
    assert await kept(payments, "refused") == []


async def test_a_mistyped_card_names_its_field(payments) -> None:
    refused = await do(payments, SAVE, {"input": {"card": typed("4242424242424241")}, "key": "k"}, "typo")
    keyless = await do(payments, SAVE, {"input": {"card": typed()}, "key": ""}, "typo")
    neither = await do(payments, SAVE, {"input": {}, "key": "k"}, "typo")

    assert refused["field"] == ["input", "card", "number"]
    assert keyless["field"] == ["idempotencyKey"]
    assert neither["field"] == ["input"]


async def test_the_default_is_chosen_and_passed_on(payments) -> None:
    first, second = (
        (await save(payments, "chooser"))["paymentMethod"],
        await save(payments, "chooser", "378282246310005"),
    )
    other = second["paymentMethod"]

    chosen = await do(payments, DEFAULT, {"id": other["id"]}, "chooser")
    assert chosen["paymentMethod"]["isDefault"]
    assert [each["id"] for each in await kept(payments, "chooser")] == [other["id"], first["id"]]
    await do(payments, REMOVE, {"id": other["id"]}, "chooser")

    assert [(each["id"], each["isDefault"]) for each in await kept(payments, "chooser")] == [(first["id"], True)]


async def test_saving_as_the_default_makes_it_the_default(payments) -> None:
    await save(payments, "fickle")
    await save(payments, "fickle", "5555555555554444", makeDefault=True)

    assert [(each["last4"], each["isDefault"]) for each in await kept(payments, "fickle")] == [
        ("4444", True), ("4242", False),
    ]  # fmt: skip


async def test_a_removed_card_pays_no_more(payments) -> None:
    saved = (await save(payments, "gone"))["paymentMethod"]
    await do(payments, REMOVE, {"id": saved["id"]}, "gone")

    assert (await pay(payments, "gone", {"savedMethodId": saved["id"]}))["__typename"] == "NotFound"
    assert (await do(payments, REMOVE, {"id": saved["id"]}, "gone"))["code"] == "NOT_FOUND"
    async with payments.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM sandbox_methods WHERE token LIKE '%gone%'")) == 0


async def test_only_so_many_are_kept_however_many_come_at_once(payments) -> None:
    for number in range(SAVED_MAX - 1):
        await do(payments, SAVE, {"input": {"card": typed(holder=f"Casey {number}")}, "key": f"k{number}"}, "hoarder")

    answers = await asyncio.gather(
        *(
            do(payments, SAVE, {"input": {"card": typed(holder=f"More {number}")}, "key": f"m{number}"}, "hoarder")
            for number in range(4)
        )
    )

    names = sorted(answer["__typename"] for answer in answers)
    assert names == ["PaymentMethodSaveSuccess", *["TooManyPaymentMethods"] * 3]
    assert len(await kept(payments, "hoarder")) == SAVED_MAX


async def test_parallel_choices_leave_exactly_one_default(payments) -> None:
    ids = [
        (await save(payments, "torn", number))["paymentMethod"]["id"]
        for number in (APPROVED, "5555555555554444", "378282246310005")
    ]

    await asyncio.gather(*(do(payments, DEFAULT, {"id": ids[turn % 3]}, "torn") for turn in range(9)))

    assert [each["isDefault"] for each in await kept(payments, "torn")] == [True, False, False]


@pytest.mark.parametrize("query", [REMOVE, DEFAULT])
async def test_anothers_way_to_pay_is_not_found(payments, query) -> None:
    foreign = await do(payments, query, {"id": "method-demo-alice"}, "user-bob")
    missing = await do(payments, query, {"id": "method-of-nobody"}, "user-bob")

    assert foreign == missing
    assert foreign["code"] == "NOT_FOUND"


async def test_anothers_way_to_pay_pays_for_nobody_else(payments) -> None:
    assert (await pay(payments, "user-bob", {"savedMethodId": "method-demo-alice"}))["__typename"] == "NotFound"
    assert (await pay(payments, None, {"savedMethodId": "method-demo-alice"}))["__typename"] == "NotFound"


async def test_guests_keep_no_ways_to_pay(payments) -> None:
    for query, variables in (
        (SAVE, {"input": {"card": typed()}, "key": "k"}),
        (REMOVE, {"id": "method-demo-alice"}),
        (DEFAULT, {"id": "method-demo-alice"}),
    ):
        answer = await payments.ask(query, variables, headers={"x-cart-token": "y" * 43})
        assert answer.codes == ["UNAUTHENTICATED"]
