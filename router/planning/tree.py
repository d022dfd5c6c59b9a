"""The tree of nodes: extends ways by moves, so that the same move from the same node leads to the same node."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from router.graph import Edge, Graph, State, Wish
from router.planning.moves import Cast, Hop, Move, Node, Root, Take
from router.supergraph import Kind


class Tree:
    """Every node that some way visits. `key_of` names values in the response tree."""

    def __init__(self, graph: Graph, key_of: Callable[[Wish], str]) -> None:
        self.graph = graph
        self.key_of = key_of
        self.nodes: list[Node] = []

    def start(self, state: State | None) -> Node:
        """A node to walk from: the operation's root (no state), or an object in a subgraph."""
        return self._node(None, None, state)

    def _node(self, parent: Node | None, move: Move | None, state: State | None) -> Node:
        node = Node(parent, move, state, len(self.nodes))
        self.nodes.append(node)
        return node

    def extend(self, node: Node, move: Move, state: State | None, deferred: int | None = None) -> Node:
        """The node one move further; the same move from the same node leads to the same node.

        What is `deferred` is asked apart, so that nobody waits for it.
        """
        identity: tuple[object, ...]
        match move:
            case Take(wish, edge):
                identity = ("take", self.key_of(wish), wish.signature, wish.conditions, wish.deferred, edge is None)
            case Cast(types):
                identity = ("cast", types)
            case Hop(subgraph, key, requires, _, _, contexts):
                identity = ("hop", subgraph, key, requires, tuple(each.variable for each in contexts), deferred)
            case Root(subgraph):
                identity = ("root", subgraph, deferred)
        found = node.children.get(identity)
        if found is not None:
            return found
        found = node.children[identity] = self._node(node, move, state)
        if isinstance(move, Hop):
            self.wait(found, [self.follow(node, chain) for chain in move.needs])
        elif isinstance(move, Root):
            found.hops = node.hops | {found.number}
            found.depth = node.depth + 1
        return found

    def wait(self, hop: Node, needs: Iterable[Node]) -> None:
        """Let a hop come after these nodes too."""
        hop.needs = (*hop.needs, *needs)
        hop.hops = hop.hops.union((hop.number,), *(need.hops for need in hop.needs))
        before = hop.parent.depth if hop.parent else 0
        hop.depth = 1 + max((before, *(need.depth for need in hop.needs)))

    def follow(self, node: Node, chain: Iterable[Move]) -> Node:
        """The node at the end of some moves."""
        for move in chain:
            node = self.extend(node, move, self.after(node.state, move))
        return node

    def after(self, state: State | None, move: Move) -> State | None:
        """The state in which a move from a state ends; None after a leaf."""
        match move:
            case Root(subgraph):
                root = state.type if state else self.graph.supergraph.roots["query"]
                return self.graph.state(root, subgraph)
            case Cast(types):
                assert state is not None
                return State(types[0], types, state.subgraph, provided=state.provided)
            case Hop(subgraph, key):
                assert state is not None
                if self.graph.types[key.type].kind is Kind.OBJECT:
                    return State(key.type, state.types if not state.opaque else (key.type,), subgraph)
                return self.graph.state(key.type, subgraph)
            case Take(wish, edge):
                if edge is None or edge.is_leaf:
                    return None
                assert state is not None
                return self.graph.state(edge.named_type, edge.subgraph, self._provided_below(state, wish.name, edge))

    def _provided_below(self, state: State, field: str, edge: Edge) -> tuple[Wish, ...]:
        """What a `@provides` here or above gives below a field, whichever of the state's types the object is of."""
        below = edge.provides
        for each in state.provided:
            covers = each.types is None or each.types.issuperset(state.types)
            if each.name == field and covers and each.wishes and each.wishes[0] not in below:
                below = below + each.wishes
        return below
