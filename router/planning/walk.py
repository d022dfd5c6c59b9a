"""From wishes to ways: walks the graph field by field and keeps, for every leaf, each way it could be had.

Theory. The walk goes down the wishes once. At each field it holds the nodes where the parent may stand, in which
subgraphs, and extends them: directly where that subgraph answers the field, else by a hop. A leaf's ways end in nodes;
which way is taken is decided afterwards, over all leaves together (router.planning.choose). Ways share their nodes, so
two leaves that hop alike cost one hop.

Abstract types stay whole where a subgraph answers the field on the abstract type itself. Else they are split into
groups of object types that behave alike, so seventy implementations of one kind are one group, not seventy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from router.graph import Edge, Graph, State, Wish
from router.plan import Unanswerable
from router.planning.moves import Cast, FromContext, Hop, Move, Node, Root, Take
from router.supergraph import Kind

if TYPE_CHECKING:
    from router.planning.routes import Routes

WAYS_MAX = 12


class Unreachable(Exception):
    """No subgraph can be asked for a field where it is wanted; carries its coordinate."""

    def __init__(self, wish: Wish) -> None:
        self.coordinate = f"{wish.on}.{wish.name}"
        super().__init__(f"no subgraph answers {self.coordinate} here")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf and the nodes in which its ways end; one of them has to be visited."""

    wish: Wish
    ways: tuple[Node, ...]


class Walk:
    """One walk over one operation (or one field set). `key_of` names values in the response tree."""

    def __init__(self, graph: Graph, routes: Routes, key_of: Callable[[Wish], str]) -> None:
        self.graph = graph
        self.routes = routes
        self.key_of = key_of
        self.nodes: list[Node] = []
        self.leaves: list[Leaf] = []
        self.unanswerable: list[Unanswerable] = []

    # ------------------------------------------------------------------------------------------------------- nodes

    def start(self, state: State | None) -> Node:
        """A node to walk from: the operation's root (no state), or an object in a subgraph."""
        return self._node(None, None, state)

    def _node(self, parent: Node | None, move: Move | None, state: State | None) -> Node:
        node = Node(parent, move, state, len(self.nodes))
        self.nodes.append(node)
        return node

    def extend(self, node: Node, move: Move, state: State | None, deferred: int | None = None) -> Node:
        """The node one move further; the same move from the same node leads to the same node.

        What is `deferred` hops apart, so that nobody waits for it.
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
                identity = ("root", subgraph)
        found = node.children.get(identity)
        if found is not None:
            return found
        found = node.children[identity] = self._node(node, move, state)
        if isinstance(move, Hop):
            self._await(found, [self._follow(node, chain) for chain in move.needs])
        elif isinstance(move, Root):
            found.hops = node.hops | {found.number}
            found.depth = node.depth + 1
        return found

    def _await(self, hop: Node, needs: Iterable[Node]) -> None:
        """Let a hop come after these nodes too."""
        hop.needs = (*hop.needs, *needs)
        hop.hops = hop.hops.union((hop.number,), *(need.hops for need in hop.needs))
        before = hop.parent.depth if hop.parent else 0
        hop.depth = 1 + max((before, *(need.depth for need in hop.needs)))

    def _follow(self, node: Node, chain: Iterable[Move]) -> Node:
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
        below = edge.provides
        for each in state.provided:
            if each.name == field and each.wishes and each.wishes[0] not in below:
                below = below + each.wishes
        return below

    # -------------------------------------------------------------------------------------------------------- walk

    def walk(self, wishes: Sequence[Wish], places: Sequence[Node], idle: Sequence[Node] = ()) -> None:
        """Find the ways to every leaf below `places`. `idle` are places where none of these wishes can apply.

        Raises Unreachable when a leaf has no way at all.
        """
        for parts in self._split(wishes, places):
            for wish, ways, resting in self._ways(parts, places):
                try:
                    self._descend(wish, ways, [*idle, *resting])
                except Unreachable as unreachable:
                    if not wish.conditions or places[0].state is not None:
                        raise
                    # Whether this root field is asked for at all depends on the request's variables.
                    self.unanswerable.append(Unanswerable(unreachable.coordinate, wish.conditions))

    def _ways(self, parts: Sequence[Wish], places: Sequence[Node]) -> list[tuple[Wish, list[Node], list[Node]]]:
        """For each part of a wish the nodes where it ends, and the places where it cannot apply.

        A place that has no way for one part is no place for the others: which part an object is, is only known after.
        """
        found: list[tuple[Wish, list[Node], list[Node]]] = [(part, [], []) for part in parts]
        for place in places:
            ends = [self.advance(place, part) for part in parts]
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
        if any(s.opaque for s in abstract) and any(
            w.types is not None or w.on != s.type for w in wishes for s in abstract if s.opaque
        ):
            # An @interfaceObject knows no runtime types, yet the selection tells them apart: learn them elsewhere.
            found.append([Wish("__typename", None, "__typename", abstract[0].type, None)])
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
        for state in states:
            known.update(dict.fromkeys(self.graph.possible[state.type] if state.opaque else state.types))
        for name in known:
            if wish.types is not None and name not in wish.types:
                continue
            kinship = (
                self.graph.kinship(name, wish.name),
                tuple(name in state.types for state in states if not state.opaque),
                tuple(_provides(state, wish.name, name) for state in states if state.provided),
            )
            grouped.setdefault(kinship, []).append(name)
        return [tuple(names) for names in grouped.values()]

    def _stays_whole(self, wish: Wish, places: Sequence[Node], groups: Sequence[tuple[str, ...]]) -> bool:
        hops = False
        for place in places:
            state = place.state
            if state is None or not (state.opaque or self.graph.is_abstract(state.type)):
                continue
            if state.opaque:
                if self._from_opaque(place, state, wish, whole=True):
                    return True
            elif self._whole(state, wish) is not None:
                return True
            elif self._covers(state, wish) and self._interface_hops(place, state, wish):
                hops = True
        if not hops:
            return False
        # Where one group is answered on the spot, splitting asks less.
        return not any(
            self._edge(state, group[0], wish.name) is not None
            for place in places
            if (state := place.state) is not None and not state.opaque
            for group in groups
            if group[0] in state.types
        )

    # ------------------------------------------------------------------------------------------------------ moving

    def advance(self, node: Node, wish: Wish) -> list[Node]:
        """The nodes in which taking this field from this node can end; the node itself when it cannot apply there."""
        state = node.state
        if state is None:
            root = wish.on
            return [
                self._take(self.extend(node, Root(subgraph), self.graph.state(root, subgraph)), wish, edge)
                for subgraph in self.graph.answering(root, wish.name)
                if (edge := self.graph.edge(root, wish.name, subgraph)) is not None
            ]
        if wish.name == "__typename":
            return self._typename(node, state, wish)
        if state.opaque:
            return self._from_opaque(node, state, wish)
        if self.graph.is_abstract(state.type):
            return self._from_abstract(node, state, wish)
        if wish.types is not None and state.types[0] not in wish.types:
            return [node]
        return self._from_object(node, state, wish)

    def _take(self, node: Node, wish: Wish, edge: Edge | None) -> Node:
        move = Take(wish, edge)
        return self.extend(node, move, self.after(node.state, move))

    def _hop(
        self, node: Node, state: State, subgraph: str, type_name: str, requires: str | None, wish: Wish
    ) -> Node | None:
        hop = self.routes.hop(state, subgraph, type_name, requires)
        return self.extend(node, hop, self.after(state, hop), wish.deferred) if hop else None

    def _edge(self, state: State, type_name: str, field: str) -> Edge | None:
        """The field as the state's subgraph answers it on the spot, without asking anybody first."""
        if state.provided and _provides(state, field, type_name):
            return self.graph.provided_edge(type_name, field, state.subgraph)
        edge = self.graph.edge(type_name, field, state.subgraph)
        return edge if edge is not None and edge.requires is None and not edge.contexts else None

    def _typename(self, node: Node, state: State, wish: Wish) -> list[Node]:
        if not state.opaque:
            return [self._take(node, wish, None)]
        found = []
        for join in self.graph.types[state.type].joins:
            if not join.is_interface_object and join.key is not None and join.resolvable:
                hop = self._hop(node, state, join.subgraph, state.type, None, wish)
                if hop is not None:
                    found.append(self._take(hop, wish, None))
        return found

    def _from_object(self, node: Node, state: State, wish: Wish) -> list[Node]:
        name = state.type
        found: list[Node] = []
        direct = self._edge(state, name, wish.name)
        if direct is not None:
            found.append(self._take(node, wish, direct))
            if direct.is_leaf:
                return found
        targets = [(subgraph, name) for subgraph in self.graph.answering(name, wish.name)]
        for interface in self.graph.interfaces(name):
            targets += [
                (subgraph, interface)
                for subgraph in self.graph.opaque_in(interface)
                if self.graph.edge(interface, wish.name, subgraph) is not None
            ]
        for subgraph, type_name in targets:
            if subgraph == state.subgraph and direct is not None:
                continue
            edge = self.graph.edge(type_name, wish.name, subgraph)
            assert edge is not None
            if name in self.graph.roots:
                if subgraph != state.subgraph:
                    root = self.extend(node, Root(subgraph), self.graph.state(name, subgraph))
                    found.append(self._take(root, wish, edge))
                continue
            if subgraph == state.subgraph and edge.requires is None and not edge.contexts:
                continue
            if edge.contexts:
                hop = self._hop_in_context(node, state, edge, type_name, wish)
            else:
                hop = self._hop(node, state, subgraph, type_name, edge.requires, wish)
            if hop is not None:
                found.append(self._take(hop, wish, edge))
        return found

    def _hop_in_context(self, node: Node, state: State, edge: Edge, type_name: str, wish: Wish) -> Node | None:
        """A hop for a field with `@fromContext` arguments, after what they need of the objects above."""
        plain = self.routes.hop(state, edge.subgraph, type_name, edge.requires)
        if plain is None:
            return None
        contexts: list[FromContext] = []
        needs: list[Node] = []
        for use in edge.contexts:
            carrier = _carrier(self.graph, node, use.context)
            if carrier is None:
                return None
            above, levels_up = carrier
            assert above.state is not None
            wishes = self.graph.wishes(above.state.type, use.selection)
            chains = self.routes.needs(above.state, wishes)
            if chains is None:
                return None
            variable = f"_{use.argument}_{above.number}_{node.number}"
            contexts.append(FromContext(use.argument, variable, use.type, levels_up, wishes))
            needs += [self._follow(above, chain) for chain in chains]
        hop = replace(plain, contexts=tuple(contexts))
        found = self.extend(node, hop, self.after(state, hop), wish.deferred)
        self._await(found, needs)
        return found

    def _from_abstract(self, node: Node, state: State, wish: Wish) -> list[Node]:
        types = state.types if wish.types is None else tuple(name for name in state.types if name in wish.types)
        if not types and (state.types or wish.types is not None):
            return [node]
        found: list[Node] = []
        whole = self._whole(state, wish) if len(types) == len(state.types) else None
        if whole is not None:
            found.append(self._take(node, wish, whole))
            if whole.is_leaf:
                return found
        first = self.graph.kinship(types[0], wish.name) if types else None
        if types and all(self.graph.kinship(name, wish.name) == first for name in types):
            cast = Cast(types)
            place = self.extend(node, cast, self.after(state, cast))
            assert place.state is not None
            ways = self._from_object(place, place.state, wish)
            found += ways if whole is None else [way for way in ways if way.depth > node.depth]
        if not found and self._covers(state, wish):
            found += self._interface_hops(node, state, wish)
        return found

    def _covers(self, state: State, wish: Wish) -> bool:
        return wish.types is None or wish.types.issuperset(state.types)

    def _whole(self, state: State, wish: Wish) -> Edge | None:
        """The field on the abstract type itself, when the subgraph answers it for every object type there."""
        if not self._covers(state, wish) or self.graph.types[state.type].kind is not Kind.INTERFACE:
            return None
        edge = self._edge(state, state.type, wish.name)
        if edge is None or any(self._edge(state, name, wish.name) is None for name in state.types):
            return None
        return edge

    def _interface_hops(self, node: Node, state: State, wish: Wish) -> list[Node]:
        """Look objects up by their interface, where another subgraph answers the field on it."""
        interface = state.type
        if self.graph.types[interface].kind is not Kind.INTERFACE:
            return []
        found = []
        for subgraph in self.graph.answering(interface, wish.name):
            edge = self.graph.edge(interface, wish.name, subgraph)
            assert edge is not None
            if subgraph == state.subgraph and edge.requires is None:
                continue
            hop = self._hop(node, state, subgraph, interface, edge.requires, wish)
            if hop is None or hop.state is None:
                continue
            if hop.state.opaque:
                found.append(self._take(hop, wish, edge))
            else:
                whole = self._whole(hop.state, wish)
                if whole is not None:
                    found.append(self._take(hop, wish, whole))
        return found

    def _from_opaque(self, node: Node, state: State, wish: Wish, *, whole: bool = False) -> list[Node]:
        """From an `@interfaceObject`: its own fields at once, others through a subgraph that knows the real types.

        With `whole`, only ways that need not tell the object types apart.
        """
        found: list[Node] = []
        if wish.types is None or self._is_interface_matter(state.type, wish):
            edge = self._edge(state, state.type, wish.name)
            if edge is not None:
                found.append(self._take(node, wish, edge))
                if edge.is_leaf:
                    return found
            if wish.types is None:
                found += self._interface_hops(node, state, wish)
        if found or whole:
            return found
        for join in self.graph.types[state.type].joins:
            if join.is_interface_object or join.key is None or not join.resolvable:
                continue
            hop = self._hop(node, state, join.subgraph, state.type, None, wish)
            if hop is not None and hop.state is not None:
                found += [way for way in self._from_abstract(hop, hop.state, wish) if way is not hop]
        return found

    def _is_interface_matter(self, interface: str, wish: Wish) -> bool:
        """Whether the field of all these object types comes from interface objects alone.

        Then asking it of the interface is right whatever the object's type, and saves learning the type first.
        """
        assert wish.types is not None
        for name in wish.types:
            field = self.graph.types[name].fields.get(wish.name)
            if field is None or any(not self.graph.is_opaque(interface, join.subgraph) for join in field.joins):
                own = self.graph.types[interface].fields.get(wish.name)
                if (
                    field is None
                    or own is None
                    or not {j.subgraph for j in field.joins} <= {j.subgraph for j in own.joins}
                ):
                    return False
        return True


def _carrier(graph: Graph, node: Node, context: str) -> tuple[Node, int] | None:
    """The nearest object above that sets a context, and how many objects up it is."""
    level = 0
    here: Node | None = node
    while here is not None and here.state is not None:
        if level and _sets(graph, here.state.type, context):
            return here, level
        if isinstance(here.move, Take):
            level += 1
        here = here.parent
    return None


def _sets(graph: Graph, type_name: str, context: str) -> bool:
    definition = graph.types[type_name]
    if context in definition.contexts:
        return True
    return definition.kind is Kind.OBJECT and any(
        context in graph.types[interface].contexts for interface in graph.interfaces(type_name)
    )


def _provides(state: State, field: str, type_name: str) -> bool:
    return any(each.name == field and (each.types is None or type_name in each.types) for each in state.provided)


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
    return list(kept.values())[:WAYS_MAX]
