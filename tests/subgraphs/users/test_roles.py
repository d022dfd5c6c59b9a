"""Roles: given by staff to others, never to oneself, and by no other way."""

from typing import Any

import jwt
import pytest
from graphql import GraphQLInputObjectType

from chassis.testing import Client

pytestmark = pytest.mark.anyio

SET = """mutation($id: ID!, $roles: [String!]!) { userRolesSet(id: $id, roles: $roles) {
  __typename ... on Refusal { code field } ... on UserRolesSetSuccess { user { id roles } } } }"""
LOGIN = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) {
  ... on LoginSuccess { user { id } tokens { accessToken refreshToken } } } }"""
REFRESH = "mutation($token: String!) { refresh(refreshToken: $token) { __typename ... on RefreshSuccess { tokens { accessToken } } } }"
STAFF: dict[str, Any] = {"user": "user-admin", "roles": ("admin", "customer"), "scopes": ("users:write", "users:read")}


async def set_roles(users: Client, id: str, *roles: str, **asking: Any) -> dict[str, Any]:
    answer = await users.ask(SET, {"id": id, "roles": list(roles)}, **(asking or STAFF))
    assert answer.errors == []
    return answer.data["userRolesSet"]


async def login(users: Client, name: str) -> dict[str, Any]:
    answer = await users.ask(LOGIN, {"email": f"{name}@ecommerce.local", "password": "customer123"})
    return answer.data["login"]


def scopes_in(token: str) -> set[str]:
    return set(jwt.decode(token, options={"verify_signature": False})["scope"].split())


async def test_a_role_comes_with_the_next_refresh_and_goes_at_once(users: Client):
    alice = await login(users, "alice")

    done = await set_roles(users, "user-alice", "admin", "customer")
    promoted = (await users.ask(REFRESH, {"token": alice["tokens"]["refreshToken"]})).data["refresh"]["tokens"]

    assert done["user"] == {"id": "user-alice", "roles": ["admin", "customer"]}
    assert scopes_in(alice["tokens"]["accessToken"]) == set()
    assert "orders:write" in scopes_in(promoted["accessToken"])

    await set_roles(users, "user-alice", "customer")

    headers = {"authorization": f"Bearer {promoted['accessToken']}"}
    assert (await users.ask("{ me { id } }", headers=headers)).status == 401
    assert scopes_in((await login(users, "alice"))["tokens"]["accessToken"]) == set()


async def test_nobody_changes_their_own_roles(users: Client):
    refused = await set_roles(users, "user-admin", "admin")

    assert refused == {"__typename": "OwnRoles", "code": "NOT_POSSIBLE_NOW", "field": ["id"]}


@pytest.mark.parametrize(
    ("asking", "code"),
    [
        ({}, "UNAUTHENTICATED"),
        ({"user": "user-bob"}, "FORBIDDEN"),
        ({"user": "user-bob", "roles": ("admin",)}, "FORBIDDEN"),
        ({"user": "user-bob", "scopes": ("users:read",)}, "FORBIDDEN"),
        ({"user": "user-bob", "scopes": ("users:writes", "users")}, "FORBIDDEN"),
    ],
)
async def test_a_customer_promotes_nobody(users: Client, asking: dict[str, Any], code: str):
    answer = await users.ask(SET, {"id": "user-bob", "roles": ["admin"]}, **asking)

    assert answer.codes == [code]
    async with users.database.reading() as session:
        from subgraphs.users import store

        assert (await store.users_by_ids(session, ["user-bob"]))["user-bob"].roles == ["customer"]


async def test_what_is_no_role_or_nobody_is_refused(users: Client):
    assert (await set_roles(users, "user-bob", "root"))["field"] == ["roles"]
    assert (await set_roles(users, "nobody", "customer"))["__typename"] == "NotFound"


def test_no_input_carries_a_role_a_scope_or_a_policy(users: Client):
    schema = users.subgraph.schema.core
    telling = {"role", "roles", "scope", "scopes", "policy", "policies", "isAdmin", "admin", "emailVerified", "userId"}

    inputs = {
        f"{kind.name}.{name}"
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLInputObjectType)
        for name in kind.fields
        if name in telling
    }
    mutations = schema.mutation_type
    assert mutations is not None
    arguments = {f"{name}.{each}" for name, field in mutations.fields.items() for each in field.args if each in telling}

    assert inputs == set()
    assert arguments == {"userRolesSet.roles"}


async def test_registering_with_a_role_is_no_request(users: Client):
    given = '{email: "r@example.com", password: "correct horse", firstName: "R", lastName: "R", roles: ["admin"]}'

    answer = await users.ask(f"mutation {{ register(input: {given}) {{ __typename }} }}")

    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])


async def test_the_first_admin_is_made_on_the_command_line(users: Client):
    from chassis.clock import now
    from chassis.errors import InvalidInput, NotFound
    from subgraphs.users.service.administration import grant

    roles = await grant(users.database, " Carol@ecommerce.local", ["admin"], clock=now)
    again = await grant(users.database, "carol@ecommerce.local", ["admin"], clock=now)

    assert roles == again == ["admin", "customer"]
    assert "users:write" in scopes_in((await login(users, "carol"))["tokens"]["accessToken"])
    with pytest.raises(NotFound):
        await grant(users.database, "nobody@example.com", ["admin"], clock=now)
    with pytest.raises(InvalidInput):
        await grant(users.database, "carol@ecommerce.local", ["root"], clock=now)
