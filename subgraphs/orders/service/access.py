"""Who may see an order, and who may act on it: its customer, its guest, administrators, other subgraphs."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.viewer import Viewer
from subgraphs.orders import store
from subgraphs.orders.errors import NotFound, OrderNotPossible
from subgraphs.orders.model import Order, Owner, digest
from subgraphs.orders.status import TRANSITIONS, Kind


def is_mine(viewer: Viewer, order: Order) -> bool:
    """Whether the viewer bought it, or claimed it."""
    if viewer.user_id is not None and order.customer_id == viewer.user_id:
        return True
    return viewer.cart_token is not None and order.owner == Owner.guest(viewer.cart_token).key


def may_see(viewer: Viewer, order: Order) -> bool:
    """Whether an order may be shown: to its customer, its guest, whoever may read orders, another subgraph."""
    return viewer.has_scope("orders:read") or is_mine(viewer, order)


async def acting_on(session: AsyncSession, order_id: str, *, token: str | None, viewer: Viewer) -> Order:
    """The order, locked, for its customer, for whoever may write orders, and until it is claimed for its guest.

    Raises NotFound: to everybody else there is no such order.
    """
    order = await store.for_update(session, order_id)
    if order is not None:
        if viewer.has_scope("orders:write") or (viewer.user_id is not None and order.customer_id == viewer.user_id):
            return order
        # Whoever claimed it is its customer: what its guest was given still shows it, and no more than that.
        if order.customer_id is None:
            if is_mine(viewer, order):
                return order
            opened = None if token is None else await store.by_token_digest(session, digest(token))
            if opened is not None and opened.id == order.id:
                return order
    raise NotFound("There is no such order.", field=("orderId",))


async def administered(session: AsyncSession, order_id: str) -> Order:
    """The order, locked, for a viewer whose scope was checked. Raises NotFound."""
    order = await store.for_update(session, order_id)
    if order is None:
        raise NotFound("There is no such order.", field=("orderId",))
    return order


def refuse_illegal(order: Order, kind: Kind, message: str) -> None:
    """Raise OrderNotPossible unless this may happen to the order where it is."""
    if (order.status, kind) not in TRANSITIONS:
        raise OrderNotPossible(message, field=("orderId",), status=order.status)
