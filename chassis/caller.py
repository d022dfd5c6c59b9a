"""Whether whoever asked is still there to be answered.

    await hung_up()            # returns when their connection has ended, and never before

The endpoint says where to listen (`answering`); what was not asked over HTTP, a periodic call or a test's, has nobody
who could hang up. What was begun is finished all the same: this is for those who only wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_RECEIVE: ContextVar[Receive | None] = ContextVar("receive", default=None)


@contextmanager
def answering(receive: Receive) -> Iterator[None]:
    """Inside, this task and those it starts answer the request whose body has been read from `receive`."""
    token = _RECEIVE.set(receive)
    try:
        yield
    finally:
        _RECEIVE.reset(token)


async def hung_up() -> None:
    """Wait until whoever asked has gone."""
    receive = _RECEIVE.get()
    # After the body the only message is that they left (ASGI, http.disconnect); a server that says more says nothing.
    if receive is None or (await receive())["type"] != "http.disconnect":
        await asyncio.Event().wait()
