"""Writing, changing, moderating and weighing reviews, and the rating that follows."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.testing import Client
from tests.subgraphs.reviews.conftest import Neighbours

pytestmark = pytest.mark.anyio

REFUSAL = "... on Refusal { code message field }"
CREATE = f"""mutation($input: ReviewCreateInput!) {{ reviewCreate(input: $input) {{ __typename
  ... on ReviewCreateSuccess {{ review {{ id status rating verifiedPurchase author {{ id displayName }} }} }}
  ... on AlreadyReviewed {{ reviewId }} {REFUSAL} }} }}"""
UPDATE = f"""mutation($input: ReviewUpdateInput!) {{ reviewUpdate(input: $input) {{ __typename
  ... on ReviewUpdateSuccess {{ review {{ id status rating title }} }} {REFUSAL} }} }}"""
REMOVE = f"""mutation($id: ID!) {{ reviewRemove(id: $id) {{ __typename
  ... on ReviewRemoveSuccess {{ id }} {REFUSAL} }} }}"""
MODERATE = f"""mutation($input: ReviewModerateInput!) {{ reviewModerate(input: $input) {{ __typename
  ... on ReviewModerateSuccess {{ review {{ id status }} }} {REFUSAL} }} }}"""
VOTE = f"""mutation($id: ID!, $helpful: Boolean! = true) {{ reviewVoteHelpful(id: $id, helpful: $helpful) {{ __typename
  ... on ReviewVoteHelpfulSuccess {{ review {{ helpfulCount unhelpfulCount viewerFoundHelpful }} }} {REFUSAL} }} }}"""


async def do(reviews: Client, operation: str, input: dict[str, object], **asking: Any) -> dict[str, Any]:
    # One input, or the same things as arguments.
    answer = await reviews.ask(operation, {"input": input, **input}, **asking)
    assert answer.errors == []
    return dict(next(iter(answer.data.values())))


async def create(reviews: Client, item: str, user: str, rating: int = 5) -> str:
    done = await do(reviews, CREATE, {"itemId": item, "rating": rating, "title": "A title"}, user=user)
    return str(done["review"]["id"])


async def stars(reviews: Client, item: str) -> tuple[float | None, int, list[int]]:
    found = await reviews.entities("CatalogItem", [{"id": item}], "rating { average count histogram { stars count } }")
    rating = found.data["_entities"][0]["rating"]
    return rating["average"], rating["count"], [bar["count"] for bar in rating["histogram"]]


async def deliver(
    reviews: Client, source: str, type: str, payload: Mapping[str, object], id: str | None = None
) -> None:
    consumer = Consumer("reviews", reviews.database, reviews.subgraph.listens)
    await consumer.deliver(
        Envelope(
            id=id or new_id(),
            source=source,
            type=type,
            version=1,
            occurred_at=now(),
            aggregate_id="x",
            sequence=1,
            payload=payload,
        )
    )


async def test_a_review_waits_then_counts(reviews: Client, moderator: dict[str, Any]) -> None:
    review = await create(reviews, "prod-tv-001", "user-alice", 4)
    before = await stars(reviews, "prod-tv-001")
    await do(reviews, MODERATE, {"id": review, "decision": "APPROVE"}, **moderator)
    after = await stars(reviews, "prod-tv-001")

    assert before == (None, 0, [0, 0, 0, 0, 0])
    assert after == (4.0, 1, [0, 1, 0, 0, 0])


async def test_each_person_reviews_an_item_once(reviews: Client) -> None:
    first = await create(reviews, "prod-tv-001", "user-alice")
    second = await do(reviews, CREATE, {"itemId": "prod-tv-001", "rating": 1, "title": "Again"}, user="user-alice")

    assert second["__typename"] == "AlreadyReviewed"
    assert second["reviewId"] == first


async def test_two_at_once_are_one(reviews: Client) -> None:
    asked = {"itemId": "prod-tv-001", "rating": 5, "title": "Now"}
    done = await asyncio.gather(*(do(reviews, CREATE, dict(asked), user="user-alice") for _ in range(6)))

    assert sorted(each["__typename"] for each in done) == ["AlreadyReviewed"] * 5 + ["ReviewCreateSuccess"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rating": 0}, ["input", "rating"]),
        ({"rating": 6}, ["input", "rating"]),
        ({"title": "  "}, ["input", "title"]),
        ({"title": "x" * 121}, ["input", "title"]),
        ({"body": "x" * 5001}, ["input", "body"]),
        ({"itemId": "prod-mistyped"}, ["input", "itemId"]),
    ],
)
async def test_what_is_mistyped_is_refused(reviews: Client, change: dict[str, object], field: list[str]) -> None:
    asked = {"itemId": "prod-tv-001", "rating": 5, "title": "Fine", **change}
    done = await do(reviews, CREATE, asked, user="user-alice")

    assert done["field"] == field


async def test_a_guest_writes_nothing(reviews: Client) -> None:
    answer = await reviews.ask(CREATE, {"input": {"itemId": "prod-tv-001", "rating": 5, "title": "Hi"}})

    assert answer.codes == ["UNAUTHENTICATED"]


async def test_a_silent_catalogue_is_named(reviews: Client, neighbours: Neighbours) -> None:
    neighbours.down = True
    answer = await reviews.ask(
        CREATE, {"input": {"itemId": "prod-tv-001", "rating": 5, "title": "Hi"}}, user="user-alice"
    )

    assert answer.codes == ["SERVICE_UNAVAILABLE"]
    assert answer.errors[0]["extensions"]["service"] == "products"


async def test_an_author_no_event_has_named_is_asked_of_users(reviews: Client, neighbours: Neighbours) -> None:
    done = await do(reviews, CREATE, {"itemId": "prod-tv-001", "rating": 5, "title": "Hi"}, user="user-dora")

    assert done["review"]["author"] == {"id": "user-dora", "displayName": "Dora D."}
    assert neighbours.asked == ["/products/graphql", "/users/graphql"]


async def test_a_new_name_shows_on_old_reviews(reviews: Client) -> None:
    await deliver(reviews, "users", "UserRenamed", {"userId": "user-alice", "displayName": "Alice Z."})
    answer = await reviews.ask('{ review(id: "review-demo-001") { author { displayName } } }')

    assert answer.data["review"]["author"]["displayName"] == "Alice Z."


async def test_an_edit_waits_again_and_leaves_the_rating(reviews: Client) -> None:
    before = await stars(reviews, "prod-laptop-001")
    done = await do(reviews, UPDATE, {"id": "review-demo-001", "rating": 1, "title": "Broke"}, user="user-alice")
    after = await stars(reviews, "prod-laptop-001")

    assert done["review"]["status"] == "PENDING"
    assert before == (4.67, 3, [2, 1, 0, 0, 0])
    assert after == (4.5, 2, [1, 1, 0, 0, 0])


async def test_nobody_changes_what_others_wrote(reviews: Client, moderator: dict[str, Any]) -> None:
    changed = {"id": "review-demo-001", "rating": 1, "title": "Mine now"}

    assert (await do(reviews, UPDATE, changed, user="user-bob"))["code"] == "NOT_FOUND"
    assert (await do(reviews, REMOVE, {"id": "review-demo-001"}, user="user-bob"))["code"] == "NOT_FOUND"
    assert (await do(reviews, REMOVE, {"id": "review-demo-001"}, **moderator))["code"] == "NOT_FOUND"


async def test_a_removed_review_is_gone_and_another_may_come(reviews: Client) -> None:
    await do(reviews, REMOVE, {"id": "review-demo-007"}, user="user-bob")
    gone = await reviews.ask('{ review(id: "review-demo-007") { id } }', user="user-bob")
    neighbour = await stars(reviews, "prod-mouse-001")
    again = await do(reviews, REMOVE, {"id": "review-demo-007"}, user="user-bob")

    assert gone.data == {"review": None}
    assert neighbour == (None, 0, [0, 0, 0, 0, 0])
    assert again["code"] == "NOT_FOUND"


async def test_moderating_twice_counts_once(reviews: Client, moderator: dict[str, Any]) -> None:
    review = await create(reviews, "prod-tv-001", "user-alice", 3)
    for _ in range(2):
        await do(reviews, MODERATE, {"id": review, "decision": "APPROVE"}, **moderator)
    approved = await stars(reviews, "prod-tv-001")
    await do(reviews, MODERATE, {"id": review, "decision": "REJECT", "note": "Off topic"}, **moderator)
    rejected = await stars(reviews, "prod-tv-001")

    assert approved == (3.0, 1, [0, 0, 1, 0, 0])
    assert rejected == (None, 0, [0, 0, 0, 0, 0])


async def test_many_moderators_at_once_lose_no_star(reviews: Client, moderator: dict[str, Any]) -> None:
    people = [f"user-{number}" for number in range(8)]
    for person in people:
        await deliver(reviews, "users", "UserRegistered", {"userId": person, "displayName": person})
    written = [await create(reviews, "prod-tv-001", person, 2) for person in people]

    await asyncio.gather(*(do(reviews, MODERATE, {"id": each, "decision": "APPROVE"}, **moderator) for each in written))

    assert await stars(reviews, "prod-tv-001") == (2.0, 8, [0, 0, 0, 8, 0])


async def test_customers_do_not_moderate(reviews: Client) -> None:
    asked = {"input": {"id": "review-demo-004", "decision": "APPROVE"}}

    assert (await reviews.ask(MODERATE, asked, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await reviews.ask(MODERATE, asked)).codes == ["UNAUTHENTICATED"]


async def test_a_purchase_verifies_reviews_before_and_after_it(reviews: Client) -> None:
    early = await create(reviews, "prod-tv-001", "user-alice")
    lines = [
        {"sku": "TV-001", "productId": "prod-tv-001", "quantity": 1},
        {"sku": "TABLET-001", "productId": "prod-tablet-001", "quantity": 2},
    ]
    order = {"orderId": "order-1", "customerId": "user-alice", "lines": lines}
    for _ in range(2):
        await deliver(reviews, "orders", "OrderConfirmed", order, id="the-same-event")
    late = await do(reviews, CREATE, {"itemId": "prod-tablet-001", "rating": 5, "title": "x"}, user="user-alice")
    other = await do(reviews, CREATE, {"itemId": "prod-mic-001", "rating": 5, "title": "x"}, user="user-alice")
    seen = await reviews.ask(f'{{ review(id: "{early}") {{ verifiedPurchase }} }}', user="user-alice")

    assert seen.data["review"]["verifiedPurchase"] is True
    assert late["review"]["verifiedPurchase"] is True
    assert other["review"]["verifiedPurchase"] is False


async def test_a_guests_order_verifies_nobody(reviews: Client) -> None:
    lines = [{"sku": "TV-001", "productId": "prod-tv-001", "quantity": 1}]
    await deliver(reviews, "orders", "OrderConfirmed", {"orderId": "order-1", "customerId": None, "lines": lines})
    done = await do(reviews, CREATE, {"itemId": "prod-tv-001", "rating": 5, "title": "x"}, user="user-alice")

    assert done["review"]["verifiedPurchase"] is False


async def test_a_person_has_one_vote_and_may_change_it(reviews: Client) -> None:
    def vote(*, helpful: bool) -> Any:
        return do(reviews, VOTE, {"id": "review-demo-003", "helpful": helpful}, user="user-bob")

    first = await vote(helpful=True)
    again = await vote(helpful=True)
    changed = await vote(helpful=False)

    assert first["review"] == {"helpfulCount": 1, "unhelpfulCount": 0, "viewerFoundHelpful": True}
    assert again["review"] == {"helpfulCount": 1, "unhelpfulCount": 0, "viewerFoundHelpful": True}
    assert changed["review"] == {"helpfulCount": 0, "unhelpfulCount": 1, "viewerFoundHelpful": False}


async def test_votes_at_once_are_all_counted(reviews: Client) -> None:
    await asyncio.gather(*(do(reviews, VOTE, {"id": "review-demo-003"}, user=f"user-{number}") for number in range(10)))
    answer = await reviews.ask('{ review(id: "review-demo-003") { helpfulCount } }')

    assert answer.data["review"]["helpfulCount"] == 10


async def test_nobody_votes_for_themself_or_for_what_they_cannot_see(reviews: Client) -> None:
    own = await do(reviews, VOTE, {"id": "review-demo-001"}, user="user-alice")
    pending = await do(reviews, VOTE, {"id": "review-demo-004"}, user="user-alice")

    assert own["__typename"] == "OwnReview"
    assert pending["code"] == "NOT_FOUND"
