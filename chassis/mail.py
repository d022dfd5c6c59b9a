"""Mails written in the transaction that causes them, and the sender that delivers them afterwards.

    mail = letters.mail("verify", to=person.email, key=f"verify:{token.id}", link=link)     # chassis.letters
    async with database.transaction() as session:
        await post(session, mail)                 # a row, or nothing at all; the same key is written once

`create_mail_table(op)` in a migration makes the table `mails`; `Subgraph(mails=True)` runs the sender.

A mail is claimed (FOR UPDATE SKIP LOCKED, so several senders share the work) for a while, sent outside of any
transaction, and marked. A process that dies in between leaves the claim to run out, and the mail goes again under the
same Message-ID, which comes from the key. Trouble that may pass is tried again, later each time, for two days; what a
server refuses for good, and what is too old, stays as a dead letter with its error. What was delivered keeps its key
and loses its text: it may hold a secret.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import faults
from chassis.clock import Clock, now
from chassis.database import Database, after_commit, require_transaction
from chassis.post_office import Outlet, Undeliverable
from chassis.tasks import end

log = structlog.get_logger("chassis.mail")

MAIL_TABLES = sa.MetaData()

MAILS = sa.Table(
    "mails",
    MAIL_TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    # These four are emptied once the mail is delivered.
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text),
    sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    sa.Column("dead_at", sa.DateTime(timezone=True)),
)

_WAITING = MAILS.c.sent_at.is_(None) & MAILS.c.dead_at.is_(None)
sa.Index("mails_waiting", MAILS.c.not_before, postgresql_where=_WAITING)
sa.Index("mails_dead", MAILS.c.dead_at, postgresql_where=MAILS.c.dead_at.is_not(None))
sa.Index("mails_sent", MAILS.c.sent_at, postgresql_where=MAILS.c.sent_at.is_not(None))

_WAKE = "chassis.mail.wake"
SUBJECT_MAX = 200
# So long after the first of them, mails that were posted together are looked for together.
GATHERING_S = 0.05
BACKOFF_FIRST = timedelta(seconds=5)
BACKOFF_LAST = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=2)
# How long the key of a delivered mail keeps it from being posted again.
REMEMBERED = timedelta(days=90)


def create_mail_table(op: Any) -> None:
    """Create `mails` in an Alembic migration: `create_mail_table(op)` in upgrade()."""
    MAIL_TABLES.create_all(op.get_bind())


def drop_mail_table(op: Any) -> None:
    """Undo create_mail_table, in downgrade()."""
    MAIL_TABLES.drop_all(op.get_bind())


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one address. `key` says what it is about: one key, one mail, however often it is posted."""

    to: str
    subject: str
    text: str
    key: str
    html: str | None = None

    def __post_init__(self) -> None:
        address = parseaddr(self.to)[1]
        if "@" not in address or any(sign.isspace() or not sign.isprintable() for sign in self.to):
            raise ValueError("a mail needs one address")
        if not self.key or not self.subject.strip():
            raise ValueError("a mail needs a key and a subject")

    def message(self, *, sender: str, at: datetime) -> EmailMessage:
        """The mail as it travels (RFC 5322), from `sender`, written `at`; a text and perhaps an HTML part."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = self.to
        # A name with a line break in it must not become a header.
        message["Subject"] = " ".join(self.subject.split())[:SUBJECT_MAX]
        message["Date"] = at
        message["Message-ID"] = message_id(self.key, sender=sender)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text)
        if self.html is not None:
            message.add_alternative(self.html, subtype="html")
        return message


def message_id(key: str, *, sender: str) -> str:
    """The Message-ID of a mail: the same for the same key, so that a mail sent twice is recognised."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


async def post(session: AsyncSession, *mails: Mail, clock: Clock = now) -> None:
    """Write mails in the session's own transaction; they leave once it commits. A key already there is left alone.

    The session must come from `database.transaction()`, else NoTransaction.
    """
    if not mails:
        return
    require_transaction(session)
    moment = clock()
    rows = [
        {
            "key": mail.key,
            "recipient": mail.to,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "posted_at": moment,
            "not_before": moment,
        }
        for mail in mails
    ]
    await session.execute(insert(MAILS).on_conflict_do_nothing(), rows)
    wake: Callable[[], None] | None = session.info.get(_WAKE)
    if wake is not None:
        after_commit(session, wake)


@dataclass(frozen=True, slots=True)
class Post:
    """How the mails of a database stand."""

    waiting: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeadMail:
    """A mail that was given up; its text is still there."""

    key: str
    recipient: str
    dead_at: datetime
    attempts: int
    error: str


class Sender:
    """Delivers one database's mails through an outlet, until stopped."""

    def __init__(
        self,
        subgraph: str,
        database: Database,
        outlet: Outlet,
        *,
        sender: str,
        poll_ms: int = 1_000,
        claim_ms: int = 120_000,
        batch: int = 8,
        clock: Clock = now,
    ) -> None:
        """`claim_ms` must be longer than the outlet may take: after it, another sender tries."""
        self._subgraph = subgraph
        self._database = database
        self._outlet = outlet
        self._sender = sender
        self._poll_s = poll_ms / 1_000
        self._claim = timedelta(milliseconds=claim_ms)
        self._batch = batch
        self._clock = clock
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        database.session_info[_WAKE] = self._woken.set

    async def start(self) -> None:
        """Begin delivering in the background."""
        self._task = asyncio.create_task(self._run(), name=f"mails of {self._subgraph}")

    async def stop(self) -> None:
        """Stop; a mail cut off in the middle is sent again once its claim has run out."""
        self._database.session_info.pop(_WAKE, None)
        if self._task:
            await end([self._task])
            self._task = None

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                while await self.send_once() >= self._batch:
                    pass
            except Exception as error:  # noqa: BLE001 -- the database may be away; the sender outlives that
                log.warning("mails_not_sent", subgraph=self._subgraph, error=repr(error))
            try:
                await asyncio.wait_for(self._woken.wait(), self._poll_s)
                await asyncio.sleep(GATHERING_S)
            except TimeoutError:
                continue

    async def send_once(self) -> int:
        """Send what may be sent now, a batch side by side; answers how many were tried."""
        claimed = await self._claimed()
        await asyncio.gather(*(self._send(row) for row in claimed))
        return len(claimed)

    async def _claimed(self) -> list[Any]:
        moment = self._clock()
        due = (
            sa.select(MAILS.c.key)
            .where(_WAITING, MAILS.c.not_before <= moment)
            .order_by(MAILS.c.not_before)
            .limit(self._batch)
            .with_for_update(skip_locked=True)
        )
        claim = (
            sa.update(MAILS)
            .where(MAILS.c.key.in_(due.scalar_subquery()))
            .values(not_before=moment + self._claim, attempts=MAILS.c.attempts + 1)
            .returning(MAILS)
        )
        async with self._database.single() as session:
            return list((await session.execute(claim)).all())

    async def _send(self, row: Any) -> None:
        mail = Mail(row.recipient, row.subject, row.text, row.key, row.html)
        try:
            await self._outlet.deliver(mail.message(sender=self._sender, at=row.posted_at))
        except Undeliverable as error:
            await self._failed(row, error, dead=True)
        except Exception as error:  # noqa: BLE001 -- whatever else it was, it may pass
            await self._failed(row, error, dead=self._clock() - row.posted_at > GIVEN_UP_AFTER)
        else:
            faults.reach("mail.sent")
            delivered = {"sent_at": self._clock(), "recipient": "", "subject": "", "text": "", "html": None}
            await self._settle(row, error=None, **delivered)

    async def _failed(self, row: Any, error: Exception, *, dead: bool) -> None:
        moment = self._clock()
        # Bounded before it is shifted: a mail may have been tried more often than a number has bits.
        wait = min(BACKOFF_FIRST * 2 ** min(row.attempts - 1, 20), BACKOFF_LAST)
        await self._settle(row, not_before=moment + wait, error=repr(error)[:1_000], dead_at=moment if dead else None)
        report = log.error if dead else log.warning
        report("mail_dead" if dead else "mail_not_sent", key=row.key, attempts=row.attempts, error=repr(error))

    async def _settle(self, row: Any, **values: Any) -> None:
        # Only while it is still this sender's claim: after it ran out, another may have the mail.
        mine = sa.update(MAILS).where(MAILS.c.key == row.key, MAILS.c.attempts == row.attempts)
        async with self._database.single() as session:
            await session.execute(mine.values(**values))

    async def forget_old(self) -> None:
        """Remove the keys of mails delivered long ago."""
        async with self._database.transaction() as session:
            await session.execute(sa.delete(MAILS).where(MAILS.c.sent_at < self._clock() - REMEMBERED))

    async def standing(self) -> Post:
        """How many mails wait, and how many were given up."""
        return await standing(self._database)


async def standing(database: Database) -> Post:
    """How many mails of a database wait, and how many were given up."""
    dead = sa.select(sa.func.count()).where(MAILS.c.dead_at.is_not(None)).scalar_subquery()
    async with database.reading() as session:
        row = (await session.execute(sa.select(sa.func.count(), dead).select_from(MAILS).where(_WAITING))).one()
    return Post(waiting=row[0], dead=row[1])


async def dead_mails(database: Database) -> list[DeadMail]:
    """What was given up, the latest first."""
    query = sa.select(MAILS).where(MAILS.c.dead_at.is_not(None)).order_by(MAILS.c.dead_at.desc())
    async with database.reading() as session:
        rows = (await session.execute(query)).all()
    return [DeadMail(row.key, row.recipient, row.dead_at, row.attempts, row.error or "") for row in rows]


async def revive_mail(database: Database, key: str, *, clock: Clock = now) -> bool:
    """Let a mail that was given up be tried for two more days; False when that one was not."""
    moment = clock()
    revived = (
        sa.update(MAILS)
        .where(MAILS.c.key == key, MAILS.c.dead_at.is_not(None))
        .values(dead_at=None, posted_at=moment, not_before=moment)
        .returning(MAILS.c.key)
    )
    async with database.transaction() as session:
        return (await session.execute(revived)).first() is not None
