"""What can be watched of stock."""

from __future__ import annotations

from collections.abc import AsyncIterator

import strawberry
from strawberry.federation.schema_directives import Tag

from chassis.errors import InvalidInput
from subgraphs.inventory.schema.context import Info
from subgraphs.inventory.schema.stock import Variant, VariantAvailability
from subgraphs.inventory.service import topic_of

SKUS_MAX = 100


@strawberry.type
class Subscription:
    """What is told as it happens."""

    @strawberry.subscription(
        description="The variants of these SKUs, and then each time those of which another number can be had.",
        directives=[Tag(name="storefront")],
    )
    async def availability_changed(self, info: Info, skus: list[str]) -> AsyncIterator[list[Variant]]:
        asked = list(dict.fromkeys(skus))
        if not 1 <= len(asked) <= SKUS_MAX:
            raise InvalidInput(f"Watch 1 to {SKUS_MAX} SKUs.", field=("skus",))
        context, told = info.context, dict[str, VariantAvailability]()
        async with context.live.listen(*map(topic_of, asked)) as changes:
            async for _ in changes:
                items = await context.counting.items(asked, viewer=context.viewer)
                shown = {sku: VariantAvailability.of(items.get(sku)) for sku in asked}
                news = [sku for sku in asked if told.get(sku) != shown[sku]]
                told = shown
                if news:
                    yield [Variant(sku=sku) for sku in news]
