"""A real SMTP server that keeps what it takes, and can be told to be difficult.

async with mail_server() as mailbox:
    ...                                    # mailbox.url is an SMTP_URL
    await mailbox.until(1)
    mailbox.mails[0]["To"]
"""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mailbox:
    """What arrived, and what the server answers: replies by address (`to`) or to any text (`data`)."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    to: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    url: str = ""
    port: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if reply := self.to.get(address):
            self.changed.set()
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data:
            self.changed.set()
            return self.data.pop(0)
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.envelopes.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.changed.set()
        return "250 taken"

    async def until(self, count: int) -> None:
        """Wait until that many mails arrived."""
        async with asyncio.timeout(30):
            while len(self.mails) < count:
                self.changed.clear()
                await self.changed.wait()

    def text(self, index: int = -1) -> str:
        """The plain text of one mail."""
        body = self.mails[index].get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: bool = False, login: tuple[str, str] | None = None
) -> AsyncIterator[Mailbox]:
    """Serve SMTP on a free port of 127.0.0.1."""
    mailbox, loop = Mailbox(), asyncio.get_running_loop()

    def authenticate(_: Any, __: Any, ___: Any, mechanism: str, given: Any) -> AuthResult:
        known = login and isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=bool(known))

    def connected() -> SMTP:
        with warnings.catch_warnings():
            # It warns of passwords in the clear; they stay on this machine.
            warnings.simplefilter("ignore")
            return SMTP(
                mailbox,
                hostname="mail.test",
                loop=loop,
                enable_SMTPUTF8=True,
                tls_context=tls if starttls else None,
                require_starttls=starttls,
                authenticator=authenticate,
                auth_required=login is not None,
                auth_require_tls=False,
            )

    server = await loop.create_server(connected, "127.0.0.1", 0, ssl=None if starttls else tls)
    mailbox.port = server.sockets[0].getsockname()[1]
    mailbox.url = f"smtp://127.0.0.1:{mailbox.port}"
    try:
        yield mailbox
    finally:
        server.close()
        await server.wait_closed()
