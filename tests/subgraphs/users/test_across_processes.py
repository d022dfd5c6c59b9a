"""What other subgraphs know of people, asked over HTTP as when each runs alone: keys, ended sessions, who is who."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from chassis.app import App, create_app
from chassis.database import Database
from chassis.settings import Settings
from chassis.testing import Client, under_test
from subgraphs.users import seed
from subgraphs.users.app import subgraph
from tests.chassis import toy
from tests.chassis.issuer import StandIn, standing_in

pytestmark = pytest.mark.anyio

LOGIN = """mutation { login(email: "alice@ecommerce.local", password: "customer123") {
  ... on LoginSuccess { tokens { accessToken } } } }"""


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    """The application on a free port."""
    config = uvicorn.Config(
        app, port=0, log_level="warning", lifespan="off", proxy_headers=False, timeout_keep_alive=75
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(30):
            while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


class Neighbours:
    """Users at a port, and another subgraph that knows of it only where it is."""

    def __init__(self, users: Client, other: httpx.AsyncClient, issuer: StandIn) -> None:
        self.users = users
        self.other = other
        self.issuer = issuer

    async def who(self, token: str) -> tuple[int, Any]:
        """Whom the other subgraph takes the bearer for."""
        response = await self.other.post(
            "/toys/graphql", json={"query": "{ who }"}, headers={"authorization": f"Bearer {token}"}
        )
        body = response.json()
        return response.status_code, body["data"]["who"].split()[0] if "data" in body else body["errors"][0]["message"]

    async def as_(self, token: str, query: str) -> Any:
        """What users itself answers."""
        response = await self.users.http.post(
            "/users/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"}
        )
        return response.json()


@pytest.fixture(scope="module")
async def neighbours(postgres_url: str, database_prefix: str) -> AsyncIterator[Neighbours]:
    async with standing_in() as issuer:
        trusted = {"issuer": issuer.issuer, "audience": "shop"}
        settings = Settings(
            database_url=postgres_url,
            database_prefix=database_prefix,
            token_revocation_cache_s=0,
            jwks_timeout_ms=20_000,
            oidc_issuers=[trusted],
            router_secret="only GraphQL needs the router's signature",
        )
        async with under_test("users", subgraph, settings, seed=seed.demo) as users:
            app = create_app([users.subgraph], settings, background=False)
            async with serving(app) as url:
                elsewhere = settings.model_copy(update={"subgraphs_url": url, "router_secret": None})
                toys = toy.subgraph(Database("postgresql://nobody@127.0.0.1:1/nothing"))
                transport = httpx.ASGITransport(create_app([toys], elsewhere, background=False))
                plain = httpx.ASGITransport(
                    create_app(
                        [users.subgraph], users.settings.model_copy(update={"router_secret": None}), background=False
                    )
                )
                async with (
                    httpx.AsyncClient(transport=transport, base_url="http://toys") as other,
                    httpx.AsyncClient(transport=plain, base_url="http://users") as users.http,
                ):
                    yield Neighbours(users, other, issuer)


async def test_a_token_of_users_is_good_elsewhere_until_its_session_ends(neighbours: Neighbours):
    login = (await neighbours.users.http.post("/users/graphql", json={"query": LOGIN})).json()
    token = login["data"]["login"]["tokens"]["accessToken"]

    before = await neighbours.who(token)
    await neighbours.as_(token, "mutation { logout { __typename } }")
    after = await neighbours.who(token)

    assert before == (200, "user-alice")
    assert after == (401, "This session was signed out.")


async def test_a_person_of_another_issuer_is_the_same_person_everywhere(neighbours: Neighbours):
    token = neighbours.issuer.token("ada", email="ada@example.com", email_verified=True)

    elsewhere = await neighbours.who(token)
    at_users = await neighbours.as_(token, "{ me { id email } }")

    assert elsewhere == (200, at_users["data"]["me"]["id"])
    assert at_users["data"]["me"]["email"] == "ada@example.com"


async def test_many_first_sights_elsewhere_make_one_person(neighbours: Neighbours):
    tokens = [neighbours.issuer.token("bob", jti=str(number)) for number in range(10)]

    found = await asyncio.gather(*(neighbours.who(token) for token in tokens))

    assert len(set(found)) == 1
    assert found[0][0] == 200


async def test_who_is_not_accepted_by_users_is_not_accepted_elsewhere(neighbours: Neighbours):
    before = int(time.time())
    token = neighbours.issuer.token("leaver", iat=before)
    left = await neighbours.as_(token, "mutation { deleteAccount { __typename } }")
    assert left == {"data": {"deleteAccount": {"__typename": "DeleteAccountSuccess"}}}

    # Who signs in anew after leaving is somebody new: this token is of before, and not seen yet.
    status, why = await neighbours.who(neighbours.issuer.token("leaver", iat=before, jti="another"))

    assert (status, why) == (401, "The access token is not accepted here.")
