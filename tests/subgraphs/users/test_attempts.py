"""How often a password may be tried: per account and per network address, counted before it is tried."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import StoppedClock
from chassis.testing import Client
from subgraphs.users.app import subgraph
from subgraphs.users.model import ACCOUNT_DELAY, ADDRESS_DELAY, INBOX_DELAY, Delay
from subgraphs.users.service.attempts import of_sign_in

pytestmark = pytest.mark.anyio

LOGIN = """mutation($email: String!, $password: String!) { login(email: $email, password: $password) {
  __typename ... on TooManyAttempts { retryAfterSeconds } } }"""
CHANGE = 'mutation($old: String!) { changePassword(currentPassword: $old, newPassword: "a good new password") { __typename } }'
FREE = ACCOUNT_DELAY.free


async def login(users: Client, email: str, password: str = "wrong", address: str | None = None) -> str:
    headers = {"x-forwarded-for": address} if address else {}
    answer = await users.ask(LOGIN, {"email": email, "password": password}, headers=headers)
    assert answer.errors == []
    return answer.data["login"]["__typename"]


async def person(users: Client, email: str, password: str = "correct horse battery") -> None:
    query = "mutation($input: RegisterInput!) { register(input: $input) { __typename } }"
    given = {"email": email, "password": password, "firstName": "Tess", "lastName": "Tester"}
    assert (await users.ask(query, {"input": given})).data["register"]["__typename"] == "RegisterSuccess"


async def test_a_hundred_aliased_sign_ins_in_one_request_are_a_hundred_attempts(users: Client):
    await person(users, "aliased@example.com")
    guesses = [*(f"guess {number}" for number in range(99)), "correct horse battery"]
    fields = " ".join(
        f'a{number}: login(email: "aliased@example.com", password: "{guess}") {{ __typename }}'
        for number, guess in enumerate(guesses)
    )

    answer = await users.ask(f"mutation {{ {fields} }}")

    kinds = Counter(each["__typename"] for each in answer.data.values())
    assert kinds == {"WrongCredentials": FREE, "TooManyAttempts": 100 - FREE}
    assert await login(users, "aliased@example.com", "correct horse battery") == "TooManyAttempts"


async def test_fifty_sign_ins_at_once_are_fifty_attempts(users: Client):
    await person(users, "parallel@example.com")

    kinds = Counter(await asyncio.gather(*(login(users, "parallel@example.com", f"guess {n}") for n in range(50))))

    assert kinds == {"WrongCredentials": FREE, "TooManyAttempts": 50 - FREE}


async def test_an_unknown_account_is_delayed_like_a_known_one(users: Client):
    kinds = [await login(users, "ghost@example.com") for _ in range(FREE + 2)]

    assert kinds == ["WrongCredentials"] * FREE + ["TooManyAttempts"] * 2


async def test_one_address_that_tries_many_accounts_is_delayed_and_others_are_not(users: Client):
    await person(users, "sprayed@example.com")
    tries = [await login(users, f"victim-{n}@example.com", address="203.0.113.9") for n in range(ADDRESS_DELAY.free)]

    assert set(tries) == {"WrongCredentials"}
    assert await login(users, "sprayed@example.com", "correct horse battery", "203.0.113.9") == "TooManyAttempts"
    assert await login(users, "sprayed@example.com", "correct horse battery", "203.0.113.10") == "LoginSuccess"


async def test_a_good_account_of_ones_own_does_not_pay_for_guesses_at_others(users: Client):
    await person(users, "own@example.com")
    for number in range(ADDRESS_DELAY.free - 1):
        await login(users, f"other-{number}@example.com", address="203.0.113.20")
    for _ in range(3):
        assert await login(users, "own@example.com", "correct horse battery", "203.0.113.20") == "LoginSuccess"

    await login(users, "other@example.com", address="203.0.113.20")

    assert await login(users, "own@example.com", "correct horse battery", "203.0.113.20") == "TooManyAttempts"


async def test_signing_in_rightly_is_never_delayed(users: Client):
    await person(users, "often@example.com")

    kinds = [
        await login(users, "often@example.com", "correct horse battery", "203.0.113.30")
        for _ in range(ADDRESS_DELAY.free + 2)
    ]

    assert set(kinds) == {"LoginSuccess"}


async def test_a_wrong_current_password_counts_as_a_sign_in(users: Client):
    await person(users, "stolen@example.com")
    async with users.database.reading() as session:
        query = text("SELECT id FROM users WHERE email = 'stolen@example.com'")
        user_id = (await session.execute(query)).scalar_one()

    kinds = [
        (await users.ask(CHANGE, {"old": f"guess {n}"}, user=user_id)).data["changePassword"]["__typename"]
        for n in range(FREE + 1)
    ]

    assert kinds == ["WrongCredentials"] * FREE + ["TooManyAttempts"]
    assert await login(users, "stolen@example.com", "correct horse battery") == "TooManyAttempts"


async def test_delays_outlive_a_restart(users: Client, clock: StoppedClock):
    for _ in range(FREE):
        await login(users, "restart@example.com")

    again = subgraph(users.settings, clock=lambda: clock.at)
    try:
        async with again.database.reading() as session:
            query = text("SELECT count(*) FROM sign_in_attempts WHERE key = :key AND blocked_until > :now")
            key = next(iter(of_sign_in("restart@example.com", None)))
            blocked = (await session.execute(query, {"key": key, "now": clock.at})).scalar_one()
    finally:
        await again.database.close()
        for close in again.closes:
            await close()

    assert blocked == 1


async def test_what_was_tried_long_ago_is_forgotten(users: Client, clock: StoppedClock):
    for _ in range(FREE):
        await login(users, "longago@example.com")

    clock.advance(hours=1, seconds=1)

    assert [await login(users, "longago@example.com") for _ in range(FREE)] == ["WrongCredentials"] * FREE


async def test_an_attempt_that_could_not_be_made_is_not_counted(users: Client, monkeypatch: pytest.MonkeyPatch):
    from subgraphs.users.errors import TooManyAttempts
    from subgraphs.users.passwords import Passwords

    async def busy(*_: Any) -> None:
        raise TooManyAttempts("Too many people are signing in.", retry_after_seconds=1)

    await person(users, "busy@example.com")
    with monkeypatch.context() as patched:
        patched.setattr(Passwords, "check", busy)
        kinds = [await login(users, "busy@example.com", "correct horse battery") for _ in range(FREE * 2)]

    assert set(kinds) == {"TooManyAttempts"}
    assert await login(users, "busy@example.com", "correct horse battery") == "LoginSuccess"


@pytest.mark.parametrize("email", ["", "nonsense", "a\x07b@example.com", "x" * 10_000 + "@example.com", "a@b@c"])
async def test_what_is_no_address_is_nobodys(users: Client, email: str):
    assert await login(users, email) == "WrongCredentials"


async def test_an_address_is_found_however_it_is_typed(users: Client):
    await person(users, "JosÉ@exämple.com")

    assert await login(users, " josé@EXÄMPLE.com ", "correct horse battery") == "LoginSuccess"


def test_every_network_of_a_household_is_one_address():
    keys = [set(of_sign_in("a@b.c", each)) for each in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")]

    assert keys[0] == keys[1] != keys[2]
    assert set(of_sign_in("a@b.c", "::ffff:203.0.113.7")) == set(of_sign_in("a@b.c", "203.0.113.7"))


@pytest.mark.parametrize(
    ("delay", "attempts", "wait"),
    [
        (ACCOUNT_DELAY, 4, 0),
        (ACCOUNT_DELAY, 5, 1),
        (ACCOUNT_DELAY, 6, 2),
        (ACCOUNT_DELAY, 9, 16),
        (ACCOUNT_DELAY, 10_000, 900),
        (ADDRESS_DELAY, 19, 0),
        (INBOX_DELAY, 3, 60),
        (INBOX_DELAY, 4, 120),
    ],
)
def test_the_wait_doubles_up_to_its_longest(delay: Delay, attempts: int, wait: int):
    assert delay.after(attempts) == timedelta(seconds=wait)


async def test_many_from_one_address_do_not_lock_each_other(users: Client):
    names = [f"crowd-{number}@example.com" for number in range(12)]

    kinds = Counter(await asyncio.gather(*(login(users, name, address="203.0.113.40") for name in names)))

    assert kinds == {"WrongCredentials": 12}
