"""@defer: what is there is sent at once, what has to be fetched for it follows, by object, with its own errors."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import pytest

from tests.router.http.live import PATIENCE_S, Stream, asking, live

pytestmark = pytest.mark.anyio

MULTIPART = "multipart/mixed;boundary=graphql;deferSpec=20220824,application/json"
ORDER = '{ order(id: "1") { status ... @defer(label: "who") { buyer { name } } } }'


async def parts(stream: Stream) -> list[Any]:
    """Every part, to the end."""
    found: list[Any] = []
    while not found or found[-1]["hasNext"]:
        found.append(await stream.part())
    assert await stream.end() == b"--\r\n"
    return found


async def test_what_is_there_comes_first_and_the_rest_when_it_is_ready() -> None:
    async with live() as made:
        ready = asyncio.Event()
        made.users.gate = ready.wait  # type: ignore[assignment]
        async with asking(made, ORDER, accept=MULTIPART) as stream:
            first = await stream.part()
            ready.set()
            second = await stream.part()
            rest = await stream.end()

    assert stream.response.headers["content-type"] == 'multipart/mixed;boundary="graphql";deferSpec=20220824'
    assert first == {"data": {"order": {"status": "PAID 1"}}, "hasNext": True}
    assert second == {
        "incremental": [{"data": {"buyer": {"name": "Ada u1"}}, "path": ["order"], "label": "who"}],
        "hasNext": False,
    }
    assert rest == b"--\r\n"


async def test_each_object_of_a_list_has_its_own_entry() -> None:
    query = "{ orders { id ... @defer { status buyer { name } } } }"
    async with live() as made, asking(made, query, accept=MULTIPART) as stream:
        found = await parts(stream)

    assert found == [
        {"data": {"orders": [{"id": "1"}, {"id": "2"}]}, "hasNext": True},
        {
            "incremental": [
                {"data": {"status": "PAID 1", "buyer": {"name": "Ada u1"}}, "path": ["orders", 0]},
                {"data": {"status": "PAID 2", "buyer": {"name": "Ada u2"}}, "path": ["orders", 1]},
            ],
            "hasNext": False,
        },
    ]
    assert len(made.users.requests) == 1


async def test_parts_inside_parts_follow_them() -> None:
    query = """{ order(id: "1") { id ... @defer(label: "who") { buyer { name
      ... @defer(label: "what") { latest { status } } } } } }"""
    async with live() as made, asking(made, query, accept=MULTIPART) as stream:
        found = await parts(stream)

    assert [[entry.get("label") for entry in part.get("incremental", ())] for part in found] == [[], ["who"], ["what"]]
    assert found[2]["incremental"][0] == {
        "data": {"latest": {"status": "PAID u1-latest"}},
        "path": ["order", "buyer"],
        "label": "what",
    }


async def test_a_failing_part_tells_its_errors_and_leaves_what_was_sent() -> None:
    async with live() as made:
        made.users.fails = True
        async with asking(made, ORDER, accept=MULTIPART) as stream:
            first, second = await parts(stream)

    assert first["data"] == {"order": {"status": "PAID 1"}}
    (entry,) = second["incremental"]
    # The buyer's name may not be null, nor the buyer: nothing of the fragment is left.
    assert (entry["data"], entry["path"], entry["label"]) == (None, ["order"], "who")
    assert entry["errors"][0]["path"] == ["order", "buyer"]
    assert entry["errors"][0]["extensions"] == {"code": "LOST", "service": "users"}


async def test_of_an_object_that_is_not_there_nothing_follows() -> None:
    async with live() as made:
        made.orders.data["order"] = None
        async with asking(made, ORDER, accept=MULTIPART) as stream:
            found = await parts(stream)

    assert found[0]["data"] == {"order": None}
    assert [part.get("incremental") for part in found[1:]] in ([], [None])


async def test_a_field_the_viewer_may_not_see_is_denied_in_its_part() -> None:
    query = '{ order(id: "1") { status ... @defer { buyer { name email } } } }'
    async with live() as made, asking(made, query, accept=MULTIPART) as stream:
        _, second = await parts(stream)

    (entry,) = second["incremental"]
    assert entry["data"] == {"buyer": {"name": "Ada u1", "email": None}}
    assert entry["errors"][0]["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    assert entry["errors"][0]["path"] == ["order", "buyer", "email"]


async def test_a_mutation_answers_first_what_it_did() -> None:
    query = 'mutation { cancel(id: "1") { status ... @defer { buyer { name } } } }'
    async with live() as made, asking(made, query, accept=MULTIPART) as stream:
        first, second = await parts(stream)

    assert first == {"data": {"cancel": {"status": "CANCELLED"}}, "hasNext": True}
    assert second["incremental"][0]["data"] == {"buyer": {"name": "Ada u1"}}
    assert len(made.orders.queries) == 1


WHOLE = {"data": {"order": {"status": "PAID 1", "buyer": {"name": "Ada u1"}}}}


@pytest.mark.parametrize(
    ("settings", "query", "accept"),
    [
        ("", ORDER, "application/json"),
        ("", ORDER, "multipart/mixed;subscriptionSpec=1.0, application/json"),
        ("supergraph: {defer_support: false}", ORDER, MULTIPART),
        ("", '{ order(id: "1") { status ... @defer(if: false) { buyer { name } } } }', MULTIPART),
    ],
)
async def test_in_one_piece_for_who_cannot_or_will_not_wait(settings: str, query: str, accept: str) -> None:
    async with live(settings) as made, asking(made, query, accept=accept) as stream:
        answer = orjson.loads(await stream.end())

    assert stream.response.headers["content-type"].startswith("application/json")
    assert answer == WHOLE


async def test_what_needs_no_request_of_its_own_is_not_waited_for() -> None:
    query = '{ order(id: "1") { id ... @defer { status } } }'
    async with live() as made, asking(made, query, accept=MULTIPART) as stream:
        answer = orjson.loads(await stream.end())

    assert answer == {"data": {"order": {"id": "1", "status": "PAID 1"}}}


@pytest.mark.parametrize("wait", [True, False])
async def test_a_variable_decides_whether_anything_is_deferred(wait: bool) -> None:
    query = 'query($w: Boolean!) { order(id: "1") { status ... @defer(if: $w) { buyer { name } } } }'
    async with live() as made, httpx.AsyncClient(timeout=PATIENCE_S) as http:
        body = {"query": query, "variables": {"w": wait}}
        async with http.stream("POST", made.url, json=body, headers={"accept": MULTIPART}) as response:
            found = await parts(Stream(response))

    if wait:
        assert [part.get("data") for part in found] == [{"order": {"status": "PAID 1"}}, None]
    else:
        assert found == [{**WHOLE, "hasNext": False}]


async def test_a_client_that_leaves_ends_what_is_under_way() -> None:
    async with live() as made:
        never, began = asyncio.Event(), asyncio.Event()
        ended = asyncio.Event()

        async def gate() -> None:
            began.set()
            try:
                await never.wait()
            finally:
                ended.set()

        made.users.gate = gate
        async with asking(made, ORDER, accept=MULTIPART) as stream:
            await stream.part()
            await began.wait()

        async with asyncio.timeout(PATIENCE_S):
            await ended.wait()


async def test_an_operation_asked_again_is_deferred_again() -> None:
    async with live() as made:
        seen = []
        for _ in range(4):
            async with asking(made, ORDER, accept=MULTIPART) as stream:
                seen.append(len(await parts(stream)))
            async with asking(made, ORDER, accept="application/json") as stream:
                assert orjson.loads(await stream.end()) == WHOLE

    assert seen == [2, 2, 2, 2]
