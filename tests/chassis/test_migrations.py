"""Databases made and brought up to date, by however many processes at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from chassis.migrations import create_database, drop_database, migrate_url

pytestmark = pytest.mark.anyio

FIRST = '''"""Toys."""
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None

def upgrade() -> None:
    op.create_table("toys", sa.Column("id", sa.Text, primary_key=True))

def downgrade() -> None:
    op.drop_table("toys")
'''
SECOND = '''"""Names."""
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"

def upgrade() -> None:
    op.add_column("toys", sa.Column("name", sa.Text))
    %s

def downgrade() -> None:
    op.drop_column("toys", "name")
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of migrations in a path with a space and a percent sign."""
    made = tmp_path / "a b%c" / "migrations"
    made.mkdir(parents=True)
    (made / "0001_toys.py").write_text(FIRST)
    return made


@pytest.fixture
async def url(postgres_url: str, database_prefix: str) -> AsyncIterator[str]:
    made = f"{postgres_url}/{database_prefix}migrated_{uuid4().hex[:8]}"
    yield made
    await drop_database(made)


async def columns(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'toys' ORDER BY 1"
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_a_missing_database_is_made_and_filled(url: str, folder: Path):
    assert await migrate_url(url, folder) == "0001"

    assert await columns(url) == ["id"]


async def test_a_second_time_changes_nothing_and_a_new_file_is_added(url: str, folder: Path):
    await migrate_url(url, folder)
    assert await migrate_url(url, folder) == "0001"
    (folder / "0002_names.py").write_text(SECOND % "")

    assert await migrate_url(url, folder) == "0002"

    assert await columns(url) == ["id", "name"]


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(url: str, folder: Path):
    await migrate_url(url, folder)
    (folder / "0002_names.py").write_text(SECOND % "raise ZeroDivisionError")

    with pytest.raises(ZeroDivisionError):
        await migrate_url(url, folder)

    assert await columns(url) == ["id"]
    (folder / "0002_names.py").write_text(SECOND % "")
    assert await migrate_url(url, folder) == "0002"


async def test_processes_that_start_together_take_turns(url: str, folder: Path):
    (folder / "0002_names.py").write_text(SECOND % "")

    assert await asyncio.gather(*(migrate_url(url, folder) for _ in range(4))) == ["0002"] * 4

    assert await columns(url) == ["id", "name"]


async def test_a_database_is_made_once_by_many(url: str):
    await asyncio.gather(*(create_database(url) for _ in range(4)))
    await create_database(url)

    connection = await asyncpg.connect(url)
    await connection.close()


async def test_a_server_that_is_away_is_an_error_at_once(folder: Path):
    with pytest.raises(OSError):
        await migrate_url("postgresql://nobody@127.0.0.1:1/nothing", folder)
