"""router.yaml: what it may say, and how it is told what it says wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.settings import Duration, Propagate, Settings, SettingsError

ROOT = Path(__file__).parents[2]


def test_an_empty_file_is_the_defaults() -> None:
    assert Settings.parse("") == Settings()
    assert Settings.parse("# nothing\nlimits:\n") == Settings()


def test_keys_are_read_into_their_types() -> None:
    settings = Settings.parse("""
supergraph: {path: /api}
headers:
  all:
    request:
      - propagate: {named: Authorization}
      - insert: {name: x-source, value: router}
  subgraphs:
    users:
      request: [{remove: {named: x-source}}]
traffic_shaping:
  all: {timeout: 1500ms}
  subgraphs: {users: {timeout: 2m, deduplicate_query: false}}
override_subgraph_url: {users: http://elsewhere/graphql}
limits: {max_depth: null}
""")

    assert settings.supergraph.path == "/api"
    assert settings.headers.all.request[0].propagate == Propagate(named="Authorization")
    assert settings.traffic_shaping.all.timeout == Duration(1500)
    assert settings.traffic_shaping.subgraphs["users"].timeout == Duration(120_000)
    assert settings.override_subgraph_url == {"users": "http://elsewhere/graphql"}
    assert settings.limits.max_depth is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limits:\n  max_deep: 3", "router.yaml:2: unknown key 'max_deep' under 'limits'; known: http_max_request_bytes,"),
        ("\n\nnonsense: 1", "router.yaml:3: unknown key 'nonsense'; known: authentication,"),
        ("limits:\n  max_depth: deep", "router.yaml:2: 'limits.max_depth': 'deep' is not a number"),
        ("traffic_shaping:\n  all:\n    timeout: 30", "router.yaml:3: 'traffic_shaping.all.timeout': '30' is not a duration"),
        ("sandbox:\n  enabled: perhaps", "router.yaml:2: 'sandbox.enabled': 'perhaps' is not true or false"),
        ("limits: 7", "router.yaml:1: 'limits' must be a mapping of keys"),
        ("cors:\n  origins: here", "router.yaml:2: 'cors.origins' must be a list"),
        ("supergraph:\n  path: [a]", "router.yaml:2: 'supergraph.path' must be a single value"),
        ("authentication: {router: {jwt: {jwks: [{issuer: x}]}}}", "router.yaml:1: 'authentication.router.jwt.jwks[0]' lacks 'url'"),
        ("headers: {all: {request: [{}]}}", "'headers.all.request[0]' must hold exactly one of propagate, insert, remove"),
        ("a: [", "router.yaml: not YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.parse(text, environment={})

    assert message in str(refused.value)


def test_the_environment_is_filled_in() -> None:
    text = "supergraph: {listen: '${env.HOST:-127.0.0.1}:${env.PORT}'}"

    assert Settings.parse(text, environment={"PORT": "1"}).supergraph.listen == "127.0.0.1:1"
    assert Settings.parse(text, environment={"PORT": "1", "HOST": "::"}).supergraph.listen == ":::1"


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(SettingsError, match=r"router\.yaml:1: the environment variable PORT is not set"):
        Settings.parse("supergraph: {path: '${env.PORT}'}", environment={})


def test_the_shops_own_configuration_is_valid_and_keeps_the_internal_token_to_itself() -> None:
    settings = Settings.load(ROOT / "router.yaml", environment={})

    named = [rule.propagate.named for rule in settings.headers.all.request if rule.propagate]
    assert named == ["Authorization", "X-Cart-Token"]
    assert settings.authentication.router.jwt is not None


def test_http2_is_one_of_three_words() -> None:
    settings = Settings.parse(
        "traffic_shaping: {all: {experimental_http2: enable}, subgraphs: {a: {experimental_http2: http2only}}}"
    )

    assert settings.traffic_shaping.all.experimental_http2 == "enable"
    assert settings.traffic_shaping.subgraphs["a"].experimental_http2 == "http2only"
    with pytest.raises(SettingsError, match="'yes' is none of enable, disable, http2only"):
        Settings.parse("traffic_shaping: {all: {experimental_http2: yes}}")


def test_a_value_may_be_the_text_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("a certificate")

    settings = Settings.parse(f"tls: {{subgraph: {{all: {{certificate_authorities: '${{file.{tmp_path}/ca.pem}}'}}}}}}")

    assert settings.tls.subgraph.all.certificate_authorities == "a certificate"
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.parse(f"tls: {{subgraph: {{all: {{certificate_authorities: '${{file.{tmp_path}/none.pem}}'}}}}}}")
