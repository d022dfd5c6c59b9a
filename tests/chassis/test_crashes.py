"""A process that dies on an event's or a mail's way: whoever comes next finishes it, once."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.faults import CRASH_POINTS
from chassis.mail import MAIL_TABLES
from tests.chassis.mailbox import mail_server
from tests.chassis.toy_events import ToyMoved, say

pytestmark = pytest.mark.anyio


async def run(*arguments: str, crash_at: str) -> int:
    """Run the process to its end; its exit code."""
    environment = {**os.environ, "CRASH_AT": crash_at}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chassis.crashing", *arguments, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(60):
        return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("point", CRASH_POINTS)
async def test_nothing_is_lost_or_done_twice(
    database: Database,
    other_database: Database,
    database_url: Callable[[str], str],
    redis_url: str,
    database_prefix: str,
    point: str,
):
    async with other_database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS moves"))
        await connection.execute(text("CREATE TABLE moves (turn serial, toy text, step int)"))
        await connection.run_sync(MAIL_TABLES.drop_all)
        await connection.run_sync(MAIL_TABLES.create_all)
    for step in range(3):
        await say(database, *(ToyMoved(toy, step) for toy in "abcd"))

    async with mail_server() as mailbox:
        prefix = f"{database_prefix}{uuid4().hex[:8]}_"
        where = (database_url("events"), database_url("other"), redis_url, prefix, mailbox.url)
        died = await run(*where, crash_at=f"{point}:2")
        finished = await run(*where, crash_at="")

    assert (died, finished) == (-signal.SIGKILL, 0)
    async with other_database.reading() as session:
        moves = [tuple(row) for row in await session.execute(text("SELECT toy, step FROM moves ORDER BY turn"))]
    for toy in "abcd":
        assert [step for each, step in moves if each == toy] == [0, 1, 2]
    assert len({each["Message-ID"] for each in mailbox.mails}) == 4
    # Once more at most, for the one that was under way.
    assert len(mailbox.mails) in ({5} if point == "mail.sent" else {4, 5})
