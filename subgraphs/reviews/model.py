"""What reviews keeps: reviews and their moderation, votes, ratings, and what it knows of authors and purchases."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from sqlalchemy import DateTime, Integer, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.errors import InvalidInput
from chassis.ids import new_id

TITLE_MAX = 120
BODY_MAX = 5_000
FORMER = "Former customer"
NOTE_MAX = 1_000


class Base(DeclarativeBase):
    """The tables of the reviews database."""

    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}  # noqa: RUF012 -- SQLAlchemy's own name


class ReviewStatus(enum.Enum):
    """Only APPROVED reviews are public and count for a rating. REMOVED is final."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    REMOVED = "REMOVED"


class Sort(enum.Enum):
    """In which order an item's reviews come."""

    NEWEST = "NEWEST"
    HELPFUL = "HELPFUL"


@dataclass(frozen=True, slots=True)
class Words:
    """What a person says, checked: a rating of 1..5, a title and a body of bounded length."""

    rating: int
    title: str
    body: str

    def __post_init__(self) -> None:
        if not 1 <= self.rating <= 5:
            raise InvalidInput(f"A rating has 1 to 5 stars, not {self.rating}.", field=("input", "rating"))
        if not 1 <= len(self.title.strip()) <= TITLE_MAX:
            raise InvalidInput(f"A title has between 1 and {TITLE_MAX} characters.", field=("input", "title"))
        if len(self.body) > BODY_MAX:
            raise InvalidInput(f"A review has at most {BODY_MAX} characters.", field=("input", "body"))


@dataclass(frozen=True, slots=True)
class RatingChange:
    """What a transition does to an item's rating: one review of `removed` stars goes, one of `added` stars comes."""

    removed: int | None = None
    added: int | None = None

    def applied_to(self, stars: Sequence[int]) -> list[int]:
        """The histogram afterwards."""
        counts = list(stars)
        if self.removed is not None:
            counts[self.removed - 1] -= 1
        if self.added is not None:
            counts[self.added - 1] += 1
        return counts


class Review(Base):
    """What one person says about one item."""

    __tablename__ = "reviews"

    id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str]
    author_id: Mapped[str]
    rating: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(String(16))
    verified_purchase: Mapped[bool]
    helpful_count: Mapped[int]
    unhelpful_count: Mapped[int]
    moderation_note: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""
        return self.status == ReviewStatus.APPROVED.value

    @classmethod
    def write(cls, words: Words, *, item_id: str, author_id: str, verified: bool, now: datetime) -> Self:
        """A new review; it waits for a moderator."""
        return cls(
            id=new_id(),
            item_id=item_id,
            author_id=author_id,
            rating=words.rating,
            title=words.title.strip(),
            body=words.body.strip(),
            status=ReviewStatus.PENDING.value,
            verified_purchase=verified,
            helpful_count=0,
            unhelpful_count=0,
            moderation_note=None,
            created_at=now,
            updated_at=now,
        )

    def _counted(self) -> int | None:
        return self.rating if self.public else None

    def edit(self, words: Words, *, now: datetime) -> RatingChange:
        """Say something else. What was approved was another text, so the review waits for a moderator again."""
        was = self._counted()
        self.rating, self.title, self.body = words.rating, words.title.strip(), words.body.strip()
        self.status = ReviewStatus.PENDING.value
        self.moderation_note = None
        self.updated_at = now
        return RatingChange(removed=was)

    def moderate(self, *, approve: bool, note: str | None, now: datetime) -> RatingChange:
        """Publish or turn down. A removed review stays removed: the store does not find it."""
        was = self._counted()
        self.status = (ReviewStatus.APPROVED if approve else ReviewStatus.REJECTED).value
        self.moderation_note = note
        self.updated_at = now
        is_now = self._counted()
        return RatingChange() if was == is_now else RatingChange(removed=was, added=is_now)

    def remove(self, *, now: datetime) -> RatingChange:
        """Take it back. The author may write another one for the item afterwards."""
        was = self._counted()
        self.status = ReviewStatus.REMOVED.value
        self.updated_at = now
        return RatingChange(removed=was)

    def count_vote(self, *, was: bool | None, helpful: bool) -> None:
        """Count how a person votes now instead of how they voted before."""
        self.helpful_count += (helpful is True) - (was is True)
        self.unhelpful_count += (helpful is False) - (was is False)


class Vote(Base):
    """Whether one person found one review helpful."""

    __tablename__ = "votes"

    review_id: Mapped[str] = mapped_column(primary_key=True)
    voter_id: Mapped[str] = mapped_column(primary_key=True)
    helpful: Mapped[bool]


class Rating(Base):
    """How many approved reviews of an item gave 1, 2, 3, 4 and 5 stars, in that order; kept up by every transition."""

    __tablename__ = "ratings"

    item_id: Mapped[str] = mapped_column(primary_key=True)
    stars: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class Author(Base):
    """The display name of a person, as users last announced it."""

    __tablename__ = "authors"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    # Of somebody who left, nothing but the id is kept.
    left_at: Mapped[datetime | None]


class Bought(Base):
    """That an order held an item, as orders announced it; `user_id` is None while it is a guest's."""

    __tablename__ = "bought"

    order_id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str | None]


class GoneItem(Base):
    """An item that is sold no more, for good."""

    __tablename__ = "gone_items"

    item_id: Mapped[str] = mapped_column(primary_key=True)
    gone_at: Mapped[datetime]


def count_of(stars: Sequence[int]) -> int:
    """How many reviews a histogram counts."""
    return sum(stars)


def average_of(stars: Sequence[int]) -> Decimal | None:
    """The mean of a histogram of 1..5 stars to two digits, HALF_UP; None when nobody has rated."""
    count = count_of(stars)
    if count == 0:
        return None
    total = sum(index * number for index, number in enumerate(stars, start=1))
    return (Decimal(total) / count).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
