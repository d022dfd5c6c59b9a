"""Finding out what one does not know: by many tries in one request, or by how an answer differs."""

import json
import time
import uuid
from collections import Counter
from typing import Any

import pytest

from chassis.signature import signature
from tests.security.books import change, count
from tests.security.people import Town, registered
from tests.security.premises import ANONYMOUS, MAX_ALIASES, ROUTER_SECRET, Premises

ROOT_FIELDS_MAX = 50
LOGIN = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) { __typename
  ... on Refusal { code message field } } }"""
RESET = (
    "mutation($email: String!) { passwordResetRequest(email: $email) { __typename ... on Refusal { code message } } }"
)


def guesses(many: int, email: str) -> str:
    fields = (f'a{n}: login(email: "{email}", password: "guess {n}") {{ __typename }}' for n in range(many))
    return f"mutation {{ {' '.join(fields)} }}"


def tries(premises: Premises) -> int:
    """How many failures are counted, for whomever."""
    return count(premises, "users", "SELECT coalesce(sum(failures), 0) FROM sign_in_attempts")


def test_a_hundred_sign_ins_in_one_request_are_refused_by_the_router_before_one_is_tried(premises: Premises) -> None:
    _, made = registered(premises)
    before = tries(premises)

    answer = premises.ask(ANONYMOUS, guesses(100, made["user"]["email"]))

    assert (answer.status, answer.codes) == (400, {"MAX_ROOT_FIELDS_LIMIT"})
    assert tries(premises) == before


def test_a_hundred_sign_ins_in_one_request_are_a_hundred_attempts_at_the_subgraph(premises: Premises) -> None:
    _, made = registered(premises)

    answer = premises.ask_subgraph(ANONYMOUS, "users", guesses(100, made["user"]["email"]))

    kinds = Counter(each["__typename"] for each in answer.data.values())
    assert_counted(kinds, 100)


def test_as_many_as_the_router_lets_through_are_as_many_attempts(premises: Premises) -> None:
    _, made = registered(premises)
    email = made["user"]["email"]

    answer = premises.ask(ANONYMOUS, guesses(ROOT_FIELDS_MAX, email))

    kinds = Counter(each["__typename"] for each in answer.data.values())
    assert_counted(kinds, ROOT_FIELDS_MAX)
    # The right one is refused as well, so the last of many guesses tells nothing. The delay must not end just before it.
    change(
        premises,
        "users",
        "UPDATE sign_in_attempts SET blocked_until = blocked_until + interval '1 hour' WHERE key LIKE 'account:%'",
    )
    right = {"email": email, "password": "correct horse battery staple"}
    assert premises.ask(ANONYMOUS, LOGIN, right).data["login"]["__typename"] == "TooManyAttempts"


def assert_counted(kinds: Counter[str], many: int) -> None:
    """Five are free; on a busy machine the second after which one more is may pass meanwhile."""
    assert set(kinds) == {"WrongCredentials", "TooManyAttempts"}
    assert kinds.total() == many
    assert 5 <= kinds["WrongCredentials"] <= 10


def test_hiding_guesses_in_fragments_does_not_help(premises: Premises) -> None:
    fields = " ".join(
        f'a{n}: login(email: "a@example.org", password: "{n}") {{ __typename }}' for n in range(MAX_ALIASES)
    )
    query = f"mutation {{ ...A ...A }} fragment A on Mutation {{ {fields} }}"

    assert premises.ask(ANONYMOUS, query).status == 400


def measured(premises: Premises, query: str, variables: dict[str, Any]) -> tuple[Any, str]:
    """What the subgraph answers, and how many statements it cost; the number of hashes is counted beside users' own tests."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    signed = signature(ROUTER_SECRET.encode(), body, moment=int(time.time()))
    response = premises.post(premises.subgraph_url("users"), body, {"X-Router-Signature": signed})
    return response.json(), response.headers["x-sql-statements"]


@pytest.mark.parametrize(
    ("query", "more"), [(LOGIN, {"password": "not this one"}), (RESET, {})], ids=["login", "reset"]
)
def test_an_address_with_an_account_is_answered_like_one_without(
    premises: Premises, query: str, more: dict[str, str]
) -> None:
    _, made = registered(premises)

    known = measured(premises, query, {"email": made["user"]["email"], **more})
    unknown = measured(premises, query, {"email": f"{uuid.uuid4().hex}@example.org", **more})

    assert known[0] == unknown[0]
    # One more at most: the first mail to an inbox begins its counter, and registering sent one.
    assert abs(int(known[1]) - int(unknown[1])) <= 1


@pytest.mark.parametrize(
    "query",
    ['{ order(id: "%s") { id } }', '{ payment(id: "%s") { id } }', '{ orderByToken(token: "%s") { id } }',
     '{ sharedWishlist(token: "%s") { shareToken } }', '{ review(id: "%s") { id } }', '{ product(id: "%s") { id } }'],
)  # fmt: skip
def test_what_is_somebody_elses_is_answered_like_what_is_not_there(premises: Premises, town: Town, query: str) -> None:
    theirs = {
        "order": "order-demo-confirmed", "payment": "payment-demo-confirmed", "orderByToken": "order-demo-confirmed",
        "sharedWishlist": "wish-demo-1", "review": "review-demo-004", "product": town.things["draft"],
    }  # fmt: skip
    name = query[2:].partition("(")[0]

    for who in (town.anonymous, town.other):
        there = premises.ask(who, query % theirs[name])
        assert there.body == premises.ask(who, query % "nothing-has-this-id").body
        assert there.data == {name: None}


def test_a_guests_order_is_opened_by_its_token_alone(premises: Premises, town: Town) -> None:
    query = "query($token: String!) { orderByToken(token: $token) { id } }"
    token = town.things["guest's order token"]

    opened = premises.ask(ANONYMOUS, query, {"token": token}).data["orderByToken"]

    assert opened == {"id": town.things["guest's order"]}
    for wrong in (token[:-1], token.upper(), f"{token} ", "", "%", "0" * len(token)):
        assert premises.ask(ANONYMOUS, query, {"token": wrong}).data["orderByToken"] is None


def test_the_answer_to_a_link_says_only_that_it_is_not_good(premises: Premises) -> None:
    for mutation in ('verifyEmail(token: "x")', 'passwordReset(token: "x", newPassword: "a much better one")'):
        answer = premises.ask(ANONYMOUS, f"mutation {{ {mutation} {{ __typename }} }}").data

        assert list(answer.values()) == [{"__typename": "LinkExpired"}]
