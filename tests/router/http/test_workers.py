"""Who watches over several workers: each of them hears of every signal."""

import os
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from router.http.server import SIGNALS, _Workers, listen
from router.settings import Settings


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_worker_that_is_just_being_born_is_told_to_stop_too(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, told = count(100), list[int]()

    def fork() -> int:
        # Here is the worker, and nobody knows its number yet.
        signal.raise_signal(signal.SIGTERM)
        return next(numbers)

    def wait() -> tuple[int, int]:
        assert told, "waits for ever: a worker still runs that nobody told to stop"
        return told.pop(), 0

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(os, "kill", lambda pid, _: told.append(pid))
    monkeypatch.setattr(os, "wait", wait)
    with listen("127.0.0.1", 0, shared=True) as one, listen("127.0.0.1", 0, shared=True) as other:
        workers = _Workers(Settings(), Path("supergraph.graphql"), [one, other])

        assert workers.run() == 0

    assert next(numbers) == 101
