"""GraphQL over HTTP: each way of asking wrongly has its documented answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.router.pipeline.shop import Shop, ask, client, router

pytestmark = pytest.mark.anyio
HELLO = {"query": '{ hello(name: "you") }'}


async def test_a_query_is_answered() -> None:
    shop = Shop()

    answer = await ask(router(shop), "query Q($n: String!) { hello(name: $n, times: 2) }", {"n": "you"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json() == {"data": {"hello": "hello you hello you"}}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"", 400, "BAD_REQUEST"),
        (b"7", 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": ""}', 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "{ hello }", "variables": []}', 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "\xff"}', 400, "BAD_REQUEST"),
        (b'[{"query": "{ __typename }"}]', 400, "BATCHING_NOT_SUPPORTED"),
        (b'{"query": "{ hello("}', 400, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nothing }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "{ hello }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query A { __typename } query B { __typename }"}', 400, "GRAPHQL_UNKNOWN_OPERATION_NAME"),
        (b'{"query": "query A { __typename }", "operationName": "C"}', 400, "GRAPHQL_UNKNOWN_OPERATION_NAME"),
        (b'{"query": "fragment F on User { id }"}', 400, "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query($n: String!) { hello(name: $n) }"}', 400, "BAD_USER_INPUT"),
        (b'{"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": 7}}', 400, "BAD_USER_INPUT"),
        (b'{"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": null}}', 400, "BAD_USER_INPUT"),
        (b'{"query": "' + b"{a" * 600 + b"}" * 600 + b'"}', 400, "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_a_wrong_request_gets_its_documented_answer(body: bytes, status: int, code: str) -> None:
    shop = Shop()

    async with client(router(shop)) as http:
        answer = await http.post("/graphql", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
    assert "data" not in answer.json()
    assert shop.requests == []


async def test_a_validation_error_says_where() -> None:
    answer = await ask(router(Shop()), "{\n  nothing\n}")

    assert answer.json()["errors"][0]["locations"] == [{"line": 2, "column": 3}]


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", ""])
async def test_only_json_is_read(content_type: str) -> None:
    async with client(router(Shop(), "csrf: {unsafe_disabled: true}")) as http:
        answer = await http.post(
            "/graphql", content=b'{"query": "{ __typename }"}', headers={"content-type": content_type}
        )

    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(method: str) -> None:
    async with client(router(Shop())) as http:
        answer = await http.request(method, "/graphql", json=HELLO)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST, OPTIONS"


async def test_a_body_over_the_limit_is_refused() -> None:
    async with client(router(Shop(), "limits: {http_max_request_bytes: 100}")) as http:
        answer = await http.post("/graphql", json={"query": "{ __typename }" + " " * 100})

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


async def test_a_query_may_come_by_get_but_a_mutation_may_not() -> None:
    shop = Shop()
    headers = {"apollo-require-preflight": "1"}
    async with client(router(shop), headers) as http:
        query = await http.get(
            "/graphql", params={"query": "query($n: String!) { hello(name: $n) }", "variables": '{"n":"x"}'}
        )
        mutation = await http.get("/graphql", params={"query": 'mutation { rename(name: "x") { id } }'})

    assert query.json() == {"data": {"hello": "hello x"}}
    assert mutation.status_code == 405
    assert len(shop.requests) == 1


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
async def test_what_any_web_page_could_send_is_refused(content_type: str | None) -> None:
    headers = {"content-type": content_type} if content_type else {}
    async with client(router(Shop())) as http:
        request = http.build_request("POST", "/graphql", content=b'{"query":"{ __typename }"}', headers=headers)
        by_post = await http.send(request)
        by_get = await http.get("/graphql", params={"query": "{ __typename }"})

    assert by_post.json()["errors"][0]["extensions"]["code"] == "CSRF_PREVENTION"
    assert by_get.status_code == 400


@pytest.mark.parametrize(
    ("accept", "status", "content_type"),
    [
        ("application/graphql-response+json", 200, "application/graphql-response+json; charset=utf-8"),
        (
            "application/graphql-response+json, application/json;q=0.9",
            200,
            "application/graphql-response+json; charset=utf-8",
        ),
        ("application/json", 200, "application/json; charset=utf-8"),
        ("*/*", 200, "application/json; charset=utf-8"),
        ("text/html, */*;q=0.1", 200, "application/json; charset=utf-8"),
        ("image/png", 406, "application/json; charset=utf-8"),
    ],
)
async def test_the_answers_type_follows_accept(accept: str, status: int, content_type: str) -> None:
    async with client(router(Shop())) as http:
        answer = await http.post("/graphql", json=HELLO, headers={"accept": accept})

    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)


async def test_a_browser_that_opens_the_endpoint_is_sent_to_the_homepage() -> None:
    async with client(router(Shop())) as http:
        answer = await http.get("/graphql", headers={"accept": "text/html"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("limits", "query", "code"),
    [
        ("max_depth: 1", "{ me { id } }", "MAX_DEPTH_LIMIT"),
        ("max_depth: 1", "{ ...F } fragment F on Query { me { id } }", "MAX_DEPTH_LIMIT"),
        ("max_aliases: 1", "{ a: __typename b: __typename }", "MAX_ALIASES_LIMIT"),
        ("max_root_fields: 1", "{ __typename user { id } }", "MAX_ROOT_FIELDS_LIMIT"),
        ("max_height: 2", "{ user { id name } }", "MAX_HEIGHT_LIMIT"),
        ("parser_max_tokens: 3", "{ user { id name } }", "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_an_operation_over_a_limit_is_refused(limits: str, query: str, code: str) -> None:
    answer = await ask(router(Shop(), f"limits: {{{limits}}}"), query)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, code)


async def test_introspection_is_answered_by_the_router_alone() -> None:
    shop = Shop()

    answer = await ask(
        router(shop), '{ t: __typename __schema { queryType { name } } __type(name: "User") { n: name } }'
    )

    assert answer.json() == {
        "data": {"t": "Query", "__schema": {"queryType": {"name": "Query"}}, "__type": {"n": "User"}}
    }
    assert shop.requests == []


async def test_introspection_shows_no_machinery() -> None:
    answer = await ask(router(Shop()), "{ __schema { types { name } directives { name } } }")

    shown = answer.json()["data"]["__schema"]
    names = {entry["name"] for entry in shown["types"]} | {entry["name"] for entry in shown["directives"]}
    assert {"User", "Report"} <= names
    assert not any(name.startswith(("join__", "link")) for name in names)


async def test_introspection_can_be_turned_off() -> None:
    app = router(Shop(), "supergraph: {introspection: false}")

    refused = await ask(app, "{ __schema { queryType { name } } }")
    typename = await ask(app, "{ __typename }")

    assert refused.json()["errors"][0]["extensions"]["code"] == "INTROSPECTION_DISABLED"
    assert typename.json() == {"data": {"__typename": "Query"}}


async def test_skipping_everything_answers_an_empty_object() -> None:
    answer = await ask(router(Shop()), "query($no: Boolean!) { __typename @include(if: $no) }", {"no": False})

    assert answer.json() == {"data": {}}


async def test_a_page_of_an_allowed_origin_may_read_answers() -> None:
    app = router(Shop(), "cors: {origins: ['https://shop.example'], allow_credentials: true}")
    async with client(app) as http:
        ask_first = {
            "origin": "https://shop.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        }
        preflight = await http.options("/graphql", headers=ask_first)
        friend = await http.post("/graphql", json=HELLO, headers={"origin": "https://shop.example"})
        stranger = await http.post("/graphql", json=HELLO, headers={"origin": "https://evil.example"})

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://shop.example"
    assert preflight.headers["access-control-allow-headers"] == "content-type"
    assert friend.headers["access-control-allow-origin"] == "https://shop.example"
    assert friend.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in stranger.headers


async def test_health_homepage_and_the_unknown() -> None:
    async with client(router(Shop(), "sandbox: {directory: nowhere}")) as http:
        health, home, unknown = await http.get("/health"), await http.get("/"), await http.get("/nothing")

    assert health.json() == {"status": "UP"}
    assert "There is no query editor here" in home.text
    assert unknown.status_code == 404


async def test_the_homepage_serves_the_built_playground_and_nothing_else(tmp_path: Any) -> None:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<h1>playground</h1>")
    (tmp_path / "dist" / "assets" / "a.js").write_text("1")
    (tmp_path / "secret.txt").write_text("no")
    async with client(router(Shop(), f"sandbox: {{directory: '{tmp_path}/dist'}}")) as http:
        home, asset = await http.get("/"), await http.get("/assets/a.js")
        outside = await http.send(httpx.Request("GET", "http://router/%2e%2e/secret.txt"))

    assert home.text == "<h1>playground</h1>"
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert outside.status_code == 404


async def test_the_plan_is_shown_on_request_only_when_allowed() -> None:
    shown = await ask(
        router(Shop(), "plugins: {experimental.expose_query_plan: true}"),
        "{ user { id } }",
        apollo_expose_query_plan="dry-run",
    )
    hidden = await ask(router(Shop()), "{ user { id } }", apollo_expose_query_plan="true")

    assert shown.json()["data"] is None
    assert "apolloQueryPlan" in shown.json()["extensions"]
    assert "extensions" not in hidden.json()


async def test_fetches_are_counted_when_asked_for() -> None:
    answer = await ask(router(Shop(), "plugins: {experimental.expose_fetches: true}"), "{ user { id } }")

    assert [fetch["subgraph"] for fetch in answer.json()["extensions"]["fetches"]] == ["shop"]
