"""Random lives of orders: whatever happens, the history replays to the stored status (invariant I8)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.money import Amount
from subgraphs.orders.model import Address, Event, Order, Owner, Placement, place
from subgraphs.orders.quote import Bought, quote
from subgraphs.orders.status import TRANSITIONS, IllegalTransition, Kind, Status, replay

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDRESS = Address("Casey", "1 Main St", None, "Springfield", None, "62701", "US", None)


def placed() -> tuple[Order, list[Event]]:
    placement = Placement(
        owner=Owner.customer("user-1"),
        customer_id="user-1",
        email=None,
        cart_id="cart-1",
        cart_version=1,
        cart_token=None,
        idempotency_key="key",
        request_digest="",
        address=ADDRESS,
        quote=quote([Bought("SKU-1", "prod-1", "Something", Amount(100), 1)]),
    )
    order, _, event, _ = place(placement, at=MOMENT)
    return order, [event]


@given(st.data())
def test_every_legal_walk_replays_to_the_stored_status(data: st.DataObject) -> None:
    order, events = placed()
    for _ in range(data.draw(st.integers(0, 30))):
        possible = [kind for (status, kind) in TRANSITIONS if status is order.status]
        if not possible:
            break
        events.append(order.record(data.draw(st.sampled_from(possible)), at=MOMENT))

    assert replay(event.kind for event in events) is order.status
    assert [event.sequence for event in events] == list(range(1, order.sequence + 1))
    assert [event.status for event in events] == [
        replay(each.kind for each in events[:length]) for length in range(1, len(events) + 1)
    ]


@given(st.lists(st.sampled_from(Kind), max_size=30))
def test_what_may_not_happen_leaves_no_trace(kinds: list[Kind]) -> None:
    order, events = placed()
    for kind in kinds:
        before = (order.status, order.sequence, order.confirmed_at)
        try:
            events.append(order.record(kind, at=MOMENT))
        except IllegalTransition:
            assert (order.status, order.sequence, order.confirmed_at) == before

    assert replay(event.kind for event in events) is order.status


@given(st.data())
def test_whatever_was_earned_was_confirmed_first(data: st.DataObject) -> None:
    order, _ = placed()
    for _ in range(data.draw(st.integers(0, 20))):
        possible = [kind for (status, kind) in TRANSITIONS if status is order.status]
        if not possible:
            break
        order.record(data.draw(st.sampled_from(possible)), at=MOMENT)
        is_past = order.status in {Status.CONFIRMED, Status.SHIPPED, Status.DELIVERED, Status.RETURNED, Status.REFUNDED}
        assert (order.confirmed_at is not None) or not is_past


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_what_may_follow(status: Status) -> None:
    following = {kind for (start, kind) in TRANSITIONS if start is status}

    assert Kind.PLACED not in following
    # Money that others move leads nowhere.
    following -= {Kind.REFUNDED_BY_HAND, Kind.REFUND_REVERSED}
    assert (not following) == (status in {Status.REFUNDED, Status.FAILED, Status.EXPIRED})
