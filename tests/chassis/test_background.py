"""What runs beside the answers, and where it must not."""

from dataclasses import replace
from pathlib import Path

import pytest

from chassis.app import create_app
from chassis.background import at_work
from chassis.database import Database
from chassis.events import Envelope, Listener
from chassis.mail import MAIL_TABLES, Mail, post
from chassis.settings import Settings, UnsafeSettings
from tests.chassis.mailbox import mail_server
from tests.chassis.toy import subgraph
from tests.chassis.toy_events import Recorder, ToyMoved, column, say

pytestmark = pytest.mark.anyio

PRODUCTION = Settings(environment="production", internal_token="x" * 40, router_secret="y" * 40)


async def test_production_does_not_start_where_others_would_never_hear_its_events(database: Database):
    toys = subgraph(database)

    create_app([toys], PRODUCTION)
    create_app([toys], PRODUCTION.model_copy(update={"redis_url": "redis://127.0.0.1:1"}), complete=False)
    with pytest.raises(UnsafeSettings, match="REDIS_URL"):
        create_app([toys], PRODUCTION, complete=False)


async def test_elsewhere_its_events_wait_for_a_process_that_others_hear(database: Database):
    heard: list[str] = []

    async def handle(_: object, event: Envelope) -> None:
        heard.append(event.id)

    toys, settings = replace(subgraph(database), listens=[Listener("toys", "ToyMoved", handle)]), Settings()
    sent = Recorder()
    async with at_work([toys], settings, sent, heard=False):
        await say(database, ToyMoved("a", 1))
    assert await column(database, "SELECT 1 FROM outbox WHERE sent_at IS NULL") == [1]

    async with at_work([toys], settings, sent):
        await sent.until(1)


async def test_mails_leave_while_the_process_works(database: Database, tmp_path: Path):
    async with database.engine.begin() as connection:
        await connection.run_sync(MAIL_TABLES.drop_all)
        await connection.run_sync(MAIL_TABLES.create_all)
    async with mail_server() as mailbox:
        settings = Settings(smtp_url=mailbox.url)
        async with at_work([replace(subgraph(database), mails=True)], settings, Recorder()):
            async with database.transaction() as session:
                await post(session, Mail("ann@example.com", "Hello", "Text", "k1"))
            await mailbox.until(1)

    assert mailbox.mails[0]["From"] == settings.mail_from
