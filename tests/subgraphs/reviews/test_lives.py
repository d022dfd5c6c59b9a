"""What becomes of reviews when orders, people and products change, and that ratings are always what a recount says."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.clock import now
from chassis.testing import Client
from subgraphs.reviews import store
from subgraphs.reviews.model import Review, Words
from tests.subgraphs.reviews.test_reading import WRONG_RATINGS
from tests.subgraphs.reviews.test_writing import CREATE, MODERATE, REMOVE, UPDATE, VOTE, create, deliver, do

pytestmark = pytest.mark.anyio

LINES = [{"sku": "TV-001", "productId": "prod-tv-001", "quantity": 1}]


def order(number: int, customer: str | None = "user-alice") -> dict[str, Any]:
    return {"orderId": f"order-{number}", "customerId": customer, "lines": LINES}


async def verified(reviews: Client, id: str, user: str = "user-alice") -> bool:
    answer = await reviews.ask(f'{{ review(id: "{id}") {{ verifiedPurchase }} }}', user=user)
    return bool(answer.data["review"]["verifiedPurchase"])


@pytest.mark.parametrize("event", ["OrderConfirmed", "OrderDelivered"])
async def test_what_was_bought_or_delivered_is_verified(reviews: Client, event: str) -> None:
    review = await create(reviews, "prod-tv-001", "user-alice")
    before = await verified(reviews, review)
    await deliver(reviews, "orders", event, order(1))

    assert (before, await verified(reviews, review)) == (False, True)


async def test_a_cancelled_order_verifies_nobody_unless_there_is_another(reviews: Client) -> None:
    review = await create(reviews, "prod-tv-001", "user-alice")
    for number in (1, 2):
        await deliver(reviews, "orders", "OrderConfirmed", order(number))
    told = []
    for number in (1, 2):
        await deliver(reviews, "orders", "OrderCancelled", {**order(number), "reason": "changed mind"})
        told.append(await verified(reviews, review))

    assert told == [True, False]


async def test_what_is_given_back_was_bought_all_the_same(reviews: Client) -> None:
    review = await create(reviews, "prod-tv-001", "user-alice")
    await deliver(reviews, "orders", "OrderConfirmed", order(1))
    await deliver(reviews, "orders", "OrderReturned", {**order(1), "returnId": "r"})
    await deliver(reviews, "orders", "OrderRefunded", {**order(1), "amount": {"amount": "1.00", "currency": "USD"}})

    assert await verified(reviews, review)


async def test_a_guests_order_verifies_whoever_claims_it(reviews: Client) -> None:
    review = await create(reviews, "prod-tv-001", "user-alice")
    await deliver(reviews, "orders", "OrderConfirmed", order(1, None))
    before = await verified(reviews, review)
    await deliver(reviews, "orders", "OrderClaimed", {"orderId": "order-1", "customerId": "user-alice"})
    # It is said again of a guest's order; it stays whose it is.
    await deliver(reviews, "orders", "OrderDelivered", order(1, None))

    assert (before, await verified(reviews, review)) == (False, True)


async def test_writing_while_buying_and_cancelling_ends_as_orders_say(reviews: Client) -> None:
    for turn in range(6):
        person = f"user-hasty-{turn}"
        await deliver(reviews, "users", "UserRegistered", {"userId": person, "displayName": "Hasty"})
        cancelled = turn % 2 == 1
        if cancelled:
            await deliver(reviews, "orders", "OrderConfirmed", order(turn, person))
        event = "OrderCancelled" if cancelled else "OrderConfirmed"
        review, _ = await asyncio.gather(
            create(reviews, "prod-tv-001", person),
            deliver(reviews, "orders", event, {**order(turn, person), "reason": "x"}),
        )

        assert await verified(reviews, review, person) is not cancelled


async def test_who_left_is_a_former_customer_whatever_comes_late(reviews: Client) -> None:
    await deliver(reviews, "orders", "OrderConfirmed", order(1))
    await deliver(reviews, "users", "UserDeleted", {"userId": "user-alice"})
    await deliver(reviews, "users", "UserRenamed", {"userId": "user-alice", "displayName": "Alice A."})
    shown = await reviews.ask('{ review(id: "review-demo-001") { title author { displayName } } }')
    # A token outlives its person by minutes.
    late = await do(reviews, CREATE, {"itemId": "prod-mic-001", "rating": 5, "title": "x"}, user="user-alice")
    async with reviews.database.reading() as session:
        kept = await session.scalar(text("SELECT count(*) FROM bought WHERE user_id = 'user-alice'"))

    assert shown.data["review"]["author"]["displayName"] == "Former customer"
    assert shown.data["review"]["title"] == "Carries my whole office"
    assert late["review"]["author"]["displayName"] == "Former customer"
    assert kept == 0


async def test_what_is_sold_no_more_is_neither_reviewed_nor_moderated(
    reviews: Client, moderator: dict[str, Any]
) -> None:
    waiting = await create(reviews, "prod-tv-001", "user-bob")
    query = "{ reviewsToModerate(first: 50) { edges { node { id } } } }"

    async def queue() -> list[str]:
        answer = await reviews.ask(query, **moderator)
        return [edge["node"]["id"] for edge in answer.data["reviewsToModerate"]["edges"]]

    before = await queue()
    await deliver(reviews, "products", "ProductDeleted", {"productId": "prod-tv-001", "skus": ["TV-001"]})
    refused = await do(reviews, CREATE, {"itemId": "prod-tv-001", "rating": 5, "title": "x"}, user="user-alice")

    assert waiting in before
    assert waiting not in await queue()
    assert refused["code"] == "NOT_FOUND"


async def test_one_person_voting_many_times_at_once_has_one_vote(reviews: Client) -> None:
    votes = [{"id": "review-demo-003", "helpful": number % 2 == 0} for number in range(10)]
    await asyncio.gather(*(do(reviews, VOTE, vote, user="user-bob") for vote in votes))
    async with reviews.database.reading() as session:
        counted = (
            await session.execute(
                text(
                    "SELECT helpful_count + unhelpful_count, (SELECT count(*) FROM votes v WHERE v.review_id = r.id) "
                    "FROM reviews r WHERE id = 'review-demo-003'"
                )
            )
        ).one()

    assert tuple(counted) == (1, 1)


async def test_a_review_removed_while_its_author_writes_anew_is_in_nobodys_way(
    reviews: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = await create(reviews, "prod-tv-001", "user-bob")
    words = Words(rating=5, title="x", body="")
    anew = Review.write(words, item_id="prod-tv-001", author_id="user-bob", verified=False, now=now())

    async with reviews.database.transaction() as session:
        execute, asked = session.execute, 0

        async def removed_after_the_first(statement: Any) -> Any:
            nonlocal asked
            result, asked = await execute(statement), asked + 1
            if asked == 1:
                await do(reviews, REMOVE, {"id": in_the_way}, user="user-bob")
            return result

        monkeypatch.setattr(session, "execute", removed_after_the_first)

        assert await store.add(session, anew) is None


PEOPLE = ("user-alice", "user-bob", "user-carol")
MOVE = st.tuples(
    st.sampled_from(["create", "edit", "remove", "approve", "reject", "vote"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.integers(1, 5),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.lists(MOVE, min_size=1, max_size=6), min_size=1, max_size=5))
async def test_counters_are_what_a_recount_says_after_any_turns_at_once(
    reviews: Client, moderator: dict[str, Any], turns: list[list[tuple[str, str, str, int]]]
) -> None:
    async def review_of(person: str) -> str:
        query = text("SELECT id FROM reviews WHERE author_id = :p AND item_id = 'prod-tv-001' AND status <> 'REMOVED'")
        async with reviews.database.reading() as session:
            return str(await session.scalar(query, {"p": person}))

    async def move(what: str, person: str, other: str, stars: int) -> None:
        words: dict[str, object] = {"rating": stars, "title": "x"}
        if what == "create":
            await do(reviews, CREATE, {"itemId": "prod-tv-001", **words}, user=person)
        elif what == "edit":
            await do(reviews, UPDATE, {"id": await review_of(person), **words}, user=person)
        elif what == "remove":
            await do(reviews, REMOVE, {"id": await review_of(person)}, user=person)
        elif what == "vote":
            await do(reviews, VOTE, {"id": await review_of(person), "helpful": stars > 2}, user=other)
        else:
            decision: dict[str, object] = {"id": await review_of(person), "decision": what.upper()}
            await do(reviews, MODERATE, decision, **moderator)

    for turn in turns:
        await asyncio.gather(*(move(*each) for each in turn))

    async with reviews.database.reading() as session:
        assert (await session.execute(text(WRONG_RATINGS))).all() == []
        miscounted = await session.execute(
            text(
                "SELECT id FROM reviews r WHERE helpful_count <> "
                "(SELECT count(*) FROM votes v WHERE v.review_id = r.id AND v.helpful) OR unhelpful_count <> "
                "(SELECT count(*) FROM votes v WHERE v.review_id = r.id AND NOT v.helpful) "
                "AND r.item_id = 'prod-tv-001'"
            )
        )
        assert [row for row in miscounted if not str(row[0]).startswith("review-demo")] == []
