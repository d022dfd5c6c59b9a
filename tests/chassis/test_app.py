"""Subgraphs wired into one process: health, events between them, periodic work, and stopping."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from chassis.app import App, Periodic, create_app
from chassis.database import Database
from chassis.events import Envelope, Event, Listener
from chassis.outbox import announce
from chassis.peers import PeerFailed, peer
from chassis.settings import Settings, UnsafeSettings
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from tests.chassis import toy

pytestmark = pytest.mark.anyio

SETTINGS = Settings(event_poll_ms=10)
AWAY = "http://127.0.0.1:1/toys/graphql"


@dataclass(frozen=True)
class ToyMoved(Event):
    toy_id: str

    @property
    def aggregate_id(self) -> str:
        return self.toy_id


@asynccontextmanager
async def running(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its lifespan, as a server would run it."""
    async with (
        app.edges.router.lifespan_context(app.edges),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toys") as client,
    ):
        yield client


async def test_health_says_which_database_answers(database: Database):
    away = Database("postgresql://nobody@127.0.0.1:1/nothing", timeout_ms=500)
    well, ill = toy.subgraph(database), replace(toy.subgraph(away), name="ill")

    async with running(create_app([well, ill], SETTINGS, background=False)) as http:
        one, other, both = [await http.get(path) for path in ("/toys/health", "/ill/health", "/health")]

    assert (one.status_code, one.json()) == (200, {"status": "ok", "subgraphs": {"toys": "ok"}})
    assert other.status_code == both.status_code == 503
    assert both.json()["subgraphs"] == {"toys": "ok", "ill": "database unavailable"}


async def test_an_event_of_one_subgraph_reaches_another_in_the_same_process(
    database: Database, other_database: Database
):
    heard: list[Envelope] = []
    arrived = asyncio.Event()

    async def moved(_: Any, envelope: Envelope) -> None:
        heard.append(envelope)
        arrived.set()

    shelf = replace(toy.subgraph(other_database), name="shelf", listens=[Listener("toys", "ToyMoved", moved)])
    async with running(create_app([toy.subgraph(database), shelf], SETTINGS)), asyncio.timeout(30):
        async with database.transaction() as session:
            await announce(session, ToyMoved("a"))
        await arrived.wait()

    assert heard[0].payload == {"toyId": "a"}


async def test_periodic_work_goes_on_after_a_failure(database: Database):
    turns = 0
    thrice = asyncio.Event()

    async def work() -> None:
        nonlocal turns
        turns += 1
        if turns == 3:
            thrice.set()
        raise OSError("not this time")

    subgraph = replace(toy.subgraph(database), periodic=[Periodic("work", every_s=0, call=work)])
    async with running(create_app([subgraph], SETTINGS)), asyncio.timeout(30):
        await thrice.wait()

    before = turns
    await asyncio.sleep(0)
    assert turns == before


async def test_rest_edges_are_under_the_subgraphs_name(database: Database):
    router = APIRouter()
    router.add_api_route("/hook", lambda: {"ok": True})
    subgraph = replace(toy.subgraph(database), routes=[router])

    async with running(create_app([subgraph], SETTINGS, background=False)) as http:
        assert (await http.get("/toys/hook")).json() == {"ok": True}
        assert (await http.get("/hook")).status_code == 404


async def test_stopping_closes_what_was_opened(database: Database):
    closed: list[str] = []

    async def close() -> None:
        closed.append("peer")

    subgraph = replace(toy.subgraph(database), closes=[close])
    async with running(create_app([subgraph], SETTINGS)):
        assert closed == []

    assert closed == ["peer"]


async def test_a_check_that_fails_keeps_the_process_from_starting(database: Database):
    async def refuse() -> None:
        raise UnsafeSettings("demo people")

    subgraph = replace(toy.subgraph(database), check=refuse)
    with pytest.raises(UnsafeSettings):
        async with running(create_app([subgraph], SETTINGS)):
            pytest.fail("it started")


def test_production_refuses_the_known_secret(database_url: Callable[[str], str]):
    subgraph = toy.subgraph(Database(database_url("events")))

    with pytest.raises(UnsafeSettings, match="INTERNAL_TOKEN"):
        create_app([subgraph], Settings(environment="production"))


async def test_the_keys_of_a_subgraph_served_here_are_used_without_asking_over_http(database: Database):
    signer = Signer(SETTINGS)
    issuer = replace(toy.subgraph(database), name="issuer", keys=KnownKeys(signer.jwks))
    settings = SETTINGS.model_copy(update={"jwks_url": "http://127.0.0.1:1/nothing"})

    async with running(create_app([toy.subgraph(database), issuer], settings, background=False)) as http:
        response = await http.post(
            "/toys/graphql",
            json={"query": "{ who }"},
            headers={"authorization": f"Bearer {signer.token('alice')}"},
        )

    assert response.json() == {"data": {"who": "alice None False"}}


@pytest.mark.parametrize(
    ("changed", "reaches"), [({}, True), ({"peers_in_process": False}, False), ({"peers": {"toys": AWAY}}, False)]
)
async def test_subgraphs_of_one_process_ask_each_other_within_it(
    database: Database, changed: dict[str, Any], reaches: bool
):
    settings = Settings(subgraphs_url="http://127.0.0.1:1", **changed)
    toys = peer("toys", settings)
    other = replace(toy.subgraph(database), name="shelf", peers=[toys])
    create_app([toy.subgraph(database), other], settings, background=False)

    try:
        assert await toys.ask("{ __typename }") == {"__typename": "Query"}
    except PeerFailed:
        assert not reaches
    else:
        assert reaches
    await toys.close()
