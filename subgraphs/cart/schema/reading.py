"""Reads of carts: one's own, and a version of one for checkout."""

from __future__ import annotations

import strawberry

from subgraphs.cart import model

from .carts import Cart
from .context import Info


@strawberry.federation.type(inaccessible=True, description="One line of a cart, as checkout buys it.")
class CartSnapshotLine:
    """No price: checkout reads that from products."""

    sku: str
    quantity: int


@strawberry.federation.type(inaccessible=True, description="A cart as checkout buys it: one version of it.")
class CartSnapshot:
    """For other subgraphs."""

    id: strawberry.ID
    version: int
    lines: list[CartSnapshotLine]


@strawberry.type
class Query:
    """Reads of cart."""

    @strawberry.federation.field(tags=["storefront"])
    async def cart(self, info: Info) -> Cart | None:
        """The customer's cart, or that of the guest's X-Cart-Token; null when there is none yet."""
        viewer, loaders = info.context.viewer, info.context.loaders
        row = None
        if viewer.user_id is not None:
            row = await loaders.cart_of_customer.load(viewer.user_id)
        elif viewer.cart_token is not None:
            row = await loaders.cart_of_digest.load(model.digest(viewer.cart_token))
        return Cart.of(row) if row else None

    @strawberry.federation.field(inaccessible=True)
    async def cart_snapshot(
        self, info: Info, id: strawberry.ID, customer_id: strawberry.ID | None = None, token: str | None = None
    ) -> CartSnapshot | None:
        """A cart for checkout, if it belongs to that customer or that token. For other subgraphs."""
        info.context.viewer.require_internal()
        found = await info.context.carts.snapshot(id, customer_id=customer_id, token=token)
        if found is None:
            return None
        lines = [CartSnapshotLine(sku=row.sku, quantity=row.quantity) for row in found.lines]
        return CartSnapshot(id=strawberry.ID(found.cart.id), version=found.cart.version, lines=lines)
