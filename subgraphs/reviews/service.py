"""What can be done with reviews, one transaction each."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import Clock, now
from chassis.connection import Page, Window
from chassis.database import Database
from chassis.errors import InvalidInput, NotFound
from chassis.events import Envelope
from chassis.outbox import announce
from chassis.quoting import quoted
from chassis.viewer import Viewer
from subgraphs.reviews import store
from subgraphs.reviews.errors import AlreadyReviewed, OwnReview
from subgraphs.reviews.events import (
    Bought,
    OrderCancelled,
    OrderClaimed,
    PersonNamed,
    ProductDeleted,
    ReviewApproved,
    ReviewSubmitted,
    UserDeleted,
)
from subgraphs.reviews.loaders import MODERATE
from subgraphs.reviews.model import NOTE_MAX, Review, Words
from subgraphs.reviews.peers import Items, People


class Reviews:
    """Writing, moderating and weighing reviews."""

    def __init__(self, database: Database, items: Items, people: People, clock: Clock = now) -> None:
        self.database = database
        self.items = items
        self.people = people
        self.clock = clock

    # ------------------------------------------------------------------------------------------------------ by authors

    async def write(self, item_id: str, words: Words, *, viewer: Viewer) -> Review:
        """Review an item; a moderator publishes it.

        Raises NotFound for what is not for sale, AlreadyReviewed for a second one, and PeerFailed when the catalogue
        cannot be asked: a review of a mistyped item would be lost.
        """
        author_id = viewer.require_signed_in()
        # Before the transaction: no lock is held while another service is asked.
        if not await self.items.has(item_id):
            raise NotFound(f"There is no item {quoted(item_id)}.", field=("input", "itemId"))
        display_name = await self._display_name(author_id)
        async with self.database.transaction() as session:
            if await store.is_gone(session, item_id):
                raise NotFound(f"There is no item {quoted(item_id)}.", field=("input", "itemId"))
            await store.lock_person(session, author_id)
            verified = await store.has_bought(session, author_id, item_id)
            review = Review.write(words, item_id=item_id, author_id=author_id, verified=verified, now=self.clock())
            if existing := await store.add(session, review):
                raise AlreadyReviewed(existing)
            if display_name is not None:
                await store.note_author(session, author_id, display_name)
            submitted = ReviewSubmitted(review.id, review.item_id, review.author_id, review.rating)
            await announce(session, submitted, clock=self.clock)
        return review

    async def _display_name(self, user_id: str) -> str | None:
        """What to call an author whom no event has named yet; None for one already known."""
        async with self.database.reading() as session:
            known = await store.authors_by_ids(session, [user_id])
        return None if known else await self.people.display_name(user_id)

    async def edit(self, id: str, words: Words, *, viewer: Viewer) -> Review:
        """Say something else in one's own review; it waits for a moderator again."""
        author_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            review = await self._own(session, id, author_id)
            await store.rate(session, review.item_id, review.edit(words, now=self.clock()))
            submitted = ReviewSubmitted(review.id, review.item_id, review.author_id, review.rating)
            await announce(session, submitted, clock=self.clock)
        return review

    async def remove(self, id: str, *, viewer: Viewer) -> Review:
        """Take back one's own review."""
        author_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            review = await self._own(session, id, author_id)
            await store.rate(session, review.item_id, review.remove(now=self.clock()))
        return review

    async def _own(self, session: AsyncSession, id: str, author_id: str) -> Review:
        review = await store.review_for_update(session, id)
        if review is None or review.author_id != author_id:
            raise NotFound(f"There is no review {quoted(id)} of yours.", field=("input", "id"))
        return review

    # ------------------------------------------------------------------------------------------------------- by others

    async def moderate(self, id: str, *, approve: bool, note: str | None, viewer: Viewer) -> Review:
        """Publish a review or turn it down; a second time changes nothing more."""
        viewer.require_scope(MODERATE)
        if note is not None and len(note) > NOTE_MAX:
            raise InvalidInput(f"A note has at most {NOTE_MAX} characters.", field=("input", "note"))
        async with self.database.transaction() as session:
            review = await store.review_for_update(session, id)
            if review is None:
                raise NotFound(f"There is no review {quoted(id)}.", field=("input", "id"))
            change = review.moderate(approve=approve, note=note, now=self.clock())
            await store.rate(session, review.item_id, change)
            if change.added is not None:
                approved = ReviewApproved(review.id, review.item_id, review.author_id, review.rating)
                await announce(session, approved, clock=self.clock)
        return review

    async def vote(self, id: str, *, helpful: bool, viewer: Viewer) -> Review:
        """Say whether somebody else's public review helps; voting again replaces the vote."""
        voter_id = viewer.require_signed_in()
        async with self.database.transaction() as session:
            review = await store.review_for_update(session, id)
            if review is None or not review.public:
                raise NotFound(f"There is no review {quoted(id)}.", field=("input", "id"))
            if review.author_id == voter_id:
                raise OwnReview
            before = await store.vote(session, id, voter_id)
            review.count_vote(was=None if before is None else before.helpful, helpful=helpful)
            await store.cast_vote(session, id, voter_id, helpful=helpful)
        return review

    async def waiting(self, window: Window) -> Page[Review]:
        """A page of what waits for a moderator, the longest waiting first."""
        async with self.database.reading() as session:
            rows = await store.waiting(session, window)
        return window.page(rows, key=lambda review: (review.updated_at.isoformat(), review.id))

    # ------------------------------------------------------------------------------------------------------- by events

    async def note_purchase(self, session: AsyncSession, event: Envelope) -> None:
        """Orders says what somebody bought: their reviews of it, early and late, are of a verified purchase.

        They stay so when it is given back later: who returns something has had it in their hands.
        """
        order = Bought.read(event.payload)
        await store.note_bought(session, order.order_id, order.customer_id, order.product_ids)
        if order.customer_id is not None:
            await store.verify(session, order.customer_id, order.product_ids)

    async def note_cancelled(self, session: AsyncSession, event: Envelope) -> None:
        """Orders says that nothing of an order will come: it verifies nobody."""
        for user_id, item_ids in (
            await store.forget_order(session, OrderCancelled.read(event.payload).order_id)
        ).items():
            if user_id is not None:
                await store.verify(session, user_id, item_ids)

    async def note_claimed(self, session: AsyncSession, event: Envelope) -> None:
        """Orders says whose a guest's order is now."""
        order = OrderClaimed.read(event.payload)
        if order.customer_id is not None:
            item_ids = await store.claim(session, order.order_id, order.customer_id)
            await store.verify(session, order.customer_id, item_ids)

    async def note_name(self, session: AsyncSession, event: Envelope) -> None:
        """Users says what somebody is called."""
        person = PersonNamed.of(event.payload)
        await store.note_author(session, person.user_id, person.display_name)

    async def note_leaving(self, session: AsyncSession, event: Envelope) -> None:
        """Users says that somebody left: what they said stays, who they were does not."""
        person = UserDeleted.read(event.payload)
        await store.forget_author(session, person.user_id, moment=self.clock())
        await store.forget_purchases(session, person.user_id)

    async def note_gone(self, session: AsyncSession, event: Envelope) -> None:
        """Products says that an item is sold no more: nobody reviews it from now on, nor moderates what waits."""
        await store.note_gone(session, ProductDeleted.read(event.payload).product_id, moment=self.clock())
