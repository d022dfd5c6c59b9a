"""Asking another subgraph: every way it fails has a name, and none of them hangs."""

import asyncio
import json
from contextvars import ContextVar
from typing import Any

import httpx
import orjson
import pytest

from chassis import trace
from chassis.peers import Peer, PeerFailed, peer
from chassis.settings import Settings
from tests.chassis.conftest import Respond, answering, dripping, saying, silent, unused_url

pytestmark = pytest.mark.anyio


HURRIED_MS = 200


def asking(url: str, *, timeout_ms: int = 20_000, **more: object) -> Peer:
    return Peer("products", url, internal_token="secret", timeout_ms=timeout_ms, **more)  # type: ignore[arg-type]


async def test_the_answers_data_is_given():
    async with answering(saying(b'{"data": {"a": 1}}')) as url:
        products = asking(url)
        assert await products.ask("{ a }") == {"a": 1}
        await products.close()


@pytest.mark.parametrize(
    ("respond", "reason"),
    [
        (silent, "slow"),
        (dripping, "slow"),
        (saying(b'{"data": {}}', length=500), "cut_off"),
        (saying(b"<html>", status="502 Bad Gateway"), "wrong"),
        (saying(b"[]"), "wrong"),
        (saying(b"{}"), "wrong"),
        (saying(b'{"data": null}'), "wrong"),
        (saying(b'{"data": {"a": 1}, "errors": [{"message": "no"}]}'), "errors"),
        (saying(b'{"errors": [{"message": "no"}]}', status="401 No"), "errors"),
    ],
)
async def test_each_failure_has_its_name(respond: Respond, reason: str):
    async with answering(respond) as url:
        products = asking(url, timeout_ms=HURRIED_MS) if reason == "slow" else asking(url)
        with pytest.raises(PeerFailed) as failed:
            await products.ask("{ a }")
        await products.close()

    assert failed.value.reason == reason
    assert failed.value.extensions == {"code": "SERVICE_UNAVAILABLE", "service": "products"}
    assert "html" not in failed.value.message


async def test_a_peer_that_is_not_there_refused():
    products = asking(unused_url())

    with pytest.raises(PeerFailed) as failed:
        await products.ask("{ a }")

    assert failed.value.reason == "refused"
    await products.close()


async def test_a_peer_that_hangs_up_cut_off():
    async def hang_up(reader, writer):
        await reader.readuntil(b"\r\n\r\n")

    async with answering(hang_up) as url:
        products = asking(url)
        with pytest.raises(PeerFailed) as failed:
            await products.ask("{ a }")
        await products.close()

    assert failed.value.reason == "cut_off"


async def test_entities_come_by_their_key_and_missing_ones_are_left_out():
    sent = []

    def products(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        assert request.headers["x-internal-token"] == "secret"
        return httpx.Response(200, json={"data": {"_entities": [{"sku": "A", "name": "a"}, None]}})

    found = await asking("http://products", transport=httpx.MockTransport(products)).entities(
        "Variant", "sku", ["A", "B", "A"], "name"
    )

    assert found == {"A": {"sku": "A", "name": "a"}}
    assert sent[0]["variables"] == {"r": [{"__typename": "Variant", "sku": "A"}, {"__typename": "Variant", "sku": "B"}]}


async def test_no_entities_cost_no_request():
    def nobody(request: httpx.Request) -> httpx.Response:
        raise AssertionError("asked")

    assert await asking("http://p", transport=httpx.MockTransport(nobody)).entities("V", "sku", [], "name") == {}


@pytest.mark.parametrize("entities", [None, [], [1], [{}, {}]])
async def test_entities_that_do_not_match_the_references_are_wrong(entities: object):
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=orjson.dumps({"data": {"_entities": entities}}))
    )

    with pytest.raises(PeerFailed) as failed:
        await asking("http://p", transport=transport).entities("V", "sku", ["A"], "name")

    assert failed.value.reason == "wrong"


async def test_the_trace_travels_along():
    seen = []

    def products(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("traceparent"))
        return httpx.Response(200, json={"data": {}})

    trace.accept("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    await asking("http://p", transport=httpx.MockTransport(products)).ask("{ a }")

    assert seen == [trace.traceparent.get()]
    assert seen[0].startswith("00-0af7651916cd43dd8448eb211c80319c-")


QUERY, MUTATION = "query { a }", "mutation { a }"
REFUSED, CUT_OFF = httpx.ConnectError("nobody"), httpx.RemoteProtocolError("hung up")
SLOW, WRONG = httpx.ReadTimeout("slow"), httpx.Response(502, content=b"<html>")


@pytest.mark.parametrize(
    ("query", "first", "asked"),
    [
        (QUERY, REFUSED, 2),
        (QUERY, CUT_OFF, 2),
        ("{ a }", CUT_OFF, 2),
        (MUTATION, REFUSED, 2),
        (MUTATION, CUT_OFF, 1),
        ("\n  mutation { a }", CUT_OFF, 1),
        ("fragment F on Q { a } mutation { ...F }", CUT_OFF, 1),
        ("query A { a } mutation B { a }", CUT_OFF, 1),
        (QUERY, SLOW, 1),
        (MUTATION, SLOW, 1),
        (QUERY, WRONG, 1),
    ],
)
async def test_only_what_does_no_harm_is_asked_again_and_only_once(
    query: str, first: Exception | httpx.Response, asked: int
):
    seen = []

    def products(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) > 1:
            return httpx.Response(200, json={"data": {"a": 1}})
        if isinstance(first, Exception):
            raise first
        return first

    products_peer = asking("http://p", transport=httpx.MockTransport(products))
    if asked == 2:
        assert await products_peer.ask(query) == {"a": 1}
    else:
        with pytest.raises(PeerFailed):
            await products_peer.ask(query)

    assert len(seen) == asked


async def test_asking_again_takes_no_longer_than_asking_may():
    calls = []

    async def products(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        if len(calls) == 1:
            raise REFUSED
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(PeerFailed) as failed:
        # Long enough that it is asked again well within it: that is done after a pause.
        await asking("http://p", timeout_ms=1_000, transport=httpx.MockTransport(products)).ask(QUERY)

    assert (failed.value.reason, len(calls)) == ("slow", 2)


async def test_the_settings_say_where_a_peer_is():
    settings = Settings(peers={"products": "http://there/graphql"})

    assert peer("products", settings)._url == "http://there/graphql"


class Next:
    """An application in this process: what it was asked, and what it answers once it may."""

    def __init__(self, answer: bytes = b'{"data": {"a": 1}}') -> None:
        self.answer = answer
        self.asked: list[tuple[Any, bytes]] = []
        self.may = asyncio.Event()
        self.may.set()
        self.done = asyncio.Event()
        self.caller = ContextVar("caller", default="nobody")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        self.asked.append((scope, body))
        assert self.caller.get() == "nobody"
        await self.may.wait()
        if not self.answer:
            raise RuntimeError("it broke")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (self.answer[:5], self.answer[5:]):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        self.done.set()


def beside(application: Next, **more: int) -> Peer:
    products = asking("http://127.0.0.1:1/products/graphql", **more)
    products.answered_by(application)
    return products


async def test_a_peer_in_this_process_is_called_as_if_it_were_elsewhere():
    application = Next()
    application.caller.set("somebody")
    products = beside(application)
    trace.accept(None)

    assert await products.ask("{ a }") == {"a": 1}

    ((scope, body),) = application.asked
    headers = dict(scope["headers"])
    assert (scope["method"], scope["path"]) == ("POST", "/products/graphql")
    assert json.loads(body) == {"query": "{ a }", "variables": {}}
    assert headers[b"x-internal-token"] == b"secret"
    assert headers[b"traceparent"].decode() == trace.traceparent.get()
    await products.close()


async def test_what_a_peer_in_this_process_has_begun_is_finished_though_nobody_waits_any_longer():
    application = Next()
    application.may.clear()
    products = beside(application, timeout_ms=HURRIED_MS)

    with pytest.raises(PeerFailed) as failed:
        await products.ask("mutation { a }")
    assert (failed.value.reason, application.done.is_set()) == ("slow", False)
    application.may.set()
    async with asyncio.timeout(30):
        await application.done.wait()

    await products.close()


async def test_a_peer_in_this_process_that_breaks_cut_off():
    products = beside(Next(b""))

    with pytest.raises(PeerFailed) as failed:
        await products.ask("mutation { a }")

    assert failed.value.reason == "cut_off"
    await products.close()
