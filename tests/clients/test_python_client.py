"""The typed Python client, on the wire."""

import sys
from pathlib import Path

import httpx
import orjson
import pytest

from router.http.app import App
from router.http.serving import Serving
from router.settings import Settings
from tests.architecture.repository import ROOT
from tests.router.pipeline.shop import SUPERGRAPH, Shop, client, one_subgraph

sys.path.insert(0, str(ROOT / "clients" / "python"))

from shop_client import ShopClient

pytestmark = pytest.mark.anyio
URL = "http://router.test/graphql"


async def test_the_router_counts_a_clients_operations_under_the_name_it_was_given(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    settings = Settings.parse(f"telemetry: {{usage: {{file: {file}, interval: 1h}}}}", environment={})
    made = Serving(settings, lambda: SUPERGRAPH, mounted={"shop": Shop()}, planner=one_subgraph)

    async with client(App(settings, made, start=made.start, stop=made.stop)) as http:
        named = ShopClient(URL, client_name="reports", client_version="1.2", http_client=http)
        await named.execute("query Users { user { id } }", "Users")
        await ShopClient(URL, http_client=http).execute("query Users { user { id } }", "Users")
    await made.stop()

    lines = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    assert [(line["client_name"], line["client_version"]) for line in lines] == [("reports", "1.2"), (None, None)]


async def test_a_subscription_says_who_asks_too() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, text="event: complete\n\n")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        watching = ShopClient(URL, client_name="till", http_client=http)
        assert [event async for event in watching.watch_cart()] == []

    assert asked[0].headers["apollographql-client-name"] == "till"
    assert "apollographql-client-version" not in asked[0].headers
