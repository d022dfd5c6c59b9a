"""From wishes to ways: walks the graph field by field and keeps, for every leaf, each way it could be had.

Theory. The walk goes down the wishes once. At each field it holds the nodes where the parent may stand, in which
subgraphs, and extends them: directly where that subgraph answers the field, else by a hop. A leaf's ways end in nodes;
which way is taken is decided afterwards, over all leaves together (router.planning.choose). Ways share their nodes, so
two leaves that hop alike cost one hop.

Abstract types stay whole where a subgraph answers the field on the abstract type itself. Else they are split into
groups of object types that behave alike, so seventy implementations of one kind are one group, not seventy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from router.graph import Graph, State, Wish
from router.plan import Unanswerable
from router.planning.moves import Node
from router.planning.tree import Tree
from router.planning.ways import Standing, Ways, provides

if TYPE_CHECKING:
    from router.planning.routes import Routes

# More ways to one leaf are not compared; the cheapest are kept.
WAYS_MAX = 12
# Among so many places where an object may stand, hops between any two are compared; among more, only needed ones.
PLACES_COMPARED_MAX = 5


class Unreachable(Exception):
    """No subgraph can be asked for a field where it is wanted; carries its coordinate."""

    def __init__(self, wish: Wish, reason: str = "") -> None:
        self.coordinate = f"{wish.on}.{wish.name}"
        super().__init__(reason or f"no subgraph answers {self.coordinate} here")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf and the nodes in which its ways end; one of them has to be visited."""

    wish: Wish
    ways: tuple[Node, ...]


class Walk:
    """One walk over one operation (or one field set). `key_of` names values in the response tree.

    With a `source`, root fields are asked of that subgraph alone.
    """

    def __init__(
        self, graph: Graph, routes: Routes, key_of: Callable[[Wish], str], *, source: str | None = None
    ) -> None:
        self.graph = graph
        self.tree = Tree(graph, key_of)
        self.ways = Ways(graph, routes, self.tree, source)
        self.leaves: list[Leaf] = []
        self.unanswerable: list[Unanswerable] = []

    def walk(self, wishes: Sequence[Wish], places: Sequence[Node], idle: Sequence[Node] = ()) -> None:
        """Find the ways to every leaf below `places`. `idle` are places where none of these wishes can apply.

        Raises Unreachable when a leaf has no way at all.
        """
        standing = _standing(places)
        if places[0].state is not None:
            wishes = self._lacking(wishes)
        for parts in self._split(wishes, places):
            for wish, ways, resting in self._ways(parts, places, standing):
                try:
                    self._descend(wish, ways, [*idle, *resting])
                except Unreachable as unreachable:
                    if not wish.conditions or places[0].state is not None:
                        raise
                    # Whether this root field is asked for at all depends on the request's variables.
                    self.unanswerable.append(Unanswerable(unreachable.coordinate, wish.conditions))

    def _lacking(self, wishes: Sequence[Wish]) -> Sequence[Wish]:
        """Without leaves that another wish brings anyway: of all object types, under fewer conditions or the same."""
        narrow = [wish for wish in wishes if wish.wishes is None and (wish.types is not None or wish.conditions)]
        if not narrow:
            return wishes
        of_all: dict[tuple[str, int | None], list[Wish]] = {}
        for wish in wishes:
            if wish.wishes is None and wish.types is None:
                of_all.setdefault((wish.signature, wish.deferred), []).append(wish)
        surplus = {wish for wish in narrow if self._brings(of_all.get((wish.signature, wish.deferred), ()), wish)}
        return [wish for wish in wishes if wish not in surplus] if surplus else wishes

    def _brings(self, of_all: Iterable[Wish], wish: Wish) -> bool:
        more = frozenset(wish.conditions)
        return any(
            (more.issuperset(other.conditions) if wish.types is not None else more > frozenset(other.conditions))
            and self.tree.key_of(other) == self.tree.key_of(wish)
            for other in of_all
        )

    def _ways(
        self, parts: Sequence[Wish], places: Sequence[Node], standing: Mapping[int, Standing]
    ) -> list[tuple[Wish, list[Node], list[Node]]]:
        """For each part of a wish the nodes where it ends, and the places where it cannot apply.

        A place that has no way for one part is no place for the others: which part an object is, is only known after.
        """
        found: list[tuple[Wish, list[Node], list[Node]]] = [(part, [], []) for part in parts]
        for place in places:
            near = standing[len(place.hops)] if len(parts) == 1 and len(places) > PLACES_COMPARED_MAX else {}
            ends = [self.ways.advance(place, part, near) for part in parts]
            if not all(ends):
                continue
            for (_, ways, resting), nodes in zip(found, ends, strict=True):
                for node in nodes:
                    (resting if node is place else ways).append(node)
        return found

    def _descend(self, wish: Wish, ways: list[Node], resting: list[Node]) -> None:
        if not ways and not resting:
            raise Unreachable(wish)
        if wish.wishes is None:
            self.leaves.append(Leaf(wish, (*_undominated(ways), *resting)))
            return
        ways = _cheapest_by_state(ways)
        before = len(self.leaves)
        if wish.wishes and ways:
            self.walk(wish.wishes, ways, resting)
        if len(self.leaves) == before:
            self.leaves.append(Leaf(wish, (*ways, *resting)))

    def _split(self, wishes: Sequence[Wish], places: Sequence[Node]) -> list[list[Wish]]:
        """Split wishes on abstract types where their implementations have to be asked in different ways."""
        states = [place.state for place in places if place.state is not None]
        abstract = [state for state in states if state.opaque or self.graph.is_abstract(state.type)]
        if not abstract:
            return [[wish] for wish in wishes]
        found: list[list[Wish]] = []
        # An @interfaceObject knows no runtime types, yet the selection tells them apart: learn them elsewhere.
        telling = {
            w.conditions for w in wishes for s in abstract if s.opaque and (w.types or w.by_type or w.on != s.type)
        }
        found += [
            [Wish("__typename", None, "__typename", abstract[0].type, None, (), conditions)]
            for conditions in ([()] if () in telling else sorted(telling, key=repr))
        ]
        for wish in wishes:
            groups = self._groups(wish, abstract)
            if len(groups) > 1 and not self._stays_whole(wish, places, groups):
                found.append([wish.of(group) for group in groups])
            else:
                found.append([wish])
        return found

    def _groups(self, wish: Wish, states: Sequence[State]) -> list[tuple[str, ...]]:
        if wish.name == "__typename":
            return []
        grouped: dict[object, list[str]] = {}
        known: dict[str, None] = {}
        above = self.graph.reads_contexts(wish)
        for state in states:
            known.update(dict.fromkeys(self.graph.possible[state.type] if state.opaque else state.types))
        for name in known:
            if wish.types is not None and name not in wish.types:
                continue
            kinship = (
                self.graph.kinship(name, wish.name),
                tuple(name in state.types for state in states if not state.opaque),
                tuple(provides(state, wish.name, name) for state in states if state.provided),
                self.graph.context_kinship(name) if above else None,
            )
            grouped.setdefault(kinship, []).append(name)
        return [tuple(names) for names in grouped.values()]

    def _stays_whole(self, wish: Wish, places: Sequence[Node], groups: Sequence[tuple[str, ...]]) -> bool:
        hops = False
        if self.graph.reads_contexts(wish) and len({self.graph.contexts(group[0]) for group in groups}) > 1:
            return False
        for place in places:
            state = place.state
            if state is None or not (state.opaque or self.graph.is_abstract(state.type)):
                continue
            if state.opaque:
                if self.ways.from_opaque(place, state, wish, whole=True):
                    return True
            elif self.ways.whole(state, wish) is not None:
                return True
            elif self.ways.covers(state, wish) and self.ways.interface_hops(place, state, wish):
                hops = True
        if not hops:
            return False
        # Where one group is answered on the spot, splitting asks less.
        return not any(
            self.ways.edge(state, group[0], wish.name) is not None
            for place in places
            if (state := place.state) is not None and not state.opaque
            for group in groups
            if group[0] in state.types
        )


def _standing(places: Sequence[Node]) -> dict[int, Standing]:
    """By number of hops: the object types that places of so many hops or fewer have at hand, by subgraph."""
    found: dict[int, Standing] = {}
    here: dict[str, frozenset[str]] = {}
    for place in sorted(places, key=lambda each: len(each.hops)):
        if place.state is not None:
            here = here | {place.state.subgraph: here.get(place.state.subgraph, frozenset()).union(place.state.types)}
        found[len(place.hops)] = here
    return found


def _undominated(ways: Sequence[Node]) -> list[Node]:
    """Ways whose hops are not a superset of another's; the cheapest first."""
    kept: list[Node] = []
    for way in sorted(ways, key=lambda node: (len(node.hops), node.depth)):
        if not any(other.hops <= way.hops for other in kept):
            kept.append(way)
    return kept[:WAYS_MAX]


def _cheapest_by_state(ways: Sequence[Node]) -> list[Node]:
    kept: dict[State | None, Node] = {}
    for way in sorted(ways, key=lambda node: (len(node.hops), node.depth)):
        kept.setdefault(way.state, way)
    return list(kept.values())
