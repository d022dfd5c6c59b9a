"""Erasing oneself: nothing that says who it was stays, the id does, and the address can begin anew."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.testing import Client

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
REGISTER = """mutation($input: RegisterInput!) { register(input: $input) {
  __typename ... on RegisterSuccess { user { id } tokens { accessToken refreshToken } } } }"""
DELETE = "mutation($password: String) { deleteAccount(password: $password) { __typename ... on Refusal { code field } ... on DeleteAccountSuccess { id } } }"
REFRESH = "mutation($token: String!) { refresh(refreshToken: $token) { __typename } }"
LOGIN = "mutation($email: String!, $password: String!) { login(email: $email, password: $password) { __typename } }"
ADDRESS = {"name": "Lea Leaver", "line1": "7 Secret Lane", "city": "Springfield", "postalCode": "1", "country": "US"}


async def join(users: Client, email: str) -> dict[str, Any]:
    given = {"email": email, "password": PASSWORD, "firstName": "Lea", "lastName": "Leaver", "phone": "+1 555 0177"}
    answer = await users.ask(REGISTER, {"input": {**given, "address": ADDRESS}})
    done = answer.data["register"]
    assert done["__typename"] == "RegisterSuccess"
    await users.ask(
        'mutation { wishlistAdd(itemId: "prod-laptop-001") { __typename } }',
        headers={"authorization": f"Bearer {done['tokens']['accessToken']}"},
    )
    return done


async def leave(users: Client, joined: dict[str, Any], password: str | None = PASSWORD) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {joined['tokens']['accessToken']}"}
    answer = await users.ask(DELETE, {"password": password}, headers=headers)
    assert answer.errors == []
    return answer.data["deleteAccount"]


async def everything(users: Client) -> str:
    """All that the database holds, as text."""
    async with users.database.reading() as session:
        query = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        parts = []
        for table in (await session.execute(query)).scalars().all():
            rows = await session.execute(text(f'SELECT to_jsonb(t)::text FROM "{table}" t'))
            parts += [f"{table}: {row}" for row in rows.scalars()]
    return "\n".join(parts)


async def test_nothing_that_says_who_it_was_stays(users: Client):
    joined = await join(users, "secret-leaver@example.com")
    before = await everything(users)
    for trace in ("secret-leaver", "7 Secret Lane", "+1 555 0177", "Leaver", "Lea L."):
        assert trace in before

    done = await leave(users, joined)

    assert done == {"__typename": "DeleteAccountSuccess", "id": joined["user"]["id"]}
    after = await everything(users)
    assert [
        each for each in ("secret-leaver", "7 Secret Lane", "+1 555 0177", "Leaver", "Lea L.") if each in after
    ] == []
    assert joined["user"]["id"] in after


@pytest.mark.parametrize("is_sent", [True, False])
async def test_what_was_announced_names_nobody_any_more_and_can_be_sent_again(users: Client, is_sent: bool):
    joined = await join(users, f"announced-{is_sent}@example.com")
    headers = {"authorization": f"Bearer {joined['tokens']['accessToken']}"}
    await users.ask('mutation { updateProfile(input: {firstName: "Leonora"}) { __typename } }', headers=headers)
    other = await join(users, f"stays-{is_sent}@example.com")
    if is_sent:
        await users.relay()

    await leave(users, joined)

    async with users.database.reading() as session:
        query = text("SELECT type, payload->>'displayName' FROM outbox WHERE aggregate_id = :id ORDER BY position")
        left = [tuple(row) for row in await session.execute(query, {"id": joined["user"]["id"]})]
        stays = [tuple(row) for row in await session.execute(query, {"id": other["user"]["id"]})]
    assert left == [
        ("UserRegistered", "Former customer"),
        ("UserRenamed", "Former customer"),
        ("SessionsRevoked", None),
        ("UserDeleted", None),
    ]
    assert stays == [("UserRegistered", "Lea L.")]


async def test_every_session_ends_and_it_is_announced(users: Client):
    joined = await join(users, "ends@example.com")

    await leave(users, joined)

    headers = {"authorization": f"Bearer {joined['tokens']['accessToken']}"}
    assert (await users.ask("{ me { id } }", headers=headers)).status == 401
    ended = await users.ask(REFRESH, {"token": joined["tokens"]["refreshToken"]})
    assert ended.data["refresh"]["__typename"] == "SessionEnded"
    login = await users.ask(LOGIN, {"email": "ends@example.com", "password": PASSWORD})
    assert login.data["login"]["__typename"] == "WrongCredentials"
    async with users.database.reading() as session:
        query = text("SELECT type, payload FROM outbox WHERE aggregate_id = :id ORDER BY position")
        events = (await session.execute(query, {"id": joined["user"]["id"]})).all()
    assert [event[0] for event in events] == ["UserRegistered", "SessionsRevoked", "UserDeleted"]
    assert events[-1][1] == {"userId": joined["user"]["id"]}


async def test_who_left_is_a_former_customer_to_others_and_in_no_list(users: Client):
    joined = await join(users, "former@example.com")

    await leave(users, joined)

    found = await users.entities(
        "User", [{"id": joined["user"]["id"]}], "displayName email firstName roles addresses { id }", internal=True
    )
    assert found.data["_entities"] == [
        {"displayName": "Former customer", "email": None, "firstName": "", "roles": [], "addresses": []}
    ]
    staff: dict[str, Any] = {"user": "user-admin", "scopes": ["users:read"]}
    listed = await users.ask("{ users(first: 100) { edges { node { id } } } }", **staff)
    assert joined["user"]["id"] not in str(listed.data)


async def test_the_address_can_begin_anew(users: Client):
    first = await join(users, "anew@example.com")
    await leave(users, first)

    second = await join(users, "anew@example.com")

    assert second["user"]["id"] != first["user"]["id"]


@pytest.mark.parametrize("password", ["wrong", "", None])
async def test_leaving_needs_the_password(users: Client, password: str | None):
    joined = await join(users, f"stays-{password}@example.com")

    refused = await leave(users, joined, password)

    assert refused == {"__typename": "WrongCredentials", "code": "WRONG_CREDENTIALS", "field": ["password"]}
    headers = {"authorization": f"Bearer {joined['tokens']['accessToken']}"}
    assert (await users.ask("{ me { id } }", headers=headers)).data["me"] == {"id": joined["user"]["id"]}


async def test_a_token_that_outlives_its_person_writes_nothing(users: Client):
    joined = await join(users, "outlived@example.com")
    await leave(users, joined)

    # As a subgraph would still believe for some seconds.
    for field in (
        'wishlistAdd(itemId: "prod-laptop-001")',
        "verifyEmailRequest",
        "deleteAccount(password: null)",
        'updateProfile(input: {firstName: "Back"})',
        'addressAdd(input: {name: "a", line1: "b", city: "c", postalCode: "d", country: "US"})',
        'changePassword(currentPassword: "a", newPassword: "a good password")',
    ):
        answer = await users.ask(f"mutation {{ {field} {{ __typename }} }}", user=joined["user"]["id"])
        assert answer.codes == ["UNAUTHENTICATED"], field

    assert (await users.ask("{ me { firstName } }", user=joined["user"]["id"])).data == {"me": None}


async def test_guests_have_nothing_to_delete(users: Client):
    assert (await users.ask(DELETE, {"password": "x"})).codes == ["UNAUTHENTICATED"]


async def test_joining_and_leaving_again_and_again_fills_no_strangers_inbox(users: Client):
    for _ in range(3):
        await leave(users, await join(users, "flooded@example.com"))

    given = {"email": "flooded@example.com", "password": PASSWORD, "firstName": "Lea", "lastName": "Leaver"}
    answer = await users.ask(REGISTER, {"input": given})

    assert answer.data["register"]["__typename"] == "TooManyAttempts"
