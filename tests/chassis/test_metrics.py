"""/metrics: requests by route, figures read where they are kept, and how events and mails stand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from chassis.app import Subgraph, create_app
from chassis.database import Database
from chassis.mail import MAIL_TABLES, Mail, post
from chassis.metrics import Gauge
from chassis.settings import Settings
from tests.chassis.toy import subgraph
from tests.chassis.toy_events import ToyMoved, say

pytestmark = pytest.mark.anyio


async def page(toys: Subgraph, *requests: tuple[str, str]) -> str:
    app = create_app([toys], Settings(), background=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toys") as client:
        for method, path in requests:
            await client.request(method, path, json={"query": "{ __typename }"})
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


@pytest.fixture
def toys(database: Database) -> Subgraph:
    router = APIRouter()

    @router.get("/boxes/{id}")
    async def box(id: str) -> str:
        return id

    return replace(subgraph(database), routes=[router])


def gauge(read: Callable[[], Any], **options: Any) -> Gauge:
    async def reading() -> Any:
        return read()

    return Gauge("toys_total", "Toys.", reading, **options)


async def test_requests_are_counted_by_route_and_never_by_what_is_in_the_path(toys: Subgraph):
    shown = await page(
        toys, ("POST", "/toys/graphql"), ("GET", "/toys/boxes/1"), ("GET", "/toys/boxes/2"), ("GET", "/made/up"),
        ("MAKEUP", "/toys/graphql"),
    )  # fmt: skip

    assert 'http_requests_total{method="POST",path="/toys/graphql",status="200"} 1.0' in shown
    assert 'http_requests_total{method="GET",path="/toys/boxes/{id}",status="200"} 2.0' in shown
    assert 'http_requests_total{method="GET",path="none",status="404"} 1.0' in shown
    assert 'http_requests_total{method="OTHER",path="/toys/graphql",status="405"} 1.0' in shown
    assert 'http_request_duration_seconds_count{method="GET",path="/toys/boxes/{id}"} 2.0' in shown
    assert "boxes/1" not in shown
    assert "made" not in shown


async def test_a_subgraph_offers_figures_of_its_own(toys: Subgraph):
    shown = await page(
        replace(
            toys,
            gauges=[
                gauge(lambda: {"red": 2, "blue": 3}, label="colour", fixed={"shop": "main"}),
                gauge(lambda: {"red": 5}, label="colour", fixed={"shop": "other"}),
            ],
        )
    )

    assert "# TYPE toys_total gauge" in shown
    assert 'toys_total{colour="red",shop="main"} 2.0' in shown
    assert 'toys_total{colour="blue",shop="main"} 3.0' in shown
    assert 'toys_total{colour="red",shop="other"} 5.0' in shown


async def test_a_figure_that_cannot_be_read_takes_no_other_along(toys: Subgraph):
    def broken() -> float:
        raise OSError("away")

    async def seven() -> float:
        return 7

    shown = await page(replace(toys, gauges=[gauge(broken), Gauge("sevens", "Sevens.", seven)]))

    assert "toys_total" not in shown
    assert "sevens 7.0" in shown


async def test_asking_again_at_once_asks_no_database(toys: Subgraph):
    readings = iter((1.0, 2.0))
    app = create_app([replace(toys, gauges=[gauge(lambda: next(readings))])], Settings(), background=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toys") as client:
        for _ in range(3):
            assert "toys_total 1.0" in (await client.get("/metrics")).text


async def test_it_shows_how_events_and_mails_stand(toys: Subgraph, database: Database):
    async with database.engine.begin() as connection:
        await connection.run_sync(MAIL_TABLES.drop_all)
        await connection.run_sync(MAIL_TABLES.create_all)
    await say(database, ToyMoved("a", 1), ToyMoved("b", 1))
    async with database.transaction() as session:
        await post(session, Mail("ann@example.com", "Hello", "Text", "k1"))

    shown = await page(replace(toys, mails=True))

    assert 'outbox_waiting_events{subgraph="toys"} 2.0' in shown
    assert 'outbox_dead_events{subgraph="toys"} 0.0' in shown
    assert 'inbox_dead_events{subgraph="toys"} 0.0' in shown
    assert 'mails_waiting{subgraph="toys"} 1.0' in shown
    assert 'outbox_oldest_waiting_seconds{subgraph="toys"}' in shown


async def test_without_mails_there_is_nothing_to_say_of_them(toys: Subgraph):
    assert "mails" not in await page(toys)
