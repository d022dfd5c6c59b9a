"""The sandbox bank's page: it asks for the code, tells by webhook, and sends the customer back to the shop only."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.payments import app
from subgraphs.payments.challenges import ElsewhereRefused, way_back
from subgraphs.payments.model import Payment
from subgraphs.payments.providers.sandbox import CHALLENGE_CODE
from tests.subgraphs.payments.counter import APPROVED, CHALLENGED, wish

pytestmark = pytest.mark.anyio

SHOP = "https://shop.example"


@pytest.fixture(scope="module")
async def payments(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}challenges_",
        shop_url=SHOP,
        sandbox_challenge_url="http://subgraph/payments/challenges/",
        # Subgraphs answer only the router then; a customer's browser is not it.
        router_secret="r" * 40,
    )
    async with under_test("payments", app.subgraph, settings) as client:
        yield client


async def bought(payments: Client, card: Any = CHALLENGED) -> Payment:
    context: Any = payments.subgraph.context(None)  # type: ignore[arg-type]
    made: Payment = await context.payments.authorize(wish(card))
    return made


async def told(payments: Client) -> str:
    """What the sandbox's last webhook says, once all of them have been handled; and the payment's status."""
    turns = {turn.name: turn.call for turn in payments.subgraph.periodic}
    deliveries: Any = turns["send the sandbox's webhooks"]
    webhooks: Any = turns["handle webhooks"]
    while await deliveries.__self__.send_due():
        await webhooks.__self__.handle_waiting()
    async with payments.database.reading() as session:
        query = "SELECT type FROM webhook_events ORDER BY position DESC LIMIT 1"
        return str((await session.execute(text(query))).scalar_one())


async def status_of(payments: Client, payment: Payment) -> str:
    async with payments.database.reading() as session:
        query = text("SELECT status FROM payments WHERE id = :id")
        return str((await session.execute(query, {"id": payment.id})).scalar_one())


async def typed(payments: Client, url: str, code: str) -> httpx.Response:
    return await payments.http.post(url, data={"code": code})


@pytest.mark.parametrize(
    ("code", "status", "webhook"),
    [(CHALLENGE_CODE, "AUTHORIZED", "charge.authorized"), ("000000", "DECLINED", "charge.declined")],
)
async def test_a_customer_answers_and_comes_back_to_the_shop(
    payments: Client, code: str, status: str, webhook: str
) -> None:
    payment = await bought(payments)
    url = payment.action_url or ""
    assert url == f"http://subgraph/payments/challenges/{payment.reference}"

    page = await payments.http.get(url)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<strong>100.00 USD</strong>" in page.text
    answer = await typed(payments, url, code)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{SHOP}/checkout")
    assert await told(payments) == webhook
    assert await status_of(payments, payment) == status


async def test_the_way_back_is_the_customers_choice_within_the_shop(payments: Client) -> None:
    payment = await bought(payments)

    page = await payments.http.get(f"{payment.action_url}?returnTo=/orders/1%3Fa%3D1%26b%3D%22%3E")
    answer = await typed(payments, f"{payment.action_url}?returnTo=/orders/1%3Fa%3D1%26b%3D2", CHALLENGE_CODE)

    # What was given is never markup.
    assert 'action="?returnTo=https%3A%2F%2Fshop.example%2Forders%2F1%3Fa%3D1%26b%3D%22%3E"' in page.text
    assert answer.headers["location"] == f"{SHOP}/orders/1?a=1&b=2"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:\\\\evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://shop.example@evil.example/",
        "https://evil@shop.example/",
        "https://shop.example.evil.example/",
        "https://shop.example:8443/",
        "http://shop.example/",
    ],
)
async def test_nobody_is_sent_elsewhere(payments: Client, elsewhere: str) -> None:
    with pytest.raises(ElsewhereRefused):
        way_back(elsewhere, shop_url=SHOP)

    payment = await bought(payments)
    for method in ("GET", "POST"):
        answer = await payments.http.request(
            method, payment.action_url or "", params={"returnTo": elsewhere}, data={"code": CHALLENGE_CODE}
        )
        assert answer.status_code == 400
        assert "location" not in answer.headers
    assert await status_of(payments, payment) == "REQUIRES_ACTION"


@pytest.mark.parametrize("wish", ["", "/", "orders", "///evil.example", "?a=//evil.example", "https://shop.example/a"])
async def test_what_lies_within_the_shop_stays_there(wish: str) -> None:
    assert way_back(wish, shop_url=f"{SHOP}/").startswith(f"{SHOP}/")


async def test_the_page_can_be_neither_framed_nor_scripted_nor_kept(payments: Client) -> None:
    page = await payments.http.get((await bought(payments)).action_url or "")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {SHOP}" in policy
    assert page.headers["cache-control"] == "no-store"


async def test_an_answer_given_twice_counts_once(payments: Client) -> None:
    payment = await bought(payments)
    await typed(payments, payment.action_url or "", CHALLENGE_CODE)

    again = await typed(payments, payment.action_url or "", "000000")
    page = await payments.http.get(payment.action_url or "")

    assert again.status_code == 303
    assert await told(payments) == "charge.authorized"
    assert await status_of(payments, payment) == "AUTHORIZED"
    assert f'<a href="{SHOP}/checkout">' in page.text
    assert "<form" not in page.text


async def test_where_nothing_is_asked_there_is_no_page(payments: Client) -> None:
    payment = await bought(payments, APPROVED)

    for reference in (payment.reference, "sandbox-nothing", "%00"):
        answer = await payments.http.get(f"http://subgraph/payments/challenges/{reference}")
        assert answer.status_code == 404


async def test_an_endless_answer_is_not_read(payments: Client) -> None:
    payment = await bought(payments)

    answer = await typed(payments, payment.action_url or "", "1" * 300_000)

    assert answer.status_code == 413
    assert await status_of(payments, payment) == "REQUIRES_ACTION"
