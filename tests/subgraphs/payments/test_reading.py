"""Reading payments over the real surface: who sees what, what it costs, and that the demo data is sound."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.migrations import folder_of, migrate_url
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.orders import seed as orders_seed
from subgraphs.payments import app, seed

pytestmark = pytest.mark.anyio

ADMIN: dict[str, Any] = {"user": "user-admin", "roles": {"admin"}, "scopes": {"payments:read", "payments:write"}}
OWNER: dict[str, Any] = {"user": "user-customer"}
STRANGERS: list[dict[str, Any]] = [{}, {"user": "user-bob"}, {"headers": {"x-cart-token": "y" * 43}}]
TOTAL = {"amount": "268.80", "currency": "USD"}
METHOD = """__typename ... on CardPaymentMethod { id brand last4 expMonth expYear holder isDefault }
  ... on WalletPaymentMethod { id brand account isDefault }"""
FULL = f"""id status amount {{ amount }} authorized {{ amount }} captured {{ amount }} refunded {{ amount }} declineCode
  actionUrl createdAt method {{ {METHOD} }} transactions {{ sequence kind outcome amount {{ amount }} code occurredAt }} order {{ id }}"""
OWED = "chargeStatus balanceDue { amount } payments { id status }"
REFUND = """mutation($id: ID!, $amount: MoneyInput!, $key: String!) {
  paymentRefund(paymentId: $id, amount: $amount, idempotencyKey: $key) {
    __typename ... on PaymentRefundSuccess { payment { status refunded { amount } } } ... on Refusal { code field }
    ... on RefundExceedsCharge { refundable { amount } } } }"""


@pytest.fixture(scope="module")
async def payments(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}reading_")
    async with under_test("payments", app.subgraph, settings, seed=seed.demo) as client:
        yield client


def order(status: str) -> dict[str, Any]:
    return {"id": f"order-demo-{status}", "total": TOTAL}


@pytest.mark.parametrize(
    ("status", "charge", "balance", "payment"),
    [
        ("pending", "NONE", "268.80", None),
        ("reserved", "NONE", "268.80", None),
        ("awaiting_payment", "PENDING", "268.80", "REQUIRES_ACTION"),
        ("under_review", "AUTHORIZED", "268.80", "AUTHORIZED"),
        ("confirmed", "FULLY_CHARGED", "0.00", "CAPTURED"),
        ("shipped", "FULLY_CHARGED", "0.00", "CAPTURED"),
        ("refunded", "REFUNDED", "0.00", "REFUNDED"),
        ("cancelled", "REFUNDED", "0.00", "REFUNDED"),
        ("failed", "NONE", "268.80", "DECLINED"),
        ("expired", "NONE", "268.80", "VOIDED"),
    ],
)
async def test_an_order_says_how_far_it_is_paid(payments: Client, status, charge, balance, payment) -> None:
    (found,) = (await payments.entities("Order", [order(status)], OWED, **OWNER)).data["_entities"]

    assert (found["chargeStatus"], found["balanceDue"]["amount"]) == (charge, balance)
    assert [each["status"] for each in found["payments"]] == ([payment] if payment else [])


async def test_anothers_money_is_not_found_whichever_way_it_is_asked_for(payments: Client) -> None:
    for asking in STRANGERS:
        missing = await payments.ask('{ payment(id: "payment-nothing") { id } }', **asking)
        foreign = await payments.ask('{ payment(id: "payment-demo-confirmed") { id } }', **asking)
        assert foreign.body == missing.body == {"data": {"payment": None}}
        raw = await payments.entities("Payment", [{"id": "payment-demo-confirmed"}], "id amount { amount }", **asking)
        assert raw.data["_entities"] == [None]
        owed = await payments.entities("Order", [order("confirmed"), order("nothing")], OWED, **asking)
        assert owed.data["_entities"] == [None, None]
        whose = await payments.entities("User", [{"id": "user-customer"}], "paymentMethods { __typename }", **asking)
        assert whose.data["_entities"] == [{"paymentMethods": None}]


async def test_a_payment_shows_its_owner_everything_but_the_card_number(payments: Client) -> None:
    found = (await payments.ask(f'{{ payment(id: "payment-demo-refunded") {{ {FULL} }} }}', **OWNER)).data["payment"]

    assert found["method"] == {
        "__typename": "CardPaymentMethod", "id": None, "brand": "Visa", "last4": "4242", "expMonth": 12,
        "expYear": 2031, "holder": "Casey Customer", "isDefault": False,
    }  # fmt: skip
    assert [(each["kind"], each["outcome"]) for each in found["transactions"]] == [
        ("AUTHORIZATION", "REQUESTED"), ("AUTHORIZATION", "SUCCEEDED"), ("CAPTURE", "REQUESTED"),
        ("CAPTURE", "SUCCEEDED"), ("REFUND", "REQUESTED"), ("REFUND", "SUCCEEDED"),
    ]  # fmt: skip
    assert found["order"] == {"id": "order-demo-refunded"}


async def test_a_customer_sees_their_ways_to_pay_the_default_first(payments: Client) -> None:
    (found,) = (
        await payments.entities("User", [{"id": "user-customer"}], f"paymentMethods {{ {METHOD} }}", **OWNER)
    ).data["_entities"]

    assert [(each["__typename"], each["isDefault"]) for each in found["paymentMethods"]] == [
        ("CardPaymentMethod", True), ("CardPaymentMethod", False), ("WalletPaymentMethod", False),
    ]  # fmt: skip
    assert "•" in found["paymentMethods"][2]["account"]


async def test_ten_orders_cost_as_many_statements_as_one(payments: Client) -> None:
    fields = f"chargeStatus balanceDue {{ amount }} payments {{ {FULL} }}"
    statuses = [
        "confirmed",
        "shipped",
        "delivered",
        "returned",
        "refunded",
        "failed",
        "expired",
        "cancelled",
        "pending",
    ]

    one = await payments.entities("Order", [order("confirmed")], fields, **OWNER)
    nine = await payments.entities("Order", [order(status) for status in statuses], fields, **OWNER)

    assert not nine.errors
    assert one.statements == nine.statements == 3


@pytest.mark.parametrize(
    "query",
    [
        '{ paymentByKey(idempotencyKey: "order-demo-confirmed") { id } }',
        '{ paymentSourceProblem(source: {savedMethodId: "method-demo-visa"}) { message } }',
        'mutation { paymentVoid(idempotencyKey: "order-demo-awaiting_payment") { __typename } }',
        'mutation { paymentCapture(paymentId: "payment-demo-under_review", amount: {amount: "1", currency: USD}, idempotencyKey: "k") { __typename } }',
        'mutation { paymentAuthorize(input: {orderId: "o", owner: "user:user-customer", amount: {amount: "1", currency: USD}, source: {}}, idempotencyKey: "k") { __typename } }',
    ],
)
async def test_what_is_for_other_subgraphs_is_for_nobody_else(payments: Client, query: str) -> None:
    askers: list[dict[str, Any]] = [*STRANGERS, OWNER, ADMIN]
    for asking in askers:
        assert (await payments.ask(query, **asking)).codes == ["FORBIDDEN"]


async def test_only_whoever_may_write_payments_refunds(payments: Client) -> None:
    variables = {"id": "payment-demo-shipped", "amount": {"amount": "1.00", "currency": "USD"}, "key": "refund"}

    assert (await payments.ask(REFUND, variables)).codes == ["UNAUTHENTICATED"]
    assert (await payments.ask(REFUND, variables, **OWNER)).codes == ["FORBIDDEN"]


async def test_an_admin_refunds_a_demo_payment_in_parts_and_never_more_than_was_taken(payments: Client) -> None:
    async def refund(amount: str, key: str) -> dict[str, Any]:
        variables = {"id": "payment-demo-delivered", "amount": {"amount": amount, "currency": "USD"}, "key": key}
        answer = await payments.ask(REFUND, variables, **ADMIN)
        assert not answer.errors, answer.errors
        return answer.data["paymentRefund"]

    first = await refund("200.00", "first")
    assert await refund("200.00", "first") == first
    assert first["payment"] == {"status": "PARTIALLY_REFUNDED", "refunded": {"amount": "200.00"}}
    too_much = await refund("68.81", "second")
    assert (too_much["__typename"], too_much["refundable"]) == ("RefundExceedsCharge", {"amount": "68.80"})
    assert (await refund("0", "third"))["__typename"] == "InvalidInput"
    assert (await refund("68.80", "fourth"))["payment"]["status"] == "REFUNDED"


async def test_the_seeds_of_orders_and_payments_agree(payments: Client, database_url) -> None:
    url = database_url("orders")
    await migrate_url(url, folder_of("orders"))
    orders = Database(url)
    await orders_seed.demo(orders)
    await orders_seed.scale(orders, 60)
    await seed.scale(payments.database, 60)
    async with orders.reading() as session:
        bought = (
            await session.execute(
                text("SELECT id, owner, total_minor, payment_id, confirmed_at IS NOT NULL FROM orders")
            )
        ).all()
    await orders.close()
    async with payments.database.reading() as session:
        paid = {
            row.order_id: row
            for row in await session.execute(
                text("SELECT id, order_id, owner, amount_minor, captured_minor FROM payments")
            )
        }

    assert len(bought) == 14 + 60
    for order_id, owner, total, payment_id, confirmed in bought:
        if payment_id is None:
            assert order_id not in paid
            continue
        payment = paid[order_id]
        assert (payment.id, payment.owner, payment.amount_minor) == (payment_id, owner, total)
        # I5: what was confirmed was paid for.
        assert payment.captured_minor == (total if confirmed else 0)


async def test_loading_data_twice_changes_nothing(payments: Client) -> None:
    await seed.scale(payments.database, 30)
    before = await everything(payments)

    await seed.demo(payments.database)
    await seed.scale(payments.database, 30)

    assert await everything(payments) == before


async def everything(payments: Client) -> list[list[tuple[Any, ...]]]:
    tables = ("payments", "transactions", "payable_orders", "saved_methods", "sandbox_charges")
    async with payments.database.reading() as session:
        return [
            [tuple(row) for row in await session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))] for table in tables
        ]
