"""Leases: one has it at a time, and whoever has it keeps it for as long as Redis can be asked at all."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import ConnectionPool, Redis

from chassis.leases import Lease

pytestmark = pytest.mark.anyio


class Moody(Redis):
    """A client that fails in a way nobody has foreseen when it is first asked to renew."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.renewals = 0
        self.renewed = asyncio.Event()

    async def eval(self, script: str, *arguments: Any) -> Any:
        if "pexpire" not in script:
            return await super().eval(script, *arguments)
        self.renewals += 1
        if self.renewals == 1:
            raise RuntimeError("nobody has foreseen this")
        answer = await super().eval(script, *arguments)
        self.renewed.set()
        return answer


async def test_another_gets_the_lease_once_it_is_let_go(redis_url: str):
    redis, key = Redis.from_url(redis_url), f"lease:{uuid4()}"
    one, other = (Lease(redis, key, lease_ms=60_000) for _ in range(2))

    async with one.held() as mine, other.held() as theirs:
        assert (mine, theirs, one.is_held, other.is_held) == (True, False, True, False)
    async with other.held() as theirs:
        assert (theirs, one.is_held) == (True, False)

    await redis.aclose()


async def test_a_renewal_that_failed_however_is_tried_again(redis_url: str):
    pool = ConnectionPool.from_url(redis_url)
    redis = Moody(connection_pool=pool)

    async with asyncio.timeout(30), Lease(redis, f"lease:{uuid4()}", lease_ms=900).held() as held:
        assert held
        await redis.renewed.wait()

    await pool.aclose()
