"""Noticing that whoever asked has gone."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from chassis.caller import answering, hung_up

pytestmark = pytest.mark.anyio


def saying(kind: str) -> Any:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": kind}

    return receive


async def is_noticed() -> bool:
    task = asyncio.create_task(hung_up())
    for _ in range(10):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    return not task.cancelled()


async def test_a_connection_that_ended_is_noticed_by_whoever_works_for_it() -> None:
    with answering(saying("http.disconnect")):
        assert await is_noticed()
    assert not await is_noticed()


async def test_without_a_request_nobody_hangs_up() -> None:
    assert not await is_noticed()


async def test_a_server_that_repeats_itself_is_not_asked_for_ever() -> None:
    with answering(saying("http.request")):
        assert not await is_noticed()
