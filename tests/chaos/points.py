"""Every place where a process can be killed, and the stories that lead there."""

from collections.abc import Collection, Mapping, Sequence

from chassis.faults import CRASH_POINTS as ON_THE_WAY
from subgraphs.inventory.service import CRASH_POINTS as IN_INVENTORY
from subgraphs.orders.service import CRASH_POINTS as IN_ORDERS
from subgraphs.payments.service import CRASH_POINTS as IN_PAYMENTS
from tests.chaos.buyers import (
    CAPTURE_FAILS,
    CHALLENGED,
    DECLINED,
    GOOD,
    LATE,
    REFUND_FAILS,
    REFUND_FAILS_LATE,
    SILENT,
    VOID_LOST,
    Story,
)

# By the beginning of a point's name, the longest that fits; what is not named here lies on every buyer's way.
LEADING_TO: Mapping[str, Sequence[Story]] = {
    "orders.": (Story(GOOD),),
    "orders.hold_again.": (Story(LATE),),
    "orders.give_up.": (Story(DECLINED), Story(GOOD, "cancel")),
    # Payments gives back by itself what was captured; orders asks only for what the provider did not let it.
    "orders.give_up.refund": (Story(REFUND_FAILS, "cancel"), Story(REFUND_FAILS_LATE, "cancel")),
    "orders.cancel.": (Story(GOOD, "cancel"), Story(GOOD, "cancel meanwhile")),
    "orders.ship.": (Story(GOOD, "return"),),
    "orders.return.": (Story(GOOD, "return"),),
    "payments.": (Story(GOOD),),
    "payments.confirm.": (Story(CHALLENGED),),
    "payments.void.": (Story(CAPTURE_FAILS), Story(VOID_LOST, "cancel meanwhile")),
    "payments.refund.": (Story(GOOD, "cancel"), Story(GOOD, "return")),
    "payments.settle.": (Story(SILENT), Story(LATE)),
    "inventory.": (Story(GOOD),),
    "inventory.release.": (Story(DECLINED), Story(GOOD, "cancel")),
    "inventory.sweep.": (Story(CHALLENGED, "walk away"),),
    "outbox.": (Story(GOOD), Story(GOOD, "return")),
    "inbox.": (Story(GOOD), Story(GOOD, "return")),
    "mail.": (Story(GOOD, "cancel"), Story(GOOD)),
}
# A payment succeeds after its hold ran out only if holds are shorter than the provider is late (five seconds).
SHORT_HOLD_S = 3


def stories_to(points: Collection[str]) -> list[Story]:
    """What must be played for a process to come to these points."""
    stories: list[Story] = []
    for point in points:
        fitting = [beginning for beginning in LEADING_TO if point.startswith(beginning)]
        stories += LEADING_TO[max(fitting, key=len)] if fitting else ()
    return stories


def is_out_of_the_way(point: str) -> bool:
    """Whether it may take long until a process comes there: no place for a short campaign."""
    return needs_short_holds(point) or point.startswith(("orders.give_up.refund", "inventory.sweep.", "orders.return."))


def needs_short_holds(point: str) -> bool:
    """Whether a point is only reached for certain where holds run out before late payments come."""
    return point.startswith("orders.hold_again.")


# By the subgraph whose process is killed: events and mails pass through several, here through those that have most.
_OF_EVENTS = ("inbox.handled", "inbox.committed")
ALL: Mapping[str, Sequence[str]] = {
    "orders": (*IN_ORDERS, "outbox.published", *_OF_EVENTS, "mail.sent"),
    "payments": (*IN_PAYMENTS, "outbox.published", *_OF_EVENTS),
    "inventory": (*IN_INVENTORY, *_OF_EVENTS),
    "cart": _OF_EVENTS,
}
assert {point for points in ALL.values() for point in points} >= set(ON_THE_WAY)
