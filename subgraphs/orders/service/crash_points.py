"""The places where a test may kill orders (`chassis.faults`): before and after every call to a peer and every commit.

`-ing` is before a peer is asked, the participle after it has answered and before that is written down, `.kept` after it
was written down.
"""

from typing import Final

CRASH_POINTS: Final = (
    "orders.checkout.placing",
    "orders.checkout.placed",
    "orders.hold.holding",
    "orders.hold.held",
    "orders.hold.kept",
    "orders.payment.authorizing",
    "orders.payment.authorized",
    "orders.payment.kept",
    "orders.stock.committing",
    "orders.stock.committed",
    "orders.stock.kept",
    "orders.hold_again.holding",
    "orders.hold_again.held",
    "orders.hold_again.kept",
    "orders.capture.capturing",
    "orders.capture.captured",
    "orders.capture.kept",
    "orders.give_up.voiding",
    "orders.give_up.voided",
    "orders.give_up.refunding",
    "orders.give_up.refunded",
    "orders.give_up.releasing",
    "orders.give_up.released",
    "orders.give_up.kept",
    "orders.cancel.cancelling",
    "orders.cancel.kept",
    "orders.ship.shipping",
    "orders.ship.kept",
    "orders.return.receiving",
    "orders.return.received",
    "orders.return.refunding",
    "orders.return.refunded",
    "orders.return.kept",
)
