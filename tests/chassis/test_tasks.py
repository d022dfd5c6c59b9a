"""Background tasks end, even those that take a cancellation for something else."""

import asyncio

import pytest

from chassis.tasks import end

pytestmark = pytest.mark.anyio


async def test_a_task_that_swallows_a_cancellation_is_ended_all_the_same():
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)

    await end([task])

    assert task.cancelled()


async def test_what_has_ended_or_failed_is_no_trouble():
    async def fail() -> None:
        raise RuntimeError("over")

    task = asyncio.create_task(fail())
    await asyncio.wait([task])

    await end([task])
    await end([])

    assert isinstance(task.exception(), RuntimeError)
