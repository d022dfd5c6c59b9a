"""What shoppers read is remembered, in this process or in a Redis that several share; a change is seen at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from chassis.app import create_app
from chassis.clock import now
from chassis.events import Envelope
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.products import seed
from subgraphs.products.app import subgraph
from tests.chassis.redis_server import RedisServer
from tests.subgraphs.products.test_administration import CREATE, DELETE, UPDATE, do, draft

pytestmark = pytest.mark.anyio

PAGE = """products(first: 5, filter: {category: "gaming"}) { edges { node { id name images { id }
  variants { sku stockQuantity: sku basePrice { amount } } category { name parent { name } } } } }"""
PRODUCT = "product(id: %s) { id name status variants { sku basePrice { amount } } }"


@pytest.fixture(scope="module", params=["in process", "redis"])
async def products(
    request: pytest.FixtureRequest, postgres_url: str, database_prefix: str, redis_url: str, tmp_path_factory: Any
) -> AsyncIterator[Client]:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=database_prefix,
        media_url=str(tmp_path_factory.mktemp("media")),
        redis_url=redis_url if request.param == "redis" else None,
        cache_timeout_ms=20_000,
    )
    async with under_test("products", subgraph, settings, seed=seed.demo) as client:
        yield client


@asynccontextmanager
async def another_process(products: Client, **changed: object) -> AsyncIterator[Client]:
    """The same subgraph on the same database, with a memory and connections of its own."""
    settings = products.settings.model_copy(update=changed)
    built = subgraph(settings)
    keys = products.signer
    client = Client(built, create_app([built], settings, keys=_Keys(keys), background=False), keys, settings)
    try:
        async with client.http:
            yield client
    finally:
        await built.database.close()
        for close in built.closes:
            await close()


class _Keys:
    """The test's own key."""

    def __init__(self, signer: Any) -> None:
        from chassis.tokens import KnownKeys

        self.get = KnownKeys(signer.jwks).get


async def make(products: Client, admin: dict[str, Any], **further: object) -> dict[str, Any]:
    code = f"shelf-{new_id()[-12:]}"
    done = await do(products, CREATE, draft(code, categoryId="cat-gaming", **further), admin)
    return dict(done["product"])


async def name_of(products: Client, id: str) -> str | None:
    answer = await products.ask("{ " + PRODUCT % f'"{id}"' + " }")
    assert answer.errors == []
    return answer.data["product"] and answer.data["product"]["name"]


async def listed(products: Client) -> list[str]:
    answer = await products.ask("{ " + PAGE + " }")
    assert answer.errors == []
    return [edge["node"]["name"] for edge in answer.data["products"]["edges"]]


async def test_a_page_that_was_read_costs_no_statement_and_says_the_same(products: Client) -> None:
    query = "{ " + PAGE + " " + PRODUCT % '"prod-tv-001"' + " }"
    cold = await products.ask(query)
    warm = await products.ask(query)

    assert cold.statements > 4
    assert (warm.statements, warm.data) == (0, cold.data)


async def test_a_change_is_seen_at_once(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin)
    assert await listed(products) != []
    assert await name_of(products, made["id"]) == made["name"]

    for version in range(1, 6):
        await do(products, UPDATE, {"id": made["id"], "version": version, "name": f"Name {version}"}, admin)

        assert await name_of(products, made["id"]) == f"Name {version}"
        assert f"Name {version}" in await listed(products)


async def test_what_is_deleted_is_gone_from_lists_at_once(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin)
    before = await listed(products)
    await do(products, DELETE, {"id": made["id"], "version": 1}, admin)

    assert made["name"] in before
    assert made["name"] not in await listed(products)


async def test_who_keeps_the_catalogue_and_other_subgraphs_read_the_database(
    products: Client, admin: dict[str, Any]
) -> None:
    for asking in (admin, {"internal": True}):
        for _ in range(2):
            assert (await products.ask("{ " + PAGE + " }", **asking)).statements > 2


async def test_a_draft_never_comes_out_of_what_is_remembered(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin, status="DRAFT")
    query = "{ " + PRODUCT % f'"{made["id"]}"' + " }"
    kept = await products.ask(query, **admin)

    assert kept.data["product"]["id"] == made["id"]
    assert (await products.ask(query)).data["product"] is None
    assert made["name"] not in await listed(products)


async def test_readers_and_writers_at_once_never_leave_an_old_name_behind(
    products: Client, admin: dict[str, Any]
) -> None:
    made = await make(products, admin)
    done = asyncio.Event()

    async def read() -> None:
        while not done.is_set():
            await asyncio.gather(name_of(products, made["id"]), listed(products))

    readers = [asyncio.create_task(read()) for _ in range(4)]
    try:
        for version in range(1, 16):
            await do(products, UPDATE, {"id": made["id"], "version": version, "name": f"Turn {version}"}, admin)
            assert await name_of(products, made["id"]) == f"Turn {version}"
    finally:
        done.set()
        await asyncio.gather(*readers)

    assert "Turn 15" in await listed(products)


async def test_many_who_miss_at_once_load_once(products: Client, admin: dict[str, Any]) -> None:
    made = await make(products, admin)
    with products.database.counting() as statements:
        names = await asyncio.gather(*(name_of(products, made["id"]) for _ in range(20)))

    assert set(names) == {made["name"]}
    # Somebody may come when it has been loaded and is not yet kept.
    assert len([each for each in statements if "FROM products" in each]) <= 2


async def test_stock_that_comes_and_goes_moves_lists_at_once(products: Client) -> None:
    query = '{ products(first: 50, filter: {inStock: false, category: "gaming"}) { edges { node { id } } } }'
    consumer = Consumer("products", products.database, products.subgraph.listens)

    async def out_of_stock() -> set[str]:
        return {edge["node"]["id"] for edge in (await products.ask(query)).data["products"]["edges"]}

    async def announce(available: int) -> None:
        payload = {"sku": "CONTROLLER-001", "productId": "x", "status": "x", "available": available}
        event = Envelope(new_id(), "inventory", "AvailabilityChanged", 1, now(), "CONTROLLER-001", 1, payload)
        await consumer.deliver(event)
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "shelf"))

    before = await out_of_stock()
    await announce(0)
    sold_out = await out_of_stock()
    await announce(5)

    assert sold_out - before == {"prod-controller-001"}
    assert await out_of_stock() == before


@pytest.mark.parametrize("products", ["redis"], indirect=True)
async def test_a_change_in_one_process_is_seen_at_once_in_another(
    products: Client, admin: dict[str, Any], redis_url: str
) -> None:
    made = await make(products, admin)
    async with another_process(products) as other:
        for version in range(1, 8):
            writer, reader = (products, other) if version % 2 else (other, products)
            await asyncio.gather(name_of(reader, made["id"]), listed(reader))
            await do(writer, UPDATE, {"id": made["id"], "version": version, "name": f"Both {version}"}, admin)

            assert await name_of(reader, made["id"]) == f"Both {version}"
            assert f"Both {version}" in await listed(reader)
        warm = await other.ask("{ " + PRODUCT % f'"{made["id"]}"' + " }")
    assert warm.statements == 0


@pytest.mark.parametrize("products", ["redis"], indirect=True)
async def test_redis_keeps_products_and_listings_for_five_minutes_under_the_catalogues_own_name(
    products: Client, admin: dict[str, Any], redis_url: str
) -> None:
    made = await make(products, admin)
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        # Other tests fill the same server meanwhile, under other prefixes.
        ours = f"{products.settings.database_prefix}cache:products:*"
        before = set(await redis.keys(ours))
        await name_of(products, made["id"])
        await listed(products)
        new = {str(key): await redis.ttl(key) for key in set(await redis.keys(ours)) - before}

    entries = {key: left for key, left in new.items() if ":tag:" not in key}
    assert entries
    assert all(0 < left <= 300 for left in entries.values())


async def test_the_catalogues_own_event_makes_up_for_a_process_that_died_in_between(
    products: Client, admin: dict[str, Any]
) -> None:
    made = await make(products, admin)
    assert await name_of(products, made["id"]) == made["name"]
    # As if another process had committed and died: nobody has said so here.
    async with products.database.transaction() as session:
        from sqlalchemy import text

        await session.execute(text("UPDATE products SET name = 'Told' WHERE id = :id"), {"id": made["id"]})
    assert await name_of(products, made["id"]) == made["name"]
    consumer = Consumer("products", products.database, products.subgraph.listens)
    payload = {"productId": made["id"], "skus": []}
    await consumer.deliver(Envelope(new_id(), "products", "ProductUpdated", 1, now(), made["id"], 2, payload))
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "shelf"))

    assert await name_of(products, made["id"]) == "Told"


async def test_without_its_redis_the_shop_goes_on_and_forgets_what_it_owes(
    products: Client, admin: dict[str, Any], tmp_path: Path
) -> None:
    server = RedisServer(tmp_path)
    server.start()
    try:
        async with another_process(products, redis_url=server.url) as shop:
            made = await make(shop, admin)
            assert await name_of(shop, made["id"]) == made["name"]
            server.kill()
            assert await name_of(shop, made["id"]) == made["name"]
            done = await do(shop, UPDATE, {"id": made["id"], "version": 1, "name": "While away"}, admin)
            assert done["__typename"] == "ProductUpdateSuccess"
            assert await name_of(shop, made["id"]) == "While away"
            assert "While away" in await listed(shop)
            server.start()
            assert await name_of(shop, made["id"]) == "While away"
    finally:
        server.kill()
