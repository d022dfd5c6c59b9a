"""Reserve, commit, release: once per key, all or nothing, never more than there is."""

from collections.abc import Callable

import pytest

from chassis.clock import Clock, StoppedClock, now
from chassis.errors import IdempotencyKeyReused, InvalidInput, NotAllowed, NotFound
from chassis.testing import Client
from chassis.viewer import Viewer
from subgraphs.inventory.errors import ReservationClosed, StockShort
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, disagreements, rows

pytestmark = pytest.mark.anyio


async def reserve(stock: Reservations, key: str, *lines: tuple[str, int], hold_seconds: int = 900) -> str:
    asked = [Line(sku, quantity) for sku, quantity in lines]
    reservation = await stock.reserve(asked, key=key, hold_seconds=hold_seconds, viewer=ANOTHER_SUBGRAPH)
    return reservation.id


async def counters(inventory: Client, sku: str) -> tuple[object, ...]:
    return (await rows(inventory, "SELECT on_hand, held, committed FROM items WHERE sku = :sku", sku=sku))[0]


async def test_a_purchase_holds_then_sells(inventory: Client, stock: Reservations) -> None:
    await reserve(stock, "order-1", ("CONTROLLER-001", 3))
    held = await counters(inventory, "CONTROLLER-001")
    await stock.commit("order-1", viewer=ANOTHER_SUBGRAPH)
    sold = await counters(inventory, "CONTROLLER-001")

    assert held == (100, 3, 0)
    assert sold == (100, 0, 3)
    assert await disagreements(inventory) == []


async def test_a_release_gives_back_what_was_held_and_what_was_sold(inventory: Client, stock: Reservations) -> None:
    await reserve(stock, "held", ("CONTROLLER-001", 3))
    await reserve(stock, "sold", ("CONTROLLER-001", 4))
    await stock.commit("sold", viewer=ANOTHER_SUBGRAPH)

    await stock.release("held", viewer=ANOTHER_SUBGRAPH)
    await stock.release("sold", viewer=ANOTHER_SUBGRAPH)

    assert await counters(inventory, "CONTROLLER-001") == (100, 0, 0)
    assert await disagreements(inventory) == []


async def test_the_same_key_holds_once(inventory: Client, stock: Reservations) -> None:
    first = await reserve(stock, "order-1", ("CONTROLLER-001", 3), ("TV-001", 1))
    again = await reserve(stock, "order-1", ("TV-001", 1), ("CONTROLLER-001", 2), ("CONTROLLER-001", 1))

    assert first == again
    assert await counters(inventory, "CONTROLLER-001") == (100, 3, 0)


async def test_the_same_key_with_other_lines_is_refused(inventory: Client, stock: Reservations) -> None:
    await reserve(stock, "order-1", ("CONTROLLER-001", 3))

    with pytest.raises(IdempotencyKeyReused):
        await reserve(stock, "order-1", ("CONTROLLER-001", 4))
    assert await counters(inventory, "CONTROLLER-001") == (100, 3, 0)


async def test_commit_and_release_twice_are_once(inventory: Client, stock: Reservations) -> None:
    await reserve(stock, "order-1", ("CONTROLLER-001", 3))
    for _ in range(2):
        await stock.commit("order-1", viewer=ANOTHER_SUBGRAPH)
    sold = await counters(inventory, "CONTROLLER-001")
    for _ in range(2):
        await stock.release("order-1", viewer=ANOTHER_SUBGRAPH)

    assert sold == (100, 0, 3)
    assert await counters(inventory, "CONTROLLER-001") == (100, 0, 0)
    assert await disagreements(inventory) == []


async def test_a_released_key_is_closed_for_good(inventory: Client, stock: Reservations) -> None:
    await reserve(stock, "order-1", ("CONTROLLER-001", 3))
    await stock.release("order-1", viewer=ANOTHER_SUBGRAPH)

    with pytest.raises(ReservationClosed):
        await stock.commit("order-1", viewer=ANOTHER_SUBGRAPH)
    with pytest.raises(ReservationClosed):
        await reserve(stock, "order-1", ("CONTROLLER-001", 3))


async def test_a_reserve_that_arrives_after_its_release_holds_nothing(inventory: Client, stock: Reservations) -> None:
    await stock.release("given-up", viewer=ANOTHER_SUBGRAPH)

    with pytest.raises(ReservationClosed):
        await reserve(stock, "given-up", ("CONTROLLER-001", 3))
    assert await counters(inventory, "CONTROLLER-001") == (100, 0, 0)


async def test_an_unknown_key_cannot_be_committed(inventory: Client, stock: Reservations) -> None:
    with pytest.raises(NotFound):
        await stock.commit("nobody's", viewer=ANOTHER_SUBGRAPH)


async def test_it_is_all_or_nothing_and_names_every_shortage(inventory: Client, stock: Reservations) -> None:
    with pytest.raises(StockShort) as refused:
        await reserve(stock, "order-1", ("CONTROLLER-001", 3), ("MINI-001", 4), ("MIC-001", 1), ("UNKNOWN-1", 1))

    short = [(each.sku, each.requested, each.available) for each in refused.value.shortages]
    assert short == [("MIC-001", 1, 0), ("MINI-001", 4, 3), ("UNKNOWN-1", 1, 0)]
    assert await counters(inventory, "CONTROLLER-001") == (100, 0, 0)
    assert await rows(inventory, "SELECT * FROM reservations WHERE key = 'order-1'") == []


async def test_duplicate_lines_are_added_up_before_they_are_judged(inventory: Client, stock: Reservations) -> None:
    with pytest.raises(StockShort):
        await reserve(stock, "order-1", ("MINI-001", 2), ("MINI-001", 2))
    await reserve(stock, "order-2", ("MINI-001", 2), ("MINI-001", 1))

    assert await counters(inventory, "MINI-001") == (3, 3, 0)


async def test_one_warehouse_that_has_it_all_goes_before_two(inventory: Client, stock: Reservations) -> None:
    one = await reserve(stock, "one", ("CONTROLLER-001", 50))
    two = await reserve(stock, "two", ("MINI-001", 3))

    taken = "SELECT warehouse_id, quantity FROM allocations WHERE reservation_id = :id ORDER BY 1"
    assert await rows(inventory, taken, id=one) == [("wh-west", 50)]
    assert await rows(inventory, taken, id=two) == [("wh-east", 1), ("wh-west", 2)]


@pytest.mark.parametrize(
    ("lines", "hold_seconds", "key"),
    [
        ([("CONTROLLER-001", 0)], 900, "k"),
        ([("CONTROLLER-001", -1)], 900, "k"),
        ([], 900, "k"),
        ([("CONTROLLER-001", 1)], 0, "k"),
        ([("CONTROLLER-001", 1)], 900, ""),
    ],
)
async def test_nonsense_is_refused(
    inventory: Client, stock: Reservations, lines: list[tuple[str, int]], hold_seconds: int, key: str
) -> None:
    with pytest.raises(InvalidInput):
        await reserve(stock, key, *lines, hold_seconds=hold_seconds)


async def test_a_hold_expires_at_the_sweep_after_its_time(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    await reserve(stock, "soon", ("CONTROLLER-001", 3), hold_seconds=60)
    await reserve(stock, "later", ("CONTROLLER-001", 5), hold_seconds=600)
    await reserve(stock, "sold", ("CONTROLLER-001", 7), hold_seconds=60)
    await stock.commit("sold", viewer=ANOTHER_SUBGRAPH)

    early = await stock.sweep()
    clock.advance(seconds=61)
    swept = await stock.sweep()

    assert (early, swept) == (0, 1)
    assert await counters(inventory, "CONTROLLER-001") == (100, 5, 7)
    with pytest.raises(ReservationClosed):
        await stock.commit("soon", viewer=ANOTHER_SUBGRAPH)
    assert await disagreements(inventory) == []


async def test_what_has_expired_is_held_again_under_its_key_as_long_as_it_is_there(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    first = await reserve(stock, "late", ("CONTROLLER-001", 3), ("MINI-001", 3), hold_seconds=60)
    clock.advance(seconds=61)
    await stock.sweep()
    with pytest.raises(ReservationClosed):
        await stock.commit("late", viewer=ANOTHER_SUBGRAPH)
    await reserve(stock, "other", ("CONTROLLER-001", 40))

    again = await reserve(stock, "late", ("CONTROLLER-001", 3), ("MINI-001", 3), hold_seconds=60)
    clock.advance(seconds=59)
    swept = await stock.sweep()
    await stock.commit("late", viewer=ANOTHER_SUBGRAPH)

    assert again == first
    assert swept == 0
    assert await counters(inventory, "CONTROLLER-001") == (100, 40, 3)
    assert await counters(inventory, "MINI-001") == (3, 0, 3)
    # East is held by the other one now: what is held again may lie elsewhere.
    taken = "SELECT sku, warehouse_id, quantity FROM allocations WHERE reservation_id = :id ORDER BY 1, 2"
    assert await rows(inventory, taken, id=first) == [
        ("CONTROLLER-001", "wh-west", 3),
        ("MINI-001", "wh-east", 1),
        ("MINI-001", "wh-west", 2),
    ]
    assert await disagreements(inventory) == []


async def test_what_was_sold_meanwhile_is_not_held_again(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    await reserve(stock, "late", ("CONTROLLER-001", 3), ("MINI-001", 3), hold_seconds=60)
    clock.advance(seconds=61)
    await stock.sweep()
    await reserve(stock, "other", ("MINI-001", 1))

    with pytest.raises(StockShort):
        await reserve(stock, "late", ("CONTROLLER-001", 3), ("MINI-001", 3))
    with pytest.raises(IdempotencyKeyReused):
        await reserve(stock, "late", ("CONTROLLER-001", 3))

    assert await rows(inventory, "SELECT status FROM reservations WHERE key = 'late'") == [("EXPIRED",)]
    assert await counters(inventory, "CONTROLLER-001") == (100, 0, 0)
    await stock.release("other", viewer=ANOTHER_SUBGRAPH)
    await reserve(stock, "late", ("CONTROLLER-001", 3), ("MINI-001", 3))
    assert await counters(inventory, "MINI-001") == (3, 3, 0)
    assert await disagreements(inventory) == []


async def test_a_hold_that_has_run_out_and_is_not_swept_yet_is_held_on(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    await reserve(stock, "late", ("CONTROLLER-001", 3), hold_seconds=60)
    clock.advance(seconds=61)

    await reserve(stock, "late", ("CONTROLLER-001", 3), hold_seconds=60)

    assert await stock.sweep() == 0
    assert await counters(inventory, "CONTROLLER-001") == (100, 3, 0)
    clock.advance(seconds=61)
    assert await stock.sweep() == 1
    assert await disagreements(inventory) == []


async def test_what_was_released_after_it_expired_is_not_held_again(
    inventory: Client, make_stock: Callable[[Clock], Reservations]
) -> None:
    clock = StoppedClock(now())
    stock = make_stock(clock)
    await reserve(stock, "given-up", ("CONTROLLER-001", 3), hold_seconds=60)
    clock.advance(seconds=61)
    await stock.sweep()

    await stock.release("given-up", viewer=ANOTHER_SUBGRAPH)

    with pytest.raises(ReservationClosed):
        await reserve(stock, "given-up", ("CONTROLLER-001", 3))
    assert await counters(inventory, "CONTROLLER-001") == (100, 0, 0)


@pytest.mark.parametrize("viewer", [Viewer(), Viewer(user_id="user-admin", roles=frozenset({"admin"}))])
async def test_only_another_subgraph_reserves(inventory: Client, stock: Reservations, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed):
        await stock.reserve([Line("CONTROLLER-001", 1)], key="k", hold_seconds=60, viewer=viewer)
    with pytest.raises(NotAllowed):
        await stock.commit("k", viewer=viewer)
    with pytest.raises(NotAllowed):
        await stock.release("k", viewer=viewer)


RESERVE = """mutation($input: StockReserveInput!) { stockReserve(input: $input) {
  __typename
  ... on StockReserveSuccess { reservation { id status lines { sku quantity warehouseId } } }
  ... on StockShort { code message field shortages { sku requested available } }
} }"""


async def test_the_graph_shows_a_reservation_and_a_shortage(inventory: Client) -> None:
    lines = [{"sku": "TV-001", "quantity": 2}, {"sku": "CONTROLLER-001", "quantity": 1}]
    held = await inventory.ask(RESERVE, {"input": {"key": "a", "lines": lines}}, internal=True)
    short = await inventory.ask(
        RESERVE, {"input": {"key": "b", "lines": [{"sku": "MIC-001", "quantity": 1}]}}, internal=True
    )

    assert held.data["stockReserve"]["reservation"]["lines"] == [
        {"sku": "CONTROLLER-001", "quantity": 1, "warehouseId": "wh-east"},
        {"sku": "TV-001", "quantity": 2, "warehouseId": "wh-east"},
    ]
    refusal = short.data["stockReserve"]
    assert refusal["code"] == "INSUFFICIENT"
    assert refusal["shortages"] == [{"sku": "MIC-001", "requested": 1, "available": 0}]


async def test_a_stranger_cannot_reserve_through_the_graph(inventory: Client, admin: dict[str, object]) -> None:
    asked = {"input": {"key": "a", "lines": [{"sku": "TV-001", "quantity": 2}]}}

    assert (await inventory.ask(RESERVE, asked)).codes == ["FORBIDDEN"]
    assert (await inventory.ask(RESERVE, asked, **admin)).codes == ["FORBIDDEN"]  # type: ignore[arg-type]
