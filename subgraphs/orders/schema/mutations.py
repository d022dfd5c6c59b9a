"""What can be done with orders, in the graph."""

from __future__ import annotations

import strawberry

from chassis.errors import InvalidInput, NotFound
from chassis.refusals import mutation
from subgraphs.orders.errors import (
    IdempotencyKeyReused,
    OrderAlreadyClaimed,
    OrderNotPossible,
    QuantityExceeded,
)
from subgraphs.orders.model import Inspected
from subgraphs.orders.service import Found, Pieces

from .checkout import CheckoutMutation
from .context import Info
from .types import Order

WRITE = [["orders:write"]]


@strawberry.input(description="So many pieces of one of an order's lines.")
class OrderPiecesInput:
    """Each line at most once."""

    line_id: strawberry.ID
    quantity: int

    def to_pieces(self) -> Pieces:
        """In the words of the service."""
        return Pieces(self.line_id, self.quantity)


@strawberry.input(description="What the inspection accepted of a returned line; the rest was not accepted.")
class OrderInspectionInput:
    """`restock` pieces can be sold again, `scrap` pieces cannot; both are refunded."""

    line_id: strawberry.ID
    restock: int
    scrap: int

    def to_found(self) -> Found:
        """In the words of the service."""
        return Found(self.line_id, Inspected(restocked=self.restock, scrapped=self.scrap))


@strawberry.type
class OrderCancelSuccess:
    """The cancelled order. Its money goes back at once, or as soon as payments answer."""

    order: Order


@strawberry.type
class OrderShipSuccess:
    """The order, and the id of the parcel among its `parcels`."""

    order: Order
    parcel_id: strawberry.ID


@strawberry.type
class OrderDeliverSuccess:
    """The order, delivered."""

    order: Order


@strawberry.type
class OrderReturnRequestSuccess:
    """The order, and the id of the return among its `returns`."""

    order: Order
    return_id: strawberry.ID


@strawberry.type
class OrderReturnDeclineSuccess:
    """The order, as delivered again."""

    order: Order


@strawberry.type
class OrderReturnReceiveSuccess:
    """The order. It is RETURNED while the refund is not certain yet."""

    order: Order


@strawberry.type
class OrderClaimSuccess:
    """The order, now the viewer's."""

    order: Order


@strawberry.type
class Mutation(CheckoutMutation):
    """Everything that moves orders."""

    @mutation(refuses=(NotFound, InvalidInput, OrderNotPossible), tags=["storefront"])
    async def order_cancel(
        self, info: Info, order_id: strawberry.ID, reason: str | None = None, token: str | None = None
    ) -> OrderCancelSuccess:
        """Cancel an order before anything of it is shipped; a second call changes nothing. Guests send their token."""
        viewer = info.context.viewer
        row = await info.context.cancellations.cancel(order_id, reason=reason, token=token, viewer=viewer)
        return OrderCancelSuccess(order=Order.of(row))

    @mutation(
        refuses=(NotFound, InvalidInput, QuantityExceeded, OrderNotPossible, IdempotencyKeyReused),
        requires_scopes=WRITE,
        tags=["admin"],
    )
    async def order_ship(
        self,
        info: Info,
        order_id: strawberry.ID,
        idempotency_key: str,
        lines: list[OrderPiecesInput] | None = None,
        tracking: str | None = None,
    ) -> OrderShipSuccess:
        """Send a parcel with some lines, or with everything that is left; the same key sends one."""
        order, parcel = await info.context.fulfilment.ship(
            order_id,
            wanted=None if lines is None else [line.to_pieces() for line in lines],
            tracking=tracking,
            key=idempotency_key,
            viewer=info.context.viewer,
        )
        return OrderShipSuccess(order=Order.of(order), parcel_id=strawberry.ID(parcel.id))

    @mutation(refuses=(NotFound, OrderNotPossible), requires_scopes=WRITE, tags=["admin"])
    async def order_deliver(self, info: Info, order_id: strawberry.ID) -> OrderDeliverSuccess:
        """Everything has arrived; a second call changes nothing."""
        row = await info.context.fulfilment.deliver(order_id, viewer=info.context.viewer)
        return OrderDeliverSuccess(order=Order.of(row))

    @mutation(
        refuses=(NotFound, InvalidInput, QuantityExceeded, OrderNotPossible, IdempotencyKeyReused),
        tags=["storefront"],
    )
    async def order_return_request(
        self,
        info: Info,
        order_id: strawberry.ID,
        lines: list[OrderPiecesInput],
        reason: str,
        idempotency_key: str,
        token: str | None = None,
    ) -> OrderReturnRequestSuccess:
        """Ask to give pieces of a delivered order back; the same key asks once. Guests send their token."""
        order, asked = await info.context.returns.request(
            order_id,
            wanted=[line.to_pieces() for line in lines],
            reason=reason,
            key=idempotency_key,
            token=token,
            viewer=info.context.viewer,
        )
        return OrderReturnRequestSuccess(order=Order.of(order), return_id=strawberry.ID(asked.id))

    @mutation(refuses=(NotFound, InvalidInput, OrderNotPossible), requires_scopes=WRITE, tags=["admin"])
    async def order_return_decline(
        self, info: Info, return_id: strawberry.ID, reason: str
    ) -> OrderReturnDeclineSuccess:
        """Accept nothing of a return; a second call changes nothing."""
        order, _ = await info.context.returns.decline(return_id, reason=reason, viewer=info.context.viewer)
        return OrderReturnDeclineSuccess(order=Order.of(order))

    @mutation(
        refuses=(NotFound, InvalidInput, QuantityExceeded, OrderNotPossible), requires_scopes=WRITE, tags=["admin"]
    )
    async def order_return_receive(
        self, info: Info, return_id: strawberry.ID, lines: list[OrderInspectionInput], note: str | None = None
    ) -> OrderReturnReceiveSuccess:
        """Say what the inspection accepted, and refund exactly that; the same inspection again changes nothing."""
        order, _ = await info.context.returns.receive(
            return_id, found=[line.to_found() for line in lines], note=note, viewer=info.context.viewer
        )
        return OrderReturnReceiveSuccess(order=Order.of(order))

    @mutation(refuses=(NotFound, OrderAlreadyClaimed), authenticated=True, tags=["storefront"])
    async def order_claim(self, info: Info, token: str) -> OrderClaimSuccess:
        """Make an order bought as a guest the viewer's own; a second call changes nothing."""
        return OrderClaimSuccess(order=Order.of(await info.context.claims.claim(token, viewer=info.context.viewer)))
