"""Which of a client's headers subgraphs receive."""

from __future__ import annotations

import pytest

from router.pipeline.headers import HeaderLines
from router.settings import HeadersSettings, Settings, SettingsError
from tests.router.pipeline.shop import Shop, ask, router

pytestmark = pytest.mark.anyio
CLIENT = (
    (b"authorization", b"Bearer x"),
    (b"x-cart-token", b"c1"),
    (b"x-internal-token", b"evil"),
    (b"host", b"router"),
)


def rules(text: str) -> HeadersSettings:
    return Settings.parse(f"headers: {text}", environment={}).headers


def lines(text: str, subgraph: str = "users") -> bytes:
    return HeaderLines(rules(text), ("users", "orders")).lines(CLIENT).get(subgraph, b"")


def test_nothing_is_handed_on_unless_a_rule_says_so() -> None:
    assert HeaderLines(HeadersSettings(), ("users",)).lines(CLIENT) == {}


def test_a_named_header_is_handed_on_whatever_its_case() -> None:
    assert lines("{all: {request: [{propagate: {named: AUTHORIZATION}}]}}") == b"authorization: Bearer x\r\n"


def test_a_header_may_be_renamed_or_given_a_default() -> None:
    assert lines("{all: {request: [{propagate: {named: x-cart-token, rename: x-basket}}]}}") == b"x-basket: c1\r\n"
    assert lines("{all: {request: [{propagate: {named: x-tenant, default: main}}]}}") == b"x-tenant: main\r\n"


def test_what_matches_everything_never_includes_what_describes_the_connection() -> None:
    given = lines("{all: {request: [{propagate: {matching: '.*'}}, {remove: {named: x-internal-token}}]}}")

    assert given == b"authorization: Bearer x\r\nx-cart-token: c1\r\n"


def test_one_subgraph_may_have_rules_of_its_own() -> None:
    text = "{all: {request: [{insert: {name: x-from, value: router}}]}, subgraphs: {orders: {request: [{insert: {name: x-from, value: special}}]}}}"

    assert lines(text) == b"x-from: router\r\n"
    assert lines(text, "orders") == b"x-from: special\r\n"


def test_a_line_end_in_a_value_makes_no_second_header() -> None:
    made = HeaderLines(rules("{all: {request: [{propagate: {named: x-a}}]}}"), ("users",)).lines(
        [(b"x-a", b"1\r\nx-b: 2")]
    )

    assert made["users"].count(b"\r\n") == 1


def test_rules_for_an_unknown_subgraph_are_refused() -> None:
    with pytest.raises(SettingsError, match="nobody"):
        HeaderLines(rules("{subgraphs: {nobody: {request: []}}}"), ("users",))


async def test_the_shops_rules_hand_on_the_viewer_and_the_cart_and_never_the_internal_token() -> None:
    shop = Shop()
    app = router(
        shop, "headers: {all: {request: [{propagate: {named: Authorization}}, {propagate: {named: X-Cart-Token}}]}}"
    )

    await ask(app, '{ hello(name: "x") }', authorization="Bearer x", x_cart_token="c1", x_internal_token="evil")

    assert shop.headers[0]["authorization"] == "Bearer x"
    assert shop.headers[0]["x-cart-token"] == "c1"
    assert "x-internal-token" not in shop.headers[0]


LOCATED = "{all: {request: [{propagate: {matching: 'x-.*'}}, {insert: {name: X-Forwarded-For, from_context: client_address}}]}}"


def located(peer: str | None, *claimed: str, trusted: tuple[str, ...] = ()) -> bytes:
    """The X-Forwarded-For a subgraph gets from a client that claims something itself."""
    made = HeaderLines(rules(LOCATED), ("users",), trusted_proxies=trusted)
    return made.lines([(b"x-forwarded-for", each.encode()) for each in claimed], peer).get("users", b"")


def test_a_subgraph_is_told_where_a_request_came_from() -> None:
    assert located("203.0.113.7") == b"x-forwarded-for: 203.0.113.7\r\n"


def test_what_a_client_says_of_its_own_address_is_left_out() -> None:
    assert located("203.0.113.7", "198.51.100.1", "10.0.0.1") == b"x-forwarded-for: 203.0.113.7\r\n"


def test_a_trusted_proxy_is_believed_and_its_own_address_appended() -> None:
    given = located("10.0.0.9", "198.51.100.1, 203.0.113.7", "10.1.1.1", trusted=("10.0.0.0/8", "::1/128"))

    assert given == b"x-forwarded-for: 198.51.100.1, 203.0.113.7, 10.1.1.1, 10.0.0.9\r\n"


def test_where_no_address_is_known_none_is_said() -> None:
    assert located(None, "198.51.100.1") == b""
    assert (
        located("/run/router.sock", "198.51.100.1", trusted=("0.0.0.0/0",)) == b"x-forwarded-for: /run/router.sock\r\n"
    )


def test_two_clients_never_get_each_others_address() -> None:
    made = HeaderLines(rules(LOCATED), ("users",))

    assert [made.lines((), peer)["users"] for peer in ("203.0.113.1", "203.0.113.2", "203.0.113.1")] == [
        b"x-forwarded-for: 203.0.113.1\r\n",
        b"x-forwarded-for: 203.0.113.2\r\n",
        b"x-forwarded-for: 203.0.113.1\r\n",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{all: {request: [{insert: {name: x}}]}}", "either 'value' or 'from_context'"),
        ("{all: {request: [{insert: {name: x, value: y, from_context: client_address}}]}}", "either"),
        ("{all: {request: [{insert: {name: x, from_context: weather}}]}}", "client_address"),
    ],
)
def test_an_insertion_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        HeaderLines(rules(text), ("users",))


def test_a_trusted_proxy_that_is_no_network_is_refused() -> None:
    with pytest.raises(SettingsError, match="trusted_proxies"):
        HeaderLines(HeadersSettings(), ("users",), trusted_proxies=("everywhere",))


async def test_the_address_of_the_connection_reaches_the_subgraph() -> None:
    shop = Shop()
    app = router(shop, f"headers: {LOCATED}")

    for _ in range(4):  # by the generic executor first, by the compiled program later
        await ask(app, "{ user { id } }", x_forwarded_for="198.51.100.1")

    assert [headers["x-forwarded-for"] for headers in shop.headers] == ["127.0.0.1"] * 4
