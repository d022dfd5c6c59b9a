"""What payments hears from others: whose an order is, that a guest's became a customer's, and that somebody has left."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.passes import pass_of
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.payments import app, seed, store
from subgraphs.payments.model import Owner
from subgraphs.payments.providers.port import Kept
from subgraphs.payments.service.keeping import keep
from subgraphs.payments.service.till import locked
from tests.chassis.toy_events import WAITS_FOR_A_LOCK, column
from tests.subgraphs.payments.test_methods import AUTHORIZE, kept, save, typed

pytestmark = pytest.mark.anyio

TOKEN = "g" * 43
READ = (
    "query($id: ID!) { payment(id: $id) { status order { id } method { ... on CardPaymentMethod { last4 holder } } } }"
)


@pytest.fixture(scope="module")
async def payments(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}listening_")
    async with under_test("payments", app.subgraph, settings, seed=seed.demo) as client:
        yield client


async def tell(payments: Client, source: str, kind: str, aggregate: str, **payload: Any) -> None:
    consumer = Consumer("payments", payments.database, payments.subgraph.listens)
    await consumer.deliver(
        Envelope(
            id=new_id(), source=source, type=kind, version=1, occurred_at=datetime.now(UTC), aggregate_id=aggregate,
            sequence=1, payload=payload, traceparent=None,
        )
    )  # fmt: skip


async def paid(payments: Client, order_id: str, owner: Owner, customer_id: str | None) -> str:
    wish = {
        "orderId": order_id, "owner": owner.key, "customerId": customer_id,
        "amount": {"amount": "10.00", "currency": "USD"}, "source": {"card": typed()},
    }  # fmt: skip
    answer = await payments.ask(AUTHORIZE, {"input": wish, "key": order_id}, internal=True)
    payment: str = answer.data["paymentAuthorize"]["payment"]["id"]
    return payment


async def test_a_guest_sees_their_payment_by_their_token_and_nobody_else_does(payments) -> None:
    payment = await paid(payments, "order-of-guest", Owner.guest(TOKEN), None)

    mine = await payments.ask(READ, {"id": payment}, headers={"x-cart-token": TOKEN})
    assert mine.data["payment"]["order"] == {"id": "order-of-guest"}
    for asking in ({}, {"headers": {"x-cart-token": "h" * 43}}, {"user": "user-alice"}):
        assert (await payments.ask(READ, {"id": payment}, **asking)).data == {"payment": None}
        raw = await payments.entities("Payment", [{"id": payment}], "id status", **asking)
        assert raw.data["_entities"] == [None]


async def test_whoever_was_shown_an_order_by_its_token_is_shown_what_was_paid_for_it(payments) -> None:
    payment = await paid(payments, "order-by-token", Owner.guest(TOKEN), None)
    order: dict[str, Any] = {"id": "order-by-token", "total": {"amount": "10.00", "currency": "USD"}}
    shown = {
        **order,
        "paymentsPass": pass_of(payments.settings.internal_token.get_secret_value(), "order", order["id"]),
    }
    wrong = [order, {**order, "paymentsPass": "0" * 64}, {**shown, "id": "order-claimed"}, {**order, "paymentsPass": 7}]

    asked = await payments.entities("Order", [shown, *wrong], "chargeStatus payments { id status }")

    first, *others = asked.data["_entities"]
    assert first == {"chargeStatus": "AUTHORIZED", "payments": [{"id": payment, "status": "AUTHORIZED"}]}
    assert others == [None] * 4


async def test_a_claimed_order_and_its_payments_are_the_customers_and_the_guests_no_more(payments) -> None:
    payment = await paid(payments, "order-claimed", Owner.guest(TOKEN), None)

    await tell(payments, "orders", "OrderClaimed", "order-claimed", orderId="order-claimed", customerId="user-claimer")

    assert (await payments.ask(READ, {"id": payment}, user="user-claimer")).data["payment"]["status"] == "AUTHORIZED"
    assert (await payments.ask(READ, {"id": payment}, headers={"x-cart-token": TOKEN})).data == {"payment": None}
    order = {"id": "order-claimed", "total": {"amount": "10.00", "currency": "USD"}}
    (found,) = (await payments.entities("Order", [order], "payments { id }", user="user-claimer")).data["_entities"]
    assert found == {"payments": [{"id": payment}]}


async def test_who_has_left_keeps_no_way_to_pay_and_no_name_on_what_was_paid(payments) -> None:
    await save(payments, "user-leaver")
    payment = await paid(payments, "order-of-leaver", Owner.customer("user-leaver"), "user-leaver")

    await tell(payments, "users", "UserDeleted", "user-leaver", userId="user-leaver")

    assert await kept(payments, "user-leaver") == []
    shown = await payments.ask(READ, {"id": payment}, user="user-admin", scopes={"payments:read"})
    assert shown.data["payment"]["method"] == {"last4": "4242", "holder": None}


async def test_who_leaves_while_their_payment_is_recorded_is_forgotten_after_it(payments) -> None:
    await save(payments, "user-in-haste")
    payment = await paid(payments, "order-in-haste", Owner.customer("user-in-haste"), "user-in-haste")

    async with payments.database.transaction() as recording:
        await locked(recording, payment)
        leaving = asyncio.create_task(tell(payments, "users", "UserDeleted", "user-in-haste", userId="user-in-haste"))
        async with asyncio.timeout(60):
            while not await column(payments.database, WAITS_FOR_A_LOCK):
                pass
        (saved,) = (await store.saved_methods(recording, ["user-in-haste"]))["user-in-haste"]
        await keep(recording, "user-in-haste", saved.provider, Kept("typed again", saved.method), at=now())
    await leaving

    assert await kept(payments, "user-in-haste") == []


async def test_the_provider_forgets_them_too_once_it_listens(payments) -> None:
    await save(payments, "user-forgotten")
    await tell(payments, "users", "UserDeleted", "user-forgotten", userId="user-forgotten")

    (forgetting,) = [turn for turn in payments.subgraph.periodic if turn.name == "forget ways to pay"]
    await forgetting.call()

    async with payments.database.reading() as session:
        left = await session.scalar(text("SELECT count(*) FROM sandbox_methods WHERE token LIKE '%user-forgotten%'"))
        waiting = await session.scalar(text("SELECT count(*) FROM forgotten_methods"))
    assert (left, waiting) == (0, 0)


async def test_an_unpaid_orders_owner_may_ask_what_it_owes(payments) -> None:
    order = {"id": "order-unpaid", "total": {"amount": "10.00", "currency": "USD"}}
    await tell(
        payments, "orders", "OrderPlaced", "order-unpaid", orderId="order-unpaid", owner="user:user-owner",
        customerId="user-owner",
    )  # fmt: skip

    owed = await payments.entities("Order", [order], "chargeStatus balanceDue { amount }", user="user-owner")

    assert owed.data["_entities"] == [{"chargeStatus": "NONE", "balanceDue": {"amount": "10.00"}}]
