"""A database of users from before, brought up to date with people in it."""

import pytest
from sqlalchemy import text

from chassis.app import open_database
from chassis.migrations import drop_database, migrate
from chassis.settings import Settings

pytestmark = pytest.mark.anyio

ADA = """INSERT INTO users (id, email, password_hash, display_name, first_name, last_name, roles, created_at, updated_at)
  VALUES ('ada', 'ada@example.com', 'x', 'Ada L.', 'Ada', 'Lovelace', '{customer}', '2025-01-01', '2025-01-01')"""


async def test_who_joined_before_addresses_were_verified_keeps_what_they_could_do(
    postgres_url: str, database_prefix: str
):
    settings = Settings(database_url=postgres_url, database_prefix=f"{database_prefix}before_")
    assert await migrate("users", settings, revision="0001") == "0001"
    database = open_database("users", settings)
    try:
        async with database.transaction() as session:
            await session.execute(text(ADA))

        latest = await migrate("users", settings)

        async with database.reading() as session:
            row = (await session.execute(text("SELECT email_verified_at = created_at, erased_at FROM users"))).one()
            mails = (await session.execute(text("SELECT count(*) FROM mails"))).scalar_one()
    finally:
        await database.close()
        await drop_database(settings.database_of("users"))
    assert latest >= "0002"
    assert tuple(row) == (True, None)
    assert mails == 0
