"""Whatever is sent that should not be: each gets the answer that docs/errors.md promises, and nothing is leaked."""

import json
import re
import time
from typing import Any

import httpx
import jwt
import pytest

from tests.journeys.shop import PATIENCE_S, ROOT, Answer, Shop, Visitor, new_signing_key

JSON = {"Content-Type": "application/json"}
WHO = "{ me { id } }"


@pytest.fixture(scope="module")
def documented() -> set[tuple[str, str]]:
    """Each HTTP status and code that docs/errors.md promises for a request that cannot be run."""
    table = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").partition("## The request cannot be run")[2]
    rows = re.findall(r"^\|.*\| (\d{3}) \| (.*) \|$", table, re.MULTILINE)
    return {(status, code) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}


def post(shop: Shop, body: bytes | str, **headers: str) -> Answer:
    response = httpx.post(shop.url, content=body, headers={**JSON, **headers}, timeout=PATIENCE_S, trust_env=False)
    return Answer(response.status_code, response.json())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param('{"query": "{ me { id } }"', "BAD_REQUEST", id="half a body"),
        pytest.param("", "BAD_REQUEST", id="no body"),
        pytest.param("[1, 2]", "BATCHING_NOT_SUPPORTED", id="a batch"),
        pytest.param('"{ me { id } }"', "BAD_REQUEST", id="a bare string"),
        pytest.param('{"variables": {}}', "BAD_REQUEST", id="no query"),
        pytest.param('{"query": 7}', "BAD_REQUEST", id="a query that is a number"),
        pytest.param('{"query": "{ me { id } }", "variables": [1]}', "BAD_REQUEST", id="variables that are a list"),
        pytest.param(b'{"query": "\xff\xfe"}', "BAD_REQUEST", id="not UTF-8"),
        pytest.param('{"query": "{ me { id "}', "GRAPHQL_PARSE_FAILED", id="GraphQL that does not parse"),
        pytest.param('{"query": "{ nobody }"}', "GRAPHQL_VALIDATION_FAILED", id="a field that does not exist"),
        pytest.param(
            '{"query": "{ product(slug: 7) { id } }"}', "GRAPHQL_VALIDATION_FAILED", id="a literal of a wrong type"
        ),
        pytest.param('{"query": "fragment F on User { id }"}', "GRAPHQL_VALIDATION_FAILED", id="no operation"),
        pytest.param(
            '{"query": "query A { __typename } query B { __typename }"}',
            "GRAPHQL_UNKNOWN_OPERATION_NAME",
            id="no choice",
        ),
        pytest.param(
            '{"query": "query A { __typename }", "operationName": "B"}',
            "GRAPHQL_UNKNOWN_OPERATION_NAME",
            id="an unknown operation",
        ),
        pytest.param(
            '{"query": "query($s: String!) { product(slug: $s) { id } }"}',
            "BAD_USER_INPUT",
            id="a variable that is missing",
        ),
        pytest.param(
            '{"query": "query($n: Int) { products(first: $n) { totalCount } }", "variables": {"n": "ten"}}',
            "BAD_USER_INPUT",
            id="a variable of a wrong type",
        ),
        pytest.param(
            '{"query": "{ __type(name: \\"Variant\\") { costPrice } }"}', "GRAPHQL_VALIDATION_FAILED", id="hidden"
        ),
    ],
)
def test_a_request_that_is_none_is_refused_with_400(
    body: bytes | str, code: str, shop: Shop, documented: set[tuple[str, str]]
) -> None:
    answer = post(shop, body)

    assert ("400", code) in documented

    assert answer.status == 400
    assert answer.codes == {code}
    assert "data" not in answer.body


def test_only_json_is_read(shop: Shop) -> None:
    answer = post(shop, json.dumps({"query": WHO}), **{"Content-Type": "application/xml"})

    assert (answer.status, answer.codes) == (415, {"UNSUPPORTED_MEDIA_TYPE"})


def test_a_form_of_another_site_is_refused(shop: Shop) -> None:
    answer = post(shop, json.dumps({"query": WHO}), **{"Content-Type": "text/plain"})

    assert (answer.status, answer.codes) == (400, {"CSRF_PREVENTION"})


def test_a_mutation_needs_post(shop: Shop) -> None:
    query = 'mutation { login(email: "a@b.c", password: "x") { __typename } }'

    response = shop.http.get(shop.url, params={"query": query}, headers={"apollo-require-preflight": "1"})

    assert response.status_code == 405


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_of_a_length_that_is_not_served_says_which_are(first: int, guest: Visitor) -> None:
    answer = guest.send("query($n: Int) { products(first: $n) { totalCount } }", {"n": first})

    [error] = answer.errors
    assert "between 1 and 100" in error["message"]
    assert error["extensions"]["code"] == "INVALID"


def test_a_cursor_nobody_gave_is_refused(guest: Visitor) -> None:
    answer = guest.send('{ products(first: 5, after: "bm90LWEtY3Vyc29y") { totalCount } }')

    assert answer.codes == {"INVALID"}


# ---- tokens ----


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "sub": "user-customer", "iss": "http://localhost:4000", "aud": "shop", "iat": now, "exp": now + 600,
        "roles": ["customer"], "scope": "", **changes,
    }  # fmt: skip


def kid_of(visitor: Visitor) -> str:
    token = visitor.headers["Authorization"].removeprefix("Bearer ")
    return str(jwt.get_unverified_header(token)["kid"])


def signed(body: dict[str, Any], key: str, kid: str) -> str:
    return jwt.encode(body, key, algorithm="ES256", headers={"kid": kid})


def test_a_token_made_with_the_shops_own_key_is_good(shop: Shop, customer: Visitor) -> None:
    """Else the tests below would pass for the wrong reason."""
    token = signed(claims(), shop.signing_key, kid_of(customer))

    assert shop.guest().send(WHO, headers={"Authorization": f"Bearer {token}"}).data["me"] == {"id": "user-customer"}


def bad_tokens(shop: Shop, kid: str) -> dict[str, str]:
    forged, own = new_signing_key(), shop.signing_key
    past = int(time.time()) - 3600
    good = signed(claims(), own, kid)
    return {
        "expired": signed(claims(iat=past - 60, exp=past), own, kid),
        "signed by somebody else": signed(claims(), forged, kid),
        "of an unknown key": signed(claims(), forged, "another-key"),
        "of another issuer": signed(claims(iss="https://elsewhere.example"), own, kid),
        "for another audience": signed(claims(aud="bank"), own, kid),
        "signed with nothing": jwt.encode(claims(), "", algorithm="none", headers={"kid": kid}),
        "signed with a shared secret": jwt.encode(claims(), "x" * 32, algorithm="HS256", headers={"kid": kid}),
        "altered": good[:-6] + ("AAAAAA" if not good.endswith("AAAAAA") else "BBBBBB"),
        "no token at all": "not-a-token",
    }


@pytest.mark.parametrize(
    "flaw",
    [
        "expired", "signed by somebody else", "of an unknown key", "of another issuer", "for another audience",
        "signed with nothing", "signed with a shared secret", "altered", "no token at all",
    ],
)  # fmt: skip
def test_a_token_that_does_not_hold_is_refused_by_router_and_subgraph(flaw: str, shop: Shop, customer: Visitor) -> None:
    header = {"Authorization": f"Bearer {bad_tokens(shop, kid_of(customer))[flaw]}"}

    through_router = shop.guest().send(WHO, headers=header)
    at_subgraph = shop.guest().at(shop.subgraph_url("users")).send(WHO, headers=header)

    for answer in (through_router, at_subgraph):
        assert (answer.status, answer.codes) == (401, {"UNAUTHENTICATED"})
        assert answer.body.get("data") is None


def test_roles_that_a_person_writes_into_a_token_count_for_nothing(shop: Shop, customer: Visitor) -> None:
    forged = signed(claims(roles=["admin"], scope="orders:read"), new_signing_key(), kid_of(customer))

    answer = shop.guest().send(
        "{ orders(first: 1) { edges { cursor } } }", headers={"Authorization": f"Bearer {forged}"}
    )

    assert (answer.status, answer.codes) == (401, {"UNAUTHENTICATED"})


# ---- what belongs to somebody else ----

ENTITIES = "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on %s { %s } } }"


@pytest.fixture(scope="module")
def foreign(shop: Shop) -> dict[str, str]:
    """Ids of a cart and an order of the demo customer."""
    owner = shop.customer()
    added = owner.ask("AddToCart", {"sku": "MOUSE-001"}).data["cartLineAdd"]
    return {"cart": added["cart"]["id"], "order": "order-demo-confirmed", "payment": "payment-demo-confirmed"}


@pytest.fixture(scope="module")
def stranger(shop: Shop) -> Visitor:
    return shop.customer("bob")


def test_another_customers_order_is_not_found(stranger: Visitor, foreign: dict[str, str]) -> None:
    answer = stranger.send("query($id: ID!) { order(id: $id) { id total { amount } } }", {"id": foreign["order"]})

    assert answer.data["order"] is None


def test_another_customers_payment_is_not_found(stranger: Visitor, foreign: dict[str, str]) -> None:
    answer = stranger.send("query($id: ID!) { payment(id: $id) { id amount { amount } } }", {"id": foreign["payment"]})

    assert answer.data["payment"] is None


def test_a_customer_has_no_cart_but_their_own(stranger: Visitor, foreign: dict[str, str]) -> None:
    cart = stranger.ask("CartPage").data["cart"]

    assert cart is None or cart["id"] != foreign["cart"]


@pytest.mark.parametrize(
    ("subgraph", "kind", "fields", "name"),
    [
        pytest.param("cart", "Cart", "id itemCount", "cart", id="cart"),
        pytest.param("orders", "Order", "id number", "order", id="order"),
        pytest.param("payments", "Payment", "id status", "payment", id="payment"),
    ],
)
@pytest.mark.parametrize("who", ["guest", "stranger"])
def test_a_raw_reference_finds_nothing_of_somebody_else(
    who: str, subgraph: str, kind: str, fields: str, name: str, shop: Shop, stranger: Visitor, foreign: dict[str, str]
) -> None:
    asking = (shop.guest() if who == "guest" else stranger).at(shop.subgraph_url(subgraph))

    answer = asking.send(ENTITIES % (kind, fields), {"r": [{"__typename": kind, "id": foreign[name]}]})

    assert answer.data["_entities"] == [None]


def test_the_same_reference_answers_its_owner(shop: Shop, customer: Visitor, foreign: dict[str, str]) -> None:
    """Else the test above would pass for the wrong reason."""
    asking = customer.at(shop.subgraph_url("orders"))

    answer = asking.send(ENTITIES % ("Order", "id"), {"r": [{"__typename": "Order", "id": foreign["order"]}]})

    assert answer.data["_entities"] == [{"__typename": "Order", "id": foreign["order"]}]


def test_a_users_email_is_shown_to_nobody_else(shop: Shop, stranger: Visitor) -> None:
    asking = stranger.at(shop.subgraph_url("users"))

    answer = asking.send(ENTITIES % ("User", "displayName email"), {"r": [{"__typename": "User", "id": "user-alice"}]})

    [user] = answer.data["_entities"]
    assert user["displayName"]
    assert user["email"] is None


@pytest.mark.parametrize("field", ["_entities(representations: []) { __typename }", "_service { sdl }"])
def test_the_public_graph_has_no_federation_fields(field: str, guest: Visitor) -> None:
    answer = guest.send("{ %s }" % field)  # noqa: UP031 -- braces

    assert (answer.status, answer.codes) == (400, {"GRAPHQL_VALIDATION_FAILED"})


@pytest.mark.parametrize(
    "mutation",
    [
        'stockRelease(key: "any") { __typename }',
        'paymentVoid(idempotencyKey: "any") { __typename }',
    ],
)
def test_what_subgraphs_ask_each_other_is_out_of_everybody_elses_reach(
    mutation: str, shop: Shop, admin: Visitor
) -> None:
    subgraph = "inventory" if mutation.startswith("stock") else "payments"
    direct = admin.at(shop.subgraph_url(subgraph))

    through_router = admin.send("mutation { %s }" % mutation)  # noqa: UP031 -- braces
    at_subgraph = direct.send("mutation { %s }" % mutation)  # noqa: UP031 -- braces

    assert through_router.codes == {"GRAPHQL_VALIDATION_FAILED"}
    assert at_subgraph.codes == {"FORBIDDEN"}
