"""In-flight sharing: equal queries are one request; mutations and other people's never are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from router.execution.subgraphs import Subgraphs
from router.http.transport import Outcome
from tests.router.execution.bench import FakeExchange, subgraphs

pytestmark = pytest.mark.anyio


class Caller:
    """Somebody who asks and waits."""

    def __init__(self, made: Subgraphs, body: bytes = b"{}", *, headers: bytes = b"", repeatable: bool = True) -> None:
        self.outcomes: list[Outcome] = []
        self.answered = asyncio.Event()
        self.call = made.send("users", headers, body, repeatable=repeatable, on_done=self.done)

    def done(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.answered.set()


def gated() -> tuple[Subgraphs, FakeExchange, asyncio.Event]:
    gate = asyncio.Event()

    async def wait(_: dict[str, Any]) -> dict[str, Any]:
        await gate.wait()
        return {"data": {}}

    exchange = FakeExchange({"users": wait})
    return subgraphs(exchange), exchange, gate


async def test_equal_queries_in_flight_are_one_request() -> None:
    made, exchange, gate = gated()
    callers = [Caller(made) for _ in range(3)]
    gate.set()
    for caller in callers:
        await caller.answered.wait()

    assert len(exchange.sent) == 1
    assert len({id(caller.outcomes[0]) for caller in callers}) == 1


async def test_a_query_after_the_answer_is_a_new_request() -> None:
    made, exchange, gate = gated()
    gate.set()
    await Caller(made).answered.wait()
    await Caller(made).answered.wait()

    assert len(exchange.sent) == 2


@pytest.mark.parametrize("other", [{"headers": b"authorization: other\r\n"}, {"body": b'{"a":1}'}])
async def test_queries_that_differ_are_never_shared(other: dict[str, Any]) -> None:
    made, exchange, gate = gated()
    callers = [Caller(made), Caller(made, **other)]
    gate.set()
    for caller in callers:
        await caller.answered.wait()

    assert len(exchange.sent) == 2


async def test_mutations_are_sent_as_often_as_they_are_asked() -> None:
    made, exchange, gate = gated()
    callers = [Caller(made, repeatable=False) for _ in range(2)]
    gate.set()
    for caller in callers:
        await caller.answered.wait()

    assert len(exchange.sent) == 2


async def test_one_who_leaves_does_not_take_the_answer_from_the_others() -> None:
    made, _, gate = gated()
    leaver, stayer = Caller(made), Caller(made)
    await asyncio.sleep(0)
    leaver.call.cancel()
    gate.set()
    await stayer.answered.wait()

    assert leaver.outcomes == []
    assert len(stayer.outcomes) == 1


async def test_when_the_last_one_leaves_the_request_ends_and_the_next_one_asks_anew() -> None:
    made, exchange, gate = gated()
    first = Caller(made)
    await asyncio.sleep(0)
    first.call.cancel()
    second = Caller(made)
    gate.set()
    await second.answered.wait()

    assert first.outcomes == []
    assert len(exchange.sent) == 2


async def test_one_who_fails_does_not_take_the_answer_from_the_others() -> None:
    made, _, gate = gated()

    def fails(_: Outcome) -> None:
        raise RuntimeError("a bug")

    made.send("users", b"", b"{}", repeatable=True, on_done=fails)
    other = Caller(made)
    gate.set()
    await other.answered.wait()

    assert len(other.outcomes) == 1
