"""What the endpoint answers to everything that can arrive."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from graphql import GraphQLError

from chassis.app import create_app
from chassis.database import Database
from chassis.endpoint import formatted
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys
from tests.chassis import toy

pytestmark = pytest.mark.anyio

URL = "/toys/graphql"
JSON = {"content-type": "application/json"}
SETTINGS = Settings(request_bytes_max=2_000, depth_max=5, jwks_url="http://127.0.0.1:1/jwks")
SIGNER = Signer(SETTINGS)


def app(settings: Settings = SETTINGS, **more: Any):
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    return create_app([toy.subgraph(database)], settings, background=False, **more)


def asking(settings: Settings = SETTINGS) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app(settings, keys=KnownKeys(SIGNER.jwks)))
    return httpx.AsyncClient(transport=transport, base_url="http://toys")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with asking() as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


async def test_an_operation_is_answered(http: httpx.AsyncClient):
    body = {"query": "query A($n: String!) { hello(name: $n) } query B { hello }", "operationName": "A"}

    response = await http.post(URL, json={**body, "variables": {"n": "you"}})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"data": {"hello": "hello you"}}


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{", JSON, 400, "BAD_REQUEST"),
        (b"", JSON, 400, "BAD_REQUEST"),
        (b"\xff\xfe", JSON, 400, "BAD_REQUEST"),
        (b"[]", JSON, 400, "BAD_REQUEST"),
        (b"null", JSON, 400, "BAD_REQUEST"),
        (b"{}", JSON, 400, "BAD_REQUEST"),
        (b'{"query": 7}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "  "}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ hello }", "variables": []}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ hello }", "operationName": 1}', JSON, 400, "BAD_REQUEST"),
        (b'{"query": "{ hello"}', JSON, 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nope }"}', JSON, 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "{ toys { broken } }", "operationName": "X"}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "query A { hello } query B { hello }"}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "query($n: Int!) { count(n: $n) }"}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "query($n: Int!) { count(n: $n) }", "variables": {"n": "x"}}', JSON, 400, "BAD_USER_INPUT"),
        (b'{"query": "' + b" " * 2_000 + b'"}', JSON, 413, "PAYLOAD_TOO_LARGE"),
        (b"query=1", {"content-type": "application/x-www-form-urlencoded"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{ hello }"}', {}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
async def test_what_is_no_operation_is_refused_by_name(
    http: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
):
    response = await http.post(URL, content=content, headers=headers)

    assert (response.status_code, codes(response)) == (status, [code])
    assert "data" not in response.json()


async def test_a_body_that_lies_about_its_length_is_still_bounded(http: httpx.AsyncClient):
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * 1_000

    response = await http.post(URL, content=chunks(), headers=JSON)

    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])


async def test_only_post_is_answered(http: httpx.AsyncClient):
    response = await http.get(URL, params={"query": "{ hello }"})

    assert (response.status_code, codes(response)) == (405, ["METHOD_NOT_ALLOWED"])
    assert response.headers["allow"] == "POST"


async def test_nothing_else_is_served_there(http: httpx.AsyncClient):
    assert (await http.get("/toys/elsewhere")).status_code == 404
    assert (await http.get("/docs")).status_code == 404
    assert (await http.get("/openapi.json")).status_code == 404


async def test_a_good_token_says_who_is_asking(http: httpx.AsyncClient):
    headers = {**bearer(SIGNER.token("alice")), "x-cart-token": "c" * 20}

    response = await http.post(URL, json={"query": "{ who }"}, headers=headers)

    assert response.json()["data"]["who"] == f"alice {'c' * 20} False"


def altered(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'A' * len(signature)}"


@pytest.mark.parametrize(
    "headers",
    [
        bearer(SIGNER.token("alice", expires_in_s=-60)),
        bearer(altered(SIGNER.token("alice"))),
        bearer(Signer(SETTINGS).token("alice")),
        bearer(SIGNER.token("alice", iss="http://elsewhere")),
        bearer(SIGNER.token("alice", aud="elsewhere")),
        bearer(SIGNER.token("alice", roles=[]).replace(".", "")),
        bearer(SIGNER.token("alice", scope=["a"])),
        bearer("eyJhbGciOiJub25lIn0.e30."),
        bearer("x" * 10_000),
        {"authorization": "Basic YWxpY2U6cHc="},
        {"authorization": "Bearer"},
        {"x-internal-token": "guessed"},
        {"x-cart-token": "'; DROP TABLE carts"},
    ],
)
async def test_a_bad_credential_is_an_error_and_never_a_guest(http: httpx.AsyncClient, headers: dict[str, str]):
    response = await http.post(URL, json={"query": "{ who }"}, headers=headers)

    assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
    assert "data" not in response.json()


async def test_another_subgraph_shows_the_secret(http: httpx.AsyncClient):
    secret = SETTINGS.internal_token.get_secret_value()

    response = await http.post(URL, json={"query": "{ who }"}, headers={"x-internal-token": secret})

    assert response.json()["data"]["who"] == "None None True"


async def test_a_token_nobody_can_judge_is_not_called_bad():
    transport = httpx.ASGITransport(app())
    async with httpx.AsyncClient(transport=transport, base_url="http://toys") as http:
        response = await http.post(URL, json={"query": "{ who }"}, headers=bearer(SIGNER.token("alice")))
        guest = await http.post(URL, json={"query": "{ hello }"})

    assert (response.status_code, codes(response)) == (503, ["AUTHENTICATION_UNAVAILABLE"])
    assert guest.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "{ broken }",
        "{ toys { broken } }",
        '{ _entities(representations: [{__typename: "Toy", id: "boom"}]) { __typename } }',
    ],
)
async def test_a_fault_is_masked_and_logged_once(http: httpx.AsyncClient, query: str):
    with structlog.testing.capture_logs() as logged:
        response = await http.post(URL, json={"query": query})

    assert response.status_code == 200
    assert [error["message"] for error in response.json()["errors"]] == ["Internal error"]
    assert codes(response) == ["INTERNAL_ERROR"]
    assert "hunter2" not in response.text
    assert [entry["event"] for entry in logged] == ["resolver_failed"]
    assert "hunter2" in repr(logged[0]["exc_info"])


def test_a_fault_that_took_many_fields_is_logged_once():
    batch, other = RuntimeError("no rows"), RuntimeError("another")
    errors = [GraphQLError("raised", path=["toys", i], original_error=batch) for i in range(3)]
    errors.append(GraphQLError("raised", path=["other"], original_error=other))

    with structlog.testing.capture_logs() as logged:
        shown = formatted(errors, subgraph="toys")

    assert [error["path"] for error in shown] == [["toys", 0], ["toys", 1], ["toys", 2], ["other"]]
    assert [(entry["path"], entry["fields"]) for entry in logged] == [(["toys", 0], 3), (["other"], 1)]


async def test_a_null_where_none_may_be_is_a_fault(http: httpx.AsyncClient):
    response = await http.post(URL, json={"query": "{ missing }"})

    assert response.json()["data"] is None
    assert codes(response) == ["INTERNAL_ERROR"]


async def test_a_refusal_in_a_query_is_an_error_with_its_code_and_field(http: httpx.AsyncClient):
    with structlog.testing.capture_logs() as logged:
        response = await http.post(URL, json={"query": "{ refused }"})

    assert response.json()["errors"][0]["message"] == "Write it differently."
    assert response.json()["errors"][0]["extensions"] == {"code": "INVALID", "field": ["a", "b"]}
    assert logged == []


async def test_what_is_down_is_named(http: httpx.AsyncClient):
    response = await http.post(URL, json={"query": "{ down hello }"})

    assert response.json()["data"] == {"down": None, "hello": "hello world"}
    assert response.json()["errors"][0]["extensions"] == {"code": "SERVICE_UNAVAILABLE", "service": "weather"}


async def test_an_operation_that_does_not_end_is_ended():
    async with asking(SETTINGS.model_copy(update={"request_timeout_ms": 200})) as http:
        response = await http.post(URL, json={"query": "{ slow }"})

    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])


async def test_production_does_not_tell_how_many_statements_ran(http: httpx.AsyncClient):
    settings = Settings(environment="production", internal_token="s" * 32, router_secret="r" * 32)
    transport = httpx.ASGITransport(app(settings, keys=KnownKeys(SIGNER.jwks)))
    peer = {"x-internal-token": "s" * 32}
    async with httpx.AsyncClient(transport=transport, base_url="http://toys", headers=peer) as production:
        assert "x-sql-statements" not in (await production.post(URL, json={"query": "{ hello }"})).headers
    assert "x-sql-statements" in (await http.post(URL, json={"query": "{ hello }"})).headers


async def test_requests_at_the_same_time_do_not_mix(http: httpx.AsyncClient):
    async def one(number: int) -> str:
        headers = bearer(SIGNER.token(f"user-{number}"))
        return str((await http.post(URL, json={"query": "{ who }"}, headers=headers)).json()["data"]["who"])

    answers = await asyncio.gather(*(one(number) for number in range(20)))

    assert answers == [f"user-{number} None False" for number in range(20)]


async def test_the_schema_is_served_to_composition(http: httpx.AsyncClient):
    response = await http.post(URL, json={"query": "{ _service { sdl } }"})

    assert 'type Toy implements Thing @key(fields: "id")' in response.json()["data"]["_service"]["sdl"]


async def test_a_request_cut_off_has_no_effect():
    messages = iter([{"type": "http.request", "body": b'{"que', "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": URL, "headers": [(b"content-type", b"application/json")]}
    await app(keys=KnownKeys(SIGNER.jwks))(scope, receive, send)

    assert sent[0]["status"] == 400
    assert json.loads(sent[1]["body"])["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
