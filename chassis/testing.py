"""A subgraph under test: its real schema, endpoint and database in this process, asked by whoever the test says.

    @pytest.fixture(scope="module")
    async def orders(postgres_url, database_prefix):
        settings = Settings(database_url=postgres_url, database_prefix=database_prefix)
        async with under_test("orders", subgraph, settings, seed=seed.demo) as client:
            yield client

    answer = await orders.ask("{ me { id } }", user="user-alice")
    answer = await orders.ask(MUTATION, {"id": "1"}, user="user-admin", roles={"admin"}, scopes={"orders:write"})
    assert answer.data["order"] is None
    assert answer.codes == ["FORBIDDEN"]                      # extensions.code of each error
    assert answer.statements == 2                             # SQL statements this request cost
    await orders.ask("…", internal=True)                      # as another subgraph
    await orders.ask("…", headers={"x-cart-token": token})    # as a guest
    (mail,) = await orders.mails()                            # posted and not yet delivered
    found = await orders.entities("Order", [{"id": "1"}], "id status", user="user-alice")

The module's fixture needs `pytestmark = pytest.mark.anyio`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from sqlalchemy import select

from chassis.app import App, Subgraph, create_app
from chassis.database import Database
from chassis.events import InProcess, Transport
from chassis.mail import MAILS, Mail
from chassis.migrations import drop_database, migrate
from chassis.relay import Relay
from chassis.settings import Settings
from chassis.tokens import ALGORITHM, Keys, KnownKeys

KID = "test-key"


class Signer:
    """Signs access tokens as users does, with a key of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = ec.generate_private_key(ec.SECP256R1())
        public: dict[str, Any] = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self.jwks = {"keys": [{**public, "kid": KID, "use": "sig", "alg": ALGORITHM}]}

    def token(
        self,
        user_id: str,
        *,
        roles: Iterable[str] = ("customer",),
        scopes: Iterable[str] = (),
        expires_in_s: int = 900,
        **claims: Any,
    ) -> str:
        """A signed access token; further claims replace the usual ones."""
        now = int(time.time())
        body = {
            "iss": self._settings.token_issuer,
            "aud": self._settings.token_audience,
            "sub": user_id,
            "iat": now,
            "exp": now + expires_in_s,
            "roles": sorted(roles),
            "scope": " ".join(sorted(scopes)),
            **claims,
        }
        return jwt.encode(body, self._key, algorithm=ALGORITHM, headers={"kid": KID})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status, `data`, `errors`, and how many SQL statements it cost."""

    status: int
    body: dict[str, Any]
    statements: int

    @property
    def data(self) -> Any:
        """The data; None when nothing ran."""
        return self.body.get("data")

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors, if any."""
        return list(self.body.get("errors", []))

    @property
    def codes(self) -> list[str]:
        """Each error's extensions.code."""
        return [error.get("extensions", {}).get("code", "") for error in self.errors]


class _TestKeys:
    """The test's own key beside those of a subgraph that signs."""

    def __init__(self, signer: Signer, own: Keys | None) -> None:
        self._test = KnownKeys(signer.jwks)
        self._own = own

    async def get(self, kid: str) -> jwt.PyJWK | None:
        return await self._test.get(kid) or (await self._own.get(kid) if self._own else None)


class Client:
    """Asks one application in this process over its real HTTP surface."""

    def __init__(self, subgraph: Subgraph, app: App, signer: Signer, settings: Settings) -> None:
        self.subgraph = subgraph
        self.app = app
        self.signer = signer
        self.settings = settings
        transport = httpx.ASGITransport(app)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://subgraph")

    @property
    def database(self) -> Database:
        """The subgraph's database, to look behind the graph."""
        return self.subgraph.database

    async def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        user: str | None = None,
        roles: Iterable[str] = ("customer",),
        scopes: Iterable[str] = (),
        policies: Iterable[str] = (),
        internal: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One operation, as a guest unless `user` or `internal` says otherwise."""
        sent = dict(headers or {})
        if user is not None:
            token = self.signer.token(user, roles=roles, scopes=scopes, policies=list(policies))
            sent["authorization"] = f"Bearer {token}"
        if internal:
            sent["x-internal-token"] = self.settings.internal_token.get_secret_value()
        response = await self.http.post(
            f"/{self.subgraph.name}/graphql",
            json={"query": query, "variables": dict(variables or {})},
            headers=sent,
        )
        return Answer(response.status_code, response.json(), int(response.headers.get("x-sql-statements", 0)))

    async def entities(
        self, type_name: str, representations: Sequence[Mapping[str, Any]], fields: str, **asking: Any
    ) -> Answer:
        """`_entities` for references of one type; `data` holds the list under `_entities`."""
        query = f"query($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {type_name} {{ {fields} }} }} }}"
        references = [{"__typename": type_name, **representation} for representation in representations]
        return await self.ask(query, {"r": references}, **asking)

    async def mails(self) -> list[Mail]:
        """The mails posted and not delivered yet, the oldest first."""
        query = select(MAILS).where(MAILS.c.sent_at.is_(None)).order_by(MAILS.c.posted_at, MAILS.c.key)
        async with self.database.reading() as session:
            rows = (await session.execute(query)).all()
        return [Mail(row.recipient, row.subject, row.text, row.key, row.html) for row in rows]

    async def relay(self, transport: Transport | None = None) -> None:
        """Send everything in the outbox that may be sent now."""
        relay = Relay(self.subgraph.name, self.database, transport or InProcess())
        while await relay.relay_once():
            pass


@asynccontextmanager
async def under_test(
    name: str,
    build: Callable[[Settings], Subgraph],
    settings: Settings,
    *,
    seed: Callable[[Database], Awaitable[None]] | None = None,
) -> AsyncIterator[Client]:
    """A migrated, optionally seeded database of its own and a client; everything is removed afterwards."""
    await migrate(name, settings)
    built = build(settings)
    signer = Signer(settings)
    try:
        if seed:
            await seed(built.database)
        app = create_app([built], settings, keys=_TestKeys(signer, built.keys), background=False)
        client = Client(built, app, signer, settings)
        async with client.http:
            yield client
    finally:
        await built.database.close()
        for close in built.closes:
            await close()
        await drop_database(settings.database_of(name))
