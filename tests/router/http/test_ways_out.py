"""Which client a subgraph's URL and settings lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.http.client import Client
from router.http.secure import SecureClient
from router.http.serving import Serving
from router.http.transport import post
from router.settings import Settings, SettingsError, SubgraphTraffic
from tests.router.http.certificates import Authority
from tests.router.http.rogue_http2 import Request, rogue_http2

pytestmark = pytest.mark.anyio


def serving(text: str = "") -> Serving:
    return Serving(Settings.parse(text), lambda: "")


@pytest.mark.parametrize(
    ("url", "traffic", "kind"),
    [
        ("http://a/", SubgraphTraffic(), Client),
        ("http://a/", SubgraphTraffic(experimental_http2="enable"), Client),
        ("http://a/", SubgraphTraffic(experimental_http2="http2only"), SecureClient),
        ("https://a/", SubgraphTraffic(), SecureClient),
        ("unix:///run/a", SubgraphTraffic(), Client),
    ],
)
async def test_plain_http_keeps_its_own_client_unless_http2_is_insisted_on(
    url: str, traffic: SubgraphTraffic, kind: type
) -> None:
    assert type(serving().exchange("a", url, traffic)) is kind


async def test_subgraphs_called_alike_share_a_client_and_others_do_not(tmp_path: Path) -> None:
    file = Authority(tmp_path).file
    own = serving(f"tls: {{subgraph: {{subgraphs: {{b: {{certificate_authorities: '${{file.{file}}}'}}}}}}}}")
    usual = own.exchange("a", "https://a/", SubgraphTraffic())

    assert own.exchange("c", "https://c/", SubgraphTraffic()) is usual
    assert own.exchange("b", "https://b/", SubgraphTraffic()) is not usual
    assert own.exchange("a", "https://a/", SubgraphTraffic(experimental_http2="enable")) is not usual


async def test_the_authorities_of_the_settings_are_trusted(tmp_path: Path) -> None:
    async def echo(request: Request) -> None:
        request.reply(request.body)

    authority = Authority(tmp_path)
    own = serving(f"tls: {{subgraph: {{all: {{certificate_authorities: '${{file.{authority.file}}}'}}}}}}")
    exchange = own.exchange("a", "https://a/", SubgraphTraffic(experimental_http2="http2only"))
    async with rogue_http2(echo, authority.server(protocols=("h2",))) as server:
        reply = await post(exchange, server.url, b"", b"hello", timeout_ms=5_000, repeatable=True)
        await exchange.close()

    assert reply.body == b"hello"


@pytest.mark.parametrize(
    ("text", "url", "said"),
    [
        ("tls: {subgraph: {all: {certificate_authorities: hello}}}", "https://a/", "certificate_authorities"),
        ("", "ftp://a/", "not an http, https or unix URL"),
    ],
)
async def test_what_cannot_be_called_is_told_before_anybody_asks(text: str, url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        serving(text).exchange("a", url, SubgraphTraffic())
