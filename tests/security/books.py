"""What the databases say: all rows of a subgraph, but those that time alone changes."""

import asyncio
from collections.abc import Mapping

import asyncpg

from subgraphs import NAMES
from tests.security.premises import Premises

# Relays, inboxes, retries and sweeps work by themselves; attempts are counted to be counted.
BY_THEMSELVES = ("outbox", "inbox", "mails", "attempts", "checkouts", "sandbox_", "webhook", "alembic", "revoked")

QUIET_S = 60


def rows_of(premises: Premises, subgraph: str) -> Mapping[str, str]:
    """For each table of business, a digest of all its rows, once every event so far has arrived."""
    return asyncio.run(_rows(premises, subgraph))


def count(premises: Premises, subgraph: str, query: str) -> int:
    """A number out of a subgraph's database."""
    return asyncio.run(_count(premises, subgraph, query))


async def _connected(premises: Premises, subgraph: str) -> asyncpg.Connection:
    environment = premises.environment
    return await asyncpg.connect(f"{environment['DATABASE_URL']}/{environment['DATABASE_PREFIX']}{subgraph}")


async def _count(premises: Premises, subgraph: str, query: str) -> int:
    connection = await _connected(premises, subgraph)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def _until_quiet(premises: Premises) -> None:
    async with asyncio.timeout(QUIET_S):
        while sum(
            [await _count(premises, name, "SELECT count(*) FROM outbox WHERE sent_at IS NULL") for name in NAMES]
        ):
            await asyncio.sleep(0.1)


async def _rows(premises: Premises, subgraph: str) -> Mapping[str, str]:
    await _until_quiet(premises)
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
