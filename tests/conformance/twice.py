"""One suite of the corpus in this process: each case is answered generically, compiled, and answered again."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from router.composition import Composed, Source, compose
from router.http.serving import Serving
from router.pipeline.pipeline import Pipeline
from router.pipeline.request import Request, Response
from router.settings import Settings
from tests.differential.misbehaving import compiled

# Where the corpus says its subgraphs are.
BASE = "http://127.0.0.1:4200"


@dataclass
class Tally:
    """What became of the cases. `reasons` count why operations were not compiled; `wrong` tell each difference.

    `requests` are those that the generic executor made of subgraphs; a case may make as many as `fewest` says.
    """

    fewest: Mapping[str, int] = field(default_factory=dict)

    cases: int = 0
    compiled: int = 0
    handed_over: int = 0
    requests: int = 0
    wrong: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


class _Reasons(logging.Handler):
    """Keeps why an operation runs generically."""

    def __init__(self, reasons: Counter[str]) -> None:
        super().__init__(logging.DEBUG)
        self.reasons = reasons

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.endswith("runs generically: %s") and record.args:
            self.reasons[str(record.args[-1])] += 1  # type: ignore[index]


def composed(folder: Path) -> str:
    """The supergraph that we compose from a suite's subgraphs. Raises ValueError where they do not compose."""
    suite = orjson.loads((folder / "suite.json").read_bytes())
    outcome = compose(
        [Source(each["name"], each["url"], (folder / each["sdl"]).read_text()) for each in suite["subgraphs"]]
    )
    if not isinstance(outcome, Composed):
        raise ValueError(f"{folder.name} does not compose: {outcome.faults}")
    return outcome.sdl


async def check_suite(folder: Path, cases: str, sdl: str, subgraphs: str, tally: Tally, *, once: bool = False) -> None:
    """Count a suite's cases in, on the supergraph `sdl`. `once` asks nothing twice, and so compiles nothing."""
    supergraph = sdl.replace(BASE, subgraphs)
    serving = Serving(Settings.parse("", environment={}), lambda: supergraph)
    log, handler = logging.getLogger("router"), _Reasons(tally.reasons)
    level = log.level
    log.setLevel(logging.DEBUG)
    log.addHandler(handler)
    await serving.start()
    try:
        assert serving.pipeline is not None
        # What is added has a name of its own in every run: the subgraphs may still know those of the last.
        for case in orjson.loads((folder / cases).read_text().replace("{{requestId}}", secrets.token_hex(6))):
            await _check(serving.pipeline, case, tally, once=once)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        await serving.stop()


async def _check(pipeline: Pipeline, case: Mapping[str, Any], tally: Tally, *, once: bool) -> None:
    tally.cases += 1
    request = Request(case["query"], variables=case.get("variables") or {})
    before = pipeline.subgraphs.requests
    generic = await pipeline.answer(request)
    asked = pipeline.subgraphs.requests - before
    if fault := judged(case["expected"], generic):
        tally.wrong.append(f"{case['id']}: generic: {fault}")
    tally.requests += asked
    if asked > (fewest := tally.fewest.get(case["id"], asked)):
        tally.wrong.append(f"{case['id']}: {asked} subgraph requests, {fewest} would do")
    if once or not await compiled(pipeline, request):
        return
    future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    before = pipeline.subgraphs.requests
    warm = pipeline.begin(request, future.set_result)
    if warm is None:
        tally.wrong.append(f"{case['id']}: compiled, but not answered on the warm path")
        return
    fast = await future
    asked_fast = pipeline.subgraphs.requests - before
    if warm.task is None:
        tally.compiled += 1
    else:
        tally.handed_over += 1
    if fast != generic:
        tally.wrong.append(f"{case['id']}: generic {generic.body.decode()}\n  compiled {fast.body.decode()}")
    if asked_fast != asked:
        tally.wrong.append(f"{case['id']}: {asked} subgraph requests, compiled {asked_fast}")


def judged(expected: Mapping[str, Any], response: Response) -> str | None:
    """What is wrong with an answer, by the corpus' own rule: equal data; errors there or not, where it says so."""
    answer = orjson.loads(response.body)
    # Sorted text, so that True is not 1 but the order of keys does not count.
    right, got = (orjson.dumps(plain(a.get("data")), option=orjson.OPT_SORT_KEYS) for a in (expected, answer))
    if right != got:
        return f"expected {right.decode()}, got {response.body.decode()}"
    if isinstance(expected.get("errors"), bool) and expected["errors"] != bool(answer.get("errors")):
        return f"expected errors: {expected['errors']}, got {response.body.decode()}"
    return None


def plain(value: Any) -> Any:
    """Numbers as JavaScript has them: 1.0 is 1."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
