"""Moves and the tree they make: every place some plan of the operation could visit, shared between alternatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from router.graph import Edge, State, Wish
from router.graph.graph import EntityKey


@dataclass(frozen=True, slots=True)
class Root:
    """Ask a subgraph for fields of a root type."""

    subgraph: str


@dataclass(frozen=True, slots=True)
class Take:
    """Take a field where one stands. `edge` is None for `__typename`."""

    wish: Wish
    edge: Edge | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Go on with objects of these types only."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FromContext:
    """A `@fromContext` argument that a hop brings along: the value at `source`, `levels_up` objects above."""

    argument: str
    variable: str
    type: str
    levels_up: int
    source: tuple[Wish, ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """Look the object up in another subgraph (or again in the same) by a key.

    `needs` lead, from where the hop starts, to everything that its representation holds.
    """

    subgraph: str
    key: EntityKey
    requires: str | None
    needs: tuple[tuple[Move, ...], ...]
    hops: int
    contexts: tuple[FromContext, ...] = ()


Move: TypeAlias = Root | Take | Cast | Hop


class Node:
    """A place of the tree: how it was reached, what it costs, and what has to be there first."""

    __slots__ = ("children", "depth", "group", "hops", "marked", "move", "needs", "number", "parent", "state")

    def __init__(self, parent: Node | None, move: Move | None, state: State | None, number: int) -> None:
        self.parent = parent
        self.move = move
        self.state = state
        self.number = number
        self.children: dict[tuple[object, ...], Node] = {}
        self.needs: tuple[Node, ...] = ()
        self.hops: frozenset[int] = parent.hops if parent else frozenset()
        self.depth: int = parent.depth if parent else 0
        self.marked = False
        self.group: object = None
