"""The demo reviews, and a larger number made by formula. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from subgraphs.reviews.model import Author, Base, Purchase, Rating, Review, ReviewStatus, Vote

FIRST_AT = datetime(2026, 2, 2, 18, 30, tzinfo=UTC)
# Rows per INSERT: PostgreSQL takes at most 32,767 parameters in one statement.
CHUNK = 1_000

AUTHORS = {
    "user-admin": "Ada A.",
    "user-customer": "Casey C.",
    "user-alice": "Alice A.",
    "user-bob": "Bob B.",
    "user-carol": "Carol C.",
}
APPROVED, PENDING, REJECTED = ReviewStatus.APPROVED, ReviewStatus.PENDING, ReviewStatus.REJECTED

# Item, author, stars, title, body, status, verified, who found it helpful.
REVIEWS: list[tuple[str, str, int, str, str, ReviewStatus, bool, list[str]]] = [
    (
        "prod-laptop-001",
        "user-alice",
        5,
        "Carries my whole office",
        "Light enough to forget in the bag, and the battery outlasts every meeting.",
        APPROVED,
        True,
        ["user-bob", "user-carol"],
    ),
    (
        "prod-laptop-001",
        "user-bob",
        4,
        "Nearly perfect",
        "Wonderful screen. One more port on the left would have made it five stars.",
        APPROVED,
        True,
        ["user-alice"],
    ),
    (
        "prod-laptop-001",
        "user-carol",
        5,
        "Quiet",
        "I have not heard its fan once, not even while compiling.",
        APPROVED,
        False,
        [],
    ),
    (
        "prod-laptop-001",
        "user-customer",
        4,
        "Good, but mind the glare",
        "Superb indoors; outside the glossy screen mirrors the sky.",
        PENDING,
        True,
        [],
    ),
    (
        "prod-keyboard-001",
        "user-customer",
        5,
        "Types like rain on a roof",
        "The brown switches are the right middle between office and home.",
        APPROVED,
        True,
        ["user-alice", "user-bob", "user-carol"],
    ),
    (
        "prod-keyboard-001",
        "user-carol",
        3,
        "Loud for an open office",
        "Solid, but my neighbours have opinions about it.",
        APPROVED,
        False,
        ["user-bob"],
    ),
    ("prod-mouse-001", "user-bob", 4, "Fits", "The free-spinning wheel is hard to give up.", APPROVED, True, []),
    (
        "prod-monitor-001",
        "user-alice",
        5,
        "One cable at last",
        "Picture, network and power over one plug, and text is razor sharp.",
        APPROVED,
        True,
        ["user-customer"],
    ),
    (
        "prod-headphones-001",
        "user-customer",
        5,
        "Hours without pressure",
        "They keep the train out and the bass honest.",
        APPROVED,
        True,
        ["user-bob"],
    ),
    ("prod-headphones-001", "user-bob", 2, "Too tight", "Great sound, sore ears after an hour.", APPROVED, True, []),
    ("prod-speaker-001", "user-carol", 4, "Fills the kitchen", "More than enough for one room.", APPROVED, False, []),
    (
        "prod-console-001",
        "user-bob",
        5,
        "Worth the wait",
        "Loads before I have found the controller.",
        APPROVED,
        True,
        ["user-alice"],
    ),
    ("prod-console-001", "user-alice", 1, "Never in stock", "How is one to buy it?", REJECTED, False, []),
    ("prod-game-001", "user-alice", 5, "Lost again", "Four hundred suns and I know eleven.", APPROVED, True, []),
    ("prod-chair-001", "user-customer", 3, "Firm", "Very firm. My back says thanks, I do not.", PENDING, False, []),
    ("bundle-desk-001", "user-carol", 4, "Ready in ten minutes", "Everything matched.", APPROVED, False, []),
]


async def demo(database: Database) -> None:
    """Reviews in every state, their votes and ratings, and the names of the demo's people."""
    async with database.transaction() as session:
        await _insert(session, Author, [{"user_id": id, "display_name": name} for id, name in AUTHORS.items()])
        reviews, votes, bought = [], [], []
        for number, (item, author, stars, title, body, status, verified, helpful) in enumerate(REVIEWS, start=1):
            id, at = f"review-demo-{number:03}", FIRST_AT + timedelta(days=number)
            reviews.append(
                {
                    "id": id,
                    "item_id": item,
                    "author_id": author,
                    "rating": stars,
                    "title": title,
                    "body": body,
                    "status": status.value,
                    "verified_purchase": verified,
                    "helpful_count": len(helpful),
                    "unhelpful_count": 0,
                    "created_at": at,
                    "updated_at": at,
                }
            )
            votes += [{"review_id": id, "voter_id": voter, "helpful": True} for voter in helpful]
            bought += [{"user_id": author, "item_id": item}] if verified else []
        await _insert(session, Review, reviews)
        await _insert(session, Vote, votes)
        await _insert(session, Purchase, bought)
        await _insert(session, Rating, _ratings(reviews))


def _ratings(reviews: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the reviews amount to. Rows that are there already are left alone: people may have rated since."""
    histograms: dict[str, list[int]] = {}
    for review in reviews:
        if review["status"] == APPROVED.value:
            histograms.setdefault(review["item_id"], [0, 0, 0, 0, 0])[review["rating"] - 1] += 1
    return [{"item_id": item_id, "stars": stars} for item_id, stars in histograms.items()]


async def _insert(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        await session.execute(insert(table).values(list(rows[start : start + CHUNK])).on_conflict_do_nothing())
