"""A federation in one process: composed, planned and executed, by the generic and by the compiled executor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLObjectType, OperationDefinitionNode, parse

from router.composition import Composed, Refused, Source, compose
from router.execution.asking import Asking, Replies
from router.execution.compiled.decide import decide
from router.execution.compiled.layout import NotCompilable
from router.execution.compiled.program import compile_program
from router.execution.compiled.run import Run
from router.execution.completion import complete
from router.execution.generic import Execution
from router.execution.shape import shape_of
from router.execution.subgraphs import Subgraphs, Target
from router.graph import Graph
from router.http.transport import Call, Done, Reply
from router.pipeline.validate import coerce_variables
from router.plan import Plan
from router.planning import plan as plan_operation
from router.supergraph import Supergraph
from tests.differential import sdl
from tests.differential.servers import Server
from tests.differential.world import World


@dataclass
class Answer:
    """What a client gets: `data`, and the paths of the errors."""

    data: Any
    errors: list[tuple[str | int, ...]]


class Answered:
    """A call that is over."""

    def cancel(self) -> None:
        """Nothing is under way."""


class Answers(Protocol):
    """A subgraph as a function. `broken_rules` says what it was asked that no router may ask."""

    broken_rules: list[str]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """The reply to `{query, variables, operationName}`."""


class Federation:
    """Subgraphs behind a router. `compiled` and `handed_over` count what the fast path did.

    `labels` are active `@override` labels.
    """

    def __init__(self, supergraph: Supergraph, *, labels: frozenset[str] = frozenset()) -> None:
        self.supergraph = supergraph
        self.servers: dict[str, Answers] = {}
        self.labels = labels
        self.graph = Graph.of(self.supergraph)
        targets = {n: Target(n, f"http://{n}.invalid/", 1000, False, True, self) for n in supergraph.subgraphs}
        self.subgraphs = Subgraphs(targets)
        kinds = self.supergraph.api_schema.type_map.values()
        self.object_types = frozenset(t.name for t in kinds if isinstance(t, GraphQLObjectType))
        self.compiled = self.handed_over = self.fetches = 0

    @staticmethod
    def composed(sdls: Mapping[str, str], *, labels: frozenset[str] = frozenset()) -> Federation:
        """The federation of subgraphs by their SDL. Raises AssertionError where they do not compose."""
        match compose([Source(name, f"http://{name}.invalid/", sdl) for name, sdl in sdls.items()]):
            case Composed(text, _):
                return Federation(Supergraph.parse(text), labels=labels)
            case Refused(faults):
                raise AssertionError(f"does not compose: {faults[0]}")

    # The transport: subgraphs answer at once.

    def send(self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done) -> Call:
        """See router.http.transport.Exchange."""
        on_done(self.reply(url.removeprefix("http://").removesuffix(".invalid/"), body))
        return Answered()

    async def close(self) -> None:
        """Nothing is open."""

    def reply(self, subgraph: str, body: bytes) -> Reply:
        """A subgraph's HTTP reply."""
        self.fetches += 1
        return Reply(200, "application/json", json.dumps(self.servers[subgraph].answer(json.loads(body))).encode())

    # The two executors.

    def plan(self, text: str) -> Plan:
        """The operation's plan."""
        return plan_operation(self.graph, parse(text), None, labels=self.labels)

    async def generic(self, text: str, variables: dict[str, Any]) -> Answer:
        """The generic executor's answer."""
        document, operation, given = self._prepared(text, variables)
        execution = Execution(Asking(self.subgraphs, {}), given, self.object_types)
        await execution.run(self.plan(text).root)
        fragments = {d.name.value: d for d in document.definitions if not isinstance(d, OperationDefinitionNode)}
        shape = shape_of(self.supergraph.api_schema, fragments, operation, given)
        data, faults = complete(shape, execution.tree, {})
        return Answer(data, [f.path or () for f in (*execution.faults, *faults)])

    def fast(self, text: str, variables: dict[str, Any]) -> Answer | None:
        """The compiled executor's answer; None where it leaves the answer to the generic one."""
        document, operation, given = self._prepared(text, variables)
        fragments = {d.name.value: d for d in document.definitions if not isinstance(d, OperationDefinitionNode)}
        shape = shape_of(self.supergraph.api_schema, fragments, operation, given)
        node = decide(self.plan(text).root, given)
        if node is None:
            return None
        try:
            program = compile_program(shape, node)
        except NotCompilable:
            return None
        answers: list[bytes] = []
        lost: list[Replies] = []
        Run(program, Asking(self.subgraphs, {}), given, answers.append, lost.append).start()
        assert len(answers) + len(lost) == 1, "a run ends exactly once"
        if lost:
            self.handed_over += 1
            return None
        self.compiled += 1
        return Answer(json.loads(answers[0]), [])

    def broken_rules(self) -> list[str]:
        """What subgraphs were asked that no router may ask."""
        return [f"{name}: {rule}" for name, server in self.servers.items() for rule in server.broken_rules]

    def _prepared(self, text: str, variables: dict[str, Any]) -> tuple[Any, OperationDefinitionNode, dict[str, Any]]:
        document = parse(text)
        operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
        return document, operation, dict(coerce_variables(self.supergraph.api_schema, operation, variables))


def federation_of(world: World, log: list[str] | None = None) -> Federation:
    """A world cut into its subgraphs. `log` is where all of them note their mutations."""
    present = [s for s in world.subgraphs if any(p == s for _, p in world.keys) or _owns(world, s)]
    federation = Federation.composed({name: sdl.of_subgraph(world, name) for name in present}, labels=world.labels)
    federation.servers |= {name: Server(world, name, log) for name in present}
    return federation


def _owns(world: World, subgraph: str) -> bool:
    return any(subgraph in owners for owners in world.owners.values())
