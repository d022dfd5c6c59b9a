"""The planner's stages in a row: collect → walk → choose → cut → optimize → emit."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

from router.graph import Collector, Graph, Wish
from router.plan import Fetch, Node, OperationKind, Plan, Subscription
from router.plan import Sequence as InOrder
from router.planning.choose import STEPS_MAX, choose
from router.planning.emit import Emitter
from router.planning.fetches import Cutter, mark
from router.planning.names import Names
from router.planning.order import sequence
from router.planning.passes import optimize
from router.planning.routes import Routes
from router.planning.walk import Walk


def plan(
    graph: Graph,
    document: DocumentNode,
    operation_name: str | None = None,
    *,
    labels: frozenset[str] = frozenset(),
    budget: int = STEPS_MAX,
) -> Plan:
    """Plan an operation of a document that is valid against the API schema.

    `labels` are the progressive `@override` labels active for this request. `budget` bounds the search for a better
    plan, in steps; the best plan found within it is returned. Introspection fields are left out.
    Raises Unreachable for a field that no subgraph can be asked for, which a composed supergraph does not have.
    """
    operation = _operation(document, operation_name)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    kind = OperationKind(operation.operation.value)
    graph = graph.under(labels)
    root = graph.supergraph.roots[kind.value]
    collector = Collector(graph.types, graph.possible, fragments)
    wishes = [each for each in collector.collect(root, [operation.selection_set]) if each.name != "__typename"]
    stages = _Stages(graph, operation, kind, Names(wishes), budget)
    match kind:
        case OperationKind.QUERY:
            return Plan(kind, stages.node(wishes))
        case OperationKind.MUTATION:
            return Plan(kind, stages.in_order(wishes))
        case OperationKind.SUBSCRIPTION:
            return Plan(kind, _subscription(stages.node(wishes)))


class _Stages:
    """The stages of one operation."""

    def __init__(
        self, graph: Graph, operation: OperationDefinitionNode, kind: OperationKind, names: Names, budget: int
    ) -> None:
        self.graph = graph
        self.names = names
        self.budget = budget
        self.routes = Routes(graph)
        self.emitter = Emitter(graph, operation, kind)

    def node(self, wishes: Sequence[Wish]) -> Node | None:
        """The plan's node for some root fields."""
        walk = Walk(self.graph, self.routes, self.names.key)
        root = walk.start(None)
        walk.walk(wishes, [root])
        mark(choose(walk.nodes, walk.leaves, steps_max=self.budget))
        requests = Cutter(self.graph, self.names).cut(root)
        return self.emitter.emit(optimize(requests))

    def in_order(self, wishes: Sequence[Wish]) -> Node | None:
        """Root fields one after the other; neighbours of one subgraph share a request, which runs them in order."""
        runs: list[tuple[str | None, list[Wish]]] = []
        for wish in wishes:
            subgraph = next(iter(self.graph.answering(wish.on, wish.name)), None)
            if runs and runs[-1][0] == subgraph:
                runs[-1][1].append(wish)
            else:
                runs.append((subgraph, [wish]))
        nodes = [node for _, run in runs if (node := self.node(run)) is not None]
        return sequence(nodes) if nodes else None


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode) and (name is None or (each.name and each.name.value == name)):
            return each
    raise LookupError(f"the document has no operation {name!r}")


def _subscription(node: Node | None) -> Node | None:
    """The first fetch is the source of events; all that follows runs for each of them."""
    if isinstance(node, Fetch):
        return Subscription(node, None)
    assert isinstance(node, InOrder)
    first, *rest = node.nodes
    assert isinstance(first, Fetch)
    return Subscription(first, sequence(rest))
