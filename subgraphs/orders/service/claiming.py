"""Whose an order is, changing: whoever bought as a guest and signs in later claims it; whoever leaves is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.events import Envelope
from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import NotFound, OrderAlreadyClaimed
from subgraphs.orders.events import OrderClaimed, PersonLeft
from subgraphs.orders.model import Order, digest

from .access import administered
from .herald import Herald


@dataclass(frozen=True, slots=True)
class Claims:
    """Guests' orders becoming customers', and customers' orders becoming nobody's."""

    database: Database
    herald: Herald

    async def claim(self, token: str, *, viewer: Viewer) -> Order:
        """Make the order of this token the viewer's; a second call changes nothing.

        Holding the token is the proof: it was given to the guest, and mailed to the address they bought with. Raises
        NotFound, OrderAlreadyClaimed.
        """
        customer_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            found = await store.by_token_digest(session, digest(token))
            if found is None:
                raise NotFound("There is no order with this token.", field=("token",))
            order = await administered(session, found.id)
            if order.customer_id == customer_id:
                return order
            if order.customer_id is not None:
                raise OrderAlreadyClaimed("This order belongs to another account.", field=("token",))
            order.customer_id = customer_id
            await self.herald.announce(session, order, OrderClaimed(order.id, customer_id))
        return order

    async def forget_person(self, session: AsyncSession, event: Envelope) -> None:
        """A person left: their orders stay, who they were goes, as soon as nothing is to be sent to them any more."""
        for order in await store.of_customer_for_update(session, PersonLeft.read(event.payload).user_id):
            order.forget()
