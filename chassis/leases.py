"""One of several processes does something at a time: a lease in Redis, renewed while it is held.

    lease = Lease(redis, "orders-events:cart:reader", lease_ms=15_000)
    async with lease.held() as held:        # False when another has it
        while held and lease.is_held:       # False as soon as it could not be renewed in time
            ...

It is advice, not a lock: a process that stands still for longer than the lease finishes its one step when it wakes,
beside the new holder. So a step must do no harm done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chassis.ids import new_id
from chassis.tasks import end

log = structlog.get_logger("chassis.leases")

_RENEW = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
)
_RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class Lease:
    """One process's claim to one key."""

    def __init__(self, redis: Redis, key: str, *, lease_ms: int) -> None:
        self._redis = redis
        self._key = key
        self._lease_ms = lease_ms
        self._owner = new_id()
        self._until = 0.0

    @property
    def is_held(self) -> bool:
        """Whether the lease is certainly ours at this moment."""
        return asyncio.get_running_loop().time() < self._until

    @asynccontextmanager
    async def held(self) -> AsyncIterator[bool]:
        """Take the lease if it is free and renew it inside the block; RedisError when nobody can say."""
        taken = await self._take()
        renewing = [asyncio.create_task(self._renew_forever())] if taken else []
        try:
            yield taken
        finally:
            await end(renewing)
            if taken:
                await self.release()

    async def release(self) -> None:
        """Let another have it; never raises."""
        self._until = 0.0
        try:
            await self._redis.eval(_RELEASE, 1, self._key, self._owner)
        except (RedisError, OSError) as error:
            log.warning("lease_not_released", key=self._key, error=repr(error))

    async def _take(self) -> bool:
        began = asyncio.get_running_loop().time()
        if not await self._redis.set(self._key, self._owner, nx=True, px=self._lease_ms):
            return False
        self._until = began + self._lease_ms / 1_000
        return True

    async def _renew_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._lease_ms / 3_000)
            began = loop.time()
            try:
                renewed = await self._redis.eval(_RENEW, 1, self._key, self._owner, str(self._lease_ms))
            except Exception as error:  # noqa: BLE001 -- whatever it was, there is time left to try again
                log.warning("lease_not_renewed", key=self._key, error=repr(error))
                continue
            if not renewed:
                self._until = 0.0
                return
            self._until = began + self._lease_ms / 1_000
