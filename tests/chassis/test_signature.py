"""With ROUTER_SECRET a subgraph answers the router and other subgraphs, and nobody else."""

import json
import time
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from chassis.app import create_app
from chassis.database import Database
from chassis.settings import Settings
from chassis.signature import TOLERANCE_S, NotFromRouter, RouterOnly, signature
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from tests.chassis import toy

pytestmark = pytest.mark.anyio

SECRET = b"a secret of the router and its subgraphs"
SETTINGS = Settings(router_secret=SECRET.decode(), internal_token="t" * 32)
BODY = json.dumps({"query": "{ hello }"}).encode()
NOW = 1_760_000_000


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    keys = KnownKeys(Signer(SETTINGS).jwks)
    transport = httpx.ASGITransport(create_app([toy.subgraph(database)], SETTINGS, keys=keys, background=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://toys") as client:
        yield client


async def ask(http: httpx.AsyncClient, headers: Mapping[str, str], body: bytes = BODY) -> tuple[int, str | None]:
    response = await http.post("/toys/graphql", content=body, headers={"content-type": "application/json", **headers})
    errors = response.json().get("errors")
    return response.status_code, errors[0]["extensions"]["code"] if errors else None


def signed(body: bytes = BODY, *, secret: bytes = SECRET, moment: int | None = None) -> dict[str, str]:
    return {"x-router-signature": signature(secret, body, moment=int(time.time()) if moment is None else moment)}


async def test_the_router_is_answered(http: httpx.AsyncClient):
    assert await ask(http, signed()) == (200, None)


async def test_another_subgraph_is_answered_by_its_own_token(http: httpx.AsyncClient):
    assert await ask(http, {"x-internal-token": "t" * 32}) == (200, None)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-router-signature": ""},
        {"x-router-signature": "t=1,v1=" + "0" * 64},
        {"x-router-signature": "v1=" + "0" * 64},
        {"x-router-signature": "t=99999999999999999999,v1=" + "0" * 64},
        {"x-router-signature": "é"},
        signed(b'{"query": "{ other }"}'),
        signed(secret=b"another secret"),
        signed(moment=int(time.time()) - TOLERANCE_S - 30),
        # Far enough that it is still ahead when a long run comes to it.
        signed(moment=int(time.time()) + TOLERANCE_S + 86_400),
    ],
)
async def test_anybody_else_is_refused(http: httpx.AsyncClient, headers: dict[str, str]):
    raw = {name: value.encode("latin-1") for name, value in headers.items()}

    assert await ask(http, raw) == (403, "NOT_FROM_ROUTER")  # type: ignore[arg-type]


async def test_a_stranger_learns_nothing_about_a_token(http: httpx.AsyncClient):
    assert await ask(http, {"authorization": "Bearer nonsense"}) == (403, "NOT_FROM_ROUTER")


async def test_a_wrong_service_token_is_no_way_around(http: httpx.AsyncClient):
    assert await ask(http, {"x-internal-token": "guessed"}) == (401, "UNAUTHENTICATED")


def test_a_signature_holds_for_a_minute_either_way():
    moment = [NOW]
    judge = RouterOnly(SECRET.decode(), clock=lambda: moment[0])
    header = signature(SECRET, BODY, moment=NOW)

    for late in (-TOLERANCE_S, 0, TOLERANCE_S):
        moment[0] = NOW + late
        judge.check(header, BODY, internal=False)
    for late in (-TOLERANCE_S - 1, TOLERANCE_S + 1):
        moment[0] = NOW + late
        with pytest.raises(NotFromRouter, match="too old"):
            judge.check(header, BODY, internal=False)


def test_without_a_secret_everybody_may_ask():
    RouterOnly(None).check(None, BODY, internal=False)
    RouterOnly("").check(None, BODY, internal=False)
