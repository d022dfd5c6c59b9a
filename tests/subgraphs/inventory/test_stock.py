"""Counting and adjusting by administrators, what is announced, and what everybody else may see."""

from typing import Any

import pytest

from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.testing import Client
from subgraphs.inventory.model import Line
from subgraphs.inventory.service import Reservations
from tests.subgraphs.inventory.conftest import ANOTHER_SUBGRAPH, FakeCatalogue, disagreements, rows

pytestmark = pytest.mark.anyio

REFUSAL = "... on Refusal { code message field }"
SET = f"""mutation($input: StockSetInput!) {{ stockSet(input: $input) {{ __typename
  ... on StockSetSuccess {{ stockLevel {{ sku onHand held committed available warehouse {{ id }} }} }}
  ... on StockPromised {{ promised }} {REFUSAL} }} }}"""
ADJUST = f"""mutation($input: StockAdjustInput!, $key: String!) {{
  stockAdjust(input: $input, idempotencyKey: $key) {{ __typename
  ... on StockAdjustSuccess {{ stockLevel {{ onHand }} }} ... on StockPromised {{ promised }} {REFUSAL} }} }}"""


async def set_stock(inventory: Client, admin: dict[str, Any], sku: str, warehouse: str, on_hand: int) -> dict[str, Any]:
    answer = await inventory.ask(
        SET, {"input": {"sku": sku, "warehouseId": warehouse, "onHand": on_hand, "reason": "Counted"}}, **admin
    )
    assert answer.errors == []
    return dict(answer.data["stockSet"])


async def adjust(inventory: Client, admin: dict[str, Any], by: int, key: str, **further: object) -> dict[str, Any]:
    input = {"sku": "TV-001", "warehouseId": "wh-east", "by": by, "reason": "Found behind the shelf", **further}
    answer = await inventory.ask(ADJUST, {"input": input, "key": key}, **admin)
    assert answer.errors == []
    return dict(answer.data["stockAdjust"])


async def announced(inventory: Client) -> list[tuple[object, ...]]:
    return await rows(
        inventory, "SELECT type, payload->>'sku', (payload->>'available')::int FROM outbox ORDER BY position"
    )


async def test_a_count_is_a_ledger_row_of_the_difference(inventory: Client, admin: dict[str, Any]) -> None:
    done = await set_stock(inventory, admin, "TV-001", "wh-east", 33)
    ledger = await inventory.ask(
        '{ stockMovements(sku: "TV-001", first: 1) { edges { node { kind onHand reason actorId warehouse { id } } } } }',
        **admin,
    )

    assert done["stockLevel"] == {
        "sku": "TV-001",
        "onHand": 33,
        "held": 0,
        "committed": 0,
        "available": 33,
        "warehouse": {"id": "wh-east"},
    }
    assert ledger.data["stockMovements"]["edges"][0]["node"] == {
        "kind": "SET",
        "onHand": -7,
        "reason": "Counted",
        "actorId": "user-admin",
        "warehouse": {"id": "wh-east"},
    }
    assert await disagreements(inventory) == []


async def test_a_count_cannot_go_below_what_is_promised(
    inventory: Client, stock: Reservations, admin: dict[str, Any]
) -> None:
    await stock.reserve([Line("TV-001", 10)], key="a", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    await stock.reserve([Line("TV-001", 5)], key="b", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    await stock.commit("b", viewer=ANOTHER_SUBGRAPH)

    refused = await set_stock(inventory, admin, "TV-001", "wh-east", 14)
    allowed = await set_stock(inventory, admin, "TV-001", "wh-east", 15)
    taken = await adjust(inventory, admin, -1, "one-less")

    assert (refused["code"], refused["promised"]) == ("NOT_POSSIBLE_NOW", 15)
    assert allowed["stockLevel"]["available"] == 0
    assert taken["promised"] == 15
    assert await disagreements(inventory) == []


async def test_an_adjustment_happens_once_per_key(inventory: Client, admin: dict[str, Any]) -> None:
    first = await adjust(inventory, admin, 5, "delivery-1")
    again = await adjust(inventory, admin, 5, "delivery-1")
    other = await adjust(inventory, admin, 6, "delivery-1")

    assert first["stockLevel"]["onHand"] == again["stockLevel"]["onHand"] == 45
    assert other["field"] == ["idempotencyKey"]
    assert await disagreements(inventory) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sku": "TV-00l"}, "NOT_FOUND"),
        ({"warehouseId": "wh-north"}, "NOT_FOUND"),
        ({"by": 0}, "INVALID"),
        ({"reason": " "}, "INVALID"),
        ({"by": 2_000_000_000}, "INVALID"),
        ({"by": -41}, "NOT_POSSIBLE_NOW"),
    ],
)
async def test_what_is_mistyped_is_refused(
    inventory: Client, admin: dict[str, Any], change: dict[str, Any], code: str
) -> None:
    by = change.pop("by", 1)

    assert (await adjust(inventory, admin, by, "key", **change))["code"] == code


async def test_customers_and_guests_neither_count_nor_look(inventory: Client) -> None:
    asked = {"input": {"sku": "TV-001", "warehouseId": "wh-east", "onHand": 1}}
    lists = ["stockLevels { edges { node { sku } } }", "lowStock { edges { node { sku } } }", "warehouses { id }"]

    assert (await inventory.ask(SET, asked, user="user-alice")).codes == ["FORBIDDEN"]
    assert (await inventory.ask(SET, asked)).codes == ["UNAUTHENTICATED"]
    for field in lists:
        assert (await inventory.ask(f"{{ {field} }}", user="user-alice")).codes == ["FORBIDDEN"]
        assert (await inventory.ask(f"{{ {field} }}")).codes == ["UNAUTHENTICATED"]
    levels = await inventory.entities("Variant", [{"sku": "TV-001"}], "stockLevels { onHand }", user="user-alice")
    assert levels.codes == ["FORBIDDEN"]
    warehouse = await inventory.entities("Warehouse", [{"id": "wh-east"}], "name", user="user-alice")
    assert warehouse.data["_entities"] == [None]


async def test_a_reservation_is_not_a_customers_to_see(
    inventory: Client, stock: Reservations, admin: dict[str, Any]
) -> None:
    held = await stock.reserve([Line("TV-001", 1)], key="a", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)

    stranger = await inventory.entities("Reservation", [{"id": held.id}], "key", user="user-alice")
    keeper = await inventory.entities("Reservation", [{"id": held.id}], "key", **admin)

    assert stranger.data["_entities"] == [None]
    assert keeper.data["_entities"] == [{"key": "a"}]


async def test_low_stock_is_announced_at_the_downward_crossing_only(inventory: Client, admin: dict[str, Any]) -> None:
    await set_stock(inventory, admin, "TV-001", "wh-west", 0)
    assert await announced(inventory) == []

    await set_stock(inventory, admin, "TV-001", "wh-east", 5)
    await set_stock(inventory, admin, "TV-001", "wh-east", 4)
    await set_stock(inventory, admin, "TV-001", "wh-east", 3)

    assert await announced(inventory) == [("AvailabilityChanged", "TV-001", 5), ("StockLow", "TV-001", 5)]


async def test_back_in_stock_is_announced_when_something_can_be_had_again(
    inventory: Client, admin: dict[str, Any]
) -> None:
    await set_stock(inventory, admin, "MIC-001", "wh-east", 2)
    await set_stock(inventory, admin, "MIC-001", "wh-west", 50)
    await set_stock(inventory, admin, "MIC-001", "wh-west", 60)

    assert await announced(inventory) == [
        ("AvailabilityChanged", "MIC-001", 2),
        ("BackInStock", "MIC-001", 2),
        ("AvailabilityChanged", "MIC-001", 52),
    ]


async def test_the_last_one_sold_and_given_back_is_announced(inventory: Client, stock: Reservations) -> None:
    await stock.reserve([Line("MINI-001", 3)], key="a", hold_seconds=900, viewer=ANOTHER_SUBGRAPH)
    await stock.commit("a", viewer=ANOTHER_SUBGRAPH)
    await stock.release("a", viewer=ANOTHER_SUBGRAPH)

    assert await announced(inventory) == [
        ("AvailabilityChanged", "MINI-001", 0),
        ("AvailabilityChanged", "MINI-001", 3),
        ("BackInStock", "MINI-001", 3),
    ]


async def test_a_refused_purchase_announces_nothing(inventory: Client, stock: Reservations) -> None:
    from subgraphs.inventory.errors import StockShort

    with pytest.raises(StockShort):
        await stock.reserve(
            [Line("MINI-001", 3), Line("MONITOR-001", 3)], key="a", hold_seconds=900, viewer=ANOTHER_SUBGRAPH
        )

    assert await announced(inventory) == []


async def hear(inventory: Client, type: str, **payload: object) -> None:
    """Deliver one of the catalogue's events about prod-new."""
    consumer = Consumer("inventory", inventory.database, inventory.subgraph.listens)
    await consumer.deliver(
        Envelope(
            id=new_id(),
            source="products",
            type=type,
            version=1,
            occurred_at=now(),
            aggregate_id="prod-new",
            sequence=1,
            payload={"productId": "prod-new", **payload},
        )
    )


async def available(inventory: Client, sku: str, **asking: Any) -> int:
    found = await inventory.entities("Variant", [{"sku": sku}], "availability { availableQuantity }", **asking)
    return int(found.data["_entities"][0]["availability"]["availableQuantity"])


async def test_a_new_products_skus_are_known_with_nothing_in_stock(
    inventory: Client, admin: dict[str, Any], catalogue: FakeCatalogue
) -> None:
    await hear(inventory, "ProductCreated", skus=["NEW-1"], status="ACTIVE")
    await hear(inventory, "ProductUpdated", skus=["NEW-1", "NEW-2"], status="ACTIVE")
    before = await available(inventory, "NEW-2")
    await set_stock(inventory, admin, "NEW-2", "wh-west", 9)

    assert before == 0
    assert await available(inventory, "NEW-2") == 9
    assert await available(inventory, "TV-001") == 100
    assert catalogue.asked == 0


async def test_stock_of_what_is_not_for_sale_is_not_shown_to_shoppers(inventory: Client, admin: dict[str, Any]) -> None:
    await hear(inventory, "ProductCreated", skus=["NEW-1", "NEW-2"], status="DRAFT")
    await set_stock(inventory, admin, "NEW-1", "wh-west", 9)
    draft = await available(inventory, "NEW-1")
    keeper = await available(inventory, "NEW-1", **admin)
    await hear(inventory, "ProductUpdated", skus=["NEW-1"], status="ACTIVE")
    active = await available(inventory, "NEW-1")
    reference = {"id": "prod-new", "variants": [{"sku": "NEW-1"}]}
    await hear(inventory, "ProductDeleted", skus=["NEW-1"])
    deleted = await inventory.entities("Product", [reference], "inStock stockQuantity")

    assert (draft, keeper, active) == (0, 9, 9)
    assert deleted.data["_entities"] == [{"inStock": False, "stockQuantity": 0}]


async def test_a_sku_made_a_moment_ago_can_be_counted_before_its_event_arrives(
    inventory: Client, admin: dict[str, Any], catalogue: FakeCatalogue
) -> None:
    catalogue.owners["NEW-1"] = "prod-new"

    done = await set_stock(inventory, admin, "NEW-1", "wh-east", 4)
    await hear(inventory, "ProductCreated", skus=["NEW-1"], status="ACTIVE")

    assert done["stockLevel"]["available"] == 4
    assert await available(inventory, "NEW-1") == 4


@pytest.mark.parametrize("trouble", ["refused", "slow", "cut_off", "wrong", "errors"])
async def test_a_catalogue_in_trouble_is_named_and_known_skus_need_none(
    inventory: Client, admin: dict[str, Any], catalogue: FakeCatalogue, trouble: str
) -> None:
    catalogue.trouble = trouble
    unknown = {"sku": "NEW-1", "warehouseId": "wh-east", "onHand": 1}
    before = await rows(inventory, "SELECT count(*) FROM items")

    answer = await inventory.ask(SET, {"input": unknown}, **admin)
    known = await set_stock(inventory, admin, "TV-001", "wh-east", 1)

    assert answer.codes == ["SERVICE_UNAVAILABLE"]
    assert answer.errors[0]["extensions"]["service"] == "products"
    assert known["stockLevel"]["onHand"] == 1
    assert await rows(inventory, "SELECT count(*) FROM items") == before


async def test_everybody_sees_whether_a_variant_can_be_had(inventory: Client) -> None:
    references = [{"sku": sku} for sku in ("TV-001", "MINI-001", "MIC-001", "NOT-A-SKU")]
    found = await inventory.entities("Variant", references, "availability { status availableQuantity }")

    assert [each["availability"] for each in found.data["_entities"]] == [
        {"status": "IN_STOCK", "availableQuantity": 100},
        {"status": "LOW_STOCK", "availableQuantity": 3},
        {"status": "OUT_OF_STOCK", "availableQuantity": 0},
        {"status": "OUT_OF_STOCK", "availableQuantity": 0},
    ]


async def test_a_products_stock_is_that_of_its_variants(inventory: Client) -> None:
    references: list[dict[str, Any]] = [
        {"id": "prod-laptop-001", "variants": [{"sku": "LAPTOP-001"}, {"sku": "LAPTOP-001-32GB"}]},
        {"id": "prod-mic-001", "variants": [{"sku": "MIC-001"}]},
        {"id": "prod-bare", "variants": []},
    ]
    found = await inventory.entities("Product", references, "id inStock stockQuantity")

    assert found.data["_entities"] == [
        {"id": "prod-laptop-001", "inStock": True, "stockQuantity": 200},
        {"id": "prod-mic-001", "inStock": False, "stockQuantity": 0},
        {"id": "prod-bare", "inStock": False, "stockQuantity": 0},
    ]


async def test_a_product_without_the_skus_it_requires_is_an_error_not_out_of_stock(inventory: Client) -> None:
    found = await inventory.entities("Product", [{"id": "prod-laptop-001"}], "id inStock")

    assert found.data["_entities"] == [None]
    assert found.codes == ["BAD_REPRESENTATION"]


async def test_ten_and_a_hundred_entities_cost_one_statement(inventory: Client) -> None:
    skus = [f"SKU-{number}" for number in range(100)]
    async with inventory.database.transaction() as session:
        from subgraphs.inventory import store

        await store.add_items(session, "prod-many", skus)

    async def cost(type: str, fields: str, references: list[dict[str, object]]) -> int:
        answer = await inventory.entities(type, references, fields)
        assert answer.errors == []
        return answer.statements

    variants: list[dict[str, object]] = [{"sku": sku} for sku in skus]
    products: list[dict[str, object]] = [
        {"id": f"prod-{number}", "variants": [{"sku": skus[number]}, {"sku": skus[-number]}]} for number in range(100)
    ]
    for size in (10, 100):
        assert await cost("Variant", "availability { status }", variants[:size]) == 1
        assert await cost("Product", "inStock stockQuantity", products[:size]) == 1


async def test_a_page_of_levels_costs_the_same_for_ten_and_a_hundred(inventory: Client, admin: dict[str, Any]) -> None:
    from sqlalchemy import text

    async with inventory.database.transaction() as session:
        for statement in (
            "INSERT INTO items (sku, product_id, on_hand) SELECT 'S-' || n, 'p', 3 FROM generate_series(1, 100) n",
            "INSERT INTO levels SELECT 'S-' || n, 'wh-east', now(), 3 FROM generate_series(1, 100) n",
        ):
            await session.execute(text(statement))
    query = """query($first: Int!) { lowStock(first: $first) { edges { node {
        sku available lowStockThreshold variant { sku availability { status } } warehouse { id name } } } } }"""

    costs = {}
    for size in (10, 100):
        answer = await inventory.ask(query, {"first": size}, **admin)
        assert len(answer.data["lowStock"]["edges"]) == size
        costs[size] = answer.statements
    assert costs == {10: 3, 100: 3}


async def test_levels_come_page_by_page_and_filtered(inventory: Client, admin: dict[str, Any]) -> None:
    query = """query($after: String, $filter: StockLevelFilter) { stockLevels(first: 5, after: $after, filter: $filter) {
        edges { node { sku warehouse { id } } } pageInfo { hasNextPage endCursor } } }"""
    paged: list[tuple[str, str]] = []
    after = None
    for _ in range(20):
        page = (await inventory.ask(query, {"after": after}, **admin)).data["stockLevels"]
        paged += [(edge["node"]["sku"], edge["node"]["warehouse"]["id"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    low = await inventory.ask(query, {"filter": {"lowStock": True, "warehouseId": "wh-west"}}, **admin)

    assert len(paged) == 36
    assert paged == sorted(set(paged))
    assert [edge["node"]["sku"] for edge in low.data["stockLevels"]["edges"]] == [
        "CONSOLE-001",
        "MIC-001",
        "MINI-001",
        "MONITOR-001",
    ]


async def test_the_database_itself_refuses_to_promise_too_much(inventory: Client) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    for statement in (
        "UPDATE items SET held = 101 WHERE sku = 'TV-001'",
        "UPDATE levels SET held = 41 WHERE sku = 'TV-001' AND warehouse_id = 'wh-east'",
        "UPDATE items SET committed = -1 WHERE sku = 'TV-001'",
    ):
        with pytest.raises(IntegrityError, match="violates check constraint"):
            async with inventory.database.transaction() as session:
                await session.execute(text(statement))
