"""The usage export: what clients send is counted on every path, written without a value, and read back by the check."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from router.checks.operations import from_usage
from router.http.app import App
from router.http.serving import Serving
from router.http.usage import Exporting
from router.pipeline.request import Request
from router.pipeline.usage import NAME_BYTES_MAX
from router.settings import Settings, UsageExport
from tests.router.http.live import PATIENCE_S
from tests.router.http.rogue import until
from tests.router.http.test_serving import process
from tests.router.pipeline.shop import SUPERGRAPH, Shop, client, one_subgraph

pytestmark = pytest.mark.anyio
HOURLY = "telemetry: {usage: {file: FILE, interval: 1h}}"


def lines(file: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines()]


def texts_in(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


def serving(file: Path, settings: str = HOURLY) -> Serving:
    ready = Settings.parse(settings.replace("FILE", str(file)), environment={})
    return Serving(ready, lambda: SUPERGRAPH, mounted={"shop": Shop()}, planner=one_subgraph)


def sent(query: str, client_name: str = "", version: str = "", **variables: object) -> Request:
    headers = [(b"apollographql-client-name", client_name.encode())] if client_name else []
    headers += [(b"apollographql-client-version", version.encode())] if version else []
    return Request(query, variables=variables, headers=headers)


async def test_workers_that_stop_have_written_what_their_clients_sent(tmp_path: Path) -> None:
    supergraph, config, file = tmp_path / "supergraph.graphql", tmp_path / "router.yaml", tmp_path / "usage.jsonl"
    supergraph.write_text(SUPERGRAPH)
    config.write_text(HOURLY.replace("FILE", str(file)))
    named = {"apollographql-client-name": "web", "apollographql-client-version": "1.2"}
    query = {"query": "query Ping { __typename }"}

    async with process(supergraph, "--config", str(config), "--workers", "2") as (started, url):
        for _ in range(6):
            # A connection each, so that the workers share them.
            async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
                await http.post(f"{url}/graphql", json=query, headers=named)
        async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
            await http.post(f"{url}/graphql", json=query)
        started.send_signal(signal.SIGTERM)
        await started.wait()

    operations, unknown = from_usage([(str(file), file.read_text())])
    (operation,) = operations
    assert unknown == 0
    assert operation.name == "Ping"
    assert {(each.label, each.count) for each in operation.senders} == {("web@1.2", 6), ("(unknown client)", 1)}


async def test_the_compiled_path_counts_as_the_long_way_does(tmp_path: Path) -> None:
    ready = Settings.parse(HOURLY.replace("FILE", str(tmp_path / "usage.jsonl")), environment={})
    made = Serving(ready, lambda: SUPERGRAPH, mounted={"shop": Shop()})
    await made.start()
    request = sent("query Mine { user { id } }", "web", "1")
    for _ in range(2):
        await made.answer(request)
    assert made.pipeline is not None
    operation = await made.pipeline.operations.get(request.query, None)
    async with asyncio.timeout(PATIENCE_S):
        await until(lambda: any(any(variant.compiled.values()) for variant in operation.variants.values()))

    for _ in range(3):
        assert await made.answer_warm(request) is not None
    await made.stop()

    (line,) = lines(tmp_path / "usage.jsonl")
    assert (line["name"], line["client_name"], line["client_version"], line["count"]) == ("Mine", "web", "1", 5)
    assert line["first_seen"] <= line["last_seen"]


async def test_no_value_is_ever_written(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file)
    await made.start()

    await made.answer(sent('query A { hello(name: "Mrs. Secret", times: 4711) }'))
    await made.answer(sent("query B($n: String!, $t: Int = 4712) { hello(name: $n, times: $t) }", n="Mr. Secret"))
    await made.stop()

    assert "Secret" not in file.read_text()
    assert "471" not in "".join(line["document"] for line in lines(file))
    assert {line["document"].splitlines()[1].strip() for line in lines(file)} == {
        'hello(name: "", times: 0)',
        "hello(name: $n, times: $t)",
    }


async def test_of_a_document_only_what_the_operation_needs_is_written(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    ready = Settings.parse(HOURLY.replace("FILE", str(file)), environment={})
    made = Serving(ready, lambda: SUPERGRAPH, mounted={"shop": Shop()})
    await made.start()
    text = "query A { user { ...F } } query B { user { id } } fragment F on User { ...G } fragment G on User { name }"

    await made.answer(Request(text, operation_name="A"))
    await made.answer(Request(text, operation_name="B"))
    await made.stop()

    found, _ = from_usage([("usage.jsonl", file.read_text())])
    assert {each.name: len(each.document.definitions) for each in found} == {"A": 3, "B": 1}


async def test_a_document_is_written_once_a_file(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file)
    await made.start()
    assert made.exporting is not None
    for _ in range(2):
        await made.answer(sent("query A { user { id } }", "web"))
        await made.exporting.flush()
    file.rename(tmp_path / "usage.1.jsonl")
    await made.answer(sent("query A { user { id } }", "web"))
    await made.stop()

    assert ["document" in line for line in lines(tmp_path / "usage.1.jsonl")] == [True, False]
    assert ["document" in line for line in lines(file)] == [True]


async def test_however_long_it_counts_the_files_stay_within_their_bound(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    bound = "telemetry: {usage: {file: FILE, interval: 1h, file_bytes_max: 1000, files_max: 3}}"
    made = serving(file, bound)
    await made.start()
    assert made.exporting is not None

    for _ in range(60):
        await made.answer(sent("query A { user { id } }", "web"))
        await made.exporting.flush()
    await made.stop()

    texts = texts_in(tmp_path)
    longest = max(len(line) for line in texts["usage.jsonl"].splitlines(keepends=True))
    assert list(texts) == ["usage.1.jsonl", "usage.2.jsonl", "usage.jsonl"]
    assert all(len(text) < 1000 + longest for text in texts.values())
    assert all(len(texts[name]) >= 1000 for name in ("usage.1.jsonl", "usage.2.jsonl"))
    for named in texts.items():
        (operation,), without_document = from_usage([named])
        assert (operation.name, without_document) == ("A", 0)


@pytest.mark.parametrize("files_max", [1, 2])
async def test_workers_share_files_that_are_moved_aside(tmp_path: Path, files_max: int) -> None:
    file = tmp_path / "usage.jsonl"
    bound = f"telemetry: {{usage: {{file: FILE, interval: 1h, file_bytes_max: 500, files_max: {files_max}}}}}"
    workers = [serving(file, bound) for _ in range(2)]
    for worker in workers:
        await worker.start()

    for _ in range(20):
        for worker in workers:
            await worker.answer(sent("query A { user { id } }", "web"))
        await asyncio.gather(*(worker.exporting.flush() for worker in workers if worker.exporting))
        _, without_document = from_usage(list(texts_in(tmp_path).items()))
        assert without_document == 0
    for worker in workers:
        await worker.stop()

    assert len(texts_in(tmp_path)) == files_max


async def test_who_invents_clients_costs_no_more_than_the_limit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file, "telemetry: {usage: {file: FILE, interval: 1h, entries_max: 5}}")
    await made.start()

    for number in range(9):
        await made.answer(sent("query A { user { id } }", f"{number}" + "x" * 1000))
    await made.stop()

    found = lines(file)
    assert len(found) == 5
    assert {len(line["client_name"]) for line in found} == {NAME_BYTES_MAX}
    assert "4 requests were not counted" in caplog.text


async def test_what_is_refused_is_not_counted(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file)
    await made.start()

    await made.answer(sent("{ nothing }"))
    await made.answer(sent("{"))
    await made.stop()

    assert not file.exists()


async def test_a_file_that_cannot_be_written_is_logged_and_requests_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = serving(tmp_path / "missing" / "usage.jsonl")
    await made.start()
    assert made.exporting is not None

    await made.answer(sent("query A { user { id } }"))
    await made.exporting.flush()
    answer = await made.answer(sent("query A { user { id } }"))

    assert answer.status == 200
    assert "usage cannot be written to" in caplog.text


async def test_it_is_written_every_interval(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file, "telemetry: {usage: {file: FILE, interval: 10ms}}")
    await made.start()
    await made.answer(sent("query A { user { id } }"))

    async with asyncio.timeout(PATIENCE_S):
        await until(file.exists)
        await until(lambda: file.read_bytes().endswith(b"\n"))

    assert lines(file)[0]["name"] == "A"
    await made.stop()


async def test_headers_of_other_names_can_tell_the_client(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file, "telemetry: {usage: {file: FILE, interval: 1h, client_name_header: X-App}}")
    async with client(App(made.settings, made, start=made.start, stop=made.stop)) as http:
        await http.post("/graphql", json={"query": "query A { user { id } }"}, headers={"x-app": "till"})
    await made.stop()

    assert lines(file)[0]["client_name"] == "till"


async def test_nothing_is_counted_unless_a_file_is_named() -> None:
    made = Serving(Settings(), lambda: SUPERGRAPH, mounted={"shop": Shop()}, planner=one_subgraph)
    await made.start()
    await made.answer(sent("query A { user { id } }", "web"))

    assert made.pipeline is not None
    assert made.pipeline.usage is None
    assert made.pipeline.operations.peek("query A { user { id } }", None).counts == {}  # type: ignore[union-attr]


async def test_a_stop_while_it_writes_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "usage.jsonl"
    made = serving(file)
    await made.start()
    await made.answer(sent("query A { user { id } }"))
    exporting = made.exporting
    assert isinstance(exporting, Exporting)

    writing = asyncio.ensure_future(exporting.flush())
    await made.stop()
    await writing

    assert sum(line["count"] for line in lines(file)) == 1


def test_the_export_is_off_by_default() -> None:
    assert UsageExport().file is None


async def test_what_is_streamed_counts_too_and_a_new_supergraph_loses_nothing(tmp_path: Path) -> None:
    file, texts = tmp_path / "usage.jsonl", [SUPERGRAPH]
    ready = Settings.parse(HOURLY.replace("FILE", str(file)), environment={})
    made = Serving(ready, lambda: texts[-1], mounted={"shop": Shop()}, planner=one_subgraph)
    await made.start()
    request = sent("query A { user { id } }", "web")

    await made.stream(request, subscriptions=True, incremental=True)
    texts.append(SUPERGRAPH.replace("hello(name", "greet(name"))
    assert await made.reload()
    await made.answer(request)
    await made.stop()

    assert sum(line["count"] for line in lines(file)) == 2
    assert len({line["hash"] for line in lines(file)}) == 1
