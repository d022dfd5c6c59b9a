"""Subgraphs that answer wrongly, at random but always alike: both executors must make the same of it."""

from __future__ import annotations

import asyncio
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from router.http.transport import CutOff, Outcome, Reply
from router.pipeline.authentication import Authentication
from router.pipeline.pipeline import Pipeline
from router.pipeline.request import Refused, Request, Response
from router.pipeline.validate import coerce_variables
from router.pipeline.warm import compile_later
from router.planning import plan
from router.settings import Settings
from tests.differential.check import Different
from tests.differential.make import make
from tests.differential.operations import random_operation
from tests.differential.routed import Federation, federation_of
from tests.differential.servers import Server

# JSON texts that stand where a value stood. Python's writer would not write some of them.
VALUES = [
    *("null", "null", "null", "true", "false", "[]", "[null]", "[[]]", "{}", "[{}]", '{"__typename":"Nobody"}'),
    *("0", "1", "-1", "1.5", "1.0", "-0.0", "1E5", "1e21", "1e400", "NaN"),
    *("2147483648", "12345678901234567890", "123456789012345678901234567890", "9" * 400),
    *('""', '"x"', '"1"', '"\\ud800"', '"\\u0000é"', '{"id":{}}'),
]
ERRORS: tuple[Any, ...] = (
    [{"message": "m", "extensions": {"code": "C", "n": 1}}],
    [{"message": "m", "path": []}],
    [{"message": "m", "path": "x"}],
    [{"message": 5, "path": [None, 1, {}]}],
    [{"message": "m", "path": ["_entities", 0]}],
    [{"message": "m", "path": ["_entities", 99, "x"]}],
    [{"message": "m", "path": ["_entities"]}],
    [{"extensions": "odd"}],
    [None],
    ["text"],
    [],
    None,
    {},
    "text",
    7,
)


@dataclass
class Tally:
    """What was compared."""

    operations: int = 0
    compiled: int = 0
    handed_over: int = 0
    mutated: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.operations + other.operations,
            self.compiled + other.compiled,
            self.handed_over + other.handed_over,
            self.mutated + other.mutated,
        )


@dataclass
class Misbehaving:
    """The transport: real replies, spoilt by what only the seed and the request decide."""

    federation: Federation
    seed: str
    rate: float
    mutated: int = 0
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def reply(self, subgraph: str, body: bytes) -> Outcome:
        """The outcome of one request: the same for the same request."""
        self.sent.append((subgraph, body))
        source = random.Random(zlib.crc32(body + f"{self.seed} {subgraph}".encode()))
        good = self.federation.servers[subgraph].answer(json.loads(body))
        if source.random() > self.rate:
            return Reply(200, "application/json", json.dumps(good).encode())
        self.mutated += 1
        return self.spoilt(good, source)

    def spoilt(self, good: dict[str, Any], source: random.Random) -> Outcome:
        """A reply with a fault of one kind."""
        kind = source.choice(
            ("value", "value", "value", "drop", "drop", "length", "surplus", "errors", "envelope", "transport")
        )
        if kind == "transport":
            text = json.dumps(good).encode()
            return source.choice(
                (
                    CutOff("the connection ended"),
                    Reply(500, "application/json", text),
                    Reply(201, "application/json", text),
                    Reply(200, "text/html", b"<html>"),
                    Reply(200, "", text),
                    Reply(200, "application/json; charset=utf-8", text + b" \r\n\t"),
                    Reply(200, "application/json", b"\xef\xbb\xbf" + text),
                    Reply(200, "application/json", text[:-1]),
                    Reply(200, "application/json", text + b"x"),
                    Reply(200, "application/json", b""),
                    Reply(200, "application/json", text.replace(b'"', b'"\xff', 1)),
                )
            )
        if kind == "envelope":
            envelope = source.choice(
                ("null", "[]", "{}", '{"data":null}', '{"data":[]}', '{"data":{}}', '{"data":"x"}', '{"DATA":{}}')
            )
            return Reply(200, "application/json", envelope.encode())
        if kind == "errors":
            spoilt = {"errors": source.choice(ERRORS), **good} if source.random() < 0.5 else dict(good)
            spoilt["errors"] = source.choice(ERRORS)
            return Reply(200, "application/json", json.dumps(spoilt).encode())
        places = list(_places(good.get("data")))
        if not places:
            return Reply(200, "application/json", b'{"data":null}')
        texts: list[tuple[str, str]] = []
        for _ in range(source.randint(1, 2)):
            parent, key = source.choice(places)
            if kind == "drop" and isinstance(parent, dict):
                parent.pop(key, None)
            elif kind == "length":
                lists = [each for each, _ in places if isinstance(each, list)]
                chosen: list[Any] = source.choice(lists) if lists else []
                if chosen and source.random() < 0.5:
                    chosen.pop()
                else:
                    chosen.append(chosen[0] if chosen else None)
            elif kind == "surplus" and isinstance(parent, dict):
                # Once as JSON allows, once as a second member of one name, which a reader takes the last of.
                if key in parent and source.random() < 0.5:
                    marker = f"@@{len(texts)}@@"
                    texts.append((f'"{marker}": 0', f'"{key}": {json.dumps(parent[key])}'))
                    parent[marker] = 0
                parent["surplus"] = {"__typename": 1}
            elif isinstance(parent, dict | list):
                marker = f"@@{len(texts)}@@"
                texts.append((f'"{marker}"', source.choice(VALUES)))
                if isinstance(parent, dict) or key < len(parent):
                    parent[key] = marker
        written = json.dumps(good)
        for marker, value in texts:
            written = written.replace(marker, value)
        return Reply(200, "application/json", written.encode())


def _places(value: Any) -> Any:
    """Every (object, key) and (list, index) of a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


async def check_seed(seed: int, *, operations: int, rate: float = 0.3) -> Tally:
    """Compare both executors on random operations in a random world. Raises Different."""
    trouble = (0.1, 0.03) if seed % 2 else (0.0, 0.0)
    world = make(seed, nulls=trouble[0], errors=trouble[1])
    federation = federation_of(world)
    schema = Server(world).schema
    source = world.chance("operations")
    tally = Tally()
    for number in range(operations):
        text, variables = random_operation(schema, source)
        await check_operation(federation, Request(text, variables=variables), f"{seed} {number}", rate, tally)
    return tally


async def check_operation(
    federation: Federation,
    request: Request,
    seed: str,
    rate: float,
    tally: Tally,
    restart: Callable[[], None] = lambda: None,
) -> None:
    """Compare both executors' answers, byte for byte, and what they asked. Raises Different.

    `restart` undoes what a mutation did.
    """
    misbehaving = Misbehaving(federation, seed, rate)
    federation.reply = misbehaving.reply  # type: ignore[method-assign, assignment]
    pipeline = pipeline_of(federation)
    restart()
    generic = await pipeline.answer(request)
    asked, misbehaving.sent = misbehaving.sent, []
    tally.operations += 1
    tally.mutated += misbehaving.mutated
    restart()
    fast = await answer_compiled(pipeline, request, tally)
    if fast is None:
        return
    where = f"seed {seed}\n{request.query}\nvariables {request.variables}\n"
    if fast != generic:
        raise Different(f"{where}  generic  {generic.body.decode()}\n  compiled {fast.body.decode()}")
    if sorted(asked) != sorted(misbehaving.sent):
        surplus = [each for each in misbehaving.sent if each not in asked]
        lacking = [each for each in asked if each not in misbehaving.sent]
        raise Different(f"{where}  compiled asked {surplus}\n  but not {lacking}\n answer {fast.body.decode()}")


def pipeline_of(federation: Federation) -> Pipeline:
    """A federation behind a whole pipeline."""

    async def no_keys(_: str) -> bytes:
        return b"{}"

    text = "{include_subgraph_errors: {all: true}, limits: {max_aliases: 2000}}"
    settings = Settings.parse(text, environment={})
    graph = federation.graph
    pipeline = Pipeline(
        federation.supergraph,
        lambda document, name, labels, defer: plan(graph, document, name, labels=labels, defer=defer),
        federation.subgraphs,
        Authentication(settings.authentication.router.jwt, frozenset(), no_keys),
        settings,
        lambda _: None,
    )
    # No lots are drawn for progressive @override: both executors must have the same plan.
    pipeline.labels = lambda: federation.labels  # type: ignore[method-assign]
    return pipeline


async def compiled(pipeline: Pipeline, request: Request) -> bool:
    """Compile an operation that was answered once; whether that was possible."""
    try:
        operation = await pipeline.operations.get(request.query, request.operation_name)
        variables = coerce_variables(pipeline.schema, operation.node, request.variables)
    except Refused:
        return False
    for variant in operation.variants.values():
        future = compile_later(pipeline, operation, variant, variables)
        if future is not None:
            await future
    return any(program is not None for variant in operation.variants.values() for program in variant.compiled.values())


async def answer_compiled(pipeline: Pipeline, request: Request, tally: Tally) -> Response | None:
    """The compiled path's answer; None where it has none."""
    if not await compiled(pipeline, request):
        return None
    future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    warm = pipeline.begin(request, future.set_result)
    assert warm is not None, "a compiled operation is answered on the warm path"
    answer = await future
    if warm.task is None:
        tally.compiled += 1
    else:
        tally.handed_over += 1
    return answer
