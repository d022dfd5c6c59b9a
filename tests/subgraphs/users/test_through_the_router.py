"""Access as clients meet it: the router in front of users, over HTTP between them."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.app import create_app
from chassis.clock import StoppedClock
from chassis.settings import Settings
from chassis.testing import Answer, Client, under_test
from router.composition import Composed, Source, compose
from router.http.app import App
from router.http.mount import mount
from router.settings import Settings as RouterSettings
from subgraphs.users import seed
from subgraphs.users.app import subgraph
from subgraphs.users.model import ACCOUNT_DELAY, ADDRESS_DELAY
from tests.architecture.repository import ROOT
from tests.chassis.issuer import StandIn, standing_in

pytestmark = pytest.mark.anyio

SUBGRAPHS = ROOT / "subgraphs"
SECRET = "the router and its subgraphs know it"
LOGIN = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) {
  __typename ... on LoginSuccess { tokens { accessToken refreshToken } } } }"""


@dataclass
class Shop:
    """The router, and behind it users alone."""

    router: App
    users: Client
    issuer: StandIn
    asked: list[dict[str, str]]

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, token: str | None = None, address: str = "::1"
    ) -> Answer:
        transport = httpx.ASGITransport(self.router, client=(address, 4711))
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://router", headers=headers) as http:
            response = await http.post("/graphql", json={"query": query, "variables": variables or {}})
        return Answer(response.status_code, response.json(), 0)

    async def login(self, email: str, password: str = "wrong", **asking: Any) -> dict[str, Any]:
        answer = await self.ask(LOGIN, {"email": email, "password": password}, **asking)
        return answer.data["login"]


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[StandIn]:
    async with standing_in() as made:
        yield made


@pytest.fixture(scope="module")
async def shop(
    postgres_url: str, database_prefix: str, issuer: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shop]:
    trusted = {
        "issuer": issuer.issuer,
        "audience": "shop",
        "scopes": {"shop-admin": ["users:read"]},
    }
    settings = Settings(
        database_url=postgres_url,
        database_prefix=database_prefix,
        token_revocation_cache_s=0,
        jwks_timeout_ms=20_000,
        router_secret=SECRET,
        oidc_issuers=[trusted],
    )
    # Delays do not run out while a busy machine hashes passwords.
    still = StoppedClock(datetime.now(UTC))
    async with under_test("users", lambda given: subgraph(given, clock=still), settings, seed=seed.demo) as users:
        asked: list[dict[str, str]] = []
        app = create_app([users.subgraph], settings, background=False)

        async def listening(scope: Any, receive: Any, send: Any) -> None:
            asked.append({name.decode(): value.decode("latin-1") for name, value in scope["headers"]})
            await app(scope, receive, send)

        keys = tmp_path_factory.mktemp("keys") / "jwks.json"
        keys.write_bytes((await users.http.get("/users/.well-known/jwks.json")).content)
        yield Shop(router_of(listening, settings, keys, issuer), users, issuer, asked)


def router_of(users: Any, settings: Settings, keys: Path, issuer: StandIn) -> App:
    """The shop's own router.yaml, with one more issuer."""
    composed = compose(
        [
            Source(name, f"http://users.invalid/{name}/graphql", (SUBGRAPHS / name / "schema.graphql").read_text())
            for name in ("users", "products")
        ]
    )
    assert isinstance(composed, Composed)
    more = f"""
        - url: {issuer.issuer}/certs
          issuer: {issuer.issuer}
          audience: shop
          algorithms: [RS256]
          scopes: {{claim: realm_access.roles, map: {{shop-admin: ['users:read']}}}}
          policies: {{claim: email_verified, map: {{'true': [verified_email]}}}}
"""
    text = (ROOT / "router.yaml").read_text().replace("      jwks:\n", f"      jwks:{more}", 1)
    environment = {
        "JWKS_URL": f"file://{keys}",
        "TOKEN_ISSUER": settings.token_issuer,
        "TOKEN_AUDIENCE": settings.token_audience,
        "ROUTER_SECRET": SECRET,
    }
    return mount(composed.sdl, {"users": users}, RouterSettings.parse(text, environment=environment))


async def test_the_subgraph_answers_the_router_and_nobody_past_it(shop: Shop):
    through = await shop.ask('{ sharedWishlist(token: "x") { shareToken } }')
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shop.users.app), base_url="http://users") as http:
        past = await http.post("/users/graphql", json={"query": "{ me { id } }"})

    assert through.body == {"data": {"sharedWishlist": None}}
    assert (past.status_code, past.json()["errors"][0]["extensions"]["code"]) == (403, "NOT_FROM_ROUTER")


async def test_an_address_is_delayed_through_the_router_and_cannot_deny_itself(shop: Shop):
    tries = [await shop.login(f"spray-{n}@example.com", address="203.0.113.9") for n in range(ADDRESS_DELAY.free)]
    delayed = await shop.login("customer@ecommerce.local", "customer123", address="203.0.113.9")
    other = await shop.login("customer@ecommerce.local", "customer123", address="203.0.113.10")

    assert {each["__typename"] for each in tries} == {"WrongCredentials"}
    assert (delayed["__typename"], other["__typename"]) == ("TooManyAttempts", "LoginSuccess")
    assert shop.asked[-1]["x-forwarded-for"] == "203.0.113.10"

    transport = httpx.ASGITransport(shop.router, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://router") as http:
        body = {"query": LOGIN, "variables": {"email": "customer@ecommerce.local", "password": "customer123"}}
        forged = await http.post("/graphql", json=body, headers={"x-forwarded-for": "198.51.100.1"})
    assert forged.json()["data"]["login"]["__typename"] == "TooManyAttempts"


async def test_aliased_sign_ins_are_counted_one_by_one_through_the_router(shop: Shop):
    fields = " ".join(
        f'a{n}: login(email: "bob@ecommerce.local", password: "guess {n}") {{ __typename }}' for n in range(30)
    )

    answer = await shop.ask(f"mutation {{ {fields} }}")

    kinds = Counter(each["__typename"] for each in answer.data.values())
    assert kinds == {"WrongCredentials": ACCOUNT_DELAY.free, "TooManyAttempts": 30 - ACCOUNT_DELAY.free}


async def test_a_customer_is_refused_by_the_router_before_the_subgraph_is_asked(shop: Shop):
    token = (await shop.login("customer@ecommerce.local", "customer123"))["tokens"]["accessToken"]
    before = len(shop.asked)

    for _ in range(5):  # planned at first, compiled later
        answer = await shop.ask('{ users { totalCount } user(id: "user-bob") { email } }', token=token)

        assert answer.data == {"users": None, "user": None}
        assert answer.codes == ["UNAUTHORIZED_FIELD_OR_TYPE"] * 2
        assert [error["path"] for error in answer.errors] == [["users"], ["user"]]
    assert len(shop.asked) == before


async def test_a_policy_holds_at_the_router_and_at_the_subgraph(shop: Shop):
    register = """mutation { register(input: {email: "unproved@example.com", password: "correct horse", firstName: "U",
      lastName: "U"}) { ... on RegisterSuccess { tokens { accessToken } } } }"""
    unproved = (await shop.ask(register)).data["register"]["tokens"]["accessToken"]
    proved = (await shop.login("carol@ecommerce.local", "customer123"))["tokens"]["accessToken"]
    share = "mutation { wishlistShare { __typename } }"
    before = len(shop.asked)

    refused = await shop.ask(share, token=unproved)

    assert refused.codes == ["UNAUTHORIZED_FIELD_OR_TYPE"]
    assert len(shop.asked) == before
    assert (await shop.ask(share, token=proved)).data == {"wishlistShare": {"__typename": "WishlistShareSuccess"}}


async def test_somebody_of_another_issuer_is_known_to_router_and_subgraph_alike(shop: Shop):
    staff = shop.issuer.token("staff", realm_access={"roles": ["shop-admin"]})
    clerk = shop.issuer.token("clerk", realm_access={"roles": ["clerk"]}, email="c@example.com", email_verified=True)

    me = await shop.ask("{ me { id displayName } users { totalCount } }", token=staff)
    mine = await shop.ask("{ me { email } users { totalCount } }", token=clerk)
    shared = await shop.ask("mutation { wishlistShare { __typename } }", token=clerk)

    assert me.errors == []
    assert me.data["me"]["displayName"] == "Customer"
    assert mine.data == {"me": {"email": "c@example.com"}, "users": None}
    assert shared.data == {"wishlistShare": {"__typename": "WishlistShareSuccess"}}


async def test_a_rotated_key_of_another_issuer_needs_no_restart(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("chassis.tokens._RETRY_S", 0.0)
    monkeypatch.setattr("router.pipeline.authentication.REFETCH_SECONDS", 0.0)
    old = shop.issuer.token("rotates")
    first = await shop.ask("{ me { id } }", token=old)

    shop.issuer.rotate()

    second = await shop.ask("{ me { id } }", token=shop.issuer.token("rotates"))
    third = await shop.ask("{ me { id } }", token=old)
    assert first.errors == second.errors == third.errors == []
    assert first.data == second.data == third.data


async def test_a_signed_out_token_stops_working(shop: Shop):
    token = (await shop.login("alice@ecommerce.local", "customer123"))["tokens"]["accessToken"]
    assert (await shop.ask("{ me { id } }", token=token)).data == {"me": {"id": "user-alice"}}

    await shop.ask("mutation { logout { __typename } }", token=token)

    answer = await shop.ask("{ me { id } }", token=token)
    assert (answer.data, answer.codes) == ({"me": None}, ["UNAUTHENTICATED"])


@pytest.mark.parametrize("flaw", ["refresh token", "altered", "another audience"])
async def test_a_bad_token_is_refused_before_anything_is_asked(shop: Shop, flaw: str):
    tokens = (await shop.login("carol@ecommerce.local", "customer123"))["tokens"]
    head, body, mac = tokens["accessToken"].split(".")
    flawed = {
        "refresh token": tokens["refreshToken"],
        "altered": f"{head}.{body[:-2]}xx.{mac}",
        "another audience": shop.issuer.token("x", aud="bank"),
    }[flaw]
    before = len(shop.asked)

    answer = await shop.ask("{ me { id } }", token=flawed)

    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])
    assert len(shop.asked) == before
