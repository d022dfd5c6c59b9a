"""One locked shop for all tests here, in whichever process they run, and the people in it."""

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from chassis.embedded.process import Server
from tests.conftest import shared
from tests.security.people import Town, settle, town_of
from tests.security.premises import Premises, Running, visited

ALONE = ("test_deeds.py", "test_guessing.py", "test_tampering.py")


def settled(folder: Path, *, postgres_url: str, prefix: str) -> Server:
    """A running shop whose people have moved in; other test processes are told of it by its `url`."""
    running = Running(folder, postgres_url=postgres_url, prefix=prefix)
    try:
        with visited(running.facts) as premises:
            told = json.dumps({"shop": running.facts, "town": settle(premises)})
    except BaseException:
        running.stop()
        raise
    return Server(url=told, stop=running.stop)


@pytest.fixture(scope="session")
def everything(
    postgres_url: str, database_prefix: str, run_directory: Path, until_the_end: ExitStack
) -> dict[str, Any]:
    """Whatever must be known to find the shop and its people."""
    directory = run_directory / "security"

    def start() -> Server:
        return settled(directory / "shop", postgres_url=postgres_url, prefix=f"{database_prefix}safe_")

    found: dict[str, Any] = json.loads(until_the_end.enter_context(shared(start, directory)))
    return found


@pytest.fixture(scope="session")
def premises(everything: dict[str, Any]) -> Iterator[Premises]:
    """The running shop."""
    with visited(everything["shop"]) as premises:
        yield premises


@pytest.fixture(scope="session")
def town(premises: Premises, everything: dict[str, Any]) -> Town:
    """Who is there, and what is whose. Nobody changes what the matrix looks at."""
    return town_of(premises, everything["town"])


@contextmanager
def turn_of(run_directory: Path, kind: int) -> Iterator[None]:
    with (run_directory / "security-turn").open("a") as turn:
        fcntl.flock(turn, kind)
        yield


@pytest.fixture(scope="session")
def among_others(run_directory: Path) -> Callable[[], AbstractContextManager[None]]:
    """A turn for what a module makes for all of its tests: it is made before any of them has its own."""
    return lambda: turn_of(run_directory, fcntl.LOCK_SH)


@pytest.fixture(autouse=True)
def turn(request: pytest.FixtureRequest, run_directory: Path) -> Iterator[None]:
    """What compares the databases before and after runs while no other test process changes them."""
    with turn_of(run_directory, fcntl.LOCK_EX if request.path.name in ALONE else fcntl.LOCK_SH):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What searches everything that was said comes last."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            # The first one starts the shop, which takes its time on a busy machine.
            item.add_marker(pytest.mark.timeout(600))
    items.sort(key=lambda item: item.path == here / "test_what_is_said.py")
