"""Who sees which reviews, in which order, and how many statements it costs."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import Client
from subgraphs.reviews import seed

pytestmark = pytest.mark.anyio

PAGE = "edges { node { id rating author { id displayName } item { id } } } pageInfo { hasNextPage endCursor }"


async def fill(reviews: Client, items: int, each: int) -> None:
    """So many items with so many approved reviews by as many people."""
    async with reviews.database.transaction() as session:
        await session.execute(
            text(
                """
                INSERT INTO authors SELECT 'user-fill-' || a, 'Fill ' || a FROM generate_series(1, :each) a
                """
            ),
            {"each": each},
        )
        await session.execute(
            text(
                """
                INSERT INTO reviews (id, item_id, author_id, rating, title, body, status, verified_purchase,
                                     helpful_count, created_at, updated_at)
                SELECT 'fill-' || i || '-' || a, 'item-' || i, 'user-fill-' || a, 1 + a % 5, 't', 'b', 'APPROVED', false,
                       a % 3, '2026-03-01'::timestamptz + a * interval '1 minute', now()
                FROM generate_series(1, :items) i, generate_series(1, :each) a
                """
            ),
            {"items": items, "each": each},
        )
        await session.execute(
            text("INSERT INTO ratings SELECT 'item-' || i, '{1,1,1,1,1}' FROM generate_series(1, :items) i"),
            {"items": items},
        )


async def test_an_item_shows_only_public_reviews(reviews: Client, moderator: dict[str, Any]) -> None:
    for asking in ({}, {"user": "user-customer"}, moderator):
        found = await reviews.entities("CatalogItem", [{"id": "prod-laptop-001"}], f"reviews {{ {PAGE} }}", **asking)
        edges = found.data["_entities"][0]["reviews"]["edges"]
        assert [edge["node"]["id"] for edge in edges] == ["review-demo-003", "review-demo-002", "review-demo-001"]


@pytest.mark.parametrize(
    ("asking", "seen"),
    [
        ({}, False),
        ({"user": "user-alice"}, False),
        ({"user": "user-customer"}, True),
        ({"user": "user-admin", "roles": {"admin"}, "scopes": {"reviews:moderate"}}, True),
    ],
)
async def test_a_pending_review_is_for_its_author_and_moderators(
    reviews: Client, asking: dict[str, Any], seen: bool
) -> None:
    root = await reviews.ask('{ review(id: "review-demo-004") { id } }', **asking)
    entity = await reviews.entities("Review", [{"id": "review-demo-004"}], "id", **asking)

    expected = {"id": "review-demo-004"} if seen else None
    assert root.data["review"] == expected
    assert entity.data["_entities"] == [expected]


async def test_a_persons_pending_reviews_are_not_in_their_public_list(reviews: Client) -> None:
    async def listed(**asking: Any) -> list[str]:
        found = await reviews.entities("User", [{"id": "user-customer"}], f"reviews {{ {PAGE} }}", **asking)
        return [edge["node"]["id"] for edge in found.data["_entities"][0]["reviews"]["edges"]]

    assert await listed() == ["review-demo-009", "review-demo-005"]
    assert await listed(user="user-customer") == [
        "review-demo-015",
        "review-demo-009",
        "review-demo-005",
        "review-demo-004",
    ]


async def test_the_queue_holds_what_waits_for_moderators_only(reviews: Client, moderator: dict[str, Any]) -> None:
    query = f"{{ reviewsToModerate(first: 1) {{ {PAGE} }} }}"
    first = (await reviews.ask(query, **moderator)).data["reviewsToModerate"]
    after = first["pageInfo"]["endCursor"]
    second = await reviews.ask(f'{{ reviewsToModerate(after: "{after}") {{ {PAGE} }} }}', **moderator)

    assert [edge["node"]["id"] for edge in first["edges"]] == ["review-demo-004"]
    assert [edge["node"]["id"] for edge in second.data["reviewsToModerate"]["edges"]] == ["review-demo-015"]
    assert (await reviews.ask(query, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await reviews.ask(query)).codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("sort", ["NEWEST", "HELPFUL"])
async def test_pages_hold_every_review_once(reviews: Client, sort: str) -> None:
    await fill(reviews, items=2, each=9)

    async def page(first: int, after: str | None) -> dict[str, Any]:
        further = "" if after is None else f', after: "{after}"'
        wanted = f"reviews(first: {first}, sort: {sort}{further})"
        found = await reviews.entities("CatalogItem", [{"id": "item-1"}], f"{wanted} {{ {PAGE} }}")
        assert found.errors == []
        return dict(found.data["_entities"][0]["reviews"])

    whole = [edge["node"]["id"] for edge in (await page(100, None))["edges"]]
    paged: list[str] = []
    after = None
    for _ in range(5):
        part = await page(2, after)
        paged += [edge["node"]["id"] for edge in part["edges"]]
        after = part["pageInfo"]["endCursor"]

    assert len(whole) == 9
    assert paged == whole


async def test_ten_and_a_hundred_items_cost_the_same_statements(reviews: Client) -> None:
    await fill(reviews, items=100, each=5)
    fields = f"id rating {{ average count histogram {{ stars count }} }} reviews(first: 3) {{ {PAGE} }}"

    async def cost(items: int) -> int:
        references = [{"id": f"item-{number}"} for number in range(1, items + 1)]
        answer = await reviews.entities("CatalogItem", references, fields)
        assert answer.errors == []
        assert all(len(each["reviews"]["edges"]) == 3 for each in answer.data["_entities"])
        return answer.statements

    assert await cost(10) == await cost(100) == 3


async def test_ten_and_a_hundred_people_cost_the_same_statements(reviews: Client) -> None:
    await fill(reviews, items=4, each=100)

    async def cost(people: int) -> int:
        references = [{"id": f"user-fill-{number}"} for number in range(1, people + 1)]
        fields = f"reviews(first: 3) {{ {PAGE} }}"
        answer = await reviews.entities("User", references, fields, user="user-alice")
        assert answer.errors == []
        assert all(len(each["reviews"]["edges"]) == 3 for each in answer.data["_entities"])
        return answer.statements

    assert await cost(10) == await cost(100) == 2


async def test_an_item_nobody_knows_has_an_empty_rating(reviews: Client) -> None:
    found = await reviews.entities(
        "CatalogItem", [{"id": "unheard-of"}], f"rating {{ average count }} reviews {{ {PAGE} }}"
    )

    assert found.data["_entities"][0]["rating"] == {"average": None, "count": 0}
    assert found.data["_entities"][0]["reviews"]["edges"] == []


WRONG_RATINGS = """
    SELECT item_id FROM ratings r WHERE stars <> (
        SELECT array_agg((SELECT count(*)::int FROM reviews v
                          WHERE v.item_id = r.item_id AND v.status = 'APPROVED' AND v.rating = n) ORDER BY n)
        FROM generate_series(1, 5) n)
"""


async def everything(reviews: Client) -> list[tuple[Any, ...]]:
    async with reviews.database.reading() as session:
        found: list[tuple[Any, ...]] = []
        for table in ("reviews", "votes", "ratings", "authors", "bought"):
            found += [tuple(row) for row in await session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
        return found


async def test_ratings_are_what_the_reviews_add_up_to(reviews: Client) -> None:
    await seed.scale(reviews.database, 300)

    async with reviews.database.reading() as session:
        assert (await session.execute(text(WRONG_RATINGS))).all() == []
        rated = (await session.execute(text("SELECT max(stars[1] + stars[5]), count(*) FROM ratings"))).one()
    assert rated[0] > 5
    assert rated[1] > 100


async def test_loading_twice_changes_nothing(reviews: Client) -> None:
    await seed.scale(reviews.database, 100)
    before = await everything(reviews)

    await seed.demo(reviews.database)
    await seed.scale(reviews.database, 100)

    assert await everything(reviews) == before
