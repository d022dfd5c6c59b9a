"""What can be watched of orders."""

from __future__ import annotations

from collections.abc import AsyncIterator

import strawberry

from chassis.errors import InvalidInput
from subgraphs.orders.service import topic_of

from .context import Info
from .types import Order


@strawberry.type
class Subscription:
    """What is told as it happens."""

    @strawberry.subscription(
        description="An order as it is, and again each time something happened to it; null, and the end, when there is"
        " none for the viewer. Asked for by its id, by a token a guest was given, or by both."
    )
    async def order_updated(
        self, info: Info, id: strawberry.ID | None = None, token: str | None = None
    ) -> AsyncIterator[Order | None]:
        if id is None and token is None:
            raise InvalidInput("Give the order's id or its token.", field=("id",))
        context, shown = info.context, None
        watched = await context.orders.watched(id, token=token, viewer=context.viewer)
        if watched is None:
            yield None
            return
        async with context.live.listen(topic_of(watched.id)) as changes:
            async for _ in changes:
                # Asked anew each time: whose order it is may have changed as well.
                row = await context.orders.watched(id, token=token, viewer=context.viewer)
                if row is None:
                    yield None
                    return
                if row.version != shown:
                    shown = row.version
                    yield Order.of(row, by_token=token is not None)
