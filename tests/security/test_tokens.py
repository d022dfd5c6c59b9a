"""Tokens as an attacker makes or keeps them: each fails the whole request, at the router and at the subgraph."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chassis.signature import signature
from tests.journeys.shop import Answer
from tests.security.books import change, count
from tests.security.people import Town, registered
from tests.security.premises import ANONYMOUS, ROUTER_SECRET, Person, Premises
from tests.security.tokens import FLAWS, flawed

WHO = "{ me { id } }"
REFRESH = """mutation($token: String!) { refresh(refreshToken: $token) { __typename
  ... on RefreshSuccess { tokens { accessToken refreshToken } } } }"""

# The shop's own key has signed these, so nobody else can make them: what they must say is the subgraphs' matter.
LEFT_TO_SUBGRAPHS = ("without a subject", "huge")


class Trap(ThreadingHTTPServer):
    """A server that nobody should ask."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        trap = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                trap.asked.append(self.path)
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    with Trap() as trap:
        thread = threading.Thread(target=trap.serve_forever)
        thread.start()
        yield trap
        trap.shutdown()
        thread.join()


def bearer(token: str) -> Person:
    return Person("attacker", {"Authorization": f"Bearer {token}"})


def both_ways(premises: Premises, who: Person, query: str = WHO) -> tuple[Answer, Answer]:
    return premises.ask(who, query), premises.ask_subgraph(who, "users", query)


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flawed_token_is_refused_and_nobody_is_asked_about_it(premises: Premises, trap: Trap, flaw: str) -> None:
    token = flawed(premises, flaw, trap=f"http://127.0.0.1:{trap.server_port}")

    router, subgraph = both_ways(premises, bearer(token))

    for answer in (router, subgraph):
        assert answer.codes == {"UNAUTHENTICATED"}
        assert not (answer.body.get("data") or {}).get("me")
        assert token not in str(answer.body)
    assert subgraph.status == 401
    assert router.status == (200 if flaw in LEFT_TO_SUBGRAPHS else 401)
    assert trap.asked == []


def test_a_token_without_a_flaw_is_good(premises: Premises) -> None:
    """Else the test above would pass for the wrong reason."""
    for answer in both_ways(premises, premises.with_claims("user-admin")):
        assert answer.data["me"] == {"id": "user-admin"}


def refreshed(premises: Premises, token: str) -> dict[str, Any]:
    answer: dict[str, Any] = premises.ask(ANONYMOUS, REFRESH, {"token": token}).data["refresh"]
    return answer


def test_a_stolen_refresh_token_ends_the_whole_family_when_it_is_used_again(premises: Premises) -> None:
    victim, made = registered(premises)
    first = made["tokens"]["refreshToken"]
    second = refreshed(premises, first)["tokens"]
    # A second tab may use it once more within ten seconds; this is a day later.
    change(
        premises, "users", "UPDATE refresh_tokens SET used_at = used_at - interval '1 day' WHERE used_at IS NOT NULL"
    )

    assert refreshed(premises, first) == {"__typename": "SessionEnded"}

    assert refreshed(premises, second["refreshToken"]) == {"__typename": "SessionEnded"}
    for who in (victim, bearer(second["accessToken"])):
        refuse_ended(premises, who)


def refuse_ended(premises: Premises, who: Person) -> None:
    """The subgraph knows at once that the session is over; through the router nothing is answered either."""
    router, subgraph = both_ways(premises, who)
    assert (subgraph.status, subgraph.codes) == (401, {"UNAUTHENTICATED"})
    assert router.codes == {"UNAUTHENTICATED"}
    assert not (router.body.get("data") or {}).get("me")


def test_a_refresh_token_is_no_access_token_and_no_other_way_around(premises: Premises) -> None:
    victim, made = registered(premises)

    assert premises.ask(bearer(made["tokens"]["refreshToken"]), WHO).status == 401
    assert refreshed(premises, victim.token) == {"__typename": "SessionEnded"}


@pytest.mark.parametrize(
    "end", ["mutation { logout { __typename } }", 'mutation { deleteAccount(password: "correct horse battery staple") { __typename } }']
)  # fmt: skip
def test_an_access_token_ends_with_its_session(premises: Premises, end: str) -> None:
    leaver, made = registered(premises)
    assert both_ways(premises, leaver)[0].data["me"]
    assert "Success" in str(premises.ask(leaver, end).data)

    refuse_ended(premises, leaver)

    assert refreshed(premises, made["tokens"]["refreshToken"]) == {"__typename": "SessionEnded"}


def test_a_role_that_was_taken_away_is_gone_from_the_tokens_in_use(premises: Premises, town: Town) -> None:
    email = "was-admin@example.org"
    _, made = registered(premises, email)
    give = 'mutation($roles: [String!]!) { userRolesSet(id: "%s", roles: $roles) { __typename } }' % made["user"]["id"]  # noqa: UP031
    premises.ask(town.admin, give, {"roles": ["customer", "admin"]})
    promoted = premises.signed_in(email, "correct horse battery staple")
    assert "errors" not in premises.ask(promoted, "{ users { totalCount } }").body

    premises.ask(town.admin, give, {"roles": ["customer"]})

    refuse_ended(premises, promoted)


# ---- headers that a client makes up ----


def test_two_authorization_headers_are_never_two_opinions(premises: Premises, town: Town) -> None:
    """Whichever counts, it is the same one in the router and in the subgraph, and none gives what the other may not."""
    both = [("Content-Type", "application/json"), ("Authorization", f"Bearer {town.other.token}"),
            ("Authorization", f"Bearer {town.admin.token}")]  # fmt: skip
    for headers in (both, [both[0], both[2], both[1]]):
        response = premises.http.post(
            premises.url, content=b'{"query": "{ me { id } users { totalCount } }"}', headers=headers
        )

        assert response.status_code in (400, 401), response.text
        assert not response.json().get("data")


def test_nobody_becomes_a_service_through_the_router(premises: Premises, town: Town) -> None:
    for token in (premises.environment["INTERNAL_TOKEN"], "guess"):
        posing = town.other.also(X_Internal_Token=token)

        assert premises.ask(posing, '{ order(id: "order-demo-confirmed") { id } }').data["order"] is None
        assert premises.ask(posing, "{ users { totalCount } }").codes == {"UNAUTHORIZED_FIELD_OR_TYPE"}


def test_a_wrong_internal_token_is_refused_by_each_subgraph(premises: Premises) -> None:
    posing = ANONYMOUS.also(X_Internal_Token="guess")
    for name in ("users", "cart", "orders", "payments", "inventory", "products", "reviews"):
        answer = premises.ask_unsigned(posing, name, b'{"query": "{ __typename }"}')

        assert answer.status == 401


FORGED = ("t=1,v1=" + "0" * 64, "t=99999999999,v1=" + "0" * 64, "v1=", "x", "t=1,v1=" + "0" * 64 + ",v1=" + "0" * 64)


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_signature_opens_no_subgraph_and_is_not_handed_on(premises: Premises, town: Town, forged: str) -> None:
    posing = town.admin.also(X_Router_Signature=forged)

    direct = premises.ask_unsigned(posing, "users", b'{"query": "{ me { id } }"}')

    assert (direct.status, direct.codes) == (403, {"NOT_FROM_ROUTER"})
    assert premises.ask(posing, WHO).data["me"] == {"id": "user-admin"}


def test_a_recorded_request_cannot_be_sent_with_another_body(premises: Premises) -> None:
    moment = 1_700_000_000
    old = ANONYMOUS.also(
        X_Router_Signature=signature(ROUTER_SECRET.encode(), b'{"query": "{ me { id } }"}', moment=moment)
    )

    for body in (b'{"query": "{ me { id } }"}', b'{"query": "{ me { email } }"}'):
        assert premises.ask_unsigned(old, "users", body).codes == {"NOT_FROM_ROUTER"}


def test_where_a_sign_in_came_from_is_not_what_the_client_says(premises: Premises) -> None:
    posing = ANONYMOUS.also(
        X_Forwarded_For="203.0.113.7, 127.0.0.1", X_Real_IP="203.0.113.7", Forwarded="for=203.0.113.7"
    )
    login = 'mutation { login(email: "nobody-here@example.org", password: "x") { __typename } }'

    assert premises.ask(posing, login).data["login"] == {"__typename": "WrongCredentials"}

    assert count(
        premises, "users", "SELECT count(*) FROM sign_in_attempts WHERE key LIKE '%nobody-here%' OR failures > 0"
    )
    assert count(premises, "users", "SELECT count(*) FROM sign_in_attempts WHERE key LIKE '%203.0.113.7%'") == 0


@pytest.mark.parametrize("token", ["x", "a" * 200, "../../etc", "' OR 1=1 --", "%00"])
def test_a_cart_token_that_is_none_is_refused(premises: Premises, token: str) -> None:
    answer = premises.ask(ANONYMOUS.also(X_Cart_Token=token), "{ cart { id } }")

    assert answer.codes == {"UNAUTHENTICATED"}
    assert not (answer.body.get("data") or {}).get("cart")


def test_a_guessed_cart_token_opens_nothing_and_is_not_taken_up(premises: Premises) -> None:
    """A token that somebody else chose for a guest would let them watch what is bought: the shop makes its own."""
    chosen = "chosen-by-an-attacker-0123456789"
    query = """mutation { cartLineAdd(sku: "MOUSE-001") { ... on CartLineAddSuccess { cart { token } } } }"""

    given = premises.ask(ANONYMOUS.also(X_Cart_Token=chosen), query).data["cartLineAdd"]["cart"]["token"]

    assert given != chosen
    assert premises.ask(ANONYMOUS.also(X_Cart_Token=chosen), "{ cart { id } }").data["cart"] is None
