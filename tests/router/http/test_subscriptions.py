"""Subscriptions through the router: each event completed by other subgraphs, whatever ends them said, nothing left over."""

from __future__ import annotations

import asyncio

import pytest

from tests.router.http.live import asking, live, order
from tests.router.http.rogue import until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("over_http", [False, True])
async def test_each_event_is_completed_by_the_other_subgraphs(over_http: bool) -> None:
    async with live(over_http=over_http) as made, asking(made) as stream:
        feed = await made.orders.feed()
        feed.say(order("PENDING", "7"))
        first = await stream.event()
        feed.say(order("CONFIRMED", "8"))
        second = await stream.event()
        feed.complete()
        last = await stream.event()

    assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert first == ("next", {"data": {"orderUpdated": {"status": "PENDING", "buyer": {"name": "Ada 7"}}}})
    assert second == ("next", {"data": {"orderUpdated": {"status": "CONFIRMED", "buyer": {"name": "Ada 8"}}}})
    assert last == ("complete", None)


@pytest.mark.parametrize("over_http", [False, True])
async def test_when_the_client_leaves_the_subgraph_is_left_too(over_http: bool) -> None:
    async with live(over_http=over_http) as made:
        async with asking(made) as stream:
            feed = await made.orders.feed()
            feed.say(order("PENDING"))
            await stream.event()
            before = made.orders.open

        async with asyncio.timeout(10):
            await feed.left.wait()
            await until(lambda: not made.serving.subscriptions.open)

    assert before == 1
    assert made.orders.open == 0
