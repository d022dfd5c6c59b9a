"""Sending orders out: parcels leave, whole orders or parts of them, and arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.clock import Clock, now
from chassis.database import Database
from chassis.faults import reach
from chassis.ids import new_id
from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import IdempotencyKeyReused, OrderNotPossible
from subgraphs.orders.events import BoughtLine, OrderDelivered, OrderShipped, bought_lines
from subgraphs.orders.model import Line, Order, Parcel, ParcelLine, unshipped
from subgraphs.orders.status import ARRIVED, Kind

from .access import administered, refuse_illegal
from .herald import Herald
from .wishes import TRACKING_MAX, Pieces, key_of, quantities_of, refuse_excess, text_of


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What administrators do with orders that stand."""

    database: Database
    herald: Herald
    clock: Clock = now

    async def ship(
        self, order_id: str, *, wanted: Sequence[Pieces] | None, tracking: str | None, key: str, viewer: Viewer
    ) -> tuple[Order, Parcel]:
        """Send a parcel with these pieces, or with everything that is left; the same key sends one parcel.

        Raises NotFound, InvalidInput, QuantityExceeded, OrderNotPossible, IdempotencyKeyReused.
        """
        viewer.require_scope("orders:write")
        key = key_of(key)
        tracking = None if tracking is None else text_of(tracking, field="tracking", length_max=TRACKING_MAX)
        reach("orders.ship.shipping")
        async with self.database.transaction() as session:
            order = await administered(session, order_id)
            lines = (await store.lines(session, [order.id]))[order.id]
            sent = (await store.parcels(session, [order.id])).get(order.id, [])
            quantities = None if wanted is None else quantities_of(wanted, lines)
            done = next((parcel for parcel in sent if parcel.idempotency_key == key), None)
            if done is not None:
                if done.tracking != tracking or quantities not in (None, done.quantities):
                    raise IdempotencyKeyReused("This key sent another parcel.", field=("idempotencyKey",))
                return order, done
            refuse_illegal(order, Kind.PARTIALLY_SHIPPED, f"It is {order.status}: there is nothing to ship.")
            if order.is_refunded:
                message = "All of its money went back: cancel it instead of sending it."
                raise OrderNotPossible(message, field=("orderId",), status=order.status)
            left = unshipped(lines, sent)
            quantities = left if quantities is None else quantities
            refuse_excess(quantities, left, message="More than is left to ship.")
            parcel = self._pack(order, quantities, tracking=tracking, key=key)
            store.add(session, parcel)
            is_partial = quantities != left
            kind = Kind.PARTIALLY_SHIPPED if is_partial else Kind.SHIPPED
            shipped = OrderShipped(order.id, order.customer_id, parcel.id, _packed(parcel, lines), is_partial)
            facts = {"shipmentId": parcel.id, "tracking": tracking}
            await self.herald.record(session, order, kind, shipped, facts=facts)
            await self.herald.write_shipped(session, order, parcel, lines, is_partial=is_partial)
        reach("orders.ship.kept")
        return order, parcel

    def _pack(self, order: Order, quantities: dict[str, int], *, tracking: str | None, key: str) -> Parcel:
        parcel_id = new_id()
        return Parcel(
            id=parcel_id,
            order_id=order.id,
            idempotency_key=key,
            tracking=tracking,
            shipped_at=self.clock(),
            lines=[
                ParcelLine(parcel_id=parcel_id, line_id=line_id, quantity=quantity)
                for line_id, quantity in quantities.items()
            ],
        )

    async def deliver(self, order_id: str, *, viewer: Viewer) -> Order:
        """Everything of the order has arrived; a second call changes nothing. Raises NotFound, OrderNotPossible."""
        viewer.require_scope("orders:write")
        async with self.database.transaction() as session:
            order = await administered(session, order_id)
            if order.status in ARRIVED:
                return order
            refuse_illegal(order, Kind.DELIVERED, f"It is {order.status}: ship all of it first.")
            lines = (await store.lines(session, [order.id]))[order.id]
            delivered = OrderDelivered(order.id, order.customer_id, bought_lines(lines))
            await self.herald.record(session, order, Kind.DELIVERED, delivered)
        return order


def _packed(parcel: Parcel, lines: Sequence[Line]) -> list[BoughtLine]:
    return [
        BoughtLine(line.sku, line.product_id, parcel.quantities[line.id])
        for line in lines
        if line.id in parcel.quantities
    ]
