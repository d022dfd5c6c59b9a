"""supergraph.yaml: what it may say, and how every mistake in it is told with its key and line."""

from pathlib import Path

import pytest

from router.sources.config import BadConfig, Config, Contract, FromFile, FromText, FromUrl, parse_config


def read(text: str, **environment: str) -> Config:
    return parse_config(text, Path("folder/supergraph.yaml"), environment)


def problems(text: str, **environment: str) -> list[tuple[str, int]]:
    with pytest.raises(BadConfig) as caught:
        read(text, **environment)
    return [(problem.key, problem.line) for problem in caught.value.problems]


def said(text: str, **environment: str) -> str:
    with pytest.raises(BadConfig) as caught:
        read(text, **environment)
    return str(caught.value)


def test_a_schema_is_in_a_file_in_the_text_or_behind_a_url():
    config = read(
        "federation_version: =2.9.0\n"
        "subgraphs:\n"
        "  a: {routing_url: http://a, schema: {file: sub/a.graphql}}\n"
        "  b: {routing_url: http://b, schema: {sdl: 'type Query { x: Int }'}}\n"
        "  c: {routing_url: http://c, schema: {subgraph_url: http://c:1, introspection_headers: {Key: 1}}}\n"
    )

    a, b, c = config.subgraphs
    assert a.schema == FromFile(Path("folder/sub/a.graphql"), "folder/sub/a.graphql")
    assert b.schema == FromText("type Query { x: Int }")
    assert c.schema == FromUrl("http://c:1", {"Key": "1"})


def test_the_router_asks_where_the_schema_came_from_unless_told_otherwise():
    (subgraph,) = read("subgraphs: {a: {schema: {subgraph_url: http://a/graphql}}}").subgraphs

    assert subgraph.routing_url == "http://a/graphql"


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("http://${env.HOST}/x", "http://shop/x"),
        ("http://${env.HOST}:${env.PORT}", "http://shop:80"),
        ("http://${env.NONE:-other}", "http://other"),
        ("http://${env.NONE:other}", "http://other"),
        ("http://${env.HOST:-other}", "http://shop"),
        ("http://x/$${env.HOST}", "http://x/${env.HOST}"),
        ("http://x/$HOST", "http://x/$HOST"),
    ],
)
def test_variables_are_replaced_in_values(written, becomes):
    text = f"subgraphs: {{a: {{routing_url: '{written}', schema: {{sdl: x}}}}}}"

    assert read(text, HOST="shop", PORT="80").subgraphs[0].routing_url == becomes


def test_a_header_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("secret\n")
    text = (
        "subgraphs: {a: {schema: {subgraph_url: http://a,"
        f" introspection_headers: {{authorization: 'Bearer ${{file.{tmp_path}/key}}'}}}}}}}}"
    )

    schema = read(text).subgraphs[0].schema

    assert isinstance(schema, FromUrl)
    assert schema.headers == {"authorization": "Bearer secret"}


def test_every_mistake_is_told_at_once_with_its_key_and_line():
    text = (
        "federation_version: 1\n"
        "subgraph: {}\n"
        "subgraphs:\n"
        "  a:\n"
        "    routing_ulr: http://a\n"
        "    schema: {file: ''}\n"
        "  b:\n"
        "    routing_url: ftp://b\n"
        "  c:\n"
        "    schema:\n"
        "      file: c.graphql\n"
        "      sdl: x\n"
        "  d:\n"
        "    schema:\n"
        "      subgraph_url: ${env.NONE}\n"
        "      introspection_headers: {'bad name': x, ok: [1]}\n"
        "  a: {}\n"
    )

    assert problems(text) == [
        ("federation_version", 1),
        ("subgraph", 2),
        ("subgraphs.a.routing_ulr", 5),
        ("subgraphs.a.schema.file", 6),
        ("subgraphs.b.routing_url", 8),
        ("subgraphs.b.schema", 8),
        ("subgraphs.c.schema", 11),
        ("subgraphs.d.schema.subgraph_url", 15),
        ("subgraphs.d.schema.introspection_headers.bad name", 16),
        ("subgraphs.d.schema.introspection_headers.ok", 16),
        ("subgraphs.a", 17),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("subgraphs: [", "supergraph.yaml:1: is not YAML"),
        ("a: b: c", "supergraph.yaml:1: is not YAML"),
        ("a: \x07", "supergraph.yaml:1: is not YAML: the character U+0007 is not allowed"),
        ("[" * 600, "nests too deep"),
        ("[]", "`subgraphs` must map"),
        ("a", "`subgraphs` must map"),
        ("# nothing", "`subgraphs` must map"),
        ("subgraphs:", "supergraph.yaml:1: subgraphs: must map"),
        ("subgraphs: {}", "names no subgraph"),
        ("subgraphs: {a: }", "subgraphs.a: must map"),
        ("subgraphs: {a: {}}", "subgraphs.a.schema: is missing"),
        ("subgraphs: {a: {schema: }}", "subgraphs.a.schema: must map"),
        ("subgraphs: {a: {schema: {}}}", "has none of `file`, `sdl` and `subgraph_url`"),
        ("subgraphs: {a: {schema: {url: x}}}", "subgraphs.a.schema.url: unknown key"),
        ("subgraphs: {a: {schema: {flie: x}}}", "did you mean `file`?"),
        ("subgraphs: {a: {schema: {graphref: g@v, subgraph: a}}}", "registry"),
        ("subgraphs: {a: {schema: {file: 1}}}", "schema.file: must be text"),
        ("subgraphs: {a: {schema: {file: [x]}}}", "schema.file: must be text"),
        ("subgraphs: {a: {schema: {subgraph_url: 'localhost:4001'}}}", "starts with http:// or https://"),
        ("subgraphs: {a: {schema: {subgraph_url: 'http://[x'}}}", "is not a URL"),
        ("subgraphs: {a: {schema: {subgraph_url: 'http://a:99999'}}}", "is not a URL"),
        ("subgraphs: {a: {schema: {subgraph_url: 'http://a b'}}}", "holds a space"),
        ("subgraphs: {a: {schema: {subgraph_url: 'http://me:secret@a'}}}", "send them as a header"),
        ("subgraphs: {a: {schema: {file: x, introspection_headers: {a: b}}}}", "only a `subgraph_url`"),
        ("subgraphs: {a: {schema: {sdl: '${env.NONE}'}}}", "the environment variable NONE is not set"),
        ("subgraphs: {a: {schema: {sdl: '${NONE}'}}}", "neither ${env.NAME} nor ${file.PATH}"),
        ("subgraphs: {a: {schema: {sdl: '${file./gone/away}'}}}", "/gone/away cannot be read"),
        (
            'subgraphs: {a: {schema: {subgraph_url: http://a, introspection_headers: {a: "b\\r\\nc"}}}}',
            "no HTTP header",
        ),
        ("subgraphs: {[a]: {schema: {sdl: x}}}", "a key must be text"),
        ("federation_version: 1\nsubgraphs: {a: {schema: {sdl: x}}}", "`1` is not supported"),
        ("federation_version: '=0.36'\nsubgraphs: {a: {schema: {sdl: x}}}", "`=0.36` is not supported"),
        ("subgraphs: {a: {schema: {sdl: x}}}\ncontracts: {c: {}}", "contracts.c: needs `include` or `exclude`"),
        ("subgraphs: {a: {schema: {sdl: x}}}\ncontracts: {c: {include: x}}", "contracts.c.include: must be a list"),
    ],
)
def test_a_mistake_says_what_to_change(text, says):
    assert says in said(text)
    assert "secret" not in said(text)


@pytest.mark.parametrize("version", ["2", "=2.9.0", "v2.9.0", "2.14.4", "=2.9", "latest-2", "'2'", "2.0"])
def test_any_second_federation_version_is_fine(version):
    assert read(f"federation_version: {version}\nsubgraphs: {{a: {{schema: {{sdl: x}}}}}}").subgraphs


def test_contracts_name_tags():
    config = read(
        "subgraphs: {a: {schema: {sdl: x}}}\n"
        "contracts:\n"
        "  storefront: {exclude: [admin, internal], hide_unreachable_types: true}\n"
        "  partners: {include: [partner]}\n"
    )

    assert config.contracts == (
        Contract("storefront", frozenset(), frozenset({"admin", "internal"}), hide_unreachable_types=True),
        Contract("partners", frozenset({"partner"})),
    )


def test_yaml_anchors_and_merges_are_understood():
    config = read(
        "subgraphs:\n"
        "  a: &usual {routing_url: http://all, schema: {sdl: x}}\n"
        "  b: {<<: *usual, routing_url: http://b}\n"
    )

    assert [(each.name, each.routing_url) for each in config.subgraphs] == [("a", "http://all"), ("b", "http://b")]


def test_the_guides_example_is_understood():
    guide = Path(__file__).resolve().parents[3] / "docs" / "guides" / "compose.md"
    example = guide.read_text().partition("```yaml\n")[2].partition("```")[0]

    config = read(example, INTROSPECTION_TOKEN="t")

    assert [subgraph.name for subgraph in config.subgraphs] == ["users", "orders", "status"]
    assert config.subgraphs[1].routing_url == "http://127.0.0.1:4002/graphql"
    assert config.contracts[0].name == "public"
