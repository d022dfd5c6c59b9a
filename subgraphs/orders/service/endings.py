"""How a checkout that was given up is told: as the end of its order, or as the money of a cancelled one going back."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.money import Amount
from subgraphs.orders.events import OrderAbandoned, OrderRefunded
from subgraphs.orders.model import Checkout, Ending, Order
from subgraphs.orders.status import Kind

from .herald import Herald


async def note_ending(
    herald: Herald, session: AsyncSession, order: Order, checkout: Checkout, back: Amount | None
) -> None:
    """Record and announce that everything is undone; `back` is what went back of what had been captured, if it was."""
    if checkout.ending is Ending.CANCELLED:
        await _note_refund(herald, session, order, back)
    else:
        await _note_end(herald, session, order, checkout, back)


async def _note_refund(herald: Herald, session: AsyncSession, order: Order, back: Amount | None) -> None:
    """The order was cancelled when it was asked for; what is new is that its money went back."""
    if not back:
        await herald.announce(session, order)
        return
    refunded = OrderRefunded(order.id, order.customer_id, back)
    await herald.record(session, order, Kind.REFUNDED, refunded, facts={"amount": str(back)})
    await herald.write_refunded(session, order, back, cause="cancel")


async def _note_end(
    herald: Herald, session: AsyncSession, order: Order, checkout: Checkout, back: Amount | None
) -> None:
    ending = checkout.ending or Ending.EXPIRED
    kind = Kind.EXPIRED if ending is Ending.EXPIRED else Kind.FAILED
    facts = {"reason": checkout.ending_code, "skus": checkout.ending_skus}
    abandoned = OrderAbandoned(order.id, order.customer_id, ending.value)
    facts = facts if back is None else {**facts, "refunded": str(back)}
    await herald.record(session, order, kind, abandoned, facts=facts)
    if back is not None or checkout.hold > 1:
        # They were charged, or believe so: whoever only sees a refusal on their screen needs no mail.
        await herald.write_given_up(session, order, checkout.ending_message or "")
