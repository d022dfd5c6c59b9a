"""`subgraphs events` and `subgraphs replay`: what an operator sees of events, and has again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.events import Envelope, Transport
from chassis.mail import Mail, Post, post, standing
from chassis.outbox import announce
from chassis.relay import Relay
from chassis.settings import Settings
from subgraphs import cli
from subgraphs.orders.events import OrderConfirmed
from tests.subgraphs.test_event_contracts import example


class Taking(Transport):
    """A transport that takes everything, or nothing."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.taken: list[Envelope] = []

    async def publish(self, envelope: Envelope) -> None:
        if self.broken:
            raise ValueError("too large")
        self.taken.append(envelope)

    async def gap(self, source: str) -> str | None:
        return None

    async def mended(self, source: str, gap: str) -> None: ...

    async def behind(self, consumer: str) -> dict[str, int]:
        return {}

    def subscribe(self, *_: object) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@pytest.fixture
def settings(postgres_url: str, database_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.delenv("REDIS_URL", raising=False)
    return Settings()


def on(settings: Settings, name: str, work: Callable[[Database], Awaitable[Any]]) -> Any:
    """Do something with a subgraph's database."""

    async def done() -> Any:
        database = Database(settings.database_of(name))
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(done())


def confirmed(order_id: str) -> OrderConfirmed:
    event: OrderConfirmed = replace(example(OrderConfirmed, whole=True), order_id=order_id)
    return event


async def relay(database: Database, transport: Transport) -> None:
    relaying = Relay("orders", database, transport, attempts_max=1)
    while await relaying.relay_once():
        pass


@pytest.fixture
def orders(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Settings:
    """Two events of orders: the first was sent, the second waits."""
    assert cli.main(["migrate", "orders", "cart"]) == 0

    async def prepare(database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(text("TRUNCATE outbox RESTART IDENTITY"))
            await announce(session, confirmed("order-1"))
        await relay(database, Taking())
        async with database.transaction() as session:
            await announce(session, confirmed("order-2"))

    on(settings, "orders", prepare)
    on(settings, "cart", _empty)
    capsys.readouterr()
    return settings


async def _empty(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("TRUNCATE inbox, inbox_failures"))


def test_events_are_listed_with_their_positions(orders: Settings, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["events", "orders"]) == 0

    first, second = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert (first[0], first[3:]) == ("1", ["sent", "OrderConfirmed", "order-1"])
    assert (second[0], second[3:]) == ("2", ["waiting", "OrderConfirmed", "order-2"])
    assert cli.main(["events", "orders", "--count", "1"]) == 0
    assert "order-2" in capsys.readouterr().out
    assert cli.main(["events", "orders", "--from", "1", "--count", "1"]) == 0
    assert "order-1" in capsys.readouterr().out


def test_where_there_is_nothing_to_list_it_says_so(orders: Settings, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["events", "orders", "--dead"]) == 0

    out, err = capsys.readouterr()
    assert (out, err) == ("", "subgraphs: there is none\n")


def test_a_replay_sends_again_from_a_position(orders: Settings, capsys: pytest.CaptureFixture[str]):
    sent = Taking()

    assert cli.main(["replay", "orders", "--from", "0", "--to", "cart"]) == 0
    assert capsys.readouterr().out == "1 events of orders go again to cart\n"
    on(orders, "orders", lambda database: relay(database, sent))

    assert [(each.aggregate_id, each.only_to) for each in sent.taken] == [("order-1", "cart"), ("order-2", None)]


def test_a_replay_for_somebody_who_does_not_listen_is_refused(orders: Settings, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["replay", "orders", "--from", "0", "--to", "users"]) == 1

    assert "users does not listen to orders" in capsys.readouterr().err


def test_what_the_relay_set_aside_is_listed_and_revived(orders: Settings, capsys: pytest.CaptureFixture[str]):
    on(orders, "orders", lambda database: relay(database, Taking(broken=True)))
    assert cli.main(["events", "orders", "--dead"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "not sent: orders OrderConfirmed after 1" in line
    assert "too large" in line

    assert cli.main(["events", "orders", "--revive", line.split()[0]]) == 0

    sent = Taking()
    on(orders, "orders", lambda database: relay(database, sent))
    assert [each.aggregate_id for each in sent.taken] == ["order-2"]


def test_what_a_consumer_set_aside_is_listed_and_revived(orders: Settings, capsys: pytest.CaptureFixture[str]):
    envelopes = Taking()
    on(orders, "orders", lambda database: relay(database, envelopes))
    broken = envelopes.taken[0]
    whole = {**broken.payload, "lines": []}

    async def fail(_: Database) -> None:
        cart = cli.load("cart", orders)
        from chassis.inbox import Consumer

        consumer = Consumer("cart", cart.database, cart.listens, attempts_max=1)
        unreadable = Envelope.from_json(broken.to_json().replace(b'"lines"', b'"rows"'))
        try:
            await consumer.deliver(unreadable)
        finally:
            for close in (cart.database.close, *cart.closes):
                await close()

    on(orders, "cart", fail)
    assert cli.main(["events", "cart", "--dead"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "not handled: orders OrderConfirmed after 1: KeyError('lines')" in line
    assert cli.main(["events", "cart", "--revive", broken.id]) == 1
    assert "stays set aside" in capsys.readouterr().err

    async def mend(database: Database) -> None:
        import json

        query = "UPDATE inbox_failures SET envelope = jsonb_set(envelope, '{payload}', CAST(:whole AS jsonb))"
        async with database.transaction() as session:
            await session.execute(text(query), {"whole": json.dumps(whole)})

    on(orders, "cart", mend)
    assert cli.main(["events", "cart", "--revive", broken.id]) == 0
    assert f"{broken.id} was handled by cart" in capsys.readouterr().out
    assert cli.main(["events", "cart", "--dead"]) == 0
    assert capsys.readouterr().out.strip() == ""


def test_nothing_is_revived_that_was_not_set_aside(orders: Settings, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["events", "orders", "--revive", "nobody"]) == 1

    assert "has set no nobody aside" in capsys.readouterr().err


def test_a_mail_that_was_given_up_is_listed_and_revived(orders: Settings, capsys: pytest.CaptureFixture[str]):
    async def give_up(database: Database) -> None:
        async with database.transaction() as session:
            await session.execute(text("TRUNCATE mails"))
            await post(session, Mail("ann@example.com", "Hello", "Text", key="hello:1"))
            await session.execute(text("UPDATE mails SET dead_at = now(), attempts = 3, error = '550 no such person'"))

    on(orders, "orders", give_up)
    assert cli.main(["events", "orders", "--dead"]) == 0
    assert "not mailed: to ann@example.com after 3: 550 no such person" in capsys.readouterr().out

    assert cli.main(["events", "orders", "--revive", "hello:1"]) == 0

    assert "hello:1 will be mailed" in capsys.readouterr().out
    assert on(orders, "orders", standing) == Post(waiting=1, dead=0)
