"""Where mails leave the house: an SMTP server, a folder, or the log.

    outlet = outlet_of(settings)
    await outlet.deliver(message)      # returns once the server has taken it; Undeliverable when it never will

Every other exception means: try again later. That includes a server that refuses us, rather than this one mail: a
password that changed is no reason to drop what is waiting.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog

from chassis.settings import Settings

log = structlog.get_logger("chassis.mail")


class Undeliverable(Exception):
    """The server refuses this mail for good (a 5xx reply to its recipient or its content, RFC 5321, 4.2.1)."""


class Outlet(Protocol):
    """Takes mails away."""

    async def deliver(self, message: EmailMessage) -> None:
        """Hand over one mail for certain, or raise."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server; each mail has a connection of its own. `timeout_ms` bounds connecting and each answer."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    starttls: bool = False
    timeout_ms: int = 15_000
    tls_context: ssl.SSLContext | None = None

    @classmethod
    def of(cls, url: str, *, timeout_ms: int = 15_000, tls_context: ssl.SSLContext | None = None) -> SmtpServer:
        """Read `smtp://user:password@host:port?starttls` or `smtps://…`; ValueError says what is wrong with it."""
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("SMTP_URL is smtp://host:port or smtps://host:port")
        if set(options) - {"starttls"} or parts.path not in {"", "/"}:
            raise ValueError("SMTP_URL takes one option, ?starttls, and no path")
        tls, starttls = parts.scheme == "smtps", "starttls" in options
        if tls and starttls:
            raise ValueError("SMTP_URL: smtps:// is encrypted from the start, ?starttls is for smtp://")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587 if starttls else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=starttls,
            timeout_ms=timeout_ms,
            tls_context=tls_context,
        )

    async def deliver(self, message: EmailMessage) -> None:
        """Speak SMTP once. Waits at most four of its time-outs in all, whatever drips in."""
        seconds = self.timeout_ms / 1_000
        try:
            async with asyncio.timeout(4 * seconds):
                await aiosmtplib.send(
                    message,
                    hostname=self.host,
                    port=self.port,
                    username=self.username,
                    password=self.password,
                    # Said to the server; asking the resolver for our own name could take long.
                    local_hostname=parseaddr(str(message["From"]))[1].rpartition("@")[2] or "localhost",
                    use_tls=self.tls,
                    # Never in the clear because the server, or somebody before it, left the offer out.
                    start_tls=self.starttls,
                    timeout=seconds,
                    tls_context=self.tls_context,
                )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(each.code >= 500 for each in refused.recipients):
                raise Undeliverable(str(refused)) from refused
            raise
        except aiosmtplib.SMTPDataError as refused:
            if refused.code >= 500:
                raise Undeliverable(str(refused)) from refused
            raise


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that gets each mail as an `.eml` file, named after its Message-ID."""

    path: Path

    async def deliver(self, message: EmailMessage) -> None:
        """Write the file as a whole."""
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
        unfinished = self.path / f".{name}"
        unfinished.write_bytes(bytes(message))
        unfinished.replace(self.path / f"{name}.eml")


@dataclass(frozen=True, slots=True)
class Console:
    """The log, for development: the links in a mail can be followed from there."""

    async def deliver(self, message: EmailMessage) -> None:
        """Log the text."""
        text = message.get_body(("plain",))
        log.info(
            "mail_not_sent_but_shown",
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=text.get_content() if text else "",
        )


def outlet_of(settings: Settings) -> Outlet:
    """Where the settings say mails go."""
    if settings.smtp_url is not None:
        return SmtpServer.of(settings.smtp_url.get_secret_value(), timeout_ms=settings.smtp_timeout_ms)
    if settings.mail_directory is not None:
        return Folder(settings.mail_directory)
    return Console()
