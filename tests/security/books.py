"""What the databases say: all rows of a subgraph, but those that time alone changes."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from subgraphs import NAMES
from tests.security.premises import Premises

# Relays, inboxes, retries and sweeps work by themselves; attempts are counted to be counted.
BY_THEMSELVES = ("outbox", "inbox", "mails", "attempts", "checkouts", "sandbox_", "webhook", "alembic", "revoked")

QUIET_S = 60
EVENTS = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL"
# Who forgot their password is written to a moment later.
RESETS = "SELECT count(*) FROM reset_requests"


def rows_of(premises: Premises, *subgraphs: str) -> Mapping[str, str]:
    """For each table of business, a digest of all its rows."""
    return asyncio.run(_rows_of_all(premises, subgraphs))


def rows_once_quiet(premises: Premises, *subgraphs: str) -> Mapping[str, str]:
    """The same, once every event so far has arrived and every mail that was asked for is posted."""
    deadline = time.monotonic() + QUIET_S
    while asyncio.run(_waiting(premises)):
        assert time.monotonic() < deadline, "something stays under way"
        time.sleep(0.05)
    return rows_of(premises, *subgraphs)


def count(premises: Premises, subgraph: str, query: str) -> int:
    """A number out of a subgraph's database."""
    return int(asyncio.run(_value(premises, subgraph, query)))


def text(premises: Premises, subgraph: str, query: str) -> str:
    """A text out of a subgraph's database."""
    return str(asyncio.run(_value(premises, subgraph, query)))


def change(premises: Premises, subgraph: str, statement: str) -> None:
    """Let something have happened that tests cannot wait for."""
    asyncio.run(_value(premises, subgraph, statement))


async def _waiting(premises: Premises) -> int:
    events = (_value(premises, name, EVENTS) for name in NAMES)
    return sum(await asyncio.gather(*events, _value(premises, "users", RESETS)))


async def _rows_of_all(premises: Premises, subgraphs: Sequence[str]) -> Mapping[str, str]:
    found = await asyncio.gather(*(_rows(premises, name) for name in subgraphs))
    return {
        f"{name}.{table}": rows for name, each in zip(subgraphs, found, strict=True) for table, rows in each.items()
    }


async def _connected(premises: Premises, subgraph: str) -> asyncpg.Connection:
    environment = premises.environment
    return await asyncpg.connect(f"{environment['DATABASE_URL']}/{environment['DATABASE_PREFIX']}{subgraph}")


async def _value(premises: Premises, subgraph: str, query: str) -> Any:
    connection = await _connected(premises, subgraph)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _rows(premises: Premises, subgraph: str) -> Mapping[str, str]:
    connection = await _connected(premises, subgraph)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = sorted(row["tablename"] for row in tables)
        watched = [name for name in names if not any(part in name for part in BY_THEMSELVES)]
        assert len(watched) > 1, names
        digest = "SELECT md5(string_agg(row::text, '|' ORDER BY row::text)) FROM \"{}\" AS row"
        return {name: await connection.fetchval(digest.format(name)) or "" for name in watched}
    finally:
        await connection.close()
