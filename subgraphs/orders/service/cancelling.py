"""Cancelling an order before anything of it is shipped, during its checkout too.

The order is cancelled in one transaction: from then on it is neither confirmed nor shipped, whoever was about to. Its
checkout gives everything back next, in steps that are taken again until they succeed.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.faults import reach
from chassis.peers import PeerFailed
from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import OrderNotPossible
from subgraphs.orders.events import OrderCancelled
from subgraphs.orders.model import Ending, GivenUp, Order, Step
from subgraphs.orders.status import Kind, Status

from .access import acting_on, refuse_illegal
from .carrying import Carrier
from .herald import Herald
from .wishes import text_of

log = structlog.get_logger("orders.cancel")


@dataclass(frozen=True, slots=True)
class Cancellations:
    """Taking orders back."""

    database: Database
    carrier: Carrier
    herald: Herald
    clock: Clock = now

    async def cancel(self, order_id: str, *, reason: str | None, token: str | None, viewer: Viewer) -> Order:
        """Cancel an order; a second call changes nothing. Raises NotFound, InvalidInput, OrderNotPossible.

        The order is cancelled when this answers. Its stock and its money are free too, unless a peer did not answer:
        then they follow.
        """
        why = text_of(reason, field="reason") if reason is not None else "Cancelled by request."
        reach("orders.cancel.cancelling")
        async with self.database.transaction() as session:
            order = await acting_on(session, order_id, token=token, viewer=viewer)
            if order.status is Status.CANCELLED:
                return order
            refuse_illegal(order, Kind.CANCELLED, f"It is {order.status} and can no longer be cancelled.")
            _, checkout = await store.checkout_for_update(session, order.id)
            if checkout.step is Step.GIVE_UP:
                raise OrderNotPossible(
                    "It is coming to nothing already.", field=("orderId",), status=order.status
                )  # fmt: skip
            cancelled = OrderCancelled(order.id, order.customer_id, why)
            await self.herald.record(session, order, Kind.CANCELLED, cancelled, facts={"reason": why})
            await self.herald.write_cancelled(session, order)
            checkout.give_up(GivenUp(Ending.CANCELLED, "cancelled", why), at=self.clock())
        reach("orders.cancel.kept")
        try:
            await self.carrier.go_on((order, checkout))
        except PeerFailed as failed:
            log.warning("cancelled_not_undone_yet", order=order.id, peer=failed.peer)
        async with self.database.reading() as session:
            return (await store.by_ids(session, [order.id]))[order.id]
