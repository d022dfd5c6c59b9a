"""The router signs what it asks, so that subgraphs can tell it from others; and only where a secret is set."""

from __future__ import annotations

import asyncio

import pytest

from chassis.signature import RouterOnly
from router.http.app import App
from router.http.mount import mount
from router.settings import Settings, SettingsError
from tests.router.http.rogue import until
from tests.router.pipeline.shop import SUPERGRAPH, Shop, ask, client, one_subgraph

pytestmark = pytest.mark.anyio
SIGNING = "authentication: {subgraph: {all: {signature: {secret: s3cret}}}}"


class Checked(Shop):
    """A subgraph that lets the chassis judge each signature, as the shop's own do."""

    async def __call__(self, scope, receive, send) -> None:
        message = await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        RouterOnly("s3cret").check(headers.get("x-router-signature"), message["body"], internal=False)

        async def again():
            return message

        await super().__call__(scope, again, send)


def router(shop: Shop, settings: str) -> App:
    return mount(SUPERGRAPH, {"shop": shop}, Settings.parse(settings, environment={}), planner=one_subgraph)


async def test_a_subgraph_that_knows_the_secret_believes_the_router() -> None:
    app = router(Checked(), SIGNING)

    for _ in range(4):  # by the generic executor first, by the compiled program later
        answer = await ask(app, "{ user { id name } }")
        assert answer.json() == {"data": {"user": {"id": "1", "name": "Ada"}}}


async def test_a_mutation_is_signed_too() -> None:
    answer = await ask(router(Checked(), SIGNING), 'mutation { rename(name: "Zoë") { name } }')

    assert answer.json() == {"data": {"rename": {"name": "Zoë"}}}


async def test_requests_that_share_a_call_share_its_signature() -> None:
    shop = Checked()
    gate = asyncio.Event()
    shop.gate = gate.wait
    app = router(shop, SIGNING)

    async with client(app) as http:
        body = {"query": "{ user { id } }"}
        answers = [asyncio.ensure_future(http.post("/graphql", json=body)) for _ in range(5)]
        await until(lambda: shop.requests)
        gate.set()
        bodies = [(await answer).json() for answer in answers]

    assert bodies == [{"data": {"user": {"id": "1"}}}] * 5
    assert len(shop.requests) < 5


async def test_a_client_cannot_bring_a_signature_of_its_own() -> None:
    shop = Shop()
    settings = SIGNING + "\nheaders: {all: {request: [{propagate: {matching: '.*'}}]}}"

    await ask(router(shop, settings), "{ user { id } }", x_router_signature="t=1,v1=" + "0" * 64)

    assert shop.headers[0]["x-router-signature"].startswith("t=")
    assert not shop.headers[0]["x-router-signature"].startswith("t=1,")


@pytest.mark.parametrize("settings", ["", "authentication: {subgraph: {all: {signature: {secret: ''}}}}"])
async def test_without_a_secret_nothing_is_signed(settings: str) -> None:
    shop = Shop()

    await ask(router(shop, settings), "{ user { id } }")

    assert "x-router-signature" not in shop.headers[0]


async def test_one_subgraph_may_have_a_secret_of_its_own() -> None:
    settings = "authentication: {subgraph: {all: {signature: {secret: other}}, subgraphs: {shop: {signature: {secret: s3cret}}}}}"

    answer = await ask(router(Checked(), settings), "{ user { id } }")

    assert answer.json() == {"data": {"user": {"id": "1"}}}


async def test_a_secret_for_a_subgraph_that_is_not_there_is_refused() -> None:
    app = router(Shop(), "authentication: {subgraph: {subgraphs: {nobody: {signature: {secret: x}}}}}")

    with pytest.raises(SettingsError, match="nobody"):
        await app.start()


def test_the_secret_is_not_in_what_is_printed() -> None:
    assert "s3cret" not in repr(Settings.parse(SIGNING, environment={}))
