"""Mails: written with what causes them, delivered over SMTP whatever the server does, once where that can be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from chassis.app import create_app
from chassis.clock import StoppedClock
from chassis.database import Database
from chassis.letters import Letters
from chassis.mail import MAIL_TABLES, Mail, Post, Sender, message_id, post
from chassis.post_office import Console, Folder, SmtpServer, outlet_of
from chassis.settings import Settings, UnsafeSettings
from tests.chassis.conftest import Respond, answering
from tests.chassis.mailbox import Mailbox, mail_server

pytestmark = pytest.mark.anyio

SHOP = "Shop <shop@example.com>"


@pytest.fixture
async def mails(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    """A database with an empty table of mails."""
    opened = Database(database_url("mails"))
    async with opened.engine.begin() as connection:
        await connection.run_sync(MAIL_TABLES.drop_all)
        await connection.run_sync(MAIL_TABLES.create_all)
    yield opened
    await opened.close()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as serving:
        yield serving


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 1, 1, tzinfo=UTC))


def mail(key: str = "k1", to: str = "ann@example.com", **changed: Any) -> Mail:
    return Mail(**{"to": to, "subject": "Hello", "text": "Text\n", "key": key, **changed})


async def write(database: Database, *written: Mail, clock: StoppedClock) -> None:
    async with database.transaction() as session:
        await post(session, *written, clock=clock)


def sender(database: Database, url: str, clock: StoppedClock, *, timeout_ms: int = 10_000, **options: Any) -> Sender:
    return Sender("toys", database, SmtpServer.of(url, timeout_ms=timeout_ms), sender=SHOP, clock=clock, **options)


async def drain(sending: Sender) -> None:
    while await sending.send_once():
        pass


async def row(database: Database, key: str = "k1") -> Any:
    async with database.reading() as session:
        return (await session.execute(text("SELECT * FROM mails WHERE key = :key"), {"key": key})).one()


async def test_a_mail_arrives_as_it_was_written(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    await write(mails, mail(subject="Grüße", text="Schöne Grüße\n", html="<p>Schöne <b>Grüße</b></p>"), clock=clock)

    await drain(sender(mails, mailbox.url, clock))

    (arrived,) = mailbox.mails
    assert (arrived["From"], arrived["To"], arrived["Subject"]) == (SHOP, "ann@example.com", "Grüße")
    assert arrived["Message-ID"] == message_id("k1", sender=SHOP)
    assert arrived["Date"].datetime == clock.at
    assert mailbox.text() == "Schöne Grüße\n"
    html = arrived.get_body(("html",))
    assert html is not None
    assert "<b>Grüße</b>" in html.get_content()
    assert mailbox.envelopes == [("shop@example.com", ["ann@example.com"])]


async def test_a_mail_is_kept_or_dropped_with_what_caused_it(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    with pytest.raises(ZeroDivisionError):
        async with mails.transaction() as session:
            await post(session, mail(), clock=clock)
            raise ZeroDivisionError

    assert await sender(mails, mailbox.url, clock).standing() == Post(waiting=0, dead=0)


async def test_one_key_is_one_mail(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    await write(mails, mail(), mail(text="Again\n"), clock=clock)
    sending = sender(mails, mailbox.url, clock)
    await drain(sending)

    await write(mails, mail(text="And again\n"), clock=clock)
    await drain(sending)

    assert [mailbox.text(index) for index in range(len(mailbox.mails))] == ["Text\n"]


async def test_what_was_delivered_is_not_kept(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    await write(mails, mail(text="token=secret\n", html="<p>secret</p>"), clock=clock)

    await drain(sender(mails, mailbox.url, clock))

    kept = await row(mails)
    assert (kept.recipient, kept.subject, kept.text, kept.html) == ("", "", "", None)
    assert kept.sent_at == clock.at


async def test_several_senders_send_nothing_twice(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    await write(mails, *(mail(f"k{number}") for number in range(30)), clock=clock)

    await asyncio.gather(*(drain(sender(mails, mailbox.url, clock)) for _ in range(3)))

    identifiers = [each["Message-ID"] for each in mailbox.mails]
    assert len(identifiers) == len(set(identifiers)) == 30


async def test_a_sender_outlives_whatever_its_database_says(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    await write(mails, mail(), clock=clock)
    async with mails.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE mails RENAME TO elsewhere"))
    sending = sender(mails, mailbox.url, clock, poll_ms=10)

    with capture_logs() as logs:
        await sending.start()
        async with asyncio.timeout(30):
            while not logs:  # noqa: ASYNC110 -- it is the log that says so
                await asyncio.sleep(0.01)
        async with mails.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE elsewhere RENAME TO mails"))
        await mailbox.until(1)
        await sending.stop()

    assert {each["event"] for each in logs} == {"mails_not_sent"}


async def test_a_commit_wakes_the_sender(mails: Database, mailbox: Mailbox, clock: StoppedClock):
    sending = sender(mails, mailbox.url, clock, poll_ms=60_000)
    await sending.start()
    try:
        await write(mails, mail(), clock=clock)
        await mailbox.until(1)
    finally:
        await sending.stop()


async def test_a_mail_whose_sender_died_goes_again_under_the_same_message_id(
    mails: Database, mailbox: Mailbox, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
):
    await write(mails, mail(), clock=clock)
    dying = sender(mails, mailbox.url, clock)

    class Died(BaseException): ...

    async def died(*_: object, **__: object) -> None:
        raise Died

    monkeypatch.setattr(dying, "_settle", died)
    with pytest.raises(Died):
        await dying.send_once()
    surviving = sender(mails, mailbox.url, clock)
    assert await surviving.send_once() == 0  # the claim still stands

    clock.advance(minutes=3)
    await drain(surviving)

    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert await surviving.standing() == Post(waiting=0, dead=0)


async def test_a_sender_too_late_does_not_take_back_what_another_delivered(
    mails: Database, mailbox: Mailbox, clock: StoppedClock
):
    await write(mails, mail(), clock=clock)
    slow, quick = sender(mails, mailbox.url, clock), sender(mails, mailbox.url, clock)
    (claimed,) = await slow._claimed()
    clock.advance(minutes=3)
    await drain(quick)

    await slow._failed(claimed, OSError("cut off"), dead=False)

    assert (await row(mails)).sent_at is not None
    assert (await row(mails)).error is None


@pytest.mark.parametrize("reply", ["451 later", "452 full"])
@pytest.mark.parametrize("where", ["to", "data"])
async def test_a_temporary_no_is_tried_again_later_and_later(
    mails: Database, mailbox: Mailbox, clock: StoppedClock, reply: str, where: str
):
    sending = sender(mails, mailbox.url, clock)
    await write(mails, mail(), clock=clock)

    waits = []
    for _ in range(3):
        mailbox.to, mailbox.data = ({"ann@example.com": reply}, []) if where == "to" else ({}, [reply])
        assert await sending.send_once() == 1
        waits.append(((await row(mails)).not_before - clock.at).total_seconds())
        clock.advance(seconds=waits[-1])
    mailbox.to.clear()
    await drain(sending)

    assert waits == [5, 10, 20]
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize("where", ["to", "data"])
async def test_a_final_no_sets_the_mail_aside_and_keeps_no_other_waiting(
    mails: Database, mailbox: Mailbox, clock: StoppedClock, where: str
):
    if where == "to":
        mailbox.to["nobody@example.com"] = "550 no such person"
    else:
        mailbox.data.append("554 this looks like spam")
    sending = sender(mails, mailbox.url, clock, batch=1)
    await write(mails, mail(to="nobody@example.com"), clock=clock)
    clock.advance(seconds=1)
    await write(mails, mail("k2"), clock=clock)

    await drain(sending)

    assert [each["To"] for each in mailbox.mails] == ["ann@example.com"]
    assert await sending.standing() == Post(waiting=0, dead=1)
    assert "55" in (await row(mails)).error


async def test_what_could_not_be_sent_for_two_days_is_given_up(mails: Database, clock: StoppedClock):
    sending = sender(mails, "smtp://127.0.0.1:1", clock)
    await write(mails, mail(), clock=clock)

    await sending.send_once()
    clock.advance(hours=47)
    await sending.send_once()
    assert await sending.standing() == Post(waiting=1, dead=0)
    clock.advance(hours=2)
    await sending.send_once()

    assert await sending.standing() == Post(waiting=0, dead=1)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One more line of an endless greeting, always in time."""
    while True:
        writer.write(b"220-welcome\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def babbling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def hanging_up(*, after: bytes) -> Respond:
    """Take part in the dialogue up to a command, then close."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while True:
            line = (await reader.readline()).upper()
            if line.startswith(after) or not line:
                return
            if line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                return
            writer.write(b"250 OK\r\n")

    return respond


def locked_out(*, at: bytes, reply: bytes) -> Respond:
    """Refuse us, rather than the mail, for good."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n" if at != b"connect" else reply)
        while line := (await reader.readline()).upper():
            writer.write(reply if line.startswith(at) else b"250 OK\r\n")

    return respond


@pytest.mark.parametrize(
    "respond",
    [
        pytest.param(silent, id="slow"),
        pytest.param(dripping, id="dripping"),
        pytest.param(babbling, id="no SMTP"),
        pytest.param(hanging_up(after=b"EHLO"), id="cut off at EHLO"),
        pytest.param(hanging_up(after=b"MAIL"), id="cut off at MAIL"),
        pytest.param(hanging_up(after=b"RCPT"), id="cut off at RCPT"),
        pytest.param(hanging_up(after=b"DATA"), id="cut off at DATA"),
        pytest.param(hanging_up(after=b"."), id="cut off after the text"),
        pytest.param(locked_out(at=b"connect", reply=b"554 go away\r\n"), id="refused at the door"),
        pytest.param(locked_out(at=b"MAIL", reply=b"550 sender unknown\r\n"), id="our address refused"),
    ],
)
async def test_a_server_in_trouble_costs_time_and_no_mail(
    mails: Database, mailbox: Mailbox, clock: StoppedClock, respond: Respond
):
    await write(mails, mail(), clock=clock)
    async with answering(respond) as url:
        await sender(mails, url.replace("http", "smtp"), clock, timeout_ms=300).send_once()
    assert await sender(mails, mailbox.url, clock).standing() == Post(waiting=1, dead=0)

    clock.advance(minutes=1)
    await drain(sender(mails, mailbox.url, clock))

    assert len(mailbox.mails) == 1


async def test_a_server_that_is_not_there_costs_time_and_no_mail(
    mails: Database, mailbox: Mailbox, clock: StoppedClock
):
    await write(mails, mail(), clock=clock)
    await sender(mails, "smtp://127.0.0.1:1", clock).send_once()

    clock.advance(minutes=1)
    await drain(sender(mails, mailbox.url, clock))

    assert len(mailbox.mails) == 1


async def test_signing_in_to_the_server(mails: Database, clock: StoppedClock):
    async with mail_server(login=("shop", "p@ss:word")) as strict:
        await write(mails, mail(), clock=clock)
        wrong = sender(mails, strict.url.replace("//", "//shop:wrong@"), clock)
        await wrong.send_once()
        assert await wrong.standing() == Post(waiting=1, dead=0)

        clock.advance(minutes=1)
        await drain(sender(mails, strict.url.replace("//", "//shop:p%40ss%3Aword@"), clock))

    assert len(strict.mails) == 1


@asynccontextmanager
async def _serving_tls(kind: str, certificate: Path) -> AsyncIterator[Mailbox]:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with mail_server(tls=context, starttls=kind == "starttls") as serving:
        port = serving.port
        serving.url = f"smtps://localhost:{port}" if kind == "smtps" else f"smtp://localhost:{port}?starttls"
        yield serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that signs itself, in one file."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, moment = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(private + signed.public_bytes(pem))
    return path


@pytest.mark.parametrize("kind", ["smtps", "starttls"])
async def test_mails_travel_encrypted_and_only_to_a_server_that_proves_its_name(
    mails: Database, clock: StoppedClock, certificate: Path, kind: str
):
    import ssl

    trusting = ssl.create_default_context(cafile=str(certificate))
    await write(mails, mail(), clock=clock)
    async with _serving_tls(kind, certificate) as serving:
        distrusting = SmtpServer.of(serving.url, timeout_ms=20_000)
        await Sender("toys", mails, distrusting, sender=SHOP, clock=clock).send_once()
        assert serving.mails == []

        clock.advance(minutes=1)
        outlet = SmtpServer.of(serving.url, timeout_ms=20_000, tls_context=trusting)
        await drain(Sender("toys", mails, outlet, sender=SHOP, clock=clock))

    assert serving.encrypted == [True]


async def test_a_server_that_offers_no_encryption_gets_no_mail_that_was_to_be_encrypted(
    mails: Database, mailbox: Mailbox, clock: StoppedClock
):
    await write(mails, mail(), clock=clock)
    sending = sender(mails, f"{mailbox.url}?starttls", clock)

    await sending.send_once()

    assert mailbox.mails == []
    assert await sending.standing() == Post(waiting=1, dead=0)


@pytest.mark.parametrize(
    "url",
    ["http://host", "smtp://", "smtp://host?tls", "smtps://host?starttls", "smtp://host/path", "host:25"],
)
def test_an_smtp_url_that_means_nothing_is_refused(url: str):
    with pytest.raises(ValueError, match="SMTP_URL"):
        SmtpServer.of(url)


def test_the_port_follows_from_the_kind_of_server():
    ports = [SmtpServer.of(url).port for url in ("smtp://h", "smtp://h?starttls", "smtps://h", "smtp://h:2525")]

    assert ports == [25, 587, 465, 2525]


@pytest.mark.parametrize("to", ["", "nobody", "a@b.c\r\nBcc: d@e.f", "a @b.c", "a@b.c\x00"])
def test_what_is_no_address_is_refused_where_it_is_written(to: str):
    with pytest.raises(ValueError, match="address"):
        mail(to=to)


def test_no_subject_becomes_a_header_of_its_own():
    message = mail(subject="Hello\r\nBcc: eve@example.com").message(sender=SHOP, at=datetime.now(UTC))

    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: eve@example.com"


async def test_in_development_mails_become_files_one_for_each(tmp_path: Path):
    outlet = outlet_of(Settings(mail_directory=tmp_path / "mails"))
    message = mail().message(sender=SHOP, at=datetime.now(UTC))

    await outlet.deliver(message)
    await outlet.deliver(message)
    await outlet.deliver(mail("k2").message(sender=SHOP, at=datetime.now(UTC)))

    assert isinstance(outlet, Folder)
    files = sorted((tmp_path / "mails").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert message_from_bytes(files[0].read_bytes(), policy=policy.default)["To"] == "ann@example.com"


async def test_without_a_folder_they_are_shown_in_the_log(capsys: pytest.CaptureFixture[str]):
    outlet = outlet_of(Settings())

    await outlet.deliver(mail(text="https://shop/verify?token=1").message(sender=SHOP, at=datetime.now(UTC)))

    assert isinstance(outlet, Console)
    assert "https://shop/verify?token=1" in capsys.readouterr().err


async def test_production_does_not_start_where_mails_would_stay(toy_mailing: Callable):
    settings = Settings(environment="production", internal_token="x" * 40, router_secret="y" * 40)

    create_app([toy_mailing(mails=False)], settings)
    create_app([toy_mailing(mails=True)], settings.model_copy(update={"smtp_url": "smtp://mail"}))
    with pytest.raises(UnsafeSettings, match="SMTP_URL"):
        create_app([toy_mailing(mails=True)], settings)


@pytest.fixture
def toy_mailing() -> Callable:
    from dataclasses import replace

    from tests.chassis.toy import subgraph

    return lambda *, mails: replace(subgraph(Database("postgresql://nowhere/toys")), mails=mails)


@pytest.fixture
def letters(tmp_path: Path) -> Letters:
    (tmp_path / "hello.txt.j2").write_text("Subject: Hello, {{ name }}\n\nSee {{ shop_url }}/me\n")
    (tmp_path / "hello.html.j2").write_text("<p>Hello, {{ name }}</p>")
    (tmp_path / "plain.txt.j2").write_text("Subject: Plain\n\n{{ name }}\n")
    (tmp_path / "headless.txt.j2").write_text("Hello\n")
    (tmp_path / "curious.txt.j2").write_text("Subject: x\n\n{{ name.__class__.__mro__ }}\n")
    return Letters(tmp_path, shop_url="https://shop.example/")


def test_a_letter_is_its_templates_with_the_facts_put_in(letters: Letters):
    written = letters.mail("hello", to="a@b.c", key="k", name="<Ann>")

    assert written == Mail(
        "a@b.c", "Hello, <Ann>", "See https://shop.example/me\n", "k", html="<p>Hello, &lt;Ann&gt;</p>"
    )


def test_a_letter_needs_no_html(letters: Letters):
    assert letters.mail("plain", to="a@b.c", key="k", name="Ann").html is None


def test_a_fact_left_out_is_an_error_and_no_gap(letters: Letters):
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError, match="name"):
        letters.mail("plain", to="a@b.c", key="k")


def test_a_template_begins_with_its_subject(letters: Letters):
    with pytest.raises(ValueError, match="headless"):
        letters.mail("headless", to="a@b.c", key="k")


def test_a_template_cannot_leave_its_sandbox(letters: Letters):
    from jinja2.exceptions import SecurityError

    with pytest.raises(SecurityError):
        letters.mail("curious", to="a@b.c", key="k", name="Ann")
