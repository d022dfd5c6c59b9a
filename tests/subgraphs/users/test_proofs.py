"""Proving that an address is one's own: verification, and a forgotten password."""

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import StoppedClock
from chassis.mail import Mail
from chassis.testing import Client
from subgraphs.users import store
from subgraphs.users.model import digest
from tests.chassis.toy_events import WAITS_FOR_A_LOCK

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse battery"
REGISTER = """mutation($input: RegisterInput!) { register(input: $input) {
  ... on RegisterSuccess { user { id emailVerified } tokens { accessToken refreshToken } } } }"""
VERIFY = "mutation($token: String!) { verifyEmail(token: $token) { __typename ... on Refusal { code } ... on VerifyEmailSuccess { id } } }"
ASK = (
    "mutation { verifyEmailRequest { __typename ... on Refusal { code } ... on VerifyEmailRequestSuccess { email } } }"
)
FORGOT = "mutation($email: String!) { passwordResetRequest(email: $email) { __typename ... on Refusal { code field } ... on PasswordResetRequestSuccess { email } } }"
RESET = "mutation($token: String!, $new: String!) { passwordReset(token: $token, newPassword: $new) { __typename ... on Refusal { code field } ... on PasswordResetSuccess { sessionsEnded } } }"
LOGIN = "mutation($email: String!, $password: String!) { login(email: $email, password: $password) { __typename ... on LoginSuccess { tokens { accessToken refreshToken } } } }"
REFRESH = "mutation($token: String!) { refresh(refreshToken: $token) { __typename ... on RefreshSuccess { tokens { accessToken } } } }"
STATUS = "query($token: String!) { tokenValidate(token: $token) { valid policies } }"


async def register(users: Client, email: str) -> dict[str, Any]:
    names = {"firstName": "Nora", "lastName": "New"}
    answer = await users.ask(REGISTER, {"input": {"email": email, "password": PASSWORD, **names}})
    assert answer.errors == []
    return answer.data["register"]


async def only(users: Client, query: str, *, bearer: str | None = None, **variables: Any) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    answer = await users.ask(query, variables, headers=headers)
    assert answer.errors == []
    return next(iter(answer.data.values()))


async def mails_to(users: Client, email: str) -> list[Mail]:
    return [mail for mail in await users.mails() if mail.to == email]


def token_in(mail: Mail) -> str:
    found = re.search(r"token=([\w-]+)", mail.text)
    assert found
    return found[1]


async def forgotten(users: Client, email: str) -> str:
    """The token of the mail somebody gets who forgot their password."""
    await only(users, FORGOT, email=email)
    await answer_requests(users)
    (mail,) = [mail for mail in await mails_to(users, email) if mail.key.startswith("reset:")]
    return token_in(mail)


async def answer_requests(users: Client) -> None:
    (turn,) = [each for each in users.subgraph.periodic if each.name == "answer who forgot their password"]
    await turn.call()


async def stored(users: Client, query: str, **values: Any) -> list[Any]:
    async with users.database.reading() as session:
        return list((await session.execute(text(query), values)).scalars())


async def test_who_registers_gets_a_mail_and_proves_the_address_by_it(users: Client):
    joined = await register(users, "proves@example.com")
    (mail,) = await mails_to(users, "proves@example.com")
    assert joined["user"]["emailVerified"] is False
    assert "/verify-email?token=" in mail.text
    assert token_in(mail) in (mail.html or "")

    done = await only(users, VERIFY, token=token_in(mail))
    fresh = await only(users, REFRESH, token=joined["tokens"]["refreshToken"])

    assert done == {"__typename": "VerifyEmailSuccess", "id": joined["user"]["id"]}
    before = await only(users, STATUS, token=joined["tokens"]["accessToken"])
    after = await only(users, STATUS, token=fresh["tokens"]["accessToken"])
    assert (before["policies"], after["policies"]) == ([], ["verified_email"])
    types = await stored(users, "SELECT type FROM outbox WHERE aggregate_id = :id", id=joined["user"]["id"])
    assert "EmailVerified" in types


async def test_following_the_link_again_changes_nothing(users: Client):
    await register(users, "again@example.com")
    (mail,) = await mails_to(users, "again@example.com")

    first = await only(users, VERIFY, token=token_in(mail))
    second = await only(users, VERIFY, token=token_in(mail))

    assert first == second
    assert first["__typename"] == "VerifyEmailSuccess"


async def test_a_verification_ends_after_a_day(users: Client, clock: StoppedClock):
    await register(users, "late@example.com")
    (mail,) = await mails_to(users, "late@example.com")

    clock.advance(hours=24)

    assert await only(users, VERIFY, token=token_in(mail)) == {"__typename": "LinkExpired", "code": "EXPIRED"}


@pytest.mark.parametrize("token", ["", "guess", "x" * 10_000, "a\x07b"])
async def test_a_guess_verifies_and_resets_nothing(users: Client, token: str):
    assert (await only(users, VERIFY, token=token))["__typename"] == "LinkExpired"
    assert (await only(users, RESET, token=token, new=PASSWORD))["__typename"] == "LinkExpired"


async def test_a_token_is_for_what_it_was_sent_for(users: Client):
    await register(users, "purpose@example.com")
    (mail,) = await mails_to(users, "purpose@example.com")

    assert (await only(users, RESET, token=token_in(mail), new="another good one"))["__typename"] == "LinkExpired"
    assert (await only(users, VERIFY, token=await forgotten(users, "purpose@example.com")))["code"] == "EXPIRED"


async def test_tokens_of_mails_are_not_kept_as_they_are(users: Client):
    await register(users, "atrest@example.com")
    (mail,) = await mails_to(users, "atrest@example.com")

    kept = await stored(users, "SELECT digest FROM mailed_tokens")

    assert digest(token_in(mail)) in kept
    assert token_in(mail) not in kept


async def test_the_mail_is_sent_again_but_not_over_and_over(users: Client, clock: StoppedClock):
    joined = await register(users, "resend@example.com")
    bearer = joined["tokens"]["accessToken"]

    kinds = [(await only(users, ASK, bearer=bearer))["__typename"] for _ in range(5)]

    assert kinds == ["VerifyEmailRequestSuccess"] * 2 + ["TooManyAttempts"] * 3
    assert len(await mails_to(users, "resend@example.com")) == 3
    clock.advance(seconds=61)
    assert (await only(users, ASK, bearer=bearer))["__typename"] == "VerifyEmailRequestSuccess"
    assert (await only(users, ASK, bearer=bearer))["__typename"] == "TooManyAttempts"


async def test_a_proved_address_is_not_asked_about_again(users: Client):
    answer = await users.ask(ASK, user="user-customer")

    assert answer.data["verifyEmailRequest"] == {"__typename": "AlreadyVerified", "code": "ALREADY_DONE"}


async def test_a_forgotten_password_is_replaced_by_mail_and_every_session_ends(users: Client):
    joined = await register(users, "forgot@example.com")

    token = await forgotten(users, "forgot@example.com")
    done = await only(users, RESET, token=token, new="a new good password")

    assert done == {"__typename": "PasswordResetSuccess", "sessionsEnded": 1}
    assert (await users.ask("{ me { id } }", headers=bearer_of(joined))).status == 401
    assert (await only(users, REFRESH, token=joined["tokens"]["refreshToken"]))["__typename"] == "SessionEnded"
    old = await only(users, LOGIN, email="forgot@example.com", password=PASSWORD)
    new = await only(users, LOGIN, email="forgot@example.com", password="a new good password")
    assert (old["__typename"], new["__typename"]) == ("WrongCredentials", "LoginSuccess")
    assert any(mail.subject == "Your password was changed" for mail in await mails_to(users, "forgot@example.com"))
    # Whoever could read the mail has shown whose address it is.
    assert (await only(users, STATUS, token=new["tokens"]["accessToken"]))["policies"] == ["verified_email"]


def bearer_of(joined: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {joined['tokens']['accessToken']}"}


async def test_a_reset_is_good_once_even_for_two_at_the_same_moment(users: Client):
    await register(users, "twice@example.com")
    token = await forgotten(users, "twice@example.com")

    done = await asyncio.gather(
        *(only(users, RESET, token=token, new=f"a good password number {number}") for number in range(5))
    )

    kinds = sorted(each["__typename"] for each in done)
    assert kinds == ["LinkExpired"] * 4 + ["PasswordResetSuccess"]
    assert (await only(users, RESET, token=token, new="yet another one"))["__typename"] == "LinkExpired"


@pytest.mark.parametrize(("link", "given"), [(VERIFY, {}), (RESET, {"new": "a good password"})])
async def test_a_link_that_is_followed_while_its_person_leaves_is_in_nobodys_way(
    users: Client, link: str, given: dict[str, str]
):
    email = f"leaving-{len(given)}@example.com"
    joined = await register(users, email)
    (mail,) = await mails_to(users, email)
    token = await forgotten(users, email) if given else token_in(mail)

    async with users.database.transaction() as session:
        # As whoever deletes the account does: first the person, then what is theirs.
        await store.user_for_update(session, joined["user"]["id"])
        following = asyncio.ensure_future(only(users, link, token=token, **given))
        async with asyncio.timeout(60):
            while not await stored(users, WAITS_FOR_A_LOCK):
                pass
        await store.delete_belongings(session, joined["user"]["id"])

    assert (await following)["__typename"] == "LinkExpired"


async def test_one_reset_uses_up_the_other_mails(users: Client):
    await register(users, "several@example.com")
    for _ in range(2):
        await only(users, FORGOT, email="several@example.com")
    await answer_requests(users)
    one, other = [mail for mail in await mails_to(users, "several@example.com") if mail.key.startswith("reset:")]

    assert (await only(users, RESET, token=token_in(one), new="a good password"))[
        "__typename"
    ] == "PasswordResetSuccess"
    assert (await only(users, RESET, token=token_in(other), new="a good password"))["__typename"] == "LinkExpired"


async def test_a_reset_ends_after_an_hour(users: Client, clock: StoppedClock):
    await register(users, "hour@example.com")
    token = await forgotten(users, "hour@example.com")

    clock.advance(hours=1)

    assert (await only(users, RESET, token=token, new="a good password"))["code"] == "EXPIRED"


async def test_a_weak_password_is_refused_and_the_link_stays_good(users: Client):
    await register(users, "weak@example.com")
    token = await forgotten(users, "weak@example.com")

    weak = await only(users, RESET, token=token, new="short")
    strong = await only(users, RESET, token=token, new="long enough to be good")

    assert weak == {"__typename": "WeakPassword", "code": "INVALID", "field": ["newPassword"]}
    assert strong["__typename"] == "PasswordResetSuccess"


async def test_an_unknown_address_gets_the_same_answer_for_the_same_work_and_no_mail(users: Client):
    await register(users, "known@example.com")
    with users.database.counting() as known_work:
        known = await only(users, FORGOT, email="known@example.com")
    with users.database.counting() as unknown_work:
        unknown = await only(users, FORGOT, email="unknown@example.com")
    await answer_requests(users)

    assert known == {"__typename": "PasswordResetRequestSuccess", "email": "known@example.com"}
    assert unknown == {"__typename": "PasswordResetRequestSuccess", "email": "unknown@example.com"}
    assert known_work == unknown_work
    assert await mails_to(users, "unknown@example.com") == []


async def test_an_unknown_address_is_throttled_like_a_known_one(users: Client):
    await register(users, "counted@example.com")

    kinds = [
        [(await only(users, FORGOT, email=email))["__typename"] for _ in range(4)]
        for email in ("counted@example.com", "uncounted@example.com")
    ]

    assert kinds[0] == kinds[1] == ["PasswordResetRequestSuccess"] * 3 + ["TooManyAttempts"]


async def test_what_is_no_address_is_refused(users: Client):
    assert await only(users, FORGOT, email="nobody") == {
        "__typename": "InvalidInput",
        "code": "INVALID",
        "field": ["email"],
    }


async def test_a_reset_lets_a_delayed_owner_in_at_once(users: Client):
    await register(users, "delayed@example.com")
    for _ in range(5):
        await only(users, LOGIN, email="delayed@example.com", password="wrong password")
    blocked = await only(users, LOGIN, email="delayed@example.com", password=PASSWORD)

    await only(users, RESET, token=await forgotten(users, "delayed@example.com"), new="a good password")

    assert blocked["__typename"] == "TooManyAttempts"
    after = await only(users, LOGIN, email="delayed@example.com", password="a good password")
    assert after["__typename"] == "LoginSuccess"
