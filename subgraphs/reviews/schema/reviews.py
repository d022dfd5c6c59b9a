"""The types of reviews, and what they add to every item of the catalogue and to users."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from strawberry.federation import field

from chassis.connection import Connection, Edge, Page, Window, connection_of
from chassis.errors import Unavailable
from subgraphs.reviews import model
from subgraphs.reviews.loaders import MODERATE, PageOf
from subgraphs.reviews.schema.context import Info

strawberry.enum(model.ReviewStatus, description="Only APPROVED reviews are public and count for a rating.")
strawberry.enum(model.Sort, name="ReviewSort", description="In which order an item's reviews come.")


@strawberry.type(description="How many approved reviews gave so many stars.")
class StarCount:
    """A bar of the histogram."""

    stars: int
    count: int


@strawberry.type(description="What all approved reviews of an item say together.")
class Rating:
    """A mean and where it comes from."""

    average: float | None = strawberry.field(description="1 to 5 to two digits; null when nobody has rated.")
    count: int
    histogram: list[StarCount] = strawberry.field(description="From five stars down to one.")

    @classmethod
    def of(cls, row: model.Rating | None) -> Rating:
        """Show a rating; an item nobody has rated has one too."""
        stars = row.stars if row is not None else [0, 0, 0, 0, 0]
        average = model.average_of(stars)
        return cls(
            average=None if average is None else float(average),
            count=model.count_of(stars),
            histogram=[StarCount(stars=number, count=stars[number - 1]) for number in range(5, 0, -1)],
        )


@strawberry.federation.interface_object(keys=["id"])
class CatalogItem:
    """Anything the catalogue lists, with what people say about it."""

    id: strawberry.ID

    @strawberry.field
    async def rating(self, info: Info) -> Rating:
        return Rating.of(await info.context.loaders.rating.load(self.id))

    @strawberry.field(description="Public reviews.")
    async def reviews(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        sort: model.Sort = model.Sort.NEWEST,
    ) -> ReviewConnection:
        window = Window.of(first, after, width=2)
        rows = await info.context.loaders.reviews_of_item.load(PageOf(self.id, window, sort))
        by_votes = sort is model.Sort.HELPFUL
        return ReviewConnection.of(
            window.page(
                rows or [],
                key=lambda row: (row.helpful_count if by_votes else row.created_at.isoformat(), row.id),
            )
        )

    @classmethod
    def resolve_reference(cls, id: str, **_: Any) -> CatalogItem:
        return cls(id=strawberry.ID(id))


@strawberry.federation.type(keys=["id"])
class User:
    """A person, with what they wrote.

    The display name stands on every review that is shown, so it is kept here as users' events last said it, and
    provided with the review: a page of reviews needs no second service. A token could carry it too, but a token keeps
    an old name until it expires, and says nothing about other people's.
    """

    id: strawberry.ID

    @field(external=True)
    async def display_name(self, info: Info) -> str:
        author = await info.context.loaders.author.load(self.id)
        if author is None:
            raise Unavailable("The author's name is not known here.", service="reviews")
        return author.display_name

    @strawberry.field(description="What they wrote, the newest first; what is not public is for themselves alone.")
    async def reviews(self, info: Info, first: int | None = None, after: str | None = None) -> ReviewConnection:
        window = Window.of(first, after, width=2)
        rows = await info.context.loaders.reviews_of_author.load(PageOf(self.id, window))
        return ReviewConnection.of(window.page(rows or [], key=lambda row: (row.created_at.isoformat(), row.id)))

    @classmethod
    def resolve_reference(cls, id: str, **_: Any) -> User:
        return cls(id=strawberry.ID(id))


@strawberry.federation.type(keys=["id"], description="What one person says about one item.")
class Review:
    """A review as its viewer may see it."""

    id: strawberry.ID
    rating: int = strawberry.field(description="1 to 5 stars.")
    title: str
    body: str
    status: model.ReviewStatus
    verified_purchase: bool = strawberry.field(description="Whether the author bought the item in this shop.")
    helpful_count: int
    unhelpful_count: int
    created_at: datetime
    updated_at: datetime
    item_id: strawberry.Private[str]
    author_id: strawberry.Private[str]
    note: strawberry.Private[str | None]

    @classmethod
    def of(cls, row: model.Review) -> Review:
        """Show a review."""
        return cls(
            id=strawberry.ID(row.id),
            rating=row.rating,
            title=row.title,
            body=row.body,
            status=model.ReviewStatus(row.status),
            verified_purchase=row.verified_purchase,
            helpful_count=row.helpful_count,
            unhelpful_count=row.unhelpful_count,
            created_at=row.created_at,
            updated_at=row.updated_at,
            item_id=row.item_id,
            author_id=row.author_id,
            note=row.moderation_note,
        )

    @field(provides=["displayName"])
    def author(self) -> User:
        return User(id=strawberry.ID(self.author_id))

    @strawberry.field(description="Null once the catalogue does not have it any more.")
    def item(self) -> CatalogItem | None:
        return CatalogItem(id=strawberry.ID(self.item_id))

    @strawberry.field(description="What the moderator says about it, to the author and to moderators.")
    def moderation_note(self, info: Info) -> str | None:
        return self.note if info.context.viewer.may_see(self.author_id, scope=MODERATE) else None

    @strawberry.field(description="Whether the viewer found it helpful; null when they have not voted.")
    async def viewer_found_helpful(self, info: Info) -> bool | None:
        vote = await info.context.loaders.own_vote.load(self.id)
        return None if vote is None else vote.helpful

    @classmethod
    async def resolve_reference(cls, info: Info, id: str) -> Review | None:
        row = await info.context.loaders.review.load(id)
        return None if row is None else cls.of(row)


@strawberry.type
class ReviewEdge(Edge[Review]):
    """A review in a list."""


@strawberry.type(description="A page of reviews.")
class ReviewConnection(Connection[ReviewEdge]):
    """A page of reviews."""

    @classmethod
    def of(cls, page: Page[model.Review]) -> ReviewConnection:
        """Show a page."""
        return connection_of(page, node=Review.of, edge=ReviewEdge, connection=cls)
