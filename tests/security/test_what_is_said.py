"""Everything that was answered and logged during these tests: no secret, and nothing of how the shop is built inside."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from chassis.signature import signature
from tests.security.people import CARD, Town, bought, guest_with_cart
from tests.security.premises import ROUTER_SECRET, WEBHOOK_SECRET, Premises

PASSWORDS = ("customer123", "admin123", "correct horse battery", "a much better one", "guess 7")
# What only somebody at the keyboard of the server should read.
INSIDES = {
    "a stack trace": r"Traceback|File \"[^\"]+\", line \d+",
    "a path": r"/(work|home|usr|tmp|root|opt)/[a-z]|site-packages|\w\.py(?![\w-])",
    "SQL": r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b",
    "the database": r"asyncpg|sqlalchemy|psycopg|postgresql:|relation \\?\"",
    "a library": r"graphql\.error|pydantic|strawberry\.|starlette|uvicorn|httpx\.",
    "an address of a subgraph": r"http://127\.0\.0\.1:\d+/(users|products|inventory|cart|orders|payments|reviews)/graphql",
}


@pytest.fixture(scope="module")
def answers(premises: Premises, town: Town, among_others: Callable[[], AbstractContextManager[None]]) -> str:
    """What was answered, here and by other test processes; something was."""
    with among_others():
        guest, cart = guest_with_cart(premises)
        bought(premises, guest, cart)
    premises.ask(town.anonymous, "{ nobody }")
    said = "\n".join(text for name, text in premises.everything_said().items() if name.startswith("said-"))
    assert "CheckoutSuccess" in said
    return said


@pytest.fixture(scope="module")
def logs(premises: Premises, answers: str) -> str:
    del answers
    told = premises.everything_said()
    assert {"subgraphs.log", "router.log"} <= set(told)
    return "\n".join(text for name, text in told.items() if not name.startswith("said-"))


def secrets(premises: Premises) -> dict[str, str]:
    environment = premises.environment
    body = "".join(environment["TOKEN_SIGNING_KEY"].splitlines()[1:-1])
    return {
        "the router's secret": ROUTER_SECRET,
        "the webhooks' secret": WEBHOOK_SECRET,
        "the internal token": environment["INTERNAL_TOKEN"],
        "the signing key": body[:40],
        "the database": environment["DATABASE_URL"],
    }


def test_no_secret_of_the_shop_is_answered_or_logged(premises: Premises, answers: str, logs: str) -> None:
    for name, secret in secrets(premises).items():
        assert secret not in answers, name
        assert secret not in logs, name


@pytest.mark.parametrize("text", [*PASSWORDS, CARD])
def test_no_password_and_no_card_is_logged_or_sent_back(answers: str, logs: str, text: str) -> None:
    assert text not in logs
    assert text not in answers


@pytest.mark.parametrize("kind", INSIDES)
def test_answers_say_nothing_of_the_insides(answers: str, kind: str) -> None:
    found = re.findall(rf".{{0,200}}(?:{INSIDES[kind]}).{{0,200}}", answers)

    assert found[:3] == []


def test_no_token_is_logged(town: Town, logs: str) -> None:
    assert re.findall(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}", logs) == []
    for secret in (town.guest.headers["X-Cart-Token"], town.things["guest's order token"]):
        assert secret not in logs
    assert "X-Router-Signature" not in logs
    assert signature(b"x", b"", moment=1)[:4] == "t=1,"


def test_nothing_that_was_tried_made_the_shop_fail(logs: str) -> None:
    """Whatever was sent was refused or answered: a fault would be a way to make more of them."""
    faults = [
        line for line in logs.splitlines() if re.search(r"resolver_failed|request_failed|Traceback|unhandled", line)
    ]

    assert faults[:5] == []
