"""Shipping and delivering: whole orders and parts of them, once, and never more than was bought."""

import asyncio
from typing import Any

import pytest

from chassis.ids import new_id
from tests.subgraphs.orders.acts import ADMIN, announced, buy, deliver, mails, ship
from tests.subgraphs.orders.shop import Shop, rows

pytestmark = pytest.mark.anyio

LINES = {"SPEAKER-001": 1, "MOUSE-001": 3}


async def test_an_order_is_shipped_as_a_whole_and_delivered(shop: Shop, user: str) -> None:
    order = await buy(shop, user, LINES)

    shipped = await ship(shop, order, tracking=" 1Z999 ")
    delivered = await deliver(shop, order)

    assert shipped["order"]["status"] == "SHIPPED"
    assert [(parcel["tracking"], [line["quantity"] for line in parcel["lines"]]) for parcel in
            shipped["order"]["parcels"]] == [("1Z999", [1, 3])]  # fmt: skip
    assert delivered["order"]["status"] == "DELIVERED"
    assert (await announced(shop, order["id"]))[-2:] == ["OrderShipped", "OrderDelivered"]
    parcel_id = shipped["order"]["parcels"][0]["id"]
    assert await mails(shop, order["id"]) == ["confirmed", f"parcel:{parcel_id}"]


async def test_parts_are_shipped_one_after_the_other(shop: Shop, user: str) -> None:
    order = await buy(shop, user, LINES)

    first = await ship(shop, order, {"MOUSE-001": 1})
    second = await ship(shop, order, {"MOUSE-001": 1, "SPEAKER-001": 1})
    last = await ship(shop, order)

    statuses = [answer["order"]["status"] for answer in (first, second, last)]
    assert statuses == ["PARTIALLY_SHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"]
    sent = """SELECT payload->'lines', (payload->>'isPartial')::bool FROM outbox
              WHERE aggregate_id = :id AND type = 'OrderShipped' ORDER BY position"""
    told = await rows(shop, "orders", sent, id=order["id"])
    mouse, speaker = {"sku": "MOUSE-001", "productId": "prod-mouse-001"}, {
        "sku": "SPEAKER-001", "productId": "prod-speaker-001",
    }  # fmt: skip
    assert told == [
        ([{**mouse, "quantity": 1}], True),
        ([{**speaker, "quantity": 1}, {**mouse, "quantity": 1}], True),
        ([{**mouse, "quantity": 1}], False),
    ]


async def test_the_same_key_ships_one_parcel(shop: Shop, user: str) -> None:
    order, key = await buy(shop, user, LINES), new_id()

    first = await ship(shop, order, {"MOUSE-001": 1}, key=key)
    again = await ship(shop, order, {"MOUSE-001": 1}, key=key)
    other = await ship(shop, order, {"MOUSE-001": 2}, key=key)

    assert again == first
    assert other["__typename"] == "IdempotencyKeyReused"
    assert (await announced(shop, order["id"])).count("OrderShipped") == 1


async def test_the_same_key_without_lines_answers_the_parcel_it_sent(shop: Shop, user: str) -> None:
    order, key = await buy(shop, user, LINES), new_id()

    assert await ship(shop, order, key=key) == await ship(shop, order, key=key)


async def test_the_same_lines_are_not_shipped_twice_at_once(shop: Shop, user: str) -> None:
    order = await buy(shop, user, LINES)

    answers = await asyncio.gather(*(ship(shop, order, {"MOUSE-001": 2}) for _ in range(4)))

    kinds = sorted(answer["__typename"] for answer in answers)
    assert kinds == ["OrderShipSuccess", *["QuantityExceeded"] * 3]
    assert {answer["left"] for answer in answers if answer["__typename"] == "QuantityExceeded"} == {1}


@pytest.mark.parametrize(
    ("pieces", "kind", "field"),
    [
        ({}, "InvalidInput", ["lines"]),
        ({"SPEAKER-001": 0}, "InvalidInput", ["lines", "0", "quantity"]),
        ({"SPEAKER-001": -1}, "InvalidInput", ["lines", "0", "quantity"]),
        ({"MOUSE-001": 1, "order-demo-shipped-1": 1}, "InvalidInput", ["lines", "1", "lineId"]),
        ({"SPEAKER-001": 2}, "QuantityExceeded", ["lines"]),
    ],
)
async def test_what_cannot_be_shipped_is_named(shop, user, pieces: dict[str, int], kind: str, field: list[str]) -> None:
    order = await buy(shop, user, LINES)

    answer = await ship(shop, order, pieces)

    assert (answer["__typename"], answer["field"]) == (kind, field)
    assert "OrderShipped" not in await announced(shop, order["id"])


async def test_a_line_is_named_once(shop: Shop, user: str) -> None:
    order = await buy(shop, user, LINES)

    answer = await ship(shop, {**order, "lines": {"a": order["lines"]["MOUSE-001"], "b": order["lines"]["MOUSE-001"]}},
                        {"a": 1, "b": 1})  # fmt: skip

    assert (answer["__typename"], answer["field"]) == ("InvalidInput", ["lines", "1", "lineId"])


@pytest.mark.parametrize("status", ["AWAITING_PAYMENT", "SHIPPED", "CANCELLED", "REFUNDED", "FAILED"])
async def test_only_what_stands_is_shipped(shop: Shop, status: str) -> None:
    answer = await ship(shop, {"id": f"order-demo-{status.lower()}"})

    assert (answer["__typename"], answer["status"]) == ("OrderNotPossible", status)


@pytest.mark.parametrize("status", ["CONFIRMED", "PARTIALLY_SHIPPED", "CANCELLED"])
async def test_only_what_was_shipped_whole_is_delivered(shop: Shop, status: str) -> None:
    answer = await deliver(shop, {"id": f"order-demo-{status.lower()}"})

    assert (answer["__typename"], answer["status"]) == ("OrderNotPossible", status)


async def test_a_second_delivery_changes_nothing(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    await ship(shop, order)

    answers = await asyncio.gather(*(deliver(shop, order) for _ in range(3)))

    assert {answer["order"]["status"] for answer in answers} == {"DELIVERED"}
    assert (await announced(shop, order["id"])).count("OrderDelivered") == 1


async def test_only_administrators_ship_and_deliver(shop: Shop, user: str) -> None:
    order = await buy(shop, user, {"MOUSE-001": 1})
    ship_it = 'mutation($id: ID!) { orderShip(orderId: $id, idempotencyKey: "k") { __typename } }'
    deliver_it = "mutation($id: ID!) { orderDeliver(orderId: $id) { __typename } }"
    people: list[tuple[dict[str, Any], str]] = [({"user": user}, "FORBIDDEN"), ({}, "UNAUTHENTICATED")]

    for document in (ship_it, deliver_it):
        for asking, code in people:
            assert (await shop.ask("orders", document, {"id": order["id"]}, **asking)).codes == [code]


async def test_an_order_nobody_knows_is_not_found(shop: Shop) -> None:
    assert (await ship(shop, {"id": "order-nothing"}))["__typename"] == "NotFound"
    assert (await deliver(shop, {"id": "order-nothing"}, **ADMIN))["__typename"] == "NotFound"
