"""The running router: a new supergraph takes over without a dropped request, and a real server on a real port."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from graphql import DocumentNode
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from chassis.embedded.process import reserved_port
from router.http.app import App
from router.http.serving import Serving
from router.pipeline.operations import Planner
from router.pipeline.request import Request
from router.plan import Plan
from router.settings import Settings
from router.supergraph import Supergraph
from tests.router.http.live import PATIENCE_S, Orders, listening, supergraph
from tests.router.http.rogue import Peer, rogue, until
from tests.router.pipeline.shop import SUPERGRAPH, Shop, client, one_subgraph

pytestmark = pytest.mark.anyio
CHANGED = SUPERGRAPH.replace("hello(name", "greet(name")


class Text:
    """A supergraph file that tests can change."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self) -> str:
        return self.text


def serving(text: Text, shop: Shop) -> Serving:
    return Serving(Settings(), text, mounted={"shop": shop}, planner=one_subgraph)


async def test_a_new_supergraph_takes_over() -> None:
    text = Text(SUPERGRAPH)
    made = serving(text, Shop())
    await made.start()
    before = await made.answer(Request('{ greet(name: "x") }'))

    text.text = CHANGED
    swapped = await made.reload()
    after = await made.answer(Request('{ greet(name: "x") }'))

    assert swapped
    assert before.status == 400
    # The subgraph itself does not know the new field yet, but the router asks it.
    assert orjson.loads(after.body)["errors"][0]["extensions"]["service"] == "shop"


@pytest.mark.parametrize("broken", ["type Query {", "type Query { a: Int }", ""])
async def test_a_broken_supergraph_does_not_take_over(broken: str) -> None:
    text = Text(SUPERGRAPH)
    made = serving(text, Shop())
    await made.start()

    text.text = broken
    swapped = await made.reload()
    answer = await made.answer(Request('{ hello(name: "x") }'))

    assert not swapped
    assert orjson.loads(answer.body) == {"data": {"hello": "hello x"}}


async def test_an_unchanged_file_changes_nothing() -> None:
    made = serving(Text(SUPERGRAPH), Shop())
    await made.start()
    before = made.pipeline

    assert not await made.reload()
    assert made.pipeline is before


async def test_a_request_under_way_finishes_on_the_supergraph_it_began_with() -> None:
    text, shop = Text(SUPERGRAPH), Shop()
    gate, reached = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        reached.set()
        await gate.wait()

    shop.gate = wait
    made = serving(text, shop)
    await made.start()
    under_way = asyncio.ensure_future(made.answer(Request('{ hello(name: "x") }')))
    await reached.wait()

    text.text = CHANGED
    await made.reload()
    gate.set()

    assert orjson.loads((await under_way).body) == {"data": {"hello": "hello x"}}


async def test_operations_in_use_are_planned_before_the_new_supergraph_serves() -> None:
    text = Text(SUPERGRAPH)
    made = serving(text, Shop())
    await made.start()
    await made.answer(Request("{ user { id } }"))

    text.text = CHANGED
    await made.reload()
    assert made.pipeline is not None
    planned = made.pipeline.operations.plans_made
    await made.answer(Request("{ user { id } }"))

    assert planned == 1
    assert made.pipeline.operations.plans_made == 1


async def test_many_who_ask_the_same_for_the_first_time_have_it_planned_once() -> None:
    made = serving(Text(SUPERGRAPH), Shop())
    await made.start()

    await asyncio.gather(*(made.answer(Request("{ user { id } }")) for _ in range(20)))

    assert made.pipeline is not None
    assert made.pipeline.operations.plans_made == 1


async def test_overrides_hold_for_their_share_of_requests() -> None:
    labels = ["percent(0)", "percent(100)", "beta"]
    text = SUPERGRAPH.replace("override: String,", "override: String, overrideLabel: String,")
    for label in labels:
        joined = f'@join__field(graph: SHOP, override: "old", overrideLabel: "{label}")'
        text = text.replace("slow: String", f"f{labels.index(label)}: String {joined} slow: String")
    given: list[frozenset[str]] = []

    def planner(supergraph: Supergraph) -> Planner:
        plan = one_subgraph(supergraph)

        def noting(document: DocumentNode, name: str | None, held: frozenset[str], defer: bool) -> Plan:
            given.append(held)
            return plan(document, name, held, defer)

        return noting

    made = Serving(Settings(), Text(text), mounted={"shop": Shop()}, planner=planner)
    await made.start()
    await made.answer(Request("{ user { id } }"))

    assert given == [frozenset({"percent(100)"})]


async def test_a_flood_of_bad_documents_drives_out_no_good_one() -> None:
    settings = Settings.parse("query_planning: {cache_entries_max: 2}", environment={})
    made = Serving(settings, Text(SUPERGRAPH), mounted={"shop": Shop()}, planner=one_subgraph)
    await made.start()
    await made.answer(Request("{ user { id } }"))
    for n in range(10):
        await made.answer(Request(f"{{ nothing{n} }}"))
    await made.answer(Request("{ user { id } }"))

    assert made.pipeline is not None
    assert made.pipeline.operations.plans_made == 1


async def test_the_least_recently_used_operation_is_forgotten_first() -> None:
    settings = Settings.parse("query_planning: {cache_entries_max: 2}", environment={})
    made = Serving(settings, Text(SUPERGRAPH), mounted={"shop": Shop()}, planner=one_subgraph)
    await made.start()
    for query in (
        "{ a: user { id } }",
        "{ b: user { id } }",
        "{ a: user { id } }",
        "{ c: user { id } }",
        "{ a: user { id } }",
    ):
        await made.answer(Request(query))

    assert made.pipeline is not None
    assert made.pipeline.operations.plans_made == 3
    assert made.pipeline.operations.peek("{ b: user { id } }", None) is None


async def test_a_client_that_leaves_takes_its_subgraph_requests_along() -> None:
    dropped = asyncio.Event()

    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()
        dropped.set()

    async with rogue(silent) as server:
        text = SUPERGRAPH.replace("http://shop/graphql", server.url)
        made = Serving(Settings(), Text(text), planner=one_subgraph)
        app = App(Settings(), made, start=made.start, stop=made.stop)
        left = asyncio.Event()
        messages = iter([{"type": "http.request", "body": b'{"query":"{ user { id } }"}', "more_body": False}])

        async def receive() -> dict[str, object]:
            for message in messages:
                return message
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(_: object) -> None:
            raise AssertionError("nobody is there to answer")

        scope = {
            "type": "http", "method": "POST", "path": "/graphql", "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }  # fmt: skip
        request = asyncio.ensure_future(app(scope, receive, send))
        await until(lambda: server.requests)
        left.set()
        await request
        await dropped.wait()
        await made.stop()


async def test_a_request_that_takes_too_long_is_ended() -> None:
    shop = Shop()

    async def never() -> None:
        await asyncio.Event().wait()

    shop.gate = never
    settings = Settings.parse("traffic_shaping: {router: {timeout: 30ms}}", environment={})
    made = Serving(settings, Text(SUPERGRAPH), mounted={"shop": shop}, planner=one_subgraph)
    async with client(App(settings, made, start=made.start, stop=made.stop)) as http:
        answer = await http.post("/graphql", json={"query": "{ user { id } }"})

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (504, "GATEWAY_TIMEOUT")


# ------------------------------------------------------------------------------------------------ a process, a port


@asynccontextmanager
async def process(supergraph: Path, *arguments: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`router serve` on a free port, ready to answer."""
    port = reserved_port()
    command = [
        sys.executable,
        "-m",
        "router.cli",
        "serve",
        "--supergraph",
        str(supergraph),
        "--port",
        str(port),
        *arguments,
    ]
    started = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as http:
            while started.returncode is None:
                try:
                    if (await http.get(f"{url}/health")).status_code == 200:
                        break
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
        yield started, url
    finally:
        if started.returncode is None:
            started.send_signal(signal.SIGTERM)
        await started.wait()


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_the_command_serves_and_stops_when_told(tmp_path: Path, workers: str) -> None:
    file = tmp_path / "supergraph.graphql"
    file.write_text(SUPERGRAPH)

    async with process(file, "--workers", workers) as (started, url), httpx.AsyncClient(timeout=PATIENCE_S) as http:
        answer = await http.post(f"{url}/graphql", json={"query": "{ __typename }"})
        started.send_signal(signal.SIGTERM)
        code = await started.wait()

    assert answer.json() == {"data": {"__typename": "Query"}}
    assert code == 0


async def test_a_changed_file_is_served_on_sighup(tmp_path: Path) -> None:
    file = tmp_path / "supergraph.graphql"
    file.write_text(SUPERGRAPH)
    config = tmp_path / "router.yaml"
    config.write_text("hot_reload: {poll_interval: 1h}")
    query = {"query": '{ __type(name: "Query") { fields { name } } }'}

    async with process(file, "--config", str(config)) as (started, url), httpx.AsyncClient(timeout=PATIENCE_S) as http:
        file.write_text(CHANGED)
        os.kill(started.pid, signal.SIGHUP)
        names: list[str] = []
        while "greet" not in names:
            fields = (await http.post(f"{url}/graphql", json=query)).json()["data"]["__type"]["fields"]
            names = [field["name"] for field in fields]

    assert "hello" not in names


async def test_a_broken_configuration_is_one_clear_line(tmp_path: Path) -> None:
    file, config = tmp_path / "supergraph.graphql", tmp_path / "router.yaml"
    file.write_text(SUPERGRAPH)
    config.write_text("limits:\n  max_deep: 1\n")

    async with process(file, "--config", str(config)) as (started, _):
        assert started.stderr is not None
        said = (await started.stderr.read()).decode()
        code = await started.wait()

    assert code == 2
    assert said.startswith(f"router serve: {config}:2: unknown key 'max_deep' under 'limits'")


async def test_a_process_that_stops_does_not_wait_for_its_subscriptions(tmp_path: Path) -> None:
    orders, file = Orders(), tmp_path / "supergraph.graphql"
    async with listening(orders) as port:
        file.write_text(supergraph(f"http://127.0.0.1:{port}/graphql"))
        query = 'subscription { orderUpdated(id: "1") { status } }'
        ask = {"id": "1", "type": "subscribe", "payload": {"query": query}}
        async with process(file) as (started, url), httpx.AsyncClient(timeout=PATIENCE_S) as http:
            address = f"ws{url.removeprefix('http')}/graphql"
            headers = {"accept": "text/event-stream"}
            async with (
                http.stream("POST", f"{url}/graphql", json={"query": query}, headers=headers) as response,
                connect(address, open_timeout=PATIENCE_S, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket,
            ):
                await socket.send('{"type": "connection_init"}')
                await socket.send(orjson.dumps(ask).decode())
                await orders.feed(1)

                started.send_signal(signal.SIGTERM)

                said = "".join([piece async for piece in response.aiter_text()])
                await socket.wait_closed()
            code = await started.wait()

    assert "SUBSCRIPTION_ROUTER_STOPPED" in said
    assert said.endswith("event: complete\ndata:\n\n")
    assert socket.close_code == 1012
    assert code == 0
