"""The demo reviews, and a larger number made by formula. Loading twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, func, select
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import Database
from chassis.demo import Zipf, diurnal, item_id, stream
from subgraphs.reviews.model import Author, Base, Bought, Rating, Review, ReviewStatus, Vote

FIRST_AT = datetime(2026, 2, 2, 18, 30, tzinfo=UTC)
# Rows per transaction.
CHUNK = 1_000

AUTHORS = {
    "user-admin": "Ada A.",
    "user-customer": "Casey C.",
    "user-alice": "Alice A.",
    "user-bob": "Bob B.",
    "user-carol": "Carol C.",
}
SCALE_FROM = date(2025, 1, 1)
TITLES = {5: "Would buy again", 4: "Good", 3: "Does what it says", 2: "Expected more", 1: "Sent it back"}
FIRST_NAMES = ("Noor", "Mateo", "Yuki", "Amara", "Liam", "Sofia", "Chen", "Zoë", "Omar", "Ines")
LAST_NAMES = ("Novak", "Silva", "Tanaka", "Okafor", "Murphy", "Rossi", "Wang", "Müller", "Haddad", "Costa")
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
        reviews: list[dict[str, Any]] = []
        votes: list[dict[str, Any]] = []
        bought: list[dict[str, Any]] = []
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
            bought += [{"order_id": f"before:{author}", "user_id": author, "item_id": item}] if verified else []
        await _insert(session, Review, reviews)
        await _insert(session, Vote, votes)
        await _insert(session, Bought, bought)
        await _rate(session, sorted({review["item_id"] for review in reviews}))


async def scale(database: Database, n: int) -> None:
    """`n` approved reviews of a year: popular items have many. The same for the same number."""
    popular = Zipf(n, exponent=0.9)
    reviewed: set[tuple[str, str]] = set()
    for start in range(1, n + 1, CHUNK):
        made = [_made(number, n, popular) for number in range(start, min(start + CHUNK, n + 1))]
        # A person who would review the same item again has nothing to add.
        reviews = [each for each in made if (each["author_id"], each["item_id"]) not in reviewed]
        reviewed.update((each["author_id"], each["item_id"]) for each in reviews)
        async with database.transaction() as session:
            people = [
                {"user_id": item_id("user", number), "display_name": _display_name(number)}
                for number in range(start, min(start + CHUNK, n + 1))
            ]
            await _insert(session, Author, people)
            await _insert(session, Review, reviews)
            await _rate(session, sorted({each["item_id"] for each in reviews}))


def _made(number: int, n: int, popular: Zipf) -> dict[str, Any]:
    random = stream("reviews", number)
    stars = random.choice((5, 5, 5, 4, 4, 3, 2, 1))
    at = diurnal(random, SCALE_FROM + timedelta(days=random.randrange(365)))
    return {
        "id": item_id("review", number),
        "item_id": item_id("prod", popular.pick(random)),
        "author_id": item_id("user", random.randint(1, n)),
        "rating": stars,
        "title": TITLES[stars],
        "body": f"Used it for {random.randint(2, 90)} days before writing this.",
        "status": APPROVED.value,
        "verified_purchase": random.random() < 0.7,
        "helpful_count": 0,
        "unhelpful_count": 0,
        "created_at": at,
        "updated_at": at,
    }


def _display_name(number: int) -> str:
    """What users' scale data calls this person."""
    return f"{FIRST_NAMES[number % 10]} {LAST_NAMES[number // 10 % 10][0]}."


async def _rate(session: AsyncSession, item_ids: Sequence[str]) -> None:
    """Make the ratings of these items what their approved reviews amount to, those written since included."""
    approved = Review.status == APPROVED.value
    stars: list[Any] = [func.count().filter(Review.rating == number) for number in range(1, 6)]
    counted = (
        select(Review.item_id, array(stars, type_=Integer).label("stars"))
        .where(Review.item_id.in_(item_ids), approved)
        .group_by(Review.item_id)
    )
    statement = insert(Rating).from_select(["item_id", "stars"], counted)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["item_id"], set_={"stars": statement.excluded.stars})
    )


async def _insert(session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        # Parameters beside one prepared statement: one long VALUES would take twice the time to build.
        await session.execute(insert(table.__table__).on_conflict_do_nothing(), list(rows))  # type: ignore[arg-type]
