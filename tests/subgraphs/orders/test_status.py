"""An order's life as a table."""

import pytest

from subgraphs.orders.status import ABANDONED, EARNING, TRANSITIONS, IllegalTransition, Kind, Status, after, replay

BY_OTHERS = (Kind.REFUNDED_BY_HAND, Kind.REFUND_REVERSED)


def test_a_bought_order_walks_from_placed_to_refunded() -> None:
    walk = (
        Kind.PLACED, Kind.STOCK_RESERVED, Kind.PAYMENT_REQUESTED, Kind.CONFIRMED, Kind.PARTIALLY_SHIPPED, Kind.SHIPPED,
        Kind.DELIVERED, Kind.RETURN_REQUESTED, Kind.RETURNED, Kind.REFUNDED,
    )  # fmt: skip

    assert replay(walk) is Status.REFUNDED


def test_a_shipped_order_stays_shipped() -> None:
    for kind in set(Kind) - {Kind.DELIVERED, *BY_OTHERS}:
        with pytest.raises(IllegalTransition):
            after(Status.SHIPPED, kind)


@pytest.mark.parametrize("kind", BY_OTHERS)
def test_money_that_others_move_leads_nowhere(kind: Kind) -> None:
    moved = {status: after(status, kind) for status in Status if (status, kind) in TRANSITIONS}

    assert all(before is then for before, then in moved.items())
    assert set(moved) == set(Status) - {Status.PENDING, Status.RESERVED}


def test_nothing_leads_out_of_an_end() -> None:
    for end in (Status.REFUNDED, Status.FAILED, Status.EXPIRED, Status.CANCELLED):
        assert {to for (status, _), to in TRANSITIONS.items() if status is end} <= {end}


def test_an_order_cancelled_after_it_was_paid_stays_cancelled_when_its_money_goes_back() -> None:
    assert after(Status.CANCELLED, Kind.REFUNDED) is Status.CANCELLED


def test_what_was_refunded_in_part_may_be_returned_further() -> None:
    assert after(Status.RETURNED, Kind.PARTIALLY_REFUNDED) is Status.DELIVERED
    assert after(Status.DELIVERED, Kind.RETURN_REQUESTED) is Status.RETURN_REQUESTED


def test_every_status_can_be_reached_from_nothing() -> None:
    reached: set[Status | None] = {None}
    while new := {to for (start, _), to in TRANSITIONS.items() if start in reached} - reached:
        reached |= new

    assert reached == {None, *Status}


def test_an_order_is_never_confirmed_without_reserved_stock() -> None:
    with pytest.raises(IllegalTransition, match="CONFIRMED cannot happen to an order that is PENDING"):
        replay((Kind.PLACED, Kind.CONFIRMED))


def test_an_order_is_placed_once() -> None:
    with pytest.raises(IllegalTransition):
        replay((Kind.PLACED, Kind.PLACED))


def test_an_abandoned_order_earns_nothing() -> None:
    assert not ABANDONED & EARNING
    assert Status.CANCELLED not in EARNING
    assert Status.REFUNDED not in EARNING
