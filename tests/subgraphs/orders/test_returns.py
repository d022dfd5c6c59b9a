"""Returns: what is accepted is refunded to the cent, once, however it is asked and whoever fails to answer."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.ids import new_id
from tests.subgraphs.orders.acts import (
    announced,
    buy,
    deliver_all,
    give_back,
    inspect,
    mails,
    refunds,
    turn_down,
)
from tests.subgraphs.orders.shop import Shop, rows, status_of, sweep

pytestmark = pytest.mark.anyio

LINES = {"SPEAKER-001": 1, "MOUSE-001": 3}


@pytest.fixture
async def delivered(shop: Shop, user: str) -> dict[str, Any]:
    order = await buy(shop, user, LINES)
    await deliver_all(shop, order)
    return order


async def ask(shop: Shop, order: dict[str, Any], user: str, pieces: dict[str, int]) -> str:
    """Request a return; answers its id."""
    answer = await give_back(shop, order, pieces, user=user)
    assert answer["order"]["status"] == "RETURN_REQUESTED", answer
    return_id: str = answer["order"]["returns"][-1]["id"]
    return return_id


async def test_everything_given_back_is_refunded_as_a_whole(shop: Shop, user: str, delivered) -> None:
    return_id = await ask(shop, delivered, user, LINES)

    answer = await inspect(shop, delivered, return_id, {"SPEAKER-001": (1, 0), "MOUSE-001": (2, 1)})

    order = answer["order"]
    assert (order["status"], order["refunded"]) == ("REFUNDED", {"amount": "328.70"})
    assert order["returns"][0]["status"] == "REFUNDED"
    assert await refunds(shop, delivered["id"]) == [32_870]
    assert (await announced(shop, delivered["id"]))[-3:] == ["OrderReturnRequested", "OrderReturned", "OrderRefunded"]
    assert (await mails(shop, delivered["id"]))[-1] == f"refund:{return_id}"
    came_back = "SELECT payload->'lines' FROM outbox WHERE aggregate_id = :id AND type = 'OrderReturned'"
    ((lines,),) = await rows(shop, "orders", came_back, id=delivered["id"])
    assert [(line["sku"], line["quantity"], line["restock"]) for line in lines] == [
        ("SPEAKER-001", 1, True), ("MOUSE-001", 2, True), ("MOUSE-001", 1, False),
    ]  # fmt: skip


async def test_only_what_was_accepted_is_refunded_and_the_rest_may_follow(shop: Shop, user: str, delivered) -> None:
    first = await ask(shop, delivered, user, {"MOUSE-001": 2})
    part = await inspect(shop, delivered, first, {"MOUSE-001": (1, 0)})
    second = await ask(shop, delivered, user, {"MOUSE-001": 2, "SPEAKER-001": 1})
    rest = await inspect(shop, delivered, second, {"MOUSE-001": (0, 2), "SPEAKER-001": (1, 0)})

    assert (part["order"]["status"], part["order"]["refunded"]) == ("DELIVERED", {"amount": "59.90"})
    assert part["order"]["events"][-1] == {
        "__typename": "OrderRefunded", "status": "DELIVERED", "amount": {"amount": "59.90"}, "isPartial": True,
    }  # fmt: skip
    assert (rest["order"]["status"], rest["order"]["refunded"]) == ("REFUNDED", {"amount": "328.70"})
    assert await refunds(shop, delivered["id"]) == [5_990, 26_880]


async def test_no_more_is_given_back_than_is_left(shop: Shop, user: str, delivered) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 2})
    await inspect(shop, delivered, return_id, {"MOUSE-001": (2, 0)})

    answer = await give_back(shop, delivered, {"MOUSE-001": 2}, user=user)

    assert (answer["__typename"], answer["left"]) == ("QuantityExceeded", 1)


async def test_nothing_accepted_is_a_declined_return(shop: Shop, user: str, delivered) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 1})

    answer = await inspect(shop, delivered, return_id, {"MOUSE-001": (0, 0)})
    again = await inspect(shop, delivered, return_id, {"MOUSE-001": (0, 0)})

    assert answer["order"]["status"] == "DELIVERED"
    assert answer["order"]["returns"][0]["status"] == "DECLINED"
    assert again == answer
    assert await refunds(shop, delivered["id"]) == []


async def test_a_declined_return_changes_nothing_and_another_may_follow(shop: Shop, user: str, delivered) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 1})

    answer = await turn_down(shop, return_id)

    assert answer["order"]["returns"][0] | {"lines": []} == {
        "id": return_id, "status": "DECLINED", "refund": {"amount": "0.00"}, "note": "It is not ours.", "lines": [],
    }  # fmt: skip
    assert await turn_down(shop, return_id) == answer
    assert (await ask(shop, delivered, user, {"MOUSE-001": 1})) != return_id


async def test_a_refunded_return_is_not_declined_while_another_is_open(shop: Shop, user: str, delivered) -> None:
    first = await ask(shop, delivered, user, {"MOUSE-001": 1})
    await inspect(shop, delivered, first, {"MOUSE-001": (1, 0)})
    await ask(shop, delivered, user, {"MOUSE-001": 1})

    answer = await turn_down(shop, first)

    assert (answer["__typename"], answer["status"]) == ("OrderNotPossible", "RETURN_REQUESTED")


async def test_an_order_has_one_open_return(shop: Shop, user: str, delivered) -> None:
    answers = await asyncio.gather(*(give_back(shop, delivered, {"MOUSE-001": 1}, user=user) for _ in range(4)))

    kinds = sorted(answer["__typename"] for answer in answers)
    assert kinds == [*["OrderNotPossible"] * 3, "OrderReturnRequestSuccess"]


async def test_the_same_key_asks_for_one_return(shop: Shop, user: str, delivered) -> None:
    key = new_id()
    first = await give_back(shop, delivered, {"MOUSE-001": 1}, key=key, user=user)

    again = await give_back(shop, delivered, {"MOUSE-001": 1}, key=key, user=user)
    other = await give_back(shop, delivered, {"MOUSE-001": 2}, key=key, user=user)

    assert again == first
    assert other["__typename"] == "IdempotencyKeyReused"


async def test_two_inspections_at_once_refund_once(shop: Shop, user: str, delivered) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 2})

    answers = await asyncio.gather(*(inspect(shop, delivered, return_id, {"MOUSE-001": (2, 0)}) for _ in range(4)))
    await sweep(shop, seconds=60)

    assert {answer["__typename"] for answer in answers} == {"OrderReturnReceiveSuccess"}
    assert await refunds(shop, delivered["id"]) == [11_980]
    assert (await announced(shop, delivered["id"])).count("OrderReturned") == 1
    assert (await announced(shop, delivered["id"])).count("OrderRefunded") == 1


async def test_another_inspection_than_the_first_is_refused(shop: Shop, user: str, delivered) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 2})
    await inspect(shop, delivered, return_id, {"MOUSE-001": (1, 0)})

    answer = await inspect(shop, delivered, return_id, {"MOUSE-001": (2, 0)})

    assert answer["__typename"] == "OrderNotPossible"
    assert await refunds(shop, delivered["id"]) == [5_990]


@pytest.mark.parametrize(
    ("found", "kind", "field"),
    [
        ({"MOUSE-001": (3, 0)}, "QuantityExceeded", ["lines"]),
        ({"MOUSE-001": (1, 2)}, "QuantityExceeded", ["lines"]),
        ({"MOUSE-001": (-1, 2)}, "InvalidInput", ["lines", "0"]),
        ({"SPEAKER-001": (1, 0)}, "InvalidInput", ["lines", "0", "lineId"]),
        ({}, "InvalidInput", ["lines"]),
    ],
)
async def test_an_inspection_that_does_not_fit_is_named(shop, user, delivered, found, kind, field) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 2})

    answer = await inspect(shop, delivered, return_id, found)

    assert (answer["__typename"], answer["field"]) == (kind, field)
    assert await status_of(shop, delivered["id"]) == "RETURN_REQUESTED"


@pytest.mark.parametrize(
    ("pieces", "reason", "field"),
    [({}, "It hums.", ["lines"]), ({"MOUSE-001": 0}, "It hums.", ["lines", "0", "quantity"]),
     ({"MOUSE-001": 1}, "  ", ["reason"]), ({"MOUSE-001": 1}, "x" * 501, ["reason"])],
)  # fmt: skip
async def test_a_mistyped_request_is_named(shop, user, delivered, pieces, reason: str, field: list[str]) -> None:
    answer = await give_back(shop, delivered, pieces, reason=reason, user=user)

    assert (answer["__typename"], answer["field"]) == ("InvalidInput", field)


@pytest.mark.parametrize("status", ["CONFIRMED", "SHIPPED", "RETURNED", "REFUNDED", "CANCELLED"])
async def test_only_what_was_delivered_is_given_back(shop: Shop, status: str) -> None:
    order = {"id": f"order-demo-{status.lower()}", "lines": {}}

    answer = await give_back(shop, order, {f"{order['id']}-1": 1}, user="user-customer")

    assert (answer["__typename"], answer["status"]) == ("OrderNotPossible", status)


async def test_nobody_else_gives_an_order_back_and_customers_inspect_nothing(shop: Shop, user: str, delivered) -> None:
    strangers: list[dict[str, Any]] = [{"user": "user-bob"}, {}]
    for asking in strangers:
        assert (await give_back(shop, delivered, {"MOUSE-001": 1}, **asking))["__typename"] == "NotFound"
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 1})

    receive = "mutation($id: ID!) { orderReturnReceive(returnId: $id, lines: []) { __typename } }"
    refuse = 'mutation($id: ID!) { orderReturnDecline(returnId: $id, reason: "No.") { __typename } }'
    for document in (receive, refuse):
        assert (await shop.ask("orders", document, {"id": return_id}, user=user)).codes == ["FORBIDDEN"]
        assert (await shop.ask("orders", document, {"id": return_id})).codes == ["UNAUTHENTICATED"]


async def test_a_return_nobody_knows_is_not_found(shop: Shop) -> None:
    assert (await turn_down(shop, "return-nothing"))["__typename"] == "NotFound"
    assert (await inspect(shop, {"lines": {}}, "return-nothing", {"x": (1, 0)}))["__typename"] == "NotFound"


@pytest.mark.parametrize("place", ["before", "after"])
async def test_a_refund_without_an_answer_is_made_good_by_the_sweep(shop, user, delivered, place: str) -> None:
    return_id = await ask(shop, delivered, user, {"MOUSE-001": 1})
    getattr(shop.wire, f"cut_{place}")("paymentRefund")

    answer = await inspect(shop, delivered, return_id, {"MOUSE-001": (1, 0)})
    await sweep(shop, seconds=60)

    # The answer lost on its way back may have been made good by payments' event already.
    assert answer["order"]["status"] in {"RETURNED", "DELIVERED"}
    assert await status_of(shop, delivered["id"]) == "DELIVERED"
    assert await refunds(shop, delivered["id"]) == [5_990]
    assert (await announced(shop, delivered["id"])).count("OrderRefunded") == 1


async def test_the_money_of_a_discounted_taxed_order_comes_back_to_the_cent(shop: Shop, user: str, delivered) -> None:
    """Shares that no quote makes yet are written beside the lines, as one will: 1.00 off, 0.50 tax, 0.49 shipping."""
    async with shop.database("orders").transaction() as session:
        await session.execute(text("ALTER TABLE order_lines DISABLE TRIGGER order_lines_append_only"))
        change = "UPDATE order_lines SET discount_minor = 100, tax_minor = 50, shipping_minor = 49 WHERE id = :id"
        await session.execute(text(change), {"id": delivered["lines"]["MOUSE-001"]})
        change = """UPDATE orders SET discount_minor = 100, tax_minor = 50, shipping_minor = 49,
                    total_minor = total_minor - 1 WHERE id = :id"""
        await session.execute(text(change), {"id": delivered["id"]})
        await session.execute(text("ALTER TABLE order_lines ENABLE TRIGGER order_lines_append_only"))

    for _ in range(3):
        return_id = await ask(shop, delivered, user, {"MOUSE-001": 1})
        await inspect(shop, delivered, return_id, {"MOUSE-001": (1, 0)})

    assert await refunds(shop, delivered["id"]) == [5_990, 5_990, 5_989]
