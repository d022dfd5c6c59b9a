"""The demo products' pictures: drawn by us, the same everywhere, attached once, and never again once removed."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.products import seed
from subgraphs.products.app import subgraph
from subgraphs.products.seed.catalogue import PRODUCTS
from subgraphs.products.seed.pictures import drawn

pytestmark = pytest.mark.anyio

IMAGES = (
    "{ products(first: 50) { edges { node { id images { id alt url width height variants { url width bytes } } } } } }"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
async def products(postgres_url: str, database_prefix: str, folder: Path) -> AsyncIterator[Client]:
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}drawn_",
        media_url=str(folder),
        subgraphs_url="http://subgraph",
    )
    async with under_test("products", subgraph, settings, seed=seed.demo) as client:
        assert await seed.furnish(client.database, settings) == len(PRODUCTS)
        yield client


async def shown(products: Client) -> dict[str, list[dict[str, Any]]]:
    answer = await products.ask(IMAGES)
    return {edge["node"]["id"]: edge["node"]["images"] for edge in answer.data["products"]["edges"]}


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.webp"))


async def test_every_demo_product_has_a_small_picture_in_two_sizes(products: Client) -> None:
    images = await shown(products)

    assert images.keys() == {demo.id for demo in PRODUCTS}
    for (image,) in images.values():
        assert image["alt"].endswith(", drawn")
        assert [size["width"] for size in image["variants"]] == [160, 480]
        assert max(size["bytes"] for size in image["variants"]) < 20_000
        served = await products.http.get(image["url"])
        assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
        assert Image.open(io.BytesIO(served.content)).size == (480, 360)


async def test_loading_twice_changes_nothing(products: Client, folder: Path) -> None:
    before, files = await shown(products), files_in(folder)

    assert await seed.furnish(products.database, products.settings) == 0

    assert await shown(products) == before
    assert files_in(folder) == files
    async with products.database.reading() as session:
        told = "SELECT aggregate_id, count(*) FROM outbox WHERE type = 'ProductUpdated' GROUP BY 1"
        assert {row[1] for row in await session.execute(text(told))} == {1}


async def test_what_somebody_removed_stays_away(products: Client) -> None:
    admin: dict[str, Any] = {"user": "user-admin", "roles": {"admin"}, "scopes": {"products:write"}}
    remove = 'mutation { imageRemove(id: "picture-chair-001") { __typename } }'
    assert (await products.ask(remove, **admin)).data == {"imageRemove": {"__typename": "ImageRemoveSuccess"}}

    await seed.furnish(products.database, products.settings)

    assert (await shown(products))["prod-chair-001"] == []


async def test_a_store_that_does_not_answer_leaves_them_without(products: Client, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    broken = products.settings.model_copy(update={"media_url": str(tmp_path / "file")})
    async with products.database.transaction() as session:
        await session.execute(text("DELETE FROM uploads WHERE id = 'picture-tv-001'"))

    assert await seed.furnish(products.database, broken) == 0


def test_the_drawing_is_the_same_each_time_and_another_for_each_product() -> None:
    assert drawn(PRODUCTS[0]) == drawn(PRODUCTS[0])
    assert len({drawn(demo) for demo in PRODUCTS}) == len(PRODUCTS)
