"""People who sign in elsewhere: who they are here at first sight, and who they never become."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.settings import Settings
from chassis.testing import Answer, Client, under_test
from subgraphs.users import seed
from subgraphs.users.app import subgraph
from tests.chassis.issuer import StandIn, standing_in

pytestmark = pytest.mark.anyio

ME = "{ me { id email emailVerified firstName displayName roles } }"


@pytest.fixture(scope="module")
async def issuer() -> AsyncIterator[StandIn]:
    async with standing_in() as made:
        yield made


@pytest.fixture(scope="module")
async def users(postgres_url: str, database_prefix: str, issuer: StandIn) -> AsyncIterator[Client]:
    trusted = {
        "issuer": issuer.issuer,
        "audience": "shop",
        "scopes": {"shop-admin": ["users:read", "users:write"]},
        "link_verified_email": True,
    }
    strict = {"issuer": f"{issuer.url}/strict", "audience": "shop", "jwks_url": f"{issuer.issuer}/certs"}
    settings = Settings(
        database_url=postgres_url,
        database_prefix=database_prefix,
        token_revocation_cache_s=0,
        jwks_timeout_ms=20_000,
        oidc_issuers=[trusted, strict],
    )
    async with under_test("users", subgraph, settings, seed=seed.demo) as client:
        yield client


async def as_(users: Client, token: str, query: str = ME) -> Answer:
    return await users.ask(query, headers={"authorization": f"Bearer {token}"})


async def me(users: Client, token: str) -> dict[str, Any]:
    answer = await as_(users, token)
    assert answer.errors == [], answer.errors
    return answer.data["me"]


async def count(users: Client, query: str, **values: Any) -> int:
    async with users.database.reading() as session:
        return int((await session.execute(text(query), values)).scalar_one())


async def test_at_first_sight_a_person_is_made_and_known_from_then_on(users: Client, issuer: StandIn):
    profile: dict[str, Any] = {
        "email": "Ada@Example.com",
        "email_verified": True,
        "given_name": "Ada",
        "family_name": "Lovelace",
    }

    first = await me(users, issuer.token("ada", **profile))
    again = await me(users, issuer.token("ada", **{**profile, "email": "other@example.com", "given_name": "Eve"}))

    assert first == again
    assert first | {"id": ""} == {
        "id": "",
        "email": "ada@example.com",
        "emailVerified": True,
        "firstName": "Ada",
        "displayName": "Ada L.",
        "roles": ["customer"],
    }
    query = "SELECT count(*) FROM outbox WHERE type = 'UserRegistered' AND aggregate_id = :id"
    assert await count(users, query, id=first["id"]) == 1


async def test_twenty_first_sights_at_once_make_one_person(users: Client, issuer: StandIn):
    tokens = [issuer.token("crowd", jti=str(number)) for number in range(20)]

    found = await asyncio.gather(*(me(users, token) for token in tokens))

    assert len({each["id"] for each in found}) == 1
    assert await count(users, "SELECT count(*) FROM identities WHERE subject = 'crowd'") == 1


async def test_an_unverified_address_makes_nobody_somebody_else(users: Client, issuer: StandIn):
    flaws: list[dict[str, Any]] = [{"email_verified": False}, {"email_verified": "true"}, {}]
    for flaw in flaws:
        claims: dict[str, Any] = {"email": "customer@ecommerce.local", **flaw}
        found = await me(users, issuer.token(f"thief-{flaw}", **claims))
        assert found["id"] != "user-customer"
        assert (found["email"], found["emailVerified"]) == (None, False)

    found = await me(users, issuer.token("squatter", email="future@example.com"))
    assert found["email"] is None


async def register(users: Client, email: str) -> str:
    query = "mutation($input: RegisterInput!) { register(input: $input) { ... on RegisterSuccess { user { id } } } }"
    given = {"email": email, "password": "correct horse", "firstName": "L", "lastName": "Local"}
    return str((await users.ask(query, {"input": given})).data["register"]["user"]["id"])


async def test_an_address_both_have_verified_is_one_person_where_that_is_configured(users: Client, issuer: StandIn):
    ours = await register(users, "both@example.com")
    async with users.database.transaction() as session:
        await session.execute(text("UPDATE users SET email_verified_at = now() WHERE id = :id"), {"id": ours})

    strict = await me(
        users, issuer.token("b1", iss=f"{issuer.url}/strict", email="both@example.com", email_verified=True)
    )
    linked = await me(users, issuer.token("b2", email="both@example.com", email_verified=True))

    assert linked["id"] == ours
    assert strict["id"] != ours
    assert strict["email"] is None


async def test_an_address_we_have_not_verified_links_nobody(users: Client, issuer: StandIn):
    """Else whoever registers a stranger's address first would share the stranger's account later."""
    squatting = await register(users, "victim@example.com")

    victim = await me(users, issuer.token("victim", email="victim@example.com", email_verified=True))

    assert victim["id"] != squatting


async def test_one_subject_of_two_issuers_is_two_people(users: Client, issuer: StandIn):
    one = await me(users, issuer.token("same"))
    other = await me(users, issuer.token("same", iss=f"{issuer.url}/strict"))

    assert one["id"] != other["id"]


async def test_realm_roles_open_what_they_are_mapped_to(users: Client, issuer: StandIn):
    staff = await as_(users, issuer.token("boss", realm_access={"roles": ["shop-admin"]}), "{ users { totalCount } }")
    nobody = await as_(users, issuer.token("clerk", realm_access={"roles": ["clerk"]}), "{ users { totalCount } }")

    assert staff.data["users"]["totalCount"] > 0
    assert nobody.codes == ["FORBIDDEN"]


async def test_nobody_changes_their_own_roles_by_way_of_another_issuer(users: Client, issuer: StandIn):
    boss = issuer.token("boss", realm_access={"roles": ["shop-admin"]})
    own = (await me(users, boss))["id"]

    answer = await as_(users, boss, f'mutation {{ userRolesSet(id: "{own}", roles: ["admin"]) {{ __typename }} }}')

    assert answer.data["userRolesSet"] == {"__typename": "OwnRoles"}


async def test_token_validate_knows_them(users: Client, issuer: StandIn):
    query = "query($token: String!) { tokenValidate(token: $token) { valid userId policies } }"
    answer = await users.ask(query, {"token": issuer.token("valid", email="v@example.com", email_verified=True)})

    assert answer.data["tokenValidate"]["valid"] is True
    assert answer.data["tokenValidate"]["policies"] == ["verified_email"]


async def test_other_subgraphs_learn_who_it_is_and_nobody_else_does(users: Client, issuer: StandIn):
    secret = users.settings.internal_token.get_secret_value()
    token = issuer.token("asked", iat=int(time.time()) - 5)

    async def ask(bearer: str, internal: str) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {bearer}", "x-internal-token": internal}
        response = await users.http.post("/users/identities", headers=headers)
        return response.status_code, response.json()

    status, body = await ask(token, secret)
    assert (status, body) == (200, {"userId": (await me(users, token))["id"]})
    assert (await ask(token, "guess"))[0] == 403
    assert (await ask(token, ""))[0] == 403
    assert (await ask("nonsense", secret))[0] == 401
    assert (await ask(issuer.token("x", aud="bank"), secret))[0] == 401


async def test_who_left_stays_away_until_they_sign_in_again(users: Client, issuer: StandIn):
    now = int(time.time())
    before = issuer.token("leaver", iat=now - 10, email="leaver@example.com", email_verified=True)
    first = await me(users, before)

    left = await as_(users, before, "mutation { deleteAccount { __typename } }")
    # As a process that has not seen the token yet.
    again = await as_(users, issuer.token("leaver", iat=now - 9))
    # Tokens say in whole seconds when they were issued: the next one is surely later.
    later = int(time.time()) + 1
    anew = await me(users, issuer.token("leaver", iat=later, email="leaver@example.com", email_verified=True))

    assert left.data["deleteAccount"] == {"__typename": "DeleteAccountSuccess"}
    assert again.status == 401
    assert anew["id"] != first["id"]
    assert anew["email"] == "leaver@example.com"


async def test_an_issuer_nobody_trusts_vouches_for_nobody(users: Client, issuer: StandIn):
    assert (await as_(users, issuer.token("x", iss=f"{issuer.url}/unknown"))).status == 401


async def test_whom_we_parted_from_is_forgotten_in_time(users: Client, issuer: StandIn):
    await as_(users, issuer.token("parted"), "mutation { deleteAccount { __typename } }")
    (turn,) = [each for each in users.subgraph.periodic if each.name == "forget who left long ago"]
    query = "SELECT count(*) FROM identities WHERE subject = 'parted'"

    await turn.call()
    soon = await count(users, query)
    async with users.database.transaction() as session:
        await session.execute(text("UPDATE identities SET erased_at = erased_at - interval '3 days'"))
    await turn.call()

    assert (soon, await count(users, query)) == (1, 0)
    assert (await me(users, issuer.token("ada")))["id"]
