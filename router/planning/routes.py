"""Hops: by which key an object seen in one subgraph can be looked up in another, and what has to be fetched before.

A hop's conditions (the fields of its key, and those its target's `@requires` asks for) are planned like an operation of
their own, hops included. They depend on the supergraph alone, so each is planned once and kept with the graph.

Conditions nest: a hop may need a key that another hop brings. They are found by deepening: a hop of depth 0 needs
nothing from elsewhere, one of depth n only hops of smaller depths. So no cycle can arise, every result can be kept, and
a ring of keys costs its size, not the number of walks through it.
"""

from __future__ import annotations

from typing import TypeAlias

from router.graph import Graph, State, Wish
from router.planning.choose import choose
from router.planning.moves import Hop, Move, Node
from router.planning.walk import Unreachable, Walk

# Hops inside conditions of hops inside conditions …: no sensible supergraph nests deeper.
DEPTH_MAX = 12

_Wanted: TypeAlias = tuple[State, str, str, str | None]


class Routes:
    """The hops of one graph, found when first asked for. Make one for each plan: only what is found is shared."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known: dict[tuple[_Wanted, int], Hop | None] = graph.kept.setdefault("hops", {})
        self._depth = DEPTH_MAX

    def hop(self, state: State, subgraph: str, type_name: str, requires: str | None) -> Hop | None:
        """The shallowest way to look an object at `state` up in `subgraph` as `type_name`; None when there is none."""
        wanted = (state, subgraph, type_name, requires)
        for depth in range(self._depth):
            found = self._of_depth(wanted, depth)
            if found is not None:
                return found
        return None

    def _of_depth(self, wanted: _Wanted, depth: int) -> Hop | None:
        identity = (wanted, depth)
        if identity not in self._known:
            outer, self._depth = self._depth, depth
            try:
                self._known[identity] = self._find(*wanted)
            finally:
                self._depth = outer
        return self._known[identity]

    def _find(self, state: State, subgraph: str, type_name: str, requires: str | None) -> Hop | None:
        best: Hop | None = None
        for key in self.graph.keys(type_name, subgraph):
            wishes = self.graph.wishes(type_name, key.fields)
            if requires is not None:
                wishes += self.graph.wishes(type_name, requires)
            needs = self.needs(state, wishes)
            if needs is None:
                continue
            inner = {id(move): move.hops + 1 for chain in needs for move in chain if isinstance(move, Hop)}
            hops = sum(inner.values())
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
