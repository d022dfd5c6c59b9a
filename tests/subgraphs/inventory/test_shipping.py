"""What orders' events do to stock: parcels take it away, returns bring it back, each once, and never more than there was."""

from collections.abc import Callable, Sequence

import pytest

from chassis.clock import Clock, StoppedClock, now
from chassis.events import Event, Postponed
from chassis.inbox import Consumer, dead_letter_count
from chassis.testing import Client
from subgraphs.inventory.errors import ReservationShipped
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from subgraphs.orders.events import BoughtLine, OrderReturned, OrderShipped, ReturnedLine
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, disagreements, envelope_of, rows

pytestmark = pytest.mark.anyio

SKU = "CONTROLLER-001"


def shipped(shipment_id: str, *lines: tuple[str, int], order_id: str = "order-1") -> OrderShipped:
    pieces = [BoughtLine(sku, f"prod-{sku.lower()}", quantity) for sku, quantity in lines]
    return OrderShipped(order_id, "user-casey", shipment_id, pieces, is_partial=True)


def returned(return_id: str, *lines: tuple[str, int, bool], order_id: str = "order-1") -> OrderReturned:
    pieces = [ReturnedLine(sku, f"prod-{sku.lower()}", quantity, restock) for sku, quantity, restock in lines]
    return OrderReturned(order_id, "user-casey", return_id, pieces)


async def hear(inventory: Client, *events: Event) -> None:
    consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens, attempts_max=1)
    for event in events:
        await consumer.deliver(envelope_of("orders", event))


async def sell(stock: Reservations, *lines: tuple[str, int], key: str = "order-1") -> str:
    asked = [Line(sku, quantity) for sku, quantity in lines]
    reservation = await stock.reserve(asked, key=key, hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    await stock.commit(key, viewer=ANOTHER_SUBGRAPH)
    return reservation.id


async def counters(inventory: Client, sku: str = SKU) -> tuple[object, ...]:
    return (await rows(inventory, "SELECT on_hand, held, committed FROM items WHERE sku = :sku", sku=sku))[0]


async def ledger(inventory: Client, reservation_id: str) -> Sequence[tuple[object, ...]]:
    return await rows(
        inventory,
        "SELECT kind, warehouse_id, on_hand, committed, cause_id FROM movements WHERE reservation_id = :id"
        " AND kind IN ('SHIP', 'RETURN') ORDER BY cause_id, warehouse_id",
        id=reservation_id,
    )


async def test_what_is_shipped_leaves_the_shelf_and_the_reservation_stays_the_record_of_the_sale(
    inventory: Client, stock: Reservations
) -> None:
    reservation_id = await sell(stock, (SKU, 3))

    await hear(inventory, shipped("parcel-1", (SKU, 3)))

    assert await counters(inventory) == (97, 0, 0)
    assert await ledger(inventory, reservation_id) == [("SHIP", "wh-east", -3, -3, "parcel-1")]
    assert await rows(inventory, "SELECT status FROM reservations WHERE key = 'order-1'") == [("COMMITTED",)]
    assert await rows(
        inventory, "SELECT sku, quantity FROM allocations WHERE reservation_id = :id", id=reservation_id
    ) == [(SKU, 3)]
    assert await disagreements(inventory) == []


async def test_a_shipment_told_twice_leaves_once(inventory: Client, stock: Reservations) -> None:
    await sell(stock, (SKU, 3))
    event = envelope_of("orders", shipped("parcel-1", (SKU, 2)))
    consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens)

    await consumer.deliver(event)
    await consumer.deliver(event)
    await hear(inventory, shipped("parcel-1", (SKU, 2)))

    assert await counters(inventory) == (98, 0, 1)


async def test_parcels_take_from_every_warehouse_the_stock_was_sold_from(
    inventory: Client, stock: Reservations
) -> None:
    # One lies east and two west.
    reservation_id = await sell(stock, ("MINI-001", 3))

    await hear(inventory, shipped("parcel-1", ("MINI-001", 2)), shipped("parcel-2", ("MINI-001", 1)))

    assert await ledger(inventory, reservation_id) == [
        ("SHIP", "wh-east", -1, -1, "parcel-1"),
        ("SHIP", "wh-west", -1, -1, "parcel-1"),
        ("SHIP", "wh-west", -1, -1, "parcel-2"),
    ]
    assert await counters(inventory, "MINI-001") == (0, 0, 0)
    assert await disagreements(inventory) == []


async def test_what_can_be_sold_again_comes_back_once_and_what_is_broken_does_not(
    inventory: Client, stock: Reservations
) -> None:
    await sell(stock, (SKU, 5), ("MINI-001", 3))
    await hear(inventory, shipped("parcel-1", (SKU, 5), ("MINI-001", 3)))

    back = returned("return-1", (SKU, 2, True), (SKU, 1, False), ("MINI-001", 3, True))
    await hear(inventory, back, back)

    assert await counters(inventory) == (97, 0, 0)
    assert await counters(inventory, "MINI-001") == (3, 0, 0)
    assert await rows(inventory, "SELECT warehouse_id, on_hand FROM levels WHERE sku = 'MINI-001' ORDER BY 1") == [
        ("wh-east", 1),
        ("wh-west", 2),
    ]
    assert await disagreements(inventory) == []


async def test_a_return_of_broken_pieces_only_moves_nothing(inventory: Client, stock: Reservations) -> None:
    reservation_id = await sell(stock, (SKU, 5))
    await hear(inventory, shipped("parcel-1", (SKU, 5)), returned("return-1", (SKU, 5, False)))

    assert len(await ledger(inventory, reservation_id)) == 1


@pytest.mark.parametrize(
    "impossible",
    [
        shipped("parcel-2", (SKU, 3)),
        shipped("parcel-2", ("TV-001", 1)),
        shipped("parcel-2", (SKU, 1), order_id="order-nobody-placed"),
        returned("return-1", (SKU, 4, True)),
        returned("return-1", ("TV-001", 1, True)),
    ],
)
async def test_what_cannot_be_true_changes_nothing_and_is_set_aside(
    inventory: Client, stock: Reservations, impossible: Event
) -> None:
    await sell(stock, (SKU, 5))
    await hear(inventory, shipped("parcel-1", (SKU, 3)))
    before = await counters(inventory), await dead_letter_count(inventory.database)

    await hear(inventory, impossible)

    assert (await counters(inventory), await dead_letter_count(inventory.database) - 1) == before
    assert await disagreements(inventory) == []


async def test_more_never_comes_back_than_was_sent_however_it_is_split(inventory: Client, stock: Reservations) -> None:
    await sell(stock, (SKU, 5))
    await hear(inventory, shipped("parcel-1", (SKU, 5)))

    await hear(inventory, *(returned(f"return-{number}", (SKU, 2, True)) for number in range(4)))

    assert await counters(inventory) == (99, 0, 0)
    assert await disagreements(inventory) == []


async def test_what_is_shipped_in_part_can_no_longer_be_released(inventory: Client, stock: Reservations) -> None:
    await sell(stock, (SKU, 5))
    await hear(inventory, shipped("parcel-1", (SKU, 1)))

    with pytest.raises(ReservationShipped):
        await stock.release("order-1", viewer=ANOTHER_SUBGRAPH)
    release = 'mutation { stockRelease(key: "order-1") { __typename ... on Refusal { code field } } }'
    answer = await inventory.ask(release, internal=True)

    assert answer.data["stockRelease"] == {
        "__typename": "ReservationShipped",
        "code": "NOT_POSSIBLE_NOW",
        "field": ["key"],
    }
    assert await counters(inventory) == (99, 0, 4)


async def test_a_parcel_of_what_was_released_is_set_aside(inventory: Client, stock: Reservations) -> None:
    await sell(stock, (SKU, 5))
    await stock.release("order-1", viewer=ANOTHER_SUBGRAPH)
    before = await dead_letter_count(inventory.database)

    await hear(inventory, shipped("parcel-1", (SKU, 1)))

    assert await counters(inventory) == (100, 0, 0)
    assert await dead_letter_count(inventory.database) == before + 1


async def test_a_parcel_before_the_stock_is_committed_comes_again_later(inventory: Client, stock: Reservations) -> None:
    # Cannot happen while orders ships what is confirmed only; were it to, the event waits for its turn.
    await stock.reserve([Line(SKU, 1)], key="order-1", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens)
    event = envelope_of("orders", shipped("parcel-1", (SKU, 1)))

    with pytest.raises(Postponed):
        await consumer.deliver(event)
    await stock.commit("order-1", viewer=ANOTHER_SUBGRAPH)
    await consumer.deliver(event)

    assert await counters(inventory) == (99, 0, 0)


async def test_an_order_that_had_to_hold_again_ships_from_where_it_lies_now(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    await stock.reserve([Line(SKU, 2)], key="order-1", hold_seconds=60, viewer=ANOTHER_SUBGRAPH)
    clock.advance(seconds=61)
    await stock.sweep()
    # Now all that lies east is somebody else's.
    await stock.reserve([Line(SKU, 40)], key="order-2", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    reservation_id = await sell(stock, (SKU, 2))

    await hear(inventory, shipped("parcel-1", (SKU, 2)))

    assert await ledger(inventory, reservation_id) == [("SHIP", "wh-west", -2, -2, "parcel-1")]
    assert await counters(inventory) == (98, 40, 0)
    assert await disagreements(inventory) == []


async def test_the_ledger_shows_the_parcel(inventory: Client, stock: Reservations, admin: dict[str, object]) -> None:
    await sell(stock, (SKU, 2))
    await hear(inventory, shipped("parcel-1", (SKU, 2)))

    answer = await inventory.ask(
        f'{{ stockMovements(sku: "{SKU}", first: 1) {{ edges {{ node {{ kind onHand committed causeId }} }} }} }}',
        **admin,  # type: ignore[arg-type]
    )

    assert answer.data["stockMovements"]["edges"][0]["node"] == {
        "kind": "SHIP",
        "onHand": -2,
        "committed": -2,
        "causeId": "parcel-1",
    }


async def test_what_comes_back_is_announced_when_none_were_left(inventory: Client, stock: Reservations) -> None:
    await sell(stock, ("MINI-001", 3))
    await hear(inventory, shipped("parcel-1", ("MINI-001", 3)))
    before = len(await rows(inventory, "SELECT 1 FROM outbox"))

    await hear(inventory, returned("return-1", ("MINI-001", 1, True)))

    told = await rows(inventory, "SELECT type, payload->>'available' FROM outbox ORDER BY position")
    assert told[before:] == [("AvailabilityChanged", "1"), ("BackInStock", "1")]


def test_orders_announces_what_inventory_reads() -> None:
    from subgraphs.inventory import events

    sent = shipped("parcel-1", (SKU, 1), (SKU, 2), ("TV-001", 4))
    back = returned("return-1", (SKU, 1, True), (SKU, 1, False))

    assert events.OrderShipped.read(sent.payload()) == events.OrderShipped("order-1", "parcel-1", {SKU: 3, "TV-001": 4})
    assert events.OrderReturned.read(back.payload()) == events.OrderReturned("order-1", "return-1", {SKU: 1})
