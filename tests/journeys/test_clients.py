"""The typed clients against the running graph: TypeScript's own tests, and the generated Python client."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator
from decimal import Decimal

import pytest

from tests.journeys.shop import PATIENCE_S, ROOT, Shop

sys.path.insert(0, str(ROOT / "clients" / "python"))

from shop_client import ShopClient
from shop_client.login import LoginLoginLoginSuccess
from shop_client.transport import AnsweredErrors, Keys, NotGraphQL, Unreachable

CLIENTS = ROOT / "clients"
PATIENCE_MS = PATIENCE_S * 1_000
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (CLIENTS / "node_modules").exists(),
    reason="needs Node and `npm ci` in clients, which `./dev test` does where Node is",
)


@needs_node
def test_the_typescript_client_works_on_the_running_graph(shop: Shop) -> None:
    result = subprocess.run(
        ["npx", "--no-install", "vitest", "run", "tests/graph.test.ts"],
        cwd=CLIENTS / "core",
        env={**os.environ, "SHOP_URL": shop.url, "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.anyio
async def test_the_python_client_signs_in_and_reads_typed_data(shop: Shop) -> None:
    async with ShopClient(shop.url, timeout_ms=PATIENCE_MS) as client:
        signed_in = await client.login("customer@ecommerce.local", "customer123")
        home = await client.home(first=5)

    assert isinstance(signed_in.login, LoginLoginLoginSuccess)
    assert home.me is not None
    assert home.me.id == "user-customer"
    assert len(home.products.edges) == 5
    assert isinstance(home.products.edges[0].node.variants[0].base_price.amount, Decimal)


@pytest.mark.anyio
async def test_the_python_client_carries_a_guests_basket(shop: Shop) -> None:
    async with ShopClient(shop.url, timeout_ms=PATIENCE_MS) as client:
        await client.add_to_cart("MOUSE-001", quantity=3)
        page = await client.cart_page()

    assert page.cart is not None
    assert [(line.variant and line.variant.sku, line.quantity) for line in page.cart.lines] == [("MOUSE-001", 3)]


@pytest.mark.anyio
async def test_the_python_client_watches_a_basket(shop: Shop) -> None:
    async with ShopClient(shop.url, timeout_ms=PATIENCE_MS) as client, asyncio.timeout(PATIENCE_S):
        await client.add_to_cart("MOUSE-001", quantity=1)
        events = client.watch_cart()
        assert isinstance(events, AsyncGenerator)
        before = await anext(events)
        await client.add_to_cart("MOUSE-001", quantity=2)
        after = await anext(events)
        await events.aclose()

    assert [each.cart_updated and each.cart_updated.item_count for each in (before, after)] == [1, 3]


@pytest.mark.anyio
async def test_the_python_client_is_told_why_it_may_not_watch(shop: Shop) -> None:
    async with ShopClient(shop.url, timeout_ms=PATIENCE_MS) as client:
        with pytest.raises(AnsweredErrors):
            await anext(client.watch_cart())


@pytest.mark.anyio
async def test_the_python_client_tells_errors_from_silence_and_from_nonsense(shop: Shop) -> None:
    async with ShopClient(shop.url, keys=Keys(access_token="forged"), timeout_ms=PATIENCE_MS) as forging:
        with pytest.raises(AnsweredErrors) as answered:
            await forging.home()
    async with ShopClient("http://127.0.0.1:1/graphql") as nobody:
        with pytest.raises(Unreachable):
            await nobody.home()
    async with ShopClient(shop.page, timeout_ms=PATIENCE_MS) as page:
        with pytest.raises(NotGraphQL):
            await page.home()

    assert answered.value.has_code("UNAUTHENTICATED")
