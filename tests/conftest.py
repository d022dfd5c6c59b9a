"""The servers that tests talk to: one PostgreSQL and one Redis for the whole run, shared by every xdist worker.

A module that needs a database asks `database_url("orders")`: it is made empty for that module and dropped after it. What
must find databases by name (a whole subgraph's settings) gets the server as `postgres_url` and keeps apart from other
workers by `database_prefix`, which is also in the environment as DATABASE_PREFIX.
"""

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from chassis import logs
from chassis.embedded import postgres, redis
from chassis.embedded.process import Server

# What a shell starts in the background ignores Ctrl-C, and so would all that is started here to be ended by one.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# That an example takes long says that the machine is busy, and nothing of what is tested.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def own_logs() -> None:
    """Logs as a process has them, whatever a command that another test ran here has set up for itself."""
    logs.configure(level="debug")


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """This process's name among the xdist workers; `main` when there are none."""
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["workerid"] if workerinput else "main"


@pytest.fixture(scope="session")
def run_directory(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """One folder for the whole run, the same in each worker."""
    own = tmp_path_factory.getbasetemp()
    return own if worker == "main" else own.parent


UNTIL_THE_END = pytest.StashKey[ExitStack]()


@pytest.fixture(scope="session")
def until_the_end(request: pytest.FixtureRequest) -> ExitStack:
    """What is entered here is left when this worker has done all its tests, and in the time of none of them."""
    return request.config.stash.setdefault(UNTIL_THE_END, ExitStack())


# After pytest's own, in which a run that was cut short ends the fixtures it still has.
@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    session.config.stash.get(UNTIL_THE_END, ExitStack()).close()


@contextmanager
def shared(start: Callable[[], Server], directory: Path) -> Iterator[str]:
    """Let the first worker that asks start the server, and the last that leaves stop it.

    Only the starter can stop its own child, so it waits at the end for the others to leave, which may take longer than
    a test may (`until_the_end`); each user holds a shared lock on `users`, which the kernel lets go should a worker die.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server = None
        with (directory / "starting").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            told = directory / "url.json"
            if not told.exists():
                server = start()
                told.write_text(json.dumps(server.url))
            url = json.loads(told.read_text())
        try:
            yield url
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if server is not None:
                fcntl.flock(users, fcntl.LOCK_EX)
                server.stop()
                told.unlink()  # a worker that asks only now starts it again


@pytest.fixture(scope="session")
def postgres_url(run_directory: Path, until_the_end: ExitStack) -> str:
    """A PostgreSQL server's URL without a database: `postgresql://user:password@host:port`."""
    directory = run_directory / "postgres"
    return until_the_end.enter_context(shared(lambda: postgres.start(directory, durable=False), directory))


@pytest.fixture(scope="session")
def redis_url(run_directory: Path, until_the_end: ExitStack) -> str:
    """A Redis server's URL; workers share its database 0, so name keys after `database_prefix`."""
    directory = run_directory / "redis"
    return until_the_end.enter_context(shared(lambda: redis.start(directory), directory))


def complete(work: Coroutine[None, None, None]) -> None:
    """Run to its end beside whatever event loop the caller may be running in: fixtures are asked for from both."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def drop_databases(url: str, prefix: str) -> None:
    """Leave nothing behind on a server that was there before the tests."""
    connection = await asyncpg.connect(url)
    try:
        for row in await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix):
            await connection.execute(f'DROP DATABASE IF EXISTS "{row["datname"]}" WITH (FORCE)')
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def database_prefix(worker: str, postgres_url: str, until_the_end: ExitStack) -> str:
    """What this worker's database names start with; set as DATABASE_PREFIX for settings read from the environment."""
    prefix = f"test_{os.getpid()}_{worker}_"
    until_the_end.enter_context(pytest.MonkeyPatch.context()).setenv("DATABASE_PREFIX", prefix)
    until_the_end.callback(lambda: complete(drop_databases(f"{postgres_url}/postgres", prefix)))
    return prefix


@pytest.fixture(scope="module")
def database_url(
    postgres_url: str, database_prefix: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], str]]:
    """A function from a name to the URL of a database of that name, empty and this module's own."""
    made: dict[str, str] = {}
    module = abs(hash(request.node.nodeid)) % 10**8

    def make(name: str) -> str:
        if name not in made:
            database = f"{database_prefix}{module}_{name}"
            complete(
                execute(
                    f"{postgres_url}/postgres",
                    f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)',
                    f'CREATE DATABASE "{database}"',
                )
            )
            made[name] = f"{postgres_url}/{database}"
        return made[name]

    yield make
    for url in made.values():
        complete(
            execute(f"{postgres_url}/postgres", f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')
        )
