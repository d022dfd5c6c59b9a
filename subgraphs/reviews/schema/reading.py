"""The questions one may ask of reviews."""

from __future__ import annotations

import strawberry
from strawberry.federation import field

from chassis.connection import Window
from subgraphs.reviews.loaders import MODERATE
from subgraphs.reviews.schema.context import Info
from subgraphs.reviews.schema.reviews import Review, ReviewConnection


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field(description="One review: public, one's own, or any for a moderator.")
    async def review(self, info: Info, id: strawberry.ID) -> Review | None:
        return await Review.resolve_reference(info, id=id)

    @field(requires_scopes=[[MODERATE]], tags=["admin"], description="What waits for a moderator, the oldest first.")
    async def reviews_to_moderate(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> ReviewConnection | None:
        return ReviewConnection.of(await info.context.reviews.waiting(Window.of(first, after, width=2)))
