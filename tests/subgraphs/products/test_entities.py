"""References from other subgraphs, and what lists cost: one statement per relation, however long they are."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.testing import Client
from subgraphs.products import seed

pytestmark = pytest.mark.anyio

EVERYTHING = """id slug name stockQuantity type { name } category { name parent { name } children { name } }
  variants { sku basePrice { amount currency } dimensions { lengthMm } product { id } }"""


@pytest.fixture(scope="module", autouse=True)
async def many(products: Client) -> None:
    """A hundred products, that a list of a hundred may be asked for."""
    await seed.scale(products.database, 120)


async def test_an_item_is_a_product_or_a_bundle(products: Client) -> None:
    references = [{"id": "prod-tv-001"}, {"id": "bundle-desk-001"}, {"id": "unknown"}]
    found = await products.entities("CatalogItem", references, "__typename id name")

    assert found.data["_entities"] == [
        {"__typename": "Product", "id": "prod-tv-001", "name": "Cinema OLED 65"},
        {"__typename": "Bundle", "id": "bundle-desk-001", "name": "Desk Setup"},
        None,
    ]


async def test_each_key_finds_its_entity(products: Client) -> None:
    for type, references, fields, expected in [
        ("Product", [{"id": "prod-tv-001"}, {"slug": "cinema-oled-65"}], "id", {"id": "prod-tv-001"}),
        ("Variant", [{"id": "var-tv-001"}, {"sku": "TV-001"}], "sku", {"sku": "TV-001"}),
        ("Category", [{"id": "cat-audio"}, {"slug": "audio"}], "name", {"name": "Audio"}),
    ]:
        found = await products.entities(type, references, fields)
        assert found.data["_entities"] == [expected, expected]


async def test_a_bundle_costs_what_its_parts_cost(products: Client) -> None:
    answer = await products.ask(
        '{ bundle(id: "bundle-desk-001") { basePrice { amount } items { quantity variant { sku name } } } bundles { edges { node { id } } } }'
    )

    assert answer.data["bundle"]["basePrice"] == {"amount": "567.90"}
    assert [item["variant"]["sku"] for item in answer.data["bundle"]["items"]] == [
        "KEYBOARD-001-BROWN",
        "MOUSE-001",
        "MONITOR-001",
    ]
    assert answer.data["bundles"]["edges"] == [{"node": {"id": "bundle-desk-001"}}]


async def test_categories_are_a_tree(products: Client) -> None:
    answer = await products.ask(
        '{ categories { slug children { slug parent { slug } } } category(slug: "audio") { name } }'
    )

    assert answer.data["categories"][0]["slug"] == "electronics"
    assert [each["slug"] for each in answer.data["categories"][0]["children"]] == ["computers", "peripherals", "audio"]
    assert answer.data["category"] == {"name": "Audio"}


async def test_what_a_product_cost_the_shop_is_for_other_subgraphs(products: Client) -> None:
    found = await products.entities("Variant", [{"sku": "TV-001"}], "costPrice { amount }", internal=True)

    assert found.data["_entities"] == [{"costPrice": {"amount": "1390.00"}}]
    assert "costPrice: Money @inaccessible" in products.subgraph.schema.sdl


async def test_a_list_of_ten_and_of_a_hundred_costs_the_same_statements(products: Client) -> None:
    query = f"query($first: Int!) {{ products(first: $first) {{ totalCount edges {{ node {{ {EVERYTHING} }} }} }} }}"

    costs = {}
    for size in (10, 100):
        answer = await products.ask(query, {"first": size})
        assert answer.errors == []
        assert len(answer.data["products"]["edges"]) == size
        costs[size] = answer.statements
    # The page, the count, types, variants, their products, categories with their parents, and children.
    assert costs == {10: 7, 100: 7}


@pytest.mark.parametrize(
    ("type", "reference", "fields", "statements"),
    [
        ("Product", lambda n: {"id": f"prod-scale-{n:06}"}, EVERYTHING, 5),
        ("Product", lambda n: {"slug": f"scale-{n:06}"}, "id variants { sku }", 2),
        ("CatalogItem", lambda n: {"id": f"prod-scale-{n:06}"}, "id name", 2),
        ("Variant", lambda n: {"sku": f"SCALE-{n:06}"}, "basePrice { amount } product { id name }", 1),
    ],
)
async def test_ten_and_a_hundred_references_cost_the_same_statements(
    products: Client, type: str, reference: Any, fields: str, statements: int
) -> None:
    for size in (10, 100):
        found = await products.entities(type, [reference(number) for number in range(1, size + 1)], fields)
        assert found.errors == []
        assert None not in found.data["_entities"]
        assert found.statements == statements


async def test_whose_a_sku_is_is_for_other_subgraphs(products: Client) -> None:
    query = '{ skuOwners(skus: ["TV-001", "UNKNOWN", "MOUSE-001"]) { sku productId } }'
    answer = await products.ask(query, internal=True)

    assert answer.data["skuOwners"] == [
        {"sku": "MOUSE-001", "productId": "prod-mouse-001"},
        {"sku": "TV-001", "productId": "prod-tv-001"},
    ]
    assert (await products.ask(query, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await products.ask(query)).codes == ["FORBIDDEN"]


async def test_stock_that_inventory_announces_moves_the_filter(products: Client) -> None:
    async def out_of_stock() -> set[str]:
        query = "{ products(first: 100, filter: {inStock: false}) { edges { node { id } } } }"
        return {edge["node"]["id"] for edge in (await products.ask(query)).data["products"]["edges"]}

    before = await out_of_stock()
    consumer = Consumer("products", products.database, products.subgraph.listens)
    for sku, available in (("TV-001", 0), ("CONSOLE-001", 7)):
        await consumer.deliver(
            Envelope(
                id=new_id(),
                source="inventory",
                type="AvailabilityChanged",
                version=1,
                occurred_at=now(),
                aggregate_id=sku,
                sequence=1,
                payload={"sku": sku, "productId": "p", "status": "x", "available": available},
            )
        )
    after = await out_of_stock()

    assert "prod-console-001" in before
    assert after == before - {"prod-console-001"} | {"prod-tv-001"}


async def test_loading_twice_changes_nothing_and_the_same_number_gives_the_same_data(products: Client) -> None:
    async def everything() -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        async with products.database.reading() as session:
            for table in ("categories", "product_types", "products", "variants", "bundles", "bundle_items"):
                found += [tuple(row) for row in await session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
        return found

    before = await everything()
    await seed.demo(products.database)
    await seed.scale(products.database, 120)

    assert await everything() == before


async def test_what_the_demo_and_the_scale_data_hold_is_what_their_types_allow(products: Client) -> None:
    from subgraphs.products import store
    from subgraphs.products.model import Sight

    async with products.database.reading() as session:
        types = {each.id: each for each in await store.types(session)}
        ids = [row[0] for row in await session.execute(text("SELECT id FROM products"))]
        found = await store.products_by_ids(session, ids, sight=Sight.ALL)
        variants = await store.variants_by_products(session, ids)

    assert len(found) == 135
    for product in found.values():
        kind = types[product.type_id]
        kind.check(product.attributes, of_variant=False, field=())
        facets, price = product.facets, product.price_min_minor
        product.take_in(variants[product.id], kind=kind)
        assert (product.facets, product.price_min_minor) == (facets, price)
        for each in variants[product.id]:
            kind.check(each.attributes, of_variant=True, field=())
