"""The planner's stages in a row: collect → walk → choose → cut → optimize → emit."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

from router.graph import Collector, Deferral, Graph, Wish
from router.plan import Defer, Deferred, Fetch, Key, Node, OperationKind, Plan, Subscription, Unanswerable
from router.plan import Sequence as InOrder
from router.planning.choose import STEPS_MAX, choose
from router.planning.emit import Emitter
from router.planning.explain import explained
from router.planning.fetches import Cutter, Request, mark
from router.planning.names import Names
from router.planning.once import run_once
from router.planning.order import sequence
from router.planning.passes import optimize
from router.planning.routes import Routes
from router.planning.walk import Unreachable, Walk


def plan(
    graph: Graph,
    document: DocumentNode,
    operation_name: str | None = None,
    *,
    labels: frozenset[str] = frozenset(),
    defer: bool = False,
    budget: int = STEPS_MAX,
) -> Plan:
    """Plan an operation of a document that is valid against the API schema.

    `labels` are the progressive `@override` labels active for this request. `budget` bounds the search for a better
    plan, in steps; the best plan found within it is returned. With `defer`, what only fragments under `@defer` want is
    fetched apart where that takes requests of its own; else `@defer` is ignored, as servers may. Introspection fields
    are left out.
    Raises Unreachable for a field that no subgraph can be asked for, which a composed supergraph does not have.
    """
    stages, wishes = _prepared(graph, document, operation_name, labels, budget, defer=defer)
    match stages.kind:
        case OperationKind.QUERY:
            root = stages.node(wishes)
        case OperationKind.MUTATION:
            root = stages.in_order(wishes)
        case OperationKind.SUBSCRIPTION:
            root = _subscription(stages.node(wishes))
    return Plan(stages.kind, root, tuple(stages.unanswerable))


def explain(
    graph: Graph,
    document: DocumentNode,
    operation_name: str | None = None,
    *,
    labels: frozenset[str] = frozenset(),
    budget: int = STEPS_MAX,
) -> str:
    """What each request of the operation's plan is for and what it waits for, as text for people."""
    stages, wishes = _prepared(graph, document, operation_name, labels, budget)
    runs = stages.runs(wishes) if stages.kind is OperationKind.MUTATION else [(None, wishes)]
    parts = []
    for source, run in runs:
        walk, requests = stages.requests(run, source)
        choices = sum(len(leaf.ways) > 1 for leaf in walk.leaves)
        parts.append(explained(requests, leaves=len(walk.leaves), choices=choices))
    return "\n\n".join(parts)


def _prepared(
    graph: Graph,
    document: DocumentNode,
    operation_name: str | None,
    labels: frozenset[str],
    budget: int,
    *,
    defer: bool = False,
) -> tuple[_Stages, list[Wish]]:
    operation = _operation(document, operation_name)
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    kind = OperationKind(operation.operation.value)
    graph = graph.under(labels)
    root = graph.supergraph.roots[kind.value]
    # Events of a subscription are answered whole: GraphQL's @defer is not for them.
    defer = defer and kind is not OperationKind.SUBSCRIPTION
    collector = Collector(graph.types, graph.possible, fragments, defer=defer)
    wishes = [each for each in collector.collect(root, [operation.selection_set]) if each.name != "__typename"]
    if kind is OperationKind.MUTATION:
        wishes = run_once(wishes)
    return _Stages(graph, operation, kind, Names(wishes), budget, collector.deferrals), wishes


class _Stages:
    """The stages of one operation."""

    def __init__(
        self,
        graph: Graph,
        operation: OperationDefinitionNode,
        kind: OperationKind,
        names: Names,
        budget: int,
        deferrals: Sequence[Deferral],
    ) -> None:
        self.graph = graph
        self.kind = kind
        self.names = names
        self.budget = budget
        self.deferrals = deferrals
        self.routes = Routes(graph)
        self.unanswerable: list[Unanswerable] = []
        self.emitter = Emitter(graph, operation, kind)

    def requests(self, wishes: Sequence[Wish], source: str | None = None) -> tuple[Walk, list[Request]]:
        """The requests for some root fields, and the walk that found them. `source` is who has to answer them."""
        walk = Walk(self.graph, self.routes, self.names.key, source=source)
        root = walk.tree.start(None)
        walk.walk(wishes, [root])
        chosen = choose(walk.tree.nodes, walk.leaves, steps_max=self.budget)
        mark(chosen)
        leaves = zip((leaf.wish for leaf in walk.leaves), chosen, strict=True)
        return walk, optimize(Cutter(self.graph, self.names, self.deferrals).cut(root, leaves))

    def node(self, wishes: Sequence[Wish], source: str | None = None) -> Node | None:
        """The plan's node for some root fields. `source` is who has to answer them."""
        walk, requests = self.requests(wishes, source)
        self.unanswerable += walk.unanswerable
        keys = {Key(wish.key) for wish in wishes if wish.key is not None}
        here = {number for number, each in enumerate(self.deferrals) if not each.path or each.path[0] in keys}
        return self._with_deferred(None, requests, here)

    def _with_deferred(self, parent: int | None, requests: Sequence[Request], here: Container[int]) -> Node | None:
        """What one deferral (or none) waits for itself, and then what is deferred inside it."""
        primary = self.emitter.emit([each for each in requests if each.deferred == parent])
        parts = tuple(
            Deferred(each.label, each.path, self._with_deferred(number, requests, here), each.variable)
            for number, each in enumerate(self.deferrals)
            if each.parent == parent and number in here
        )
        return Defer(primary, parts) if parts else primary

    def runs(self, wishes: Sequence[Wish]) -> list[tuple[str | None, list[Wish]]]:
        """Root fields in order, in runs that one subgraph answers in one request (it runs them in order, too)."""
        runs: list[tuple[str | None, list[Wish]]] = []
        for wish, source in zip(wishes, self._sources(wishes), strict=True):
            if runs and source is not None and source == runs[-1][0]:
                runs[-1][1].append(wish)
            else:
                runs.append((source, [wish]))
        return runs

    def _sources(self, wishes: Sequence[Wish]) -> Sequence[str | None]:
        """Who runs each root field, so that it runs once: of several subgraphs those that leave the fewest requests.

        Of all ways up to a field only the cheapest to each of its subgraphs is kept: nothing else matters to the next.
        """
        ways: dict[str | None, tuple[int, list[str | None]]] = {None: (0, [])}
        for wish in wishes:
            cheapest_first = sorted(ways.items(), key=lambda way: way[1][0])
            ways = {}
            for source, cost in self._costs(wish).items():
                longer = [
                    (before + cost - (source is not None and source == last), [*way, source])
                    for last, (before, way) in cheapest_first
                ]
                ways[source] = min(longer, key=lambda way: way[0])
        return min(ways.values(), key=lambda way: way[0])[1]

    def _costs(self, wish: Wish) -> Mapping[str | None, int]:
        """How many requests a root field takes by who runs it.

        By None where no subgraph alone leads to all that is selected: then `@shareable` is taken at its word.
        """
        answering = self.graph.answering(wish.on, wish.name)
        if len(answering) == 1:
            return {answering[0]: 0}
        costs: dict[str | None, int] = {}
        for subgraph in answering:
            try:
                walk, requests = self.requests([wish], subgraph)
            except Unreachable:
                continue
            if not walk.unanswerable:
                costs[subgraph] = len(requests)
        return costs or {None: 0}

    def in_order(self, wishes: Sequence[Wish]) -> Node | None:
        """Root fields one after the other, as mutations are."""
        nodes = [node for source, run in self.runs(wishes) if (node := self.node(run, source)) is not None]
        parts = tuple(part for node in nodes if isinstance(node, Defer) for part in node.deferred)
        at_once = [node.primary if isinstance(node, Defer) else node for node in nodes]
        together = [node for node in at_once if node is not None]
        primary = sequence(together) if together else None
        return Defer(primary, parts) if parts else primary


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode) and (name is None or (each.name and each.name.value == name)):
            return each
    raise LookupError(f"the document has no operation {name!r}")


def _subscription(node: Node | None) -> Node | None:
    """The first fetch is the source of events; all that follows runs for each of them."""
    if node is None:
        return None
    if isinstance(node, Fetch):
        return Subscription(node, None)
    assert isinstance(node, InOrder)
    first, *rest = node.nodes
    assert isinstance(first, Fetch)
    return Subscription(first, sequence(rest))
