"""Claiming: whoever bought as a guest and signs in later makes the order theirs."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.database import Database
from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import NotFound, OrderAlreadyClaimed
from subgraphs.orders.events import OrderClaimed
from subgraphs.orders.model import Order, digest

from .access import administered
from .herald import Herald


@dataclass(frozen=True, slots=True)
class Claims:
    """Guests' orders becoming customers'."""

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
