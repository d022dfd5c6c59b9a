"""The mails of users, sent by the running subgraph to a real SMTP server and followed from there."""

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from chassis.app import create_app
from chassis.letters import Letters
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings
from subgraphs.users.app import subgraph
from tests.architecture.repository import ROOT
from tests.chassis.mailbox import Mailbox, mail_server

pytestmark = pytest.mark.anyio

REGISTER = """mutation($email: String!, $name: String!) { register(input: {email: $email, password: "correct horse battery",
  firstName: $name, lastName: "New"}) { __typename ... on RegisterSuccess { user { id } } } }"""
VERIFY = "mutation($token: String!) { verifyEmail(token: $token) { __typename } }"
FORGOT = "mutation($email: String!) { passwordResetRequest(email: $email) { __typename } }"
RESET = 'mutation($token: String!) { passwordReset(token: $token, newPassword: "a new good password") { __typename } }'


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
async def http(postgres_url: str, database_prefix: str, mailbox: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    """Users as it runs: with its sender and its periodic work."""
    settings = Settings(
        database_url=postgres_url,
        database_prefix=f"{database_prefix}mails_",
        smtp_url=mailbox.url,
        mail_from="Shop <shop@example.com>",
        shop_url="https://shop.example",
    )
    await migrate("users", settings)
    app = create_app([subgraph(settings)], settings)
    try:
        async with (
            app.edges.router.lifespan_context(app.edges),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://users") as client,
        ):
            yield client
    finally:
        await drop_database(settings.database_of("users"))


async def ask(http: httpx.AsyncClient, query: str, **variables: Any) -> str:
    answer = (await http.post("/users/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer, answer
    (found,) = answer["data"].values()
    return str(found["__typename"])


def link(mail: EmailMessage, path: str) -> str:
    """The token in a link that stands in both versions of a mail."""
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    found = re.search(rf"https://shop\.example/{path}\?token=([\w-]+)", text.get_content())
    assert found
    assert found[0] in html.get_content()
    return found[1]


async def test_from_registering_to_a_new_password_by_mail_alone(http: httpx.AsyncClient, mailbox: Mailbox):
    assert await ask(http, REGISTER, email="nora@example.com", name="Nora") == "RegisterSuccess"
    await mailbox.until(1)
    verify = mailbox.mails[0]
    assert (verify["To"], verify["From"]) == ("nora@example.com", "Shop <shop@example.com>")
    assert verify["Subject"] == "Confirm your email address"
    assert await ask(http, VERIFY, token=link(verify, "verify-email")) == "VerifyEmailSuccess"

    assert await ask(http, FORGOT, email="nobody@example.com") == "PasswordResetRequestSuccess"
    assert await ask(http, FORGOT, email="Nora@Example.com") == "PasswordResetRequestSuccess"
    await mailbox.until(2)
    reset = mailbox.mails[1]
    assert reset["Subject"] == "Set a new password"
    assert await ask(http, RESET, token=link(reset, "reset-password")) == "PasswordResetSuccess"

    await mailbox.until(3)
    assert mailbox.mails[2]["Subject"] == "Your password was changed"
    assert [mail["To"] for mail in mailbox.mails] == ["nora@example.com"] * 3


async def test_a_name_is_text_in_every_mail_and_nothing_else(http: httpx.AsyncClient, mailbox: Mailbox):
    before = len(mailbox.mails)
    name = "<b>{{ 7*7 }}</b> & Co"

    assert await ask(http, REGISTER, email="markup@example.com", name=name) == "RegisterSuccess"
    await mailbox.until(before + 1)

    mail = mailbox.mails[-1]
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert f"Hello {name}," in text.get_content()
    assert "Hello &lt;b&gt;{{ 7*7 }}&lt;/b&gt; &amp; Co," in html.get_content()


@pytest.mark.parametrize("letter", ["verify", "reset", "password_changed"])
def test_who_has_no_name_is_greeted_without(letter: str):
    letters = Letters(ROOT / "subgraphs" / "users" / "mails", shop_url="https://shop.example/")

    mail = letters.mail(letter, to="a@example.com", key="k", name="", token="t", hours=1)

    assert mail.text.startswith("Hello,\n")
    assert "<p>Hello,</p>" in (mail.html or "")
