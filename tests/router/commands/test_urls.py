"""Schemas behind URLs: `router subgraph introspect` and `subgraph_url`, with servers that do everything wrong."""

import json
from pathlib import Path

import pytest

from router.cli import main
from router.sources.introspection import Asker, IntrospectionFailed
from tests.router import names
from tests.router.commands.answering import http, service, silent, subgraph, unused

SDL = "type Query { x: Int }"


def introspect(url: str, *arguments: str) -> int:
    return main(["subgraph", "introspect", url, *arguments])


def compose(folder: Path, url: str, *arguments: str, headers: str = "") -> int:
    config = folder / "supergraph.yaml"
    config.write_text(f"subgraphs:\n  shop:\n    schema:\n      subgraph_url: {url}\n{headers}")
    return main(["compose", "--config", str(config), *arguments])


def test_a_subgraphs_own_sdl_is_printed(capsys):
    with subgraph(service(SDL)) as server:
        assert introspect(server.url) == 0

    assert capsys.readouterr().out == f"{SDL}\n"


def test_headers_are_sent_along(tmp_path):
    with subgraph(service(SDL)) as server:
        assert introspect(server.url, "--header", "Authorization: Bearer x", "--header", "a: b:c") == 0
        headers = "      introspection_headers: {X-Key: secret}\n"
        assert compose(tmp_path, server.url, headers=headers) == 0

    printed, composed = (head.decode() for head in server.heads)
    assert "\r\nAuthorization: Bearer x\r\n" in printed
    assert "\r\na: b:c\r\n" in printed
    assert "\r\nX-Key: secret\r\n" in composed


def test_the_sdl_of_a_url_is_composed_and_the_router_asks_there(tmp_path, capsys):
    with subgraph(service(SDL)) as server:
        assert compose(tmp_path, server.url) == 0

    assert f'@join__graph(name: "shop", url: "{server.url}")' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (http("<html>", kind="text/html"), 'did not answer in JSON: "<html>"'),
        (http("[1]"), 'did not answer in GraphQL: "[1]"'),
        (http(""), "did not answer in JSON, but with nothing"),
        (http("\x00\x01\xff"), "did not answer in JSON"),
        (http("Not Found", status="404 Not Found"), 'answered with HTTP status 404: "Not Found"'),
        (http("", status="503 Service Unavailable"), "answered with HTTP status 503"),
        (http('{"data": {}}', status="500 Oh"), "answered with HTTP status 500"),
        (http('{"errors": [{"message": "No."}]}'), "answered with an error: No."),
        (http('{"errors": [{"message": "Log in."}]}', status="401 No"), "answered with an error: Log in."),
        (http('{"errors": [{"message": "Cannot query field \\"_service\\" on type \\"Query\\"."}]}'), "no `_service`"),
        (http('{"data": {"_service": null}}'), "without `_service.sdl`"),
        (http('{"data": {"_service": {"sdl": 1}}}'), "without `_service.sdl`"),
        (http('{"data": null}'), "without `_service.sdl`"),
        (service(" "), "an empty `_service.sdl`"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", "closed the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Leng", "closed the connection"),
        (b"220 mail.example.org ESMTP\r\n", "HTTP"),
        (None, "closed the connection"),
    ],
)
def test_what_a_url_answers_wrongly_is_said_with_subgraph_and_url(tmp_path, capsys, answer, says):
    with subgraph(answer) as server:
        assert compose(tmp_path, server.url) == 2
        said = capsys.readouterr().err
        code = introspect(server.url)
        said_alone = capsys.readouterr().err

    assert said.startswith(f"{tmp_path}/supergraph.yaml:4: subgraphs.shop.schema: subgraph `shop`: {server.url} ")
    assert says in said
    assert says in said_alone
    assert code == (1 if "_service`" in says or "without" in says else 2)


@pytest.mark.anyio
async def test_an_answer_that_is_too_large_is_not_read_to_its_end():
    with subgraph(http("x" * 3000)) as server:
        asker = Asker(response_bytes_max=2000)
        with pytest.raises(IntrospectionFailed) as caught:
            await asker.service_sdl(server.url, {})
        await asker.close()

    assert str(caught.value).startswith(f"{server.url} gave no schema: ")
    assert str(caught.value).endswith("more than 2000 bytes")


def test_a_url_where_nobody_listens_is_said(tmp_path, capsys):
    url = unused()

    assert compose(tmp_path, url) == 2
    said = capsys.readouterr().err

    assert f"subgraph `shop`: {url} gave no schema: " in said
    assert "Connection refused" in said


def test_a_url_that_never_answers_is_given_up(tmp_path, capsys):
    with silent() as url:
        assert compose(tmp_path, url, "--timeout-ms", "50") == 2

    said = capsys.readouterr().err
    assert f"subgraph `shop`: {url} gave no schema: " in said
    assert "did not answer within 50 ms" in said


def test_a_host_that_does_not_exist_is_said(tmp_path, capsys, monkeypatch):
    names.unknown(monkeypatch)

    assert compose(tmp_path, "http://nowhere.invalid/graphql") == 2

    assert "http://nowhere.invalid/graphql gave no schema: nowhere.invalid cannot be reached" in capsys.readouterr().err


def test_a_server_without_tls_behind_an_https_url_is_said(tmp_path, capsys):
    with subgraph(service(SDL)) as server:
        secure = server.url.replace("http:", "https:")
        assert compose(tmp_path, secure) == 2

    said = capsys.readouterr().err
    assert f"subgraph `shop`: {secure} gave no schema" in said
    assert "does not speak TLS on this port" in said


def test_every_url_that_fails_is_said_at_once(tmp_path, capsys):
    gone = unused()
    with subgraph(http("no")) as server:
        config = tmp_path / "supergraph.yaml"
        config.write_text(
            "subgraphs:\n"
            f"  a: {{schema: {{subgraph_url: {gone}}}}}\n"
            "  b: {schema: {file: gone.graphql}}\n"
            f"  c: {{schema: {{subgraph_url: {server.url}}}}}\n"
        )
        assert main(["compose", "--config", str(config)]) == 2

    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(f"{config}:").partition(":")[0] for line in lines] == ["2", "3", "4"]


def plain_server(body: bytes) -> bytes:
    if b"_service" in body:
        return http('{"errors": [{"message": "Cannot query field \\"_service\\" on type \\"Query\\"."}]}')
    named = {"kind": "OBJECT", "name": "Query", "interfaces": [], "possibleTypes": [], "fields": [
        {"name": "x", "args": [], "type": {"kind": "SCALAR", "name": "Int"}, "isDeprecated": False}
    ]}  # fmt: skip
    types = [named, {"kind": "SCALAR", "name": "Int"}, {"kind": "SCALAR", "name": "String"}]
    return http(json.dumps({"data": {"__schema": {"queryType": {"name": "Query"}, "types": types, "directives": []}}}))


def test_a_server_without_federation_is_introspected_only_on_demand(capsys):
    with subgraph(plain_server) as server:
        assert introspect(server.url) == 1
        refused = capsys.readouterr()
        assert introspect(server.url, "--plain") == 0

    assert refused.out == ""
    assert "is not a federation subgraph" in refused.err
    assert "--plain" in refused.err
    assert capsys.readouterr().out == "type Query {\n  x: Int\n}\n"


@pytest.mark.parametrize("answer", ['{"data": {}}', '{"data": {"__schema": {"types": 1}}}', '{"data": null}'])
def test_an_introspection_that_makes_no_schema_is_said(capsys, answer):
    with subgraph(http(answer)) as server:
        assert introspect(server.url, "--plain") == 2

    assert "no usable schema" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["localhost:4001"], ["ftp://a"], ["http://a", "--header", "novalue"], ["http://a", "--header", "a b: c"]],
)
def test_what_cannot_be_asked_is_not_asked(capsys, arguments):
    assert introspect(*arguments) == 2
    assert capsys.readouterr().err.startswith("router subgraph introspect: ")


def test_the_sdl_can_be_written_to_a_file(tmp_path):
    with subgraph(service(SDL)) as server:
        assert introspect(server.url, "--output", str(tmp_path / "x.graphql")) == 0

    assert (tmp_path / "x.graphql").read_text() == f"{SDL}\n"
