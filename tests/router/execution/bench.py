"""A workbench for execution: hand-written plans, subgraphs that are functions, and the whole way to the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, build_schema, parse

from router.execution.asking import Asking
from router.execution.completion import complete
from router.execution.faults import visible
from router.execution.generic import Execution
from router.execution.shape import Denied, shape_of
from router.execution.subgraphs import Subgraphs, Target
from router.http.transport import Done, Reply, TaskCall, Trouble
from router.plan import (
    EntityFetch,
    Fetch,
    Field,
    Lookup,
    Node,
    OperationKind,
    Path,
    Representation,
    RepresentationField,
    Selection,
)

Behaviour = Callable[[dict[str, Any]], Any]


class FakeExchange:
    """Answers by functions; keeps what was sent."""

    def __init__(self, behaviours: Mapping[str, Behaviour]) -> None:
        self.behaviours = behaviours
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[bytes] = []

    def send(
        self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done
    ) -> TaskCall:
        return TaskCall(self.answer(url, headers, body), on_done)

    async def answer(self, url: str, headers: bytes, body: bytes) -> Reply:
        request = orjson.loads(body)
        self.sent.append((url, request))
        self.headers.append(headers)
        answer = self.behaviours[url](request)
        if isinstance(answer, Awaitable):
            answer = await answer
        await asyncio.sleep(0)
        if isinstance(answer, Trouble):
            raise answer
        if isinstance(answer, Reply):
            return answer
        return Reply(200, "application/json", orjson.dumps(answer))

    async def close(self) -> None:
        pass


def subgraphs(exchange: FakeExchange, *, show_errors: bool = True) -> Subgraphs:
    return Subgraphs({name: Target(name, name, 1000, True, show_errors, exchange) for name in exchange.behaviours})


async def run(
    sdl: str,
    operation: str,
    node: Node | None,
    behaviours: Mapping[str, Behaviour],
    variables: Mapping[str, Any] | None = None,
    *,
    denied: Denied | None = None,
    show_errors: bool = True,
) -> tuple[dict[str, Any], FakeExchange]:
    """The response and the exchange, for a schema, an operation and its plan."""
    schema = build_schema(sdl)
    exchange = FakeExchange(behaviours)
    document = parse(operation)
    asked = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    object_types = frozenset(n for n, t in schema.type_map.items() if isinstance(t, GraphQLObjectType))
    execution = Execution(Asking(subgraphs(exchange, show_errors=show_errors), {}), variables or {}, object_types)
    await execution.run(node)
    shape = shape_of(schema, fragments, asked, variables or {}, denied or Denied())
    data, faults = complete(shape, execution.tree, {})
    errors = [visible(fault, shape).as_json() for fault in execution.faults] + [fault.as_json() for fault in faults]
    return {"data": data, **({"errors": errors} if errors else {})}, exchange


def field(name: str, *selections: Selection, reply: str | None = None, tree: str | None = None) -> Field:
    return Field(name, reply or name, tree or reply or name, "", selections=selections)


def query(subgraph: str, operation: str, *selections: Selection, variables: tuple[str, ...] = ()) -> Fetch:
    return Fetch(subgraph, OperationKind.QUERY, operation, None, variables, selections)


def entities(
    subgraph: str, typename: str, path: Path, key: str, *selections: Selection, requires: tuple[str, ...] = ()
) -> EntityFetch:
    shown = (
        RepresentationField(key, key, is_key=True),
        *(RepresentationField(name, name, is_key=False) for name in requires),
    )
    lookup = Lookup(
        "_entities",
        "representations",
        (path,),
        (Representation((typename,), typename, shown),),
        selections,
    )
    operation = f"query($representations: [_Any!]!) {{ _entities(representations: $representations) {{ ... on {typename} {{ x }} }} }}"
    return EntityFetch(subgraph, operation, None, (), (lookup,))
