"""Refresh tokens under many tabs and many thieves at once."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import StoppedClock
from chassis.testing import Client

pytestmark = pytest.mark.anyio

LOGIN = """mutation { login(email: "carol@ecommerce.local", password: "customer123") {
  ... on LoginSuccess { tokens { accessToken refreshToken } } } }"""
REFRESH = """mutation($token: String!) { refresh(refreshToken: $token) {
  __typename ... on RefreshSuccess { tokens { accessToken refreshToken } } } }"""


async def tokens(users: Client) -> dict[str, str]:
    return (await users.ask(LOGIN)).data["login"]["tokens"]


async def refresh(users: Client, token: str) -> dict[str, Any]:
    answer = await users.ask(REFRESH, {"token": token})
    assert answer.errors == []
    return answer.data["refresh"]


async def test_twenty_tabs_refresh_at_once_and_each_stays_signed_in(users: Client):
    token = (await tokens(users))["refreshToken"]

    pairs = await asyncio.gather(*(refresh(users, token) for _ in range(20)))

    assert {each["__typename"] for each in pairs} == {"RefreshSuccess"}
    fresh = [each["tokens"]["refreshToken"] for each in pairs]
    assert len({*fresh, token}) == 21
    later = await asyncio.gather(*(refresh(users, each) for each in fresh))
    assert {each["__typename"] for each in later} == {"RefreshSuccess"}


async def test_twenty_replays_at_once_end_the_family_once(users: Client, clock: StoppedClock):
    token = (await tokens(users))["refreshToken"]
    owner = await refresh(users, token)
    clock.advance(seconds=11)

    replays = await asyncio.gather(*(refresh(users, token) for _ in range(20)))

    assert Counter(each["__typename"] for each in replays) == {"SessionEnded": 20}
    assert (await refresh(users, owner["tokens"]["refreshToken"]))["__typename"] == "SessionEnded"
    async with users.database.reading() as session:
        query = text("SELECT count(*) FROM outbox WHERE payload->>'reason' = 'refresh token used twice'")
        assert (await session.execute(query)).scalar_one() == 1


async def test_a_thief_and_the_owner_at_once_never_both_keep_the_session(users: Client, clock: StoppedClock):
    """Whoever comes second, after the grace, ends it for both: each token is good for one use."""
    for _ in range(5):
        token = (await tokens(users))["refreshToken"]
        await refresh(users, token)
        clock.advance(seconds=11)

        chain = await asyncio.gather(refresh(users, token), refresh(users, token))

        assert {each["__typename"] for each in chain} == {"SessionEnded"}


async def test_signing_out_while_refreshing_leaves_no_token_that_works(users: Client):
    pair = await tokens(users)
    headers = {"authorization": f"Bearer {pair['accessToken']}"}

    out, *refreshed = await asyncio.gather(
        users.ask("mutation { logout { ... on LogoutSuccess { sessionsEnded } } }", headers=headers),
        *(refresh(users, pair["refreshToken"]) for _ in range(10)),
    )

    assert out.data["logout"] == {"sessionsEnded": 1}
    given = [each["tokens"]["refreshToken"] for each in refreshed if each["__typename"] == "RefreshSuccess"]
    after = await asyncio.gather(*(refresh(users, token) for token in [pair["refreshToken"], *given]))
    assert {each["__typename"] for each in after} == {"SessionEnded"}


async def test_registering_one_address_twice_at_once_makes_one_account(users: Client):
    query = "mutation($input: RegisterInput!) { register(input: $input) { __typename } }"
    given = {"email": "race@example.com", "password": "correct horse", "firstName": "R", "lastName": "R"}

    answers = await asyncio.gather(*(users.ask(query, {"input": given}) for _ in range(8)))

    kinds = Counter(answer.data["register"]["__typename"] for answer in answers)
    assert kinds == {"RegisterSuccess": 1, "EmailTaken": 2, "TooManyAttempts": 5}
    assert len([mail for mail in await users.mails() if mail.to == "race@example.com"]) == 1


async def test_a_sign_in_during_a_reset_does_not_outlive_it(users: Client):
    """The old password, checked before the reset and used after it, opens no session."""
    from subgraphs.users.passwords import Passwords

    checked, go_on = asyncio.Event(), asyncio.Event()
    real = Passwords.check

    async def slow(self: Passwords, password: str, stored: str | None) -> Any:
        verdict = await real(self, password, stored)
        checked.set()
        await go_on.wait()
        return verdict

    Passwords.check = slow  # type: ignore[method-assign]
    try:
        signing_in = asyncio.ensure_future(users.ask(LOGIN.replace("... on", "__typename ... on")))
        await checked.wait()
        async with users.database.transaction() as session:
            await session.execute(text("UPDATE users SET password_hash = 'changed' WHERE id = 'user-carol'"))
        go_on.set()
        answer = await signing_in
    finally:
        Passwords.check = real  # type: ignore[method-assign]

    assert answer.data["login"]["__typename"] == "WrongCredentials"
