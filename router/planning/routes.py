"""Hops: by which key an object seen in one subgraph can be looked up in another, and what has to be fetched before.

A hop's conditions (the fields of its key, and those its target's `@requires` asks for) are planned like an operation of
their own, hops included. They depend on the supergraph alone, so each is planned once and kept with the graph.
"""

from __future__ import annotations

from router.graph import Graph, State, Wish
from router.planning.choose import choose
from router.planning.moves import Hop, Move, Node
from router.planning.walk import Unreachable, Walk

# Hops inside conditions of hops inside conditions …: no sensible supergraph nests deeper.
NESTED_MAX = 8


class Routes:
    """The hops of one graph, found when first asked for. Make one for each plan: only what is found is shared."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[tuple[State, str, str, str | None], Hop | None] = graph.kept.setdefault("hops", {})
        self._active: list[tuple[State, str, str, str | None]] = []
        self._cut = False

    def hop(self, state: State, subgraph: str, type_name: str, requires: str | None) -> Hop | None:
        """The cheapest way to look an object at `state` up in `subgraph` as `type_name`; None when there is none."""
        identity = (state, subgraph, type_name, requires)
        if identity in self._known:
            return self._known[identity]
        if identity in self._active or len(self._active) >= NESTED_MAX:
            self._cut = True
            return None
        outer_cut, self._cut = self._cut, False
        self._active.append(identity)
        try:
            found = self._find(state, subgraph, type_name, requires)
        finally:
            self._active.pop()
        if not self._cut or not self._active:
            # What a cycle cut short is only remembered where the cycle is complete.
            self._known[identity] = found
        self._cut = (self._cut or outer_cut) and bool(self._active)
        return found

    def _find(self, state: State, subgraph: str, type_name: str, requires: str | None) -> Hop | None:
        best: Hop | None = None
        for key in self.graph.keys(type_name, subgraph):
            wishes = self.graph.wishes(type_name, key.fields)
            if requires is not None:
                wishes += self.graph.wishes(type_name, requires)
            needs = self.needs(state, wishes)
            if needs is None:
                continue
            hops = len({id(move) for chain in needs for move in chain if isinstance(move, Hop)})
            if best is None or hops < best.hops:
                best = Hop(subgraph, key, requires, needs, hops)
        return best

    def needs(self, state: State, wishes: tuple[Wish, ...]) -> tuple[tuple[Move, ...], ...] | None:
        """Moves from a state to everything wished for, or None when something cannot be had."""
        walk = Walk(self.graph, self, lambda wish: wish.signature)
        try:
            walk.walk(wishes, [walk.tree.start(state)])
        except Unreachable:
            return None
        return tuple(_chain(node) for node in choose(walk.tree.nodes, walk.leaves, steps_max=0))


def _chain(node: Node) -> tuple[Move, ...]:
    moves: list[Move] = []
    here: Node | None = node
    while here is not None and here.move is not None:
        moves.append(here.move)
        here = here.parent
    return tuple(reversed(moves))
