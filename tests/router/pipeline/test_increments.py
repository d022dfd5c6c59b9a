"""@defer on random operations over random federations: the pieces, put together, are the whole answer."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from graphql import parse, validate

from router.pipeline.request import Request, Response
from tests.differential.deferred import _DEFERRED, _with_defer
from tests.differential.make import make
from tests.differential.misbehaving import pipeline_of
from tests.differential.operations import random_operation
from tests.differential.routed import federation_of
from tests.differential.servers import Server

pytestmark = pytest.mark.anyio

SEEDS = 24
OPERATIONS = 6


def merged(known: Any, more: Any) -> Any:
    """Two pieces of one value."""
    if isinstance(known, dict) and isinstance(more, dict):
        return {**known, **{key: merged(known[key], value) if key in known else value for key, value in more.items()}}
    if isinstance(known, list) and isinstance(more, list):
        return [merged(a, b) for a, b in zip(known, more, strict=True)]
    assert known == more, f"{known!r} was sent, and then {more!r}"
    return known


def put(data: Any, path: list[str | int], more: Any) -> Any:
    """`data` with a piece at its path."""
    if not path:
        return merged(data, more)
    assert data is not None, f"a piece of what is null, at {path}"
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = put(copy[path[0]], path[1:], more)
    return copy


async def whole(pipeline: Any, request: Request) -> tuple[Any, int]:
    """The pieces put together, and how many there were."""
    answer = await pipeline.stream(request, subscriptions=False, incremental=True)
    if isinstance(answer, Response):
        return orjson.loads(answer.body)["data"], 1
    data: Any = None
    pieces = 0
    goes_on = True
    async for body in answer:
        assert goes_on
        piece = orjson.loads(body)
        pieces += 1
        goes_on = piece["hasNext"]
        data = piece.get("data", data)
        for entry in piece.get("incremental", ()):
            assert "errors" not in entry, f"{request.query}\n{piece}"
            data = put(data, entry["path"], entry["data"])
    assert not goes_on
    await answer.aclose()
    return data, pieces


@pytest.mark.parametrize("block", range(4))
async def test_the_pieces_put_together_are_the_whole_answer(block: int) -> None:
    several = 0
    for seed in range(block * SEEDS // 4, (block + 1) * SEEDS // 4):
        world = make(seed, nulls=0.15 * (seed % 2), errors=0.0)
        server, federation, source = Server(world), federation_of(world), world.chance("deferred")
        pipeline = pipeline_of(federation)
        for _ in range(OPERATIONS):
            text, variables = random_operation(server.schema, source)
            text = _with_defer(text, source)
            if validate(pipeline.schema, parse(text)):
                continue
            data, pieces = await whole(pipeline, Request(text, variables=variables))
            several += pieces > 1
            plain = _DEFERRED.sub("", text)
            right = server.answer({"query": plain, "variables": variables}, checked=False).get("data")

            assert json.dumps(data, sort_keys=True) == json.dumps(right, sort_keys=True), f"seed {seed}\n{text}"

    assert several > 3
