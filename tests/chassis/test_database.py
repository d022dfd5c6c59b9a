"""Transactions keep or drop everything; readings write nothing; every statement is counted."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from graphql import GraphQLError
from sqlalchemy import Integer, insert, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import Database, NoTransaction, ReadOnly, after_commit, driver_url, is_away
from chassis.endpoint import formatted
from chassis.mail import Mail, post
from chassis.outbox import announce
from tests.chassis.toy_events import ToyMoved

pytestmark = pytest.mark.anyio


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)


@pytest.fixture
async def things(database_url: Callable[[str], str]) -> AsyncIterator[Database]:
    opened = Database(database_url("things"), pool_size=2, timeout_ms=20_000)
    async with opened.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    yield opened
    await opened.close()


async def count(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(text("SELECT count(*) FROM things"))).scalar_one()


async def test_a_transaction_is_kept_whole(things: Database):
    async with things.transaction() as session:
        session.add(Thing(id=1))

    assert await count(things) == 1


async def test_a_transaction_that_raises_leaves_nothing(things: Database):
    with pytest.raises(ZeroDivisionError):
        async with things.transaction() as session:
            session.add(Thing(id=1))
            await session.flush()
            raise ZeroDivisionError

    assert await count(things) == 0


async def test_reading_refuses_to_write(things: Database):
    with pytest.raises(ReadOnly):
        async with things.reading() as session:
            await session.execute(insert(Thing).values(id=1))
    with pytest.raises(ReadOnly):
        async with things.reading() as session:
            await session.execute(update(Thing).values(id=2))
    with pytest.raises(ReadOnly):
        async with things.reading() as session:
            session.add(Thing(id=1))
            await session.flush()

    assert await count(things) == 0


async def test_statements_are_counted_while_somebody_counts(things: Database):
    with things.counting() as statements:
        await count(things)
        async with things.transaction() as session:
            await session.execute(text("SELECT 1"))
    await count(things)

    assert statements == ["SELECT count(*) FROM things", "SELECT 1"]


async def test_what_waits_for_a_commit_happens_after_it_and_only_then(things: Database):
    happened: list[int] = []

    async with things.transaction() as session:
        after_commit(session, lambda: happened.append(1))
        session.add(Thing(id=1))
        await session.flush()
        assert happened == []
    assert happened == [1]

    with pytest.raises(ZeroDivisionError):
        async with things.transaction() as session:
            after_commit(session, lambda: happened.append(2))
            raise ZeroDivisionError
    assert happened == [1]


async def test_a_single_statement_is_a_transaction_of_its_own(things: Database):
    with things.counting() as statements:
        async with things.single() as session:
            await session.execute(text("INSERT INTO things (id) VALUES (700)"))
            async with things.reading() as other:
                assert (await other.execute(text("SELECT id FROM things WHERE id = 700"))).scalar_one() == 700

    assert len(statements) == 2


@pytest.mark.parametrize("kind", ["single", "reading"])
async def test_what_happens_with_a_commit_is_refused_where_there_will_be_none(things: Database, kind: str):
    async with getattr(things, kind)() as session:
        with pytest.raises(NoTransaction):
            await announce(session, ToyMoved("a"))
        with pytest.raises(NoTransaction):
            await post(session, Mail("ann@example.com", "Hello", "Text", "k1"))


async def test_a_process_whose_connections_are_all_at_work_is_ready(things: Database):
    async with things.transaction() as one, things.transaction() as other:
        await one.execute(text("SELECT 1"))
        await other.execute(text("SELECT 1"))

        assert await things.ready()


async def test_a_server_that_is_away_is_not_ready():
    away = Database("postgresql://nobody@127.0.0.1:1/nothing", timeout_ms=500)

    assert await away.ready() is False

    await away.close()


async def test_a_statement_that_takes_too_long_is_ended(database_url: Callable[[str], str]):
    slow = Database(database_url("slow"), timeout_ms=200)

    with pytest.raises(TimeoutError) as late:
        async with slow.reading() as session:
            await session.execute(text("SELECT pg_sleep(30)"))

    assert said_of(late.value) == "SERVICE_UNAVAILABLE"
    await slow.close()


def test_only_postgresql_will_do():
    assert driver_url("postgres://h/d") == "postgresql+asyncpg://h/d"
    with pytest.raises(ValueError):
        driver_url("mysql://h/d")


def said_of(error: BaseException) -> str:
    """The code under which a caller hears of an error that a resolver raised."""
    [shown] = formatted([GraphQLError("raised", original_error=error)], subgraph="things")  # type: ignore[arg-type]
    return str(shown["extensions"]["code"])


async def test_a_server_that_hangs_up_is_told_from_a_fault(things: Database):
    with pytest.raises(DBAPIError) as hung_up:
        async with things.transaction() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with pytest.raises(DBAPIError) as fault:
        async with things.transaction() as session:
            await session.execute(text("SELECT 1 / 0"))

    assert is_away(hung_up.value)
    assert said_of(hung_up.value) == "SERVICE_UNAVAILABLE"
    assert not is_away(fault.value)
    assert said_of(fault.value) == "INTERNAL_ERROR"


async def test_a_server_that_is_not_there_is_away():
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")

    with pytest.raises(OSError) as refused:
        await count(nowhere)

    assert said_of(refused.value) == "SERVICE_UNAVAILABLE"


async def test_a_pool_without_a_free_connection_is_away(things: Database):
    narrow = Database(things.url, pool_size=1, timeout_ms=2_000)
    try:
        async with narrow.transaction() as session:
            await session.execute(text("SELECT 1"))
            with pytest.raises(Exception) as nothing_free:
                await count(narrow)
    finally:
        await narrow.close()

    assert said_of(nothing_free.value) == "SERVICE_UNAVAILABLE"


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
    ],
    ids=["is starting", "said farewell between two statements"],
)
def test_a_server_is_away_that(error: Exception):
    assert said_of(error) == "SERVICE_UNAVAILABLE"
