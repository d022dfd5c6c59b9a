"""`telemetry.access_log`: a line for each request, only when it is asked for, and nothing of what was asked in it."""

import logging

import orjson
import pytest

from router.http.app import App
from router.http.serving import Serving
from router.settings import Settings
from tests.router.pipeline.shop import SUPERGRAPH, Shop, client, one_subgraph

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("wanted", "lines"), [("true", 2), ("false", 0)])
async def test_each_request_is_a_line_where_it_is_wanted(
    caplog: pytest.LogCaptureFixture, wanted: str, lines: int
) -> None:
    settings = Settings.parse(f"telemetry: {{access_log: {wanted}}}", environment={})
    made = Serving(settings, lambda: SUPERGRAPH, mounted={"shop": Shop()}, planner=one_subgraph)
    caplog.set_level(logging.INFO, "router.access")

    async with client(App(settings, made, start=made.start, stop=made.stop)) as http:
        good = await http.post("/graphql", json={"query": '{ hello(name: "Mrs. Secret") }'})
        await http.post("/graphql", content=b"{", headers={"content-type": "application/json"})
    await made.stop()

    logged = [orjson.loads(record.message) for record in caplog.records if record.name == "router.access"]
    assert len(logged) == lines
    assert [line["status"] for line in logged] == [200, 400][:lines]
    assert [line["bytes"] for line in logged][:1] == [len(good.content)][:lines]
    assert "Secret" not in caplog.text
