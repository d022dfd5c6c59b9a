"""Reading orders over the real surface: who sees what, what it costs, and that revenue adds up."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.connection import encode
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.orders import app, seed
from subgraphs.orders.status import Kind, Status, replay

pytestmark = pytest.mark.anyio

ADMIN: dict[str, Any] = {"user": "user-admin", "roles": {"admin"}, "scopes": {"orders:read"}}
OWNER: dict[str, Any] = {"user": "user-customer"}
STRANGERS: list[dict[str, Any]] = [{}, {"user": "user-bob"}, {"headers": {"x-cart-token": "y" * 43}}]
FULL = """id number status createdAt confirmedAt email token customer { id } subtotal { amount } shipping { amount }
  tax { amount } discount { amount } total { amount currency } shippingAddress { name line1 city postalCode country }
  lines { id sku name unitPrice { amount } quantity lineTotal { amount } variant { sku } }
  events { __typename sequence occurredAt status message ... on OrderPlaced { total { amount } }
    ... on OrderFailed { reason } ... on OrderShipped { isPartial } }
  parcels { id tracking shippedAt lines { quantity line { sku } } }
  returns { id status reason refund { amount } lines { quantity restocked scrapped line { sku } } }"""
REVENUE = """query($from: DateTime!, $to: DateTime!) { revenue(from: $from, to: $to) {
  total { amount } orderCount averageOrderValue { amount } days { date total { amount } orderCount } } }"""
LIST = f"query($first: Int, $after: String, $filter: OrderFilter) {{ orders(first: $first, after: $after, filter: $filter) {{ edges {{ cursor node {{ {FULL} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"


@pytest.fixture(scope="module")
async def orders(postgres_url, database_prefix) -> AsyncIterator[Client]:
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}reading_")
    async with under_test("orders", app.subgraph, settings, seed=seed.demo) as client:
        yield client


@pytest.mark.parametrize("status", list(Status))
async def test_the_demo_customer_has_an_order_in_every_status_and_its_events_lead_there(orders: Client, status) -> None:
    id = f"order-demo-{status.lower()}"

    found = (await orders.ask(f'{{ order(id: "{id}") {{ {FULL} }} }}', **OWNER)).data["order"]

    assert found["status"] == status
    async with orders.database.reading() as session:
        kinds = await session.scalars(
            text("SELECT kind FROM order_events WHERE order_id = :id ORDER BY sequence"), {"id": id}
        )
        assert replay(map(Kind, kinds)) is status
    assert [event["sequence"] for event in found["events"]] == list(range(1, len(found["events"]) + 1))
    assert found["events"][-1]["status"] == status
    assert found["total"] == {"amount": "268.80", "currency": "USD"}
    assert sum(int(line["lineTotal"]["amount"].replace(".", "")) for line in found["lines"]) == 26_880


async def test_an_order_is_there_for_its_customer_an_admin_and_other_subgraphs(orders: Client) -> None:
    readers: list[dict[str, Any]] = [OWNER, ADMIN, {"internal": True}]
    for asking in readers:
        assert (await orders.ask('{ order(id: "order-demo-confirmed") { id } }', **asking)).data["order"] is not None


async def test_anothers_order_is_not_found_whichever_way_it_is_asked_for(orders: Client) -> None:
    id, line = {"id": "order-demo-confirmed"}, {"id": "order-demo-confirmed-1"}
    for asking in STRANGERS:
        missing = await orders.ask('{ order(id: "order-demo-nothing") { id } }', **asking)
        foreign = await orders.ask('{ order(id: "order-demo-confirmed") { id } }', **asking)
        assert foreign.body == missing.body == {"data": {"order": None}}
        assert (await orders.entities("Order", [id], "id total { amount }", **asking)).data["_entities"] == [None]
        assert (await orders.entities("OrderLine", [line], "id name", **asking)).data["_entities"] == [None]
        whose = await orders.entities("User", [{"id": "user-customer"}], "orders { edges { node { id } } }", **asking)
        assert whose.data["_entities"] == [{"orders": None}]


async def test_an_orders_owner_finds_it_by_reference(orders: Client) -> None:
    found = await orders.entities(
        "Order", [{"id": "order-demo-shipped"}, {"id": "order-demo-nothing"}], "status", **OWNER
    )
    lines = await orders.entities("OrderLine", [{"id": "order-demo-shipped-2"}], "sku quantity", **OWNER)

    assert found.data["_entities"] == [{"status": "SHIPPED"}, None]
    assert lines.data["_entities"] == [{"sku": "MOUSE-001", "quantity": 2}]


async def test_only_whoever_may_read_orders_lists_them_or_their_revenue(orders: Client) -> None:
    span = {"from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}
    for query, variables in ((LIST, {}), (REVENUE, span)):
        assert (await orders.ask(query, variables)).codes == ["UNAUTHENTICATED"]
        assert (await orders.ask(query, variables, **OWNER)).codes == ["FORBIDDEN"]
        assert (await orders.ask(query, variables, **ADMIN)).codes == []


async def test_a_longer_list_costs_no_more_statements(orders: Client) -> None:
    for asking in (
        lambda first: orders.ask(LIST, {"first": first}, **ADMIN),
        lambda first: orders.entities(
            "User",
            [{"id": "user-customer"}, {"id": "user-bob"}],
            f"orders(first: {first}) {{ edges {{ node {{ {FULL} }} }} }}",
            **ADMIN,
        ),
        lambda first: orders.entities(
            "Order", [{"id": f"order-demo-{status.lower()}"} for status in list(Status)[:first]], FULL, **OWNER
        ),
    ):
        # From the tenth on there are parcels and returns among them, whose lines cost a statement each.
        ten, all_of_them = await asking(10), await asking(14)
        assert not all_of_them.errors
        assert ten.statements == all_of_them.statements == 7


async def test_pages_follow_each_other_and_hold_every_order_once(orders: Client) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = (await orders.ask(LIST, {"first": 4, "after": after}, **ADMIN)).data["orders"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]

    assert sorted(seen) == sorted(f"order-demo-{status.lower()}" for status in Status)
    everything = (await orders.ask(LIST, {"first": 100}, **ADMIN)).data["orders"]["edges"]
    created = [edge["node"]["createdAt"] for edge in everything]
    assert created == sorted(created, reverse=True)
    assert seen == [edge["node"]["id"] for edge in everything]


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 101},
        {"first": 0},
        {"after": "nonsense"},
        {"after": encode(("yesterday", "order-demo-shipped"))},
        {"after": encode(("2026-01-01T00:00:00", "order-demo-shipped"))},
        {"after": encode(("2026-01-01T00:00:00+00:00", 7))},
        {"after": encode(("2026-01-01T00:00:00+00:00",))},
    ],
)
async def test_a_page_that_cannot_be_is_refused(orders: Client, arguments) -> None:
    assert (await orders.ask(LIST, arguments, **ADMIN)).codes == ["INVALID"]


@pytest.mark.parametrize(
    ("filter", "count"),
    [
        ({"statuses": ["SHIPPED", "FAILED"]}, 2),
        ({"statuses": []}, 0),
        ({"customerId": "user-customer"}, 14),
        ({"customerId": "user-bob"}, 0),
        ({"email": "CUSTOMER@ecommerce.local"}, 14),
        ({"number": "1001"}, 1),
        ({"placedTo": "2020-01-01T00:00:00Z"}, 0),
        ({"placedFrom": "2020-01-01T00:00:00Z", "statuses": ["CONFIRMED"]}, 1),
    ],
)
async def test_a_filter_lists_only_what_passes_it(orders: Client, filter, count) -> None:
    answer = await orders.ask(LIST, {"first": 100, "filter": filter}, **ADMIN)

    assert len(answer.data["orders"]["edges"]) == count


async def test_a_number_that_is_no_number_is_refused(orders: Client) -> None:
    assert (await orders.ask(LIST, {"filter": {"number": "x"}}, **ADMIN)).codes == ["INVALID"]


def span(days: int = 60) -> dict[str, str]:
    until = datetime.now(UTC) + timedelta(days=1)
    return {"from": (until - timedelta(days=days)).isoformat(), "to": until.isoformat()}


async def test_revenue_reconciles_to_the_orders_to_the_cent(orders: Client) -> None:
    found = (await orders.ask(REVENUE, span(), **ADMIN)).data["revenue"]

    listed = (await orders.ask(LIST, {"first": 100}, **ADMIN)).data["orders"]["edges"]
    kept = [
        edge["node"] for edge in listed
        if edge["node"]["confirmedAt"] and edge["node"]["status"] not in {"CANCELLED", "REFUNDED"}
    ]  # fmt: skip
    cents = sum(int(order["total"]["amount"].replace(".", "")) for order in kept)
    assert int(found["total"]["amount"].replace(".", "")) == cents == 6 * 26_880
    assert found["orderCount"] == len(kept) == 6
    assert found["averageOrderValue"] == {"amount": "268.80"}
    assert sum(int(day["total"]["amount"].replace(".", "")) for day in found["days"]) == cents
    assert {day["date"] for day in found["days"]} == {order["confirmedAt"][:10] for order in kept}


async def test_what_was_refunded_of_an_order_is_no_revenue(orders: Client) -> None:
    before = (await orders.ask(REVENUE, span(), **ADMIN)).data["revenue"]["total"]["amount"]
    give_back = "UPDATE orders SET refunded_minor = refunded_minor + :cents WHERE id = 'order-demo-delivered'"
    async with orders.database.transaction() as session:
        await session.execute(text(give_back), {"cents": 990})

    after = (await orders.ask(REVENUE, span(), **ADMIN)).data["revenue"]["total"]["amount"]

    async with orders.database.transaction() as session:
        await session.execute(text(give_back), {"cents": -990})
    assert Decimal(before) - Decimal(after) == Decimal("9.90")


async def test_the_demo_customer_sees_what_was_sent_and_given_back(orders: Client) -> None:
    sent = (
        "parcels { tracking lines { quantity line { sku } } } returns { status refund { amount } lines { restocked } }"
    )

    part = (await orders.ask(f'{{ order(id: "order-demo-partially_shipped") {{ {sent} }} }}', **OWNER)).data["order"]
    back = (await orders.ask(f'{{ order(id: "order-demo-refunded") {{ {sent} }} }}', **OWNER)).data["order"]

    speaker, mouse = {"quantity": 1, "line": {"sku": "SPEAKER-001"}}, {"quantity": 2, "line": {"sku": "MOUSE-001"}}
    assert part == {"parcels": [{"tracking": "DEMO-1", "lines": [speaker]}], "returns": []}
    assert back["parcels"] == [{"tracking": "DEMO-1", "lines": [speaker, mouse]}]
    assert back["returns"] == [
        {"status": "REFUNDED", "refund": {"amount": "268.80"}, "lines": [{"restocked": 1}, {"restocked": 2}]}
    ]


async def test_revenue_of_a_time_without_orders_is_nothing(orders: Client) -> None:
    answer = await orders.ask(REVENUE, {"from": "2001-01-01T00:00:00Z", "to": "2001-02-01T00:00:00Z"}, **ADMIN)

    nothing = {"total": {"amount": "0.00"}, "orderCount": 0, "averageOrderValue": None, "days": []}
    assert answer.data["revenue"] == nothing


@pytest.mark.parametrize(
    "variables",
    [
        {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "2026-02-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"},
        {"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "2026-01-01T00:00:00", "to": "2026-02-01T00:00:00"},
    ],
)
async def test_a_span_that_cannot_be_summed_is_refused(orders: Client, variables) -> None:
    assert (await orders.ask(REVENUE, variables, **ADMIN)).codes == ["INVALID"]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ("UPDATE order_events SET kind = 'SHIPPED'", "append-only"),
        ("DELETE FROM order_events", "append-only"),
        ("UPDATE order_lines SET quantity = 1", "append-only"),
        ("UPDATE orders SET total_minor = total_minor + 1", "orders_total_adds_up"),
        ("UPDATE orders SET subtotal_minor = subtotal_minor + 1, total_minor = total_minor + 1", "has a subtotal of"),
        ("UPDATE orders SET tax_minor = 1, total_minor = total_minor + 1", "do not add up"),
        ("UPDATE orders SET refunded_minor = total_minor + 1", "orders_refund_possible"),
        ("UPDATE parcel_lines SET quantity = 100", "parcel_lines, but only"),
        ("UPDATE return_lines SET restocked = quantity + 1", "return_lines_possible"),
        ("UPDATE returns SET closed_at = NULL", "returns_closed_when_over"),
        ("UPDATE orders SET payment_id = NULL", "orders_confirmed_with_stock_and_payment"),
        ("UPDATE orders SET status = 'PENDING'", "orders_confirmed_when_status_says_so"),
        ("UPDATE orders SET idempotency_key = 'one'", "orders_once_per_key"),
        ("UPDATE orders SET cart_id = 'one'", "orders_once_per_cart_version"),
    ],
)
async def test_the_database_itself_refuses_what_may_never_be(orders: Client, change: str, because: str) -> None:
    with pytest.raises(DBAPIError, match=because):
        async with orders.database.transaction() as session:
            await session.execute(text(change))


async def test_the_figures_count_the_orders_of_each_status(orders: Client) -> None:
    shown = (await orders.http.get("/metrics")).text

    for status in Status:
        assert f'ecommerce_orders_total{{status="{status}"}} 1.0' in shown
    # The demo's orders that are not over, and its return that waits for its refund.
    assert "orders_unfinished_checkouts 4.0" in shown
    assert "orders_unrefunded_returns 1.0" in shown


async def test_loading_data_twice_changes_nothing(orders: Client) -> None:
    await seed.scale(orders.database, 40)
    before = await everything(orders)

    await seed.demo(orders.database)
    await seed.scale(orders.database, 40)

    assert await everything(orders) == before
    assert len(before[0]) == 14 + 40


async def everything(orders: Client) -> list[list[tuple[Any, ...]]]:
    async with orders.database.reading() as session:
        return [
            [tuple(row) for row in await session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
            for table in ("orders", "order_lines", "order_events", "checkouts")
        ]
