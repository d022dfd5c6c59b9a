"""The pure part of stock: adding up, sharing out, crossing lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidInput
from subgraphs.inventory.events import AvailabilityChanged, BackInStock, StockLow, crossings
from subgraphs.inventory.model import Change, Item, Line, ReservationStatus, add_up, allocate

SKUS = st.sampled_from(["A-1", "B-2", "C-3", "D-4"])
LINES = st.lists(st.builds(Line, SKUS, st.integers(1, 50)), min_size=1, max_size=20)


@given(LINES)
def test_adding_up_keeps_every_piece_and_puts_skus_in_order(lines: list[Line]) -> None:
    added = add_up(lines)

    assert [line.sku for line in added] == sorted({line.sku for line in lines})
    for line in added:
        assert line.quantity == sum(each.quantity for each in lines if each.sku == line.sku)


def test_a_reservation_is_bounded() -> None:
    with pytest.raises(InvalidInput):
        add_up(Line(f"SKU-{number}", 1) for number in range(201))


@given(st.lists(st.integers(0, 30), min_size=1, max_size=5), st.data())
def test_sharing_out_takes_all_of_it_and_no_more_than_there_is(available: list[int], data: st.DataObject) -> None:
    places = {f"wh-{index}": count for index, count in enumerate(available)}
    quantity = data.draw(st.integers(0, sum(available)))

    taken = allocate(quantity, places)

    assert sum(taken.values()) == quantity
    assert all(0 < part <= places[place] or quantity == 0 for place, part in taken.items())
    if any(count >= quantity for count in available):
        assert len(taken) == 1


def test_sharing_out_more_than_there_is_is_a_fault_not_a_short_delivery() -> None:
    with pytest.raises(AssertionError):
        allocate(5, {"wh-1": 2, "wh-2": 2})


def item(available: int, threshold: int = 5) -> Item:
    return Item(sku="A-1", product_id="p", on_hand=available, held=0, committed=0, low_stock_threshold=threshold)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (10, 6, []),
        (6, 5, [AvailabilityChanged, StockLow]),
        (5, 4, []),
        (1, 0, [AvailabilityChanged]),
        (10, 0, [AvailabilityChanged, StockLow]),
        (0, 1, [AvailabilityChanged, BackInStock]),
        (0, 9, [AvailabilityChanged, BackInStock]),
        (4, 9, [AvailabilityChanged]),
        (0, 0, []),
    ],
)
def test_only_a_crossing_is_announced(before: int, after: int, expected: list[type]) -> None:
    events = crossings(item(after), Change(on_hand=after - before))

    assert [type(event) for event in events] == expected


@given(st.integers(1, 100))
def test_what_is_held_and_sold_and_given_back_leaves_nothing_behind(quantity: int) -> None:
    held_back = [Change.hold(quantity), Change.give_back(quantity, was=ReservationStatus.HELD)]
    sold_back = [
        Change.hold(quantity),
        Change.commit(quantity),
        Change.give_back(quantity, was=ReservationStatus.COMMITTED),
    ]

    for story in (held_back, sold_back):
        assert sum(change.on_hand for change in story) == 0
        assert sum(change.held for change in story) == 0
        assert sum(change.committed for change in story) == 0
