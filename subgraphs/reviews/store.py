"""Every query reviews makes. The only module here that writes SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, delete, literal, or_, select, true, tuple_, update
from sqlalchemy import func as sql
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from chassis.connection import Key, Window
from chassis.errors import InvalidInput
from subgraphs.reviews.model import (
    FORMER,
    Author,
    Bought,
    GoneItem,
    Rating,
    RatingChange,
    Review,
    ReviewStatus,
    Sort,
    Vote,
)

# ------------------------------------------------------------------------------------------------------------- by keys


async def reviews_by_ids(
    session: AsyncSession, ids: Collection[str], *, reader_id: str | None, moderator: bool
) -> dict[str, Review]:
    """Reviews by id, as far as the reader may see them."""
    query = select(Review).where(Review.id.in_(ids), *_readable(reader_id, moderator=moderator))
    return {row.id: row for row in await session.scalars(query)}


async def ratings_by_items(session: AsyncSession, item_ids: Collection[str]) -> dict[str, Rating]:
    """Ratings by item; an item nobody has rated has none."""
    return {row.item_id: row for row in await session.scalars(select(Rating).where(Rating.item_id.in_(item_ids)))}


async def authors_by_ids(session: AsyncSession, user_ids: Collection[str]) -> dict[str, Author]:
    """What is known of people who wrote."""
    return {row.user_id: row for row in await session.scalars(select(Author).where(Author.user_id.in_(user_ids)))}


async def votes_by_reviews(session: AsyncSession, review_ids: Collection[str], *, voter_id: str) -> dict[str, Vote]:
    """How one person voted on each review."""
    query = select(Vote).where(Vote.review_id.in_(review_ids), Vote.voter_id == voter_id)
    return {row.review_id: row for row in await session.scalars(query)}


# --------------------------------------------------------------------------------------------------------------- lists


async def pages_by_items(
    session: AsyncSession, item_ids: Collection[str], window: Window, *, sort: Sort
) -> dict[str, list[Review]]:
    """The same page of public reviews for each item, in one statement."""
    public = Review.status == ReviewStatus.APPROVED.value
    first_key = Review.helpful_count if sort is Sort.HELPFUL else Review.created_at
    return await _pages(session, Review.item_id, item_ids, window, first_key, public)


async def pages_by_authors(
    session: AsyncSession, user_ids: Collection[str], window: Window, *, reader_id: str | None, moderator: bool
) -> dict[str, list[Review]]:
    """The same page of each person's reviews, newest first, as far as the reader may see them."""
    readable = _readable(reader_id, moderator=moderator)
    return await _pages(
        session,
        Review.author_id,
        user_ids,
        window,
        Review.created_at,
        Review.status != ReviewStatus.REMOVED.value,
        *readable,
    )


async def _pages(
    session: AsyncSession,
    owner: InstrumentedAttribute[str],
    owner_ids: Collection[str],
    window: Window,
    first_key: InstrumentedAttribute[Any],
    *conditions: ColumnElement[bool],
) -> dict[str, list[Review]]:
    owners = select(sql.unnest(literal(list(owner_ids), ARRAY(Text))).label("id")).subquery("owners")
    query = select(Review).where(owner == owners.c.id, *conditions)
    if window.after:
        query = query.where(tuple_(first_key, Review.id) < _place(window.after, first_key))
    page = query.order_by(first_key.desc(), Review.id.desc()).limit(window.limit).lateral("page")
    row = aliased(Review, page)
    keys = (page.c[first_key.key].desc(), page.c.id.desc())
    statement = select(row).select_from(owners).join(page, true()).order_by(owners.c.id, *keys)
    grouped: dict[str, list[Review]] = {}
    for review in await session.scalars(statement):
        grouped.setdefault(getattr(review, owner.key), []).append(review)
    return grouped


async def waiting(session: AsyncSession, window: Window) -> Sequence[Review]:
    """A page of what waits for a moderator, the longest waiting first; not what is said of items nobody can buy."""
    gone = select(GoneItem.item_id).where(GoneItem.item_id == Review.item_id).exists()
    query = select(Review).where(Review.status == ReviewStatus.PENDING.value, ~gone)
    if window.after:
        query = query.where(tuple_(Review.updated_at, Review.id) > _place(window.after, Review.updated_at))
    return (await session.scalars(query.order_by(Review.updated_at, Review.id).limit(window.limit))).all()


# -------------------------------------------------------------------------------------------------------------- writing


async def add(session: AsyncSession, review: Review) -> str | None:
    """Write a review; where its author has one of the item already, nothing is written and its id is answered."""
    values = {column.key: getattr(review, column.key) for column in Review.__table__.columns}
    writing = insert(Review).values(values).on_conflict_do_nothing().returning(Review.id)
    query = select(Review.id).where(
        Review.author_id == review.author_id,
        Review.item_id == review.item_id,
        Review.status != ReviewStatus.REMOVED.value,
    )
    while (await session.execute(writing)).scalar_one_or_none() is None:
        if existing := (await session.execute(query)).scalar_one_or_none():
            return str(existing)
        # What was in the way was removed in between: write again.
    return None


async def review_for_update(session: AsyncSession, id: str) -> Review | None:
    """A review that is not removed, locked until the transaction ends."""
    query = select(Review).where(Review.id == id, Review.status != ReviewStatus.REMOVED.value).with_for_update()
    return (await session.scalars(query)).one_or_none()


async def rate(session: AsyncSession, item_id: str, change: RatingChange) -> None:
    """Move an item's histogram; the row is locked, so nothing two moderators do at once is lost."""
    if change == RatingChange():
        return
    empty = {"item_id": item_id, "stars": [0, 0, 0, 0, 0]}
    await session.execute(insert(Rating).values(empty).on_conflict_do_nothing())
    rating = (await session.scalars(select(Rating).where(Rating.item_id == item_id).with_for_update())).one()
    rating.stars = change.applied_to(rating.stars)


async def vote(session: AsyncSession, review_id: str, voter_id: str) -> Vote | None:
    """How a person voted so far. The review must be locked."""
    query = select(Vote).where(Vote.review_id == review_id, Vote.voter_id == voter_id)
    return (await session.scalars(query)).one_or_none()


async def cast_vote(session: AsyncSession, review_id: str, voter_id: str, *, helpful: bool) -> None:
    """Keep how a person votes now."""
    values = {"review_id": review_id, "voter_id": voter_id, "helpful": helpful}
    statement = insert(Vote).values(values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["review_id", "voter_id"], set_={"helpful": helpful})
    )


async def has_bought(session: AsyncSession, user_id: str, item_id: str) -> bool:
    """Whether orders said that this person bought the item. The person must be locked."""
    query = select(Bought.order_id).where(Bought.user_id == user_id, Bought.item_id == item_id)
    return (await session.scalars(query.limit(1))).one_or_none() is not None


async def note_bought(session: AsyncSession, order_id: str, user_id: str | None, item_ids: Collection[str]) -> None:
    """Keep what an order held; that it is said twice changes nothing, nor whose it is by now."""
    if item_ids:
        rows = [{"order_id": order_id, "item_id": item_id, "user_id": user_id} for item_id in sorted(item_ids)]
        await session.execute(insert(Bought).values(rows).on_conflict_do_nothing())


async def claim(session: AsyncSession, order_id: str, user_id: str) -> Sequence[str]:
    """Give a guest's order to a customer; answers what it held."""
    statement = update(Bought).where(Bought.order_id == order_id, Bought.user_id.is_(None)).values(user_id=user_id)
    return (await session.execute(statement.returning(Bought.item_id))).scalars().all()


async def forget_order(session: AsyncSession, order_id: str) -> dict[str | None, list[str]]:
    """An order came to nothing: answers what it held, by whose it was."""
    statement = delete(Bought).where(Bought.order_id == order_id).returning(Bought.user_id, Bought.item_id)
    held: dict[str | None, list[str]] = {}
    for user_id, item_id in await session.execute(statement):
        held.setdefault(user_id, []).append(item_id)
    return held


async def forget_purchases(session: AsyncSession, user_id: str) -> None:
    """What a person bought is nobody's business any more; what they said of it stays marked."""
    await session.execute(delete(Bought).where(Bought.user_id == user_id))


async def verify(session: AsyncSession, user_id: str, item_ids: Collection[str]) -> None:
    """Mark a person's reviews of these items by whether orders say they bought them.

    Each person's turns follow each other: a review that is being written is seen by whoever comes second.
    """
    await lock_person(session, user_id)
    bought = select(Bought.order_id).where(Bought.user_id == user_id, Bought.item_id == Review.item_id).exists()
    await session.execute(
        update(Review)
        .where(Review.author_id == user_id, Review.item_id.in_(item_ids), Review.verified_purchase != bought)
        .values(verified_purchase=bought)
        .execution_options(synchronize_session=False)
    )


async def lock_person(session: AsyncSession, user_id: str) -> None:
    """Let nobody else write or verify reviews of this person until the transaction ends."""
    await session.execute(select(sql.pg_advisory_xact_lock(sql.hashtextextended(f"reviews:{user_id}", 0))))


async def note_author(session: AsyncSession, user_id: str, display_name: str) -> None:
    """Keep what a person is called now; of who left, nothing."""
    statement = insert(Author).values(user_id=user_id, display_name=display_name)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"display_name": display_name}, where=Author.left_at.is_(None)
        )
    )


async def forget_author(session: AsyncSession, user_id: str, *, moment: datetime) -> None:
    """A person left: their name is nobody's any more, and comes back by no late event."""
    values = {"display_name": FORMER, "left_at": moment}
    statement = insert(Author).values(user_id=user_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def note_gone(session: AsyncSession, item_id: str, *, moment: datetime) -> None:
    """Keep that an item is sold no more."""
    await session.execute(insert(GoneItem).values(item_id=item_id, gone_at=moment).on_conflict_do_nothing())


async def is_gone(session: AsyncSession, item_id: str) -> bool:
    """Whether an item is sold no more."""
    return await session.get(GoneItem, item_id) is not None


# -------------------------------------------------------------------------------------------------------------- clauses


def _readable(reader_id: str | None, *, moderator: bool) -> list[ColumnElement[bool]]:
    """Moderators see all, authors what they have not removed, everybody what is public."""
    if moderator:
        return []
    public = Review.status == ReviewStatus.APPROVED.value
    if reader_id is None:
        return [public]
    return [or_(public, (Review.author_id == reader_id) & (Review.status != ReviewStatus.REMOVED.value))]


def _place(after: Key, first_key: InstrumentedAttribute[Any]) -> Any:
    """The keys of a cursor as SQL values, of the type that this order has."""
    value, id = after
    try:
        key: object = _whole(value) if first_key.key == "helpful_count" else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidInput("This cursor is of a list in another order.", field=("after",)) from error
    return tuple_(literal(key), literal(str(id)))


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(value)  # noqa: TRY004 -- a bad cursor, whatever its type
    return value
