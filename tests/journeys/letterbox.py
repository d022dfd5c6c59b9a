"""A real SMTP server in a thread of its own, and what arrived there, by whom it is for."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from chassis.embedded.process import reserved_port

ARRIVES_WITHIN_S = 60


@dataclass
class Letterbox:
    """Every mail that was taken, in the order it came."""

    mails: list[EmailMessage] = field(default_factory=list)
    url: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail in (aiosmtpd calls this)."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def wait_for(self, address: str, subject: str) -> EmailMessage:
        """The mail to an address whose subject has these words in it, once it has come."""
        deadline = time.monotonic() + ARRIVES_WITHIN_S
        while time.monotonic() < deadline:
            found = [mail for mail in self.mails if mail["To"] == address and subject in mail["Subject"]]
            if found:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no mail {subject!r} for {address}, only {self.subjects(address)}")

    def subjects(self, address: str) -> list[str]:
        """What was written to somebody."""
        return [mail["Subject"] for mail in self.mails if mail["To"] == address]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """Serve SMTP on a free port of 127.0.0.1 until the block ends."""
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=reserved_port(), ready_timeout=ARRIVES_WITHIN_S)
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()
