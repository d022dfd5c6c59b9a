"""Ended sessions: a short list, kept for a moment, never in the way."""

import httpx
import pytest

from chassis.revocations import RevokedSessions, over_http
from tests.chassis.conftest import Respond, answering, dripping, saying, silent, unused_url

pytestmark = pytest.mark.anyio


async def test_the_list_is_read_again_when_it_is_old():
    ended, now, reads = {"a"}, [0.0], 0

    async def read() -> frozenset[str]:
        nonlocal reads
        reads += 1
        return frozenset(ended)

    revoked = RevokedSessions(read, cache_s=10, clock=lambda: now[0])
    assert await revoked.includes("a")
    ended.add("b")
    assert not await revoked.includes("b")

    now[0] = 10

    assert await revoked.includes("b")
    assert reads == 2


async def test_a_source_that_fails_leaves_the_last_list_and_is_asked_once_per_interval():
    answers: list[frozenset[str] | Exception] = [frozenset({"a"}), OSError("away"), OSError("away")]
    now = [0.0]

    async def read() -> frozenset[str]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    revoked = RevokedSessions(read, cache_s=10, clock=lambda: now[0])
    assert await revoked.includes("a")
    now[0] = 10

    assert await revoked.includes("a")
    assert await revoked.includes("a")
    assert len(answers) == 1


async def test_it_is_read_from_its_owner_as_another_subgraph():
    def owner(request: httpx.Request) -> httpx.Response:
        assert request.headers["x-internal-token"] == "secret"
        return httpx.Response(200, json={"sessions": ["a"]})

    read = over_http("http://users", internal_token="secret", timeout_ms=20_000, transport=httpx.MockTransport(owner))

    assert await read() == {"a"}


@pytest.mark.parametrize(
    "respond",
    [
        silent,
        dripping,
        saying(b"{"),
        saying(b"{}"),
        saying(b'{"sessions": 1}'),
        saying(b"{}", status="403 No"),
        saying(b"{}", length=99),
    ],
)
async def test_an_owner_that_misbehaves_lets_people_in(respond: Respond):
    async with answering(respond) as url:
        revoked = RevokedSessions(over_http(url, internal_token="secret", timeout_ms=200), cache_s=10)
        assert not await revoked.includes("a")


async def test_an_owner_that_is_away_lets_people_in():
    revoked = RevokedSessions(over_http(unused_url(), internal_token="secret", timeout_ms=200), cache_s=10)

    assert not await revoked.includes("a")
