"""What people may do with reviews."""

from __future__ import annotations

import enum

import strawberry

from chassis.errors import InvalidInput, NotFound
from chassis.refusals import mutation
from subgraphs.reviews import model
from subgraphs.reviews.errors import AlreadyReviewed, OwnReview
from subgraphs.reviews.loaders import MODERATE
from subgraphs.reviews.schema.context import Info
from subgraphs.reviews.schema.reviews import Review


@strawberry.enum(description="What a moderator decides about a review.")
class ReviewDecision(enum.Enum):
    """Publish it, or turn it down."""

    APPROVE = "APPROVE"
    REJECT = "REJECT"


@strawberry.input(description="What one says about an item.")
class ReviewCreateInput:
    """A new review."""

    item_id: strawberry.ID
    rating: int
    title: str
    body: str = ""


@strawberry.input(description="What one says about the item now.")
class ReviewUpdateInput:
    """The review as it shall be."""

    id: strawberry.ID
    rating: int
    title: str
    body: str = ""


@strawberry.input(description="A moderator's decision, with a note to the author if there is something to say.")
class ReviewModerateInput:
    """A decision."""

    id: strawberry.ID
    decision: ReviewDecision
    note: str | None = None


@strawberry.type(description="The review; it waits for a moderator.")
class ReviewCreateSuccess:
    """A new review."""

    review: Review


@strawberry.type(description="The review; it waits for a moderator again.")
class ReviewUpdateSuccess:
    """A changed review."""

    review: Review


@strawberry.type(description="The id of the review that is gone.")
class ReviewRemoveSuccess:
    """A removed review."""

    id: strawberry.ID


@strawberry.type(description="The review as it stands now.")
class ReviewModerateSuccess:
    """A moderated review."""

    review: Review


@strawberry.type(description="The review with its votes counted.")
class ReviewVoteHelpfulSuccess:
    """A review that was voted on."""

    review: Review


@strawberry.type
class Mutation:
    """What can be changed."""

    @mutation(refuses=(AlreadyReviewed, NotFound, InvalidInput), authenticated=True)
    async def review_create(self, info: Info, input: ReviewCreateInput) -> ReviewCreateSuccess:
        """Review an item; each person once."""
        words = model.Words(input.rating, input.title, input.body)
        review = await info.context.reviews.write(input.item_id, words, viewer=info.context.viewer)
        return ReviewCreateSuccess(review=Review.of(review))

    @mutation(refuses=(NotFound, InvalidInput), authenticated=True)
    async def review_update(self, info: Info, input: ReviewUpdateInput) -> ReviewUpdateSuccess:
        """Say something else in one's own review."""
        words = model.Words(input.rating, input.title, input.body)
        review = await info.context.reviews.edit(input.id, words, viewer=info.context.viewer)
        return ReviewUpdateSuccess(review=Review.of(review))

    @mutation(refuses=(NotFound,), authenticated=True)
    async def review_remove(self, info: Info, id: strawberry.ID) -> ReviewRemoveSuccess:
        """Take back one's own review; another one may be written afterwards."""
        review = await info.context.reviews.remove(id, viewer=info.context.viewer)
        return ReviewRemoveSuccess(id=strawberry.ID(review.id))

    @mutation(refuses=(NotFound, InvalidInput), requires_scopes=[[MODERATE]], tags=["admin"])
    async def review_moderate(self, info: Info, input: ReviewModerateInput) -> ReviewModerateSuccess:
        """Publish a review or turn it down."""
        review = await info.context.reviews.moderate(
            input.id,
            approve=input.decision is ReviewDecision.APPROVE,
            note=input.note,
            viewer=info.context.viewer,
        )
        return ReviewModerateSuccess(review=Review.of(review))

    @mutation(refuses=(OwnReview, NotFound), authenticated=True)
    async def review_vote_helpful(
        self, info: Info, id: strawberry.ID, *, helpful: bool = True
    ) -> ReviewVoteHelpfulSuccess:
        """Say whether somebody else's review helps; voting again replaces the vote."""
        review = await info.context.reviews.vote(id, helpful=helpful, viewer=info.context.viewer)
        return ReviewVoteHelpfulSuccess(review=Review.of(review))
