"""One subgraph's PostgreSQL database: its pool, its transactions, and a count of the statements it ran.

    database = Database(settings.database_of("orders"))
    async with database.transaction() as session:      # commits, or rolls back when anything is raised
        session.add(row)
    async with database.reading() as session:          # autocommit, one round trip per statement; writes are refused
        rows = (await session.execute(select(OrderRow))).scalars()
    async with database.single() as session:           # one writing statement that is its own transaction
        await session.execute(update(OrderRow).values(…))
    with database.counting() as statements:            # in tests: every SQL statement run inside
        ...
    assert len(statements) == 2

Nothing connects before the first statement, so building a schema needs no server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import NullPool

# The statements of the request that is being answered; tasks it starts share the list.
_COUNTED: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@contextmanager
def counting_here() -> Iterator[list[str]]:
    """Every statement run by this task and those it starts, on any database; not those of others."""
    statements: list[str] = []
    token = _COUNTED.set(statements)
    try:
        yield statements
    finally:
        _COUNTED.reset(token)


# Marks the sessions of `transaction()`: what is to happen when they commit happens in no other.
_TRANSACTION = "chassis.database.transaction"


class NoTransaction(RuntimeError):
    """Something was to be done with a transaction that is none."""


class ReadOnly(RuntimeError):
    """Something tried to write inside `reading()`."""


class _ReadingSession(Session):
    """A session that refuses to flush and to run INSERT, UPDATE or DELETE."""


@event.listens_for(_ReadingSession, "before_flush")
def _refuse_flush(*_: Any) -> None:
    raise ReadOnly("database.reading() cannot write: use database.transaction()")


@event.listens_for(_ReadingSession, "do_orm_execute")
def _refuse_writes(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise ReadOnly("database.reading() cannot write: use database.transaction()")


def driver_url(url: str) -> str:
    """The same database through asyncpg: postgresql://… becomes postgresql+asyncpg://…"""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres", "postgresql+asyncpg"}:
        raise ValueError(f"a database URL starts with postgresql://, not {parts.scheme}://")
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg"))


class Database:
    """A pool of connections to one database. Close it when the process stops."""

    def __init__(self, url: str, *, pool_size: int = 12, timeout_ms: int = 5_000) -> None:
        """`timeout_ms` bounds connecting, waiting for a pooled connection, and each statement."""
        seconds = timeout_ms / 1_000
        connecting: dict[str, Any] = {
            "timeout": seconds,
            "command_timeout": seconds,
            # The planner's JIT costs more than it saves on short queries.
            "server_settings": {"jit": "off", "application_name": url.rsplit("/", 1)[-1]},
        }
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url),
            pool_size=pool_size,
            # No overflow: connections beyond the pool are closed when they are returned, and opening one costs more
            # than most transactions. Seven databases of twelve share a server that serves a hundred connections.
            max_overflow=0,
            pool_timeout=seconds,
            # Errors are logged; what was being stored may be secret.
            hide_parameters=True,
            connect_args=connecting,
        )
        # Whether the server answers is asked beside the pool: in its line, a process that is busy would seem dead.
        self._asking = create_async_engine(
            driver_url(url), poolclass=NullPool, hide_parameters=True, connect_args=connecting
        )
        self._transactions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._readings = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"),
            expire_on_commit=False,
            autoflush=False,
            sync_session_class=_ReadingSession,
        )
        self._singles = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False, autoflush=False
        )
        # Attached to every session opened here: how code deep in a transaction finds what belongs to the database.
        self.session_info: dict[str, Any] = {_TRANSACTION: True}
        self._counters: list[list[str]] = []
        event.listen(self.engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, _: Connection, __: Any, statement: str, *___: Any) -> None:
        for counter in self._counters:
            counter.append(statement)
        if (counted := _COUNTED.get()) is not None:
            counted.append(statement)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Every statement run while inside, by whichever task, in order."""
        statements: list[str] = []
        self._counters.append(statements)
        try:
            yield statements
        finally:
            # By identity: two counters that have counted the same are equal lists.
            self._counters = [counter for counter in self._counters if counter is not statements]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back by any exception."""
        async with self._transactions(info=self.session_info) as session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Reads without BEGIN and COMMIT; each statement sees what is committed when it starts."""
        async with self._readings() as session:
            yield session

    @asynccontextmanager
    async def single(self) -> AsyncIterator[AsyncSession]:
        """Each statement is a transaction of its own: a third of the round trips where one statement says it all.

        Nothing can be announced or posted here, since no commit ends it; what waits for one (`after_commit`) is done at
        the end of the block.
        """
        async with self._singles() as session, session.begin():
            yield session

    async def ready(self) -> bool:
        """Whether the server answers, however busy this process is; never raises."""
        try:
            async with self._asking.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:  # noqa: BLE001 -- whatever it is, the answer is no
            return False
        return True

    async def close(self) -> None:
        """Return every connection; the object may not be used afterwards."""
        await self.engine.dispose()
        await self._asking.dispose()


# What asyncpg says of a server that goes, comes, or takes nobody more; connecting to none is an OSError, as it is.
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    # Raised where the server's farewell came between two statements: the driver notices with the next one.
    asyncpg.InternalClientError,
    ConnectionError,
    NoConnectionFree,
)


def is_away(error: BaseException | None) -> bool:
    """Whether an error means that the database did not answer: no fault of what was asked, and asking again may do."""
    while error is not None:
        if isinstance(error, _AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated):
            return True
        error = error.__cause__
    return False


def require_transaction(session: AsyncSession) -> None:
    """Raise NoTransaction unless the session is one of `database.transaction()`, whose end is a commit."""
    if _TRANSACTION not in session.info:
        raise NoTransaction("this belongs into database.transaction(): no commit ends any other session")


def after_commit(session: AsyncSession | Session, call: Callable[[], None]) -> None:
    """Run `call()` once this session has committed, and never if it rolls back."""
    sync = session.sync_session if isinstance(session, AsyncSession) else session

    def committed(committing: Session) -> None:
        # A savepoint that is released has committed nothing yet.
        if not committing.in_nested_transaction():
            call()

    event.listen(sync, "after_commit", committed)
