"""Money that moved back without orders having asked: refunds made by hand, and refunds that came back.

What orders asks for itself it notes itself, under keys that begin with the order's id: a return's refund
(returns.py), a cancelled order's (carrying.py). The rest is heard of here, once each (the inbox), and added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events import Envelope
from subgraphs.orders import store
from subgraphs.orders.events import OrderRefunded, RefundMoved
from subgraphs.orders.model import Order, Step
from subgraphs.orders.status import TRANSITIONS, Kind

from .herald import Herald

log = structlog.get_logger("orders.refunds")


@dataclass(frozen=True, slots=True)
class Refunds:
    """What administrators, providers and banks do with an order's money."""

    herald: Herald

    async def refunded(self, session: AsyncSession, event: Envelope) -> None:
        """Somebody gave money back by hand: the order says so, its customer is told, and it stays where it is."""
        moved = RefundMoved.read(event.payload)
        if moved.is_of_orders:
            return
        order = await self._counted(session, moved.order_id, Kind.REFUNDED_BY_HAND)
        if order is None:
            return
        # An order that came to nothing says already that everything went back.
        amount = min(moved.amount, order.money(order.total_minor - order.refunded_minor))
        if not amount:
            return
        order.refunded_minor += amount.minor
        facts = {"amount": str(amount), "paymentId": moved.payment_id, "isPartial": not order.is_refunded}
        refunded = OrderRefunded(order.id, order.customer_id, amount)
        await self.herald.record(session, order, Kind.REFUNDED_BY_HAND, refunded, facts=facts)
        await self.herald.write_refunded(session, order, amount, cause=event.id)

    async def reversed(self, session: AsyncSession, event: Envelope) -> None:
        """A refund did not stay with the customer. Whose the money is now, only a person can settle."""
        moved = RefundMoved.read(event.payload)
        order = await self._counted(session, moved.order_id, Kind.REFUND_REVERSED)
        if order is None:
            return
        amount = min(moved.amount, order.money(order.refunded_minor))
        order.refunded_minor -= amount.minor
        log.error("refund_reversed", order=order.id, payment=moved.payment_id, amount=str(amount))
        facts = {"amount": str(amount), "paymentId": moved.payment_id}
        await self.herald.record(session, order, Kind.REFUND_REVERSED, facts=facts)

    async def _counted(self, session: AsyncSession, order_id: str, kind: Kind) -> Order | None:
        """The order, locked, if its money is counted as it moves.

        While everything is being undone it is not: at the end of that, all that was captured has gone back.
        """
        order = await store.for_update(session, order_id)
        if order is None or (order.status, kind) not in TRANSITIONS:
            return None
        _, checkout = await store.checkout_of(session, order_id)
        return None if checkout.step is Step.GIVE_UP else order
