"""What can be watched of carts: one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import strawberry
from strawberry.federation.schema_directives import Tag

from subgraphs.cart.service import topic_of

from .carts import Cart
from .context import Info


@strawberry.type
class Subscription:
    """What is told as it happens."""

    @strawberry.subscription(
        description="The customer's cart, or that of the guest's X-Cart-Token, now and after each change; null while "
        "there is none.",
        directives=[Tag(name="storefront")],
    )
    async def cart_updated(self, info: Info) -> AsyncIterator[Cart | None]:
        carts, viewer, told = info.context.carts, info.context.viewer, None
        async with info.context.live.listen(topic_of(viewer)) as changes:
            async for _ in changes:
                # Whose it is is asked each time: a guest's cart may have become a customer's meanwhile.
                own = await carts.own(viewer)
                now = (own.cart.id, own.cart.version) if own else ()
                if now != told:
                    told = now
                    yield Cart.of(own.cart) if own else None
