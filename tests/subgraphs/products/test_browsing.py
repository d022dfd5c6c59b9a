"""Lists of products: what they hold, in which order, and page by page."""

import pytest

from chassis.testing import Client

pytestmark = pytest.mark.anyio

LIST = """query($first: Int, $after: String, $filter: ProductFilter, $sort: ProductSort) {
  products(first: $first, after: $after, filter: $filter, sort: $sort) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id } }
  }
}"""


async def listed(products: Client, **variables: object) -> list[str]:
    answer = await products.ask(LIST, variables)
    assert answer.errors == []
    return [edge["node"]["id"] for edge in answer.data["products"]["edges"]]


async def test_the_front_page_shows_the_newest_first(products: Client) -> None:
    found = await listed(products, first=3)

    assert found == ["prod-laptop-001", "prod-desktop-001", "prod-mini-001"]


@pytest.mark.parametrize("sort", ["NEWEST", "PRICE_LOW", "PRICE_HIGH", "NAME"])
async def test_pages_hold_every_product_once_in_any_order(products: Client, sort: str) -> None:
    whole = await listed(products, first=100, sort=sort)
    paged: list[str] = []
    after = None
    for _ in range(20):
        page = (await products.ask(LIST, {"first": 4, "after": after, "sort": sort})).data["products"]
        paged += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert len(whole) == 15
    assert paged == whole


async def test_pages_of_a_search_hold_every_match_once(products: Client) -> None:
    filter = {"text": "wheel"}
    whole = await listed(products, first=100, filter=filter)
    first = (await products.ask(LIST, {"first": 2, "filter": filter})).data["products"]
    rest = await listed(products, first=100, filter=filter, after=first["pageInfo"]["endCursor"])

    assert len(whole) >= 2
    assert [edge["node"]["id"] for edge in first["edges"]] + rest == whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ultrabook", ["prod-laptop-001"]),
        ("ULTRAB", ["prod-laptop-001"]),
        ("gamin cha", ["prod-chair-001"]),
        ("the headphones", ["prod-headphones-001"]),
        ("keyboards", ["prod-keyboard-001"]),
        ("laptop-001-32gb", ["prod-laptop-001"]),
        ("tessel tablet", ["prod-tablet-001"]),
        ("nothing such here", []),
        ("!!! & | ( :*", []),
        ("'; DROP TABLE products; --", []),
    ],
)
async def test_a_text_finds_words_and_their_beginnings(products: Client, text: str, expected: list[str]) -> None:
    assert await listed(products, filter={"text": text}) == expected


async def test_a_name_outranks_a_description(products: Client) -> None:
    found = await listed(products, filter={"text": "monitor"})

    assert found[0] == "prod-monitor-001"
    assert "prod-mini-001" in found


async def test_a_category_holds_what_lies_below_it(products: Client) -> None:
    found = await listed(products, first=100, filter={"category": "electronics"})

    assert "prod-tv-001" in found
    assert "prod-mic-001" in found
    assert "prod-chair-001" not in found


async def test_prices_are_bounded_on_both_sides(products: Client) -> None:
    found = await listed(products, filter={"priceMin": "59.90", "priceMax": "119.00"}, sort="PRICE_LOW")

    assert found == ["prod-mouse-001", "prod-controller-001", "prod-mic-001"]


async def test_attributes_match_on_products_and_on_variants(products: Client) -> None:
    switches = await listed(products, filter={"attributes": [{"name": "switches", "values": ["Red", "Blue"]}]})
    memory = await listed(products, filter={"attributes": [{"name": "memoryGb", "values": ["32"]}]})
    both = await listed(
        products,
        filter={
            "attributes": [{"name": "wireless", "values": ["true"]}, {"name": "color", "values": ["Black", "Silver"]}]
        },
    )

    assert switches == ["prod-keyboard-001"]
    assert memory == ["prod-laptop-001"]
    assert set(both) == {"prod-tv-001", "prod-headphones-001", "prod-speaker-001"}


async def test_stock_divides_the_catalogue(products: Client) -> None:
    out = await listed(products, filter={"inStock": False})
    there = await listed(products, first=100, filter={"inStock": True})

    assert set(out) == {"prod-mic-001", "prod-console-001"}
    assert len(there) == 13


async def test_ids_pick_products(products: Client) -> None:
    found = await listed(products, filter={"ids": ["prod-tv-001", "prod-mouse-001", "unknown"]})

    assert set(found) == {"prod-tv-001", "prod-mouse-001"}


async def test_the_total_counts_all_pages(products: Client) -> None:
    answer = await products.ask(LIST, {"first": 1, "filter": {"category": "gaming"}})

    assert answer.data["products"]["totalCount"] == 4


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"first": 101}, "first"),
        ({"first": 0}, "first"),
        ({"after": "bm9uc2Vuc2U"}, "after"),
        ({"filter": {"priceMin": "20", "priceMax": "10"}}, "priceMin"),
        ({"filter": {"priceMin": "0.001"}}, "priceMin"),
        ({"filter": {"text": "x" * 201}}, "text"),
        ({"filter": {"ids": [str(n) for n in range(101)]}}, "ids"),
    ],
)
async def test_bad_arguments_say_what_is_wrong(products: Client, variables: dict[str, object], field: str) -> None:
    answer = await products.ask(LIST, variables)

    assert answer.data is None
    assert answer.codes == ["INVALID"]
    assert field in answer.errors[0]["extensions"]["field"]


async def test_a_cursor_of_another_order_is_refused(products: Client) -> None:
    by_name = (await products.ask(LIST, {"first": 1, "sort": "NAME"})).data["products"]["pageInfo"]["endCursor"]
    answer = await products.ask(LIST, {"first": 1, "sort": "PRICE_LOW", "after": by_name})

    assert answer.codes == ["INVALID"]
