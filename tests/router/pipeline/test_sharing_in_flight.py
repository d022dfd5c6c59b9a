"""Clients who ask the same at once: one subgraph request for all of them, whichever executor answers them."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from graphql import GraphQLError

from router.http.serving import Serving
from router.pipeline.request import Request, Response
from router.settings import Settings
from tests.router.http.rogue import until
from tests.router.pipeline import shop as data
from tests.router.pipeline.shop import SUPERGRAPH, Shop

pytestmark = pytest.mark.anyio
FORWARDED = "headers: {all: {request: [{propagate: {named: authorization}}]}}"


class Crowd:
    """A router whose subgraph answers nobody before it is told to."""

    def __init__(self, serving: Serving, shop: Shop) -> None:
        self.serving = serving
        self.shop = shop
        self.opened = asyncio.Event()
        shop.gate = self.opened.wait

    async def answers(self, *clients: asyncio.Future[Response]) -> list[Any]:
        """Every client's answer, once all have asked."""
        self.opened.set()
        return [orjson.loads(response.body) for response in await asyncio.gather(*clients)]

    def ask(self, request: Request, *, warm: bool) -> asyncio.Future[Response]:
        """A client, on the warm path or on the long way."""
        pipeline = self.serving.pipeline
        assert pipeline is not None
        if not warm:
            return asyncio.ensure_future(pipeline.answer(request))
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        assert pipeline.begin(request, future.set_result) is not None
        return future


async def crowd(request: Request, settings: str = FORWARDED) -> Crowd:
    """A router that has compiled the operation."""
    shop = Shop()
    serving = Serving(Settings.parse(settings, environment={}), lambda: SUPERGRAPH, mounted={"shop": shop})
    await serving.start()
    for _ in range(2):
        await serving.answer(request)
    assert serving.pipeline is not None
    operation = await serving.pipeline.operations.get(request.query, None)
    async with asyncio.timeout(60):
        await until(lambda: any(any(variant.compiled.values()) for variant in operation.variants.values()))
    shop.requests.clear()
    return Crowd(serving, shop)


WAYS = pytest.mark.parametrize("ways", [(True, True), (False, False), (True, False), (False, True)])


@WAYS
async def test_one_request_answers_all_who_ask_the_same(ways: tuple[bool, bool]) -> None:
    request = Request("{ user { id name } }")
    made = await crowd(request)

    clients = [made.ask(request, warm=warm) for warm in ways]
    async with asyncio.timeout(60):
        await until(lambda: len(made.shop.requests) == 1)
    answers = await made.answers(*clients)

    assert answers == [{"data": {"user": {"id": "1", "name": "Ada"}}}] * 2
    assert len(made.shop.requests) == 1


@WAYS
async def test_a_failure_reaches_all_who_share_it(ways: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request("{ user { id name } }")
    made = await crowd(request, f"{FORWARDED}\ninclude_subgraph_errors: {{all: true}}")

    def fails(*_: Any, **__: Any) -> Any:
        raise GraphQLError("boom")

    monkeypatch.setitem(data.DATA, "user", fails)
    answers = await made.answers(*[made.ask(request, warm=warm) for warm in ways])

    assert [answer["errors"][0]["message"] for answer in answers] == ["boom", "boom"]
    assert len(made.shop.requests) == 1


@WAYS
async def test_nobody_shares_with_who_forwards_other_headers(ways: tuple[bool, bool]) -> None:
    one, other = (Request("{ user { id } }", headers=((b"authorization", name),)) for name in (b"one", b"other"))
    made = await crowd(one)

    await made.answers(made.ask(one, warm=ways[0]), made.ask(other, warm=ways[1]))

    assert sorted(headers["authorization"] for headers in made.shop.headers[-2:]) == ["one", "other"]
    assert len(made.shop.requests) == 2


@WAYS
async def test_mutations_are_never_shared(ways: tuple[bool, bool]) -> None:
    request = Request('mutation { rename(name: "Zoë") { name } }')
    made = await crowd(request)

    await made.answers(*[made.ask(request, warm=warm) for warm in ways])

    assert len(made.shop.requests) == 2


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    request = Request("{ user { name } }")
    made = await crowd(request)
    assert made.serving.pipeline is not None
    unread: list[Response] = []

    leaver_warm = made.serving.pipeline.begin(request, unread.append)
    leaver_generic = made.ask(request, warm=False)
    stayers = [made.ask(request, warm=True), made.ask(request, warm=False)]
    async with asyncio.timeout(60):
        await until(lambda: len(made.shop.requests) == 1)
    assert leaver_warm is not None
    leaver_warm.cancel()
    leaver_generic.cancel()
    await asyncio.wait([leaver_generic])
    answers = await made.answers(*stayers)

    assert answers == [{"data": {"user": {"name": "Ada"}}}] * 2
    assert unread == []
    assert len(made.shop.requests) == 1
