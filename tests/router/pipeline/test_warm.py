"""The warm path: compiled operations answer as the generic executor does, and hand over to it what they cannot answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from graphql import GraphQLError

from router.http.serving import Serving
from router.pipeline.operations import PROGRAMS_MAX, SHAPES_MAX
from router.pipeline.pipeline import Pipeline
from router.pipeline.request import Request, Response
from router.settings import Settings
from tests.router.http.rogue import until
from tests.router.pipeline import shop as data
from tests.router.pipeline.shop import SUPERGRAPH, Shop

pytestmark = pytest.mark.anyio


class Warmed:
    """A router whose operation is compiled already."""

    def __init__(self, shop: Shop, pipeline: Pipeline) -> None:
        self.shop = shop
        self.pipeline = pipeline

    async def begin(self, request: Request) -> Response | None:
        """The warm path's answer; None where it does not take the request."""
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        if self.pipeline.begin(request, future.set_result) is None:
            return None
        return await future


async def warmed(request: Request, settings: str = "") -> Warmed:
    """Ask until the operation is compiled."""
    shop = Shop()
    ready = Settings.parse(settings, environment={})
    serving = Serving(ready, lambda: SUPERGRAPH, mounted={"shop": shop})
    await serving.start()
    assert serving.pipeline is not None
    for _ in range(2):
        await serving.answer(request)
    operation = await serving.pipeline.operations.get(request.query, None)
    async with asyncio.timeout(60):
        await until(lambda: any(any(variant.compiled.values()) for variant in operation.variants.values()))
    shop.requests.clear()
    return Warmed(shop, serving.pipeline)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ user { name id } }", {}),
        ("{ n: user { id a: name b: name } users { ...F } } fragment F on User { name }", {}),
        ("query($n: String!) { hello(name: $n, times: 2) }", {"n": "ü"}),
        ("query($yes: Boolean!) { user { id name @include(if: $yes) email @skip(if: $yes) } }", {"yes": True}),
        ("{ search { __typename ... on User { name } ... on Report { total } } }", {}),
    ],
)
async def test_a_compiled_operation_answers_as_the_generic_executor_does(
    query: str, variables: Mapping[str, Any]
) -> None:
    request = Request(query, variables=variables)
    # The directives are off: they would make @authenticated fields another story.
    made = await warmed(request, "authorization: {directives: {enabled: false}}")

    compiled = await made.begin(request)
    generic = await made.pipeline.answer(request)

    assert compiled is not None
    assert compiled.body == generic.body
    assert len(made.shop.requests) == 2


@pytest.mark.parametrize(
    "query",
    [
        "{ user { id email name } }",
        "{ users { name e: email email } user { email } me { id } n: user { id } }",
        '{ me { id } hello(name: "x") report { total } }',
    ],
)
async def test_a_compiled_operation_reports_what_the_viewer_may_not_see(query: str) -> None:
    request = Request(query)
    made = await warmed(request)

    compiled = await made.begin(request)
    generic = await made.pipeline.answer(request)

    assert compiled is not None
    assert compiled.body == generic.body
    assert b"UNAUTHORIZED_FIELD_OR_TYPE" in compiled.body


async def test_an_empty_list_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request("{ users { email name } }")
    made = await warmed(request)
    monkeypatch.setitem(data.DATA, "users", [])

    compiled = await made.begin(request)

    assert compiled is not None
    assert compiled.body == b'{"data":{"users":[]}}'


async def test_an_operation_with_many_conditions_makes_few_programs() -> None:
    names = [f"b{i}" for i in range(12)]
    fields = " ".join(f"f{name}: name @include(if: ${name})" for name in names)
    query = f"query({', '.join(f'${name}: Boolean!' for name in names)}) {{ user {{ id {fields} }} }}"
    serving = Serving(Settings.parse("", environment={}), lambda: SUPERGRAPH, mounted={"shop": Shop()})
    await serving.start()
    assert serving.pipeline is not None
    for number in range(300):
        chosen = {name: bool(number >> bit & 1) for bit, name in enumerate(names)}
        answer = orjson.loads((await serving.answer(Request(query, variables=chosen))).body)
        assert list(answer["data"]["user"]) == ["id", *(f"f{name}" for name in names if chosen[name])]
    operation = await serving.pipeline.operations.get(query, None)

    assert sum(len(variant.compiled) for variant in operation.variants.values()) == PROGRAMS_MAX
    assert all(len(variant.shapes) <= SHAPES_MAX for variant in operation.variants.values())


async def test_all_operations_together_have_no_more_programs_than_operations_are_kept() -> None:
    settings = Settings.parse("query_planning: {cache_entries_max: 4}", environment={})
    serving = Serving(settings, lambda: SUPERGRAPH, mounted={"shop": Shop()})
    await serving.start()
    assert serving.pipeline is not None
    operations = serving.pipeline.operations
    query = "query($a: Boolean!, $b: Boolean!, $c: Boolean!) { user { id @include(if: $a) name @skip(if: $b) } a: user { id @skip(if: $c) } }"
    for number in range(8):
        request = Request(query, variables={name: bool(number >> bit & 1) for bit, name in enumerate("abc")})
        for _ in range(2):
            await serving.answer(request)
        operation = await operations.get(query, None)
        (variant,) = operation.variants.values()
        async with asyncio.timeout(60):
            await until(lambda: len(operations.programs) == min(number + 1, 4))  # noqa: B023 (awaited here)

    assert sum(program is not None for program in variant.compiled.values()) == 4


@pytest.mark.parametrize(
    "broken", [None, {"id": None, "name": "x"}, {"id": "1", "name": 7}, {"id": "1", "name": GraphQLError("boom")}]
)
async def test_what_it_cannot_answer_is_answered_generically_without_asking_again(
    broken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request("{ user { id name } }")
    made = await warmed(request)
    monkeypatch.setitem(data.DATA, "user", broken)

    handed_over = await made.begin(request)
    asked = len(made.shop.requests)
    generic = await made.pipeline.answer(request)

    assert handed_over is not None
    assert orjson.loads(handed_over.body) == orjson.loads(generic.body)
    assert asked == 1


async def test_a_mutation_that_fails_on_the_warm_path_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request('mutation { rename(name: "Zoë") { id name } }')
    made = await warmed(request)

    def refuse(*_: Any, **__: Any) -> Any:
        raise GraphQLError("not you")

    monkeypatch.setitem(data.DATA, "rename", refuse)
    answer = await made.begin(request)

    assert answer is not None
    assert orjson.loads(answer.body)["errors"][0]["message"] == "not you"
    assert len(made.shop.requests) == 1


async def test_a_fault_of_compiled_code_costs_no_answer() -> None:
    request = Request("{ user { id name } }")
    made = await warmed(request)
    operation = await made.pipeline.operations.get(request.query, None)
    (variant,) = operation.variants.values()
    (program,) = (program for program in variant.compiled.values() if program is not None)

    def breaks(*_: Any) -> bool:
        raise RuntimeError("a bug")

    program.steps[0].absorb = breaks
    answer = await made.begin(request)

    assert answer is not None
    assert orjson.loads(answer.body) == {"data": {"user": {"id": "1", "name": "Ada"}}}
    assert len(made.shop.requests) == 1


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ("plugins: {experimental.expose_fetches: true}", ()),
        ("plugins: {experimental.expose_query_plan: true}", ((b"apollo-expose-query-plan", b"true"),)),
        ("authorization: {require_authentication: true}", ()),
        (
            "authentication: {router: {jwt: {jwks: [{url: 'file:///nowhere'}]}}}",
            ((b"authorization", b"Bearer unknown"),),
        ),
    ],
)
async def test_what_needs_the_long_way_is_not_taken(settings: str, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    request = Request("{ user { id } }")
    made = await warmed(request)
    other = Serving(Settings.parse(settings, environment={}), lambda: SUPERGRAPH, mounted={"shop": made.shop})
    await other.start()
    assert other.pipeline is not None
    other.pipeline.operations = made.pipeline.operations

    assert other.pipeline.begin(Request(request.query, headers=headers), lambda _: None) is None


async def test_wrong_variables_are_refused_on_the_long_way() -> None:
    request = Request("query($n: String!) { hello(name: $n) }", variables={"n": "x"})
    made = await warmed(request)

    assert await made.begin(Request(request.query, variables={"n": 7})) is None


async def test_a_client_that_leaves_takes_the_run_along() -> None:
    request = Request("{ user { id } }")
    made = await warmed(request)
    reached, cancelled = asyncio.Event(), asyncio.Event()

    async def for_ever() -> None:
        reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    made.shop.gate = for_ever
    answers: list[Response] = []
    work = made.pipeline.begin(request, answers.append)
    assert work is not None
    await reached.wait()
    work.cancel()
    await cancelled.wait()

    assert answers == []
