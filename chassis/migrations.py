"""A subgraph's database brought to its newest schema: created when missing, then upgraded by Alembic.

    await migrate("orders", settings)             # subgraphs/orders/migrations/*.py

A migration is a file in the subgraph's migrations/ folder, and the whole of what Alembic needs: no env.py, no ini.

    \"\"\"Orders, their lines and their events.\"\"\"
    from alembic import op
    import sqlalchemy as sa
    from chassis.outbox import create_event_tables, drop_event_tables

    revision = "0001"
    down_revision = None

    def upgrade() -> None:
        op.create_table("orders", sa.Column("id", sa.Text, primary_key=True), ...)
        create_event_tables(op)

    def downgrade() -> None:
        drop_event_tables(op)
        op.drop_table("orders")

One migration at a time in a process, because Alembic's `op` is one for all of it; processes that start together take
turns by an advisory lock. Each upgrade is one transaction. Each database has its own `alembic_version` table. The event
tables are the chassis's: their later changes come by themselves, with every upgrade.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import asyncpg
import structlog
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.database import driver_url
from chassis.outbox import upgrade_event_tables
from chassis.settings import Settings

log = structlog.get_logger("chassis.migrations")

# Any constant will do, as long as every process uses the same: b"migr" as a number.
_LOCK = 0x6D696772
_CONNECT_TIMEOUT_S = 10
_SUBGRAPHS = Path(__file__).resolve().parent.parent / "subgraphs"


def folder_of(name: str) -> Path:
    """Where a subgraph's migrations are."""
    return _SUBGRAPHS / name / "migrations"


async def migrate(name: str, settings: Settings, *, revision: str = "head", folder: Path | None = None) -> str:
    """Bring a subgraph's database to `revision`, making it first when it is missing; answers its revision."""
    return await migrate_url(settings.database_of(name), folder or folder_of(name), revision=revision)


async def migrate_url(url: str, folder: Path, *, revision: str = "head") -> str:
    """The same for a database by its URL and a folder of migration files."""
    await create_database(url)
    engine = create_async_engine(driver_url(url), poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            return await connection.run_sync(_upgrade, folder, revision)
    finally:
        await engine.dispose()


async def create_database(url: str) -> None:
    """Create the database a URL names unless it exists; another process may create it at the same moment."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    connection = await _maintenance_connection(parts)
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        quoted = name.replace('"', '""')
        await connection.execute(f'CREATE DATABASE "{quoted}"')
        log.info("database_created", database=name)
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        return
    finally:
        await connection.close()


async def _maintenance_connection(parts: Any) -> Any:
    url = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    return await asyncio.wait_for(asyncpg.connect(url), _CONNECT_TIMEOUT_S)


async def drop_database(url: str) -> None:
    """Remove a database and everything in it, connections included; for tests and `--reset`."""
    parts = urlsplit(url)
    quoted = unquote(parts.path.lstrip("/")).replace('"', '""')
    connection = await _maintenance_connection(parts)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{quoted}" WITH (FORCE)')
    finally:
        await connection.close()


def _upgrade(connection: Connection, folder: Path, revision: str) -> str:
    scripts = script_directory(folder)

    def steps(current: Any, _: MigrationContext) -> Any:
        return scripts._upgrade_revs(revision, current)  # noqa: SLF001 -- what alembic.command.upgrade itself calls

    context = MigrationContext.configure(connection, opts={"fn": steps, "script": scripts})
    with Operations.context(context):
        context.run_migrations()
    upgrade_event_tables(connection)
    heads = context.get_current_heads()
    return heads[0] if heads else ""


def script_directory(folder: Path) -> ScriptDirectory:
    """Alembic's view of a folder of migration files."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("version_locations", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return ScriptDirectory.from_config(config)
