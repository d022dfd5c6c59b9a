"""The ways one field can be had from one node: on the spot, by a hop, of an abstract type or of its object types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from router.graph import Edge, Graph, State, Wish, outline
from router.planning.moves import Cast, FromContext, Node, Root, Take
from router.planning.tree import Tree
from router.supergraph import Kind

if TYPE_CHECKING:
    from router.planning.routes import Routes


Standing: TypeAlias = Mapping[str, frozenset[str]]


class Ways:
    """Finds ways and adds their nodes to the tree. With a `source`, root fields are asked of that subgraph alone."""

    def __init__(self, graph: Graph, routes: Routes, tree: Tree, source: str | None) -> None:
        self.graph = graph
        self.routes = routes
        self.tree = tree
        self.source = source

    def advance(self, node: Node, wish: Wish, standing: Standing = MappingProxyType({})) -> list[Node]:
        """The nodes in which taking this field from this node can end; the node itself when it cannot apply there.

        `standing` are the object types that other nodes of this place have in each subgraph: no hop leads to what one
        of those answers on the spot.
        """
        state = node.state
        if state is None:
            root = wish.on
            return [
                self._take(
                    self.tree.extend(node, Root(subgraph), self.graph.state(root, subgraph), wish.deferred), wish, edge
                )
                for subgraph in self.graph.answering(root, wish.name)
                if self.source in (None, subgraph)
                if (edge := self.graph.edge(root, wish.name, subgraph)) is not None
            ]
        if wish.name == "__typename":
            return self._typename(node, state, wish)
        if state.opaque:
            return self.from_opaque(node, state, wish)
        if self.graph.is_abstract(state.type):
            return self._from_abstract(node, state, wish, standing)
        if wish.types is not None and state.types[0] not in wish.types:
            return [node]
        return self._from_object(node, state, wish, standing)

    def _take(self, node: Node, wish: Wish, edge: Edge | None) -> Node:
        move = Take(wish, edge)
        return self.tree.extend(node, move, self.tree.after(node.state, move))

    def _hop(
        self, node: Node, state: State, subgraph: str, type_name: str, requires: str | None, wish: Wish
    ) -> Node | None:
        hop = self.routes.hop(state, subgraph, type_name, requires)
        return self.tree.extend(node, hop, self.tree.after(state, hop), wish.deferred) if hop else None

    def edge(self, state: State, type_name: str, field: str) -> Edge | None:
        """The field as the state's subgraph answers it on the spot, without asking anybody first."""
        if state.provided and provides(state, field, type_name):
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

    def _from_object(self, node: Node, state: State, wish: Wish, standing: Standing) -> list[Node]:
        name = state.type
        found: list[Node] = []
        direct = self.edge(state, name, wish.name)
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
                    root = self.tree.extend(node, Root(subgraph), self.graph.state(name, subgraph))
                    found.append(self._take(root, wish, edge))
                continue
            plain = edge.requires is None and not edge.contexts
            if plain and (subgraph == state.subgraph or standing.get(subgraph, frozenset()).issuperset(state.types)):
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
            wishes = self._selected(above.state, use.selection)
            chains = self.routes.needs(above.state, wishes)
            if chains is None:
                return None
            variable = f"_{use.argument}_{above.number}_{node.number}"
            contexts.append(FromContext(use.argument, variable, use.type, levels_up, wishes))
            needs += [self.tree.follow(above, chain) for chain in chains]
        hop = replace(plain, contexts=tuple(contexts))
        found = self.tree.extend(node, hop, self.tree.after(state, hop), wish.deferred)
        self.tree.wait(found, needs)
        return found

    def _selected(self, state: State, selection: str) -> tuple[Wish, ...]:
        """What a context's selection wants of an object, by its type where the types at this place have different."""
        if state.opaque or len(state.types) == 1:
            return self.graph.wishes(state.type if state.opaque else state.types[0], selection)
        alike: dict[object, list[str]] = {}
        for name in state.types:
            alike.setdefault(outline(self.graph.wishes(name, selection)), []).append(name)
        if len(alike) == 1 and not self.graph.is_abstract(state.type):
            return self.graph.wishes(state.type, selection)
        return tuple(wish.of(names) for names in alike.values() for wish in self.graph.wishes(names[0], selection))

    def _from_abstract(self, node: Node, state: State, wish: Wish, standing: Standing) -> list[Node]:
        types = state.types if wish.types is None else tuple(name for name in state.types if name in wish.types)
        if not types and (state.types or wish.types is not None):
            return [node]
        found: list[Node] = []
        whole = self.whole(state, wish) if len(types) == len(state.types) else None
        if whole is not None:
            found.append(self._take(node, wish, whole))
            if whole.is_leaf:
                return found
        first = self.graph.kinship(types[0], wish.name) if types else None
        if types and all(self.graph.kinship(name, wish.name) == first for name in types):
            cast = Cast(types)
            place = self.tree.extend(node, cast, self.tree.after(state, cast))
            assert place.state is not None
            ways = self._from_object(place, place.state, wish, standing)
            found += ways if whole is None else [way for way in ways if way.depth > node.depth]
        if not found and self.covers(state, wish):
            found += self.interface_hops(node, state, wish)
        return found

    def covers(self, state: State, wish: Wish) -> bool:
        """Whether the field is wanted of everything that can stand here."""
        return wish.types is None or wish.types.issuperset(state.types)

    def whole(self, state: State, wish: Wish) -> Edge | None:
        """The field on the abstract type itself, when the subgraph answers it for every object type there."""
        if not self.covers(state, wish) or self.graph.types[state.type].kind is not Kind.INTERFACE:
            return None
        edge = self.edge(state, state.type, wish.name)
        if edge is None or any(self.edge(state, name, wish.name) is None for name in state.types):
            return None
        return edge

    def interface_hops(self, node: Node, state: State, wish: Wish) -> list[Node]:
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
                whole = self.whole(hop.state, wish)
                if whole is not None:
                    found.append(self._take(hop, wish, whole))
        return found

    def from_opaque(self, node: Node, state: State, wish: Wish, *, whole: bool = False) -> list[Node]:
        """From an `@interfaceObject`: its own fields at once, others through a subgraph that knows the real types.

        With `whole`, only ways that need not tell the object types apart.
        """
        found: list[Node] = []
        if wish.types is None:
            edge = self.edge(state, state.type, wish.name)
            if edge is not None:
                found.append(self._take(node, wish, edge))
                if edge.is_leaf:
                    return found
            found += self.interface_hops(node, state, wish)
        if found or whole:
            return found
        for join in self.graph.types[state.type].joins:
            if join.is_interface_object or join.key is None or not join.resolvable:
                continue
            hop = self._hop(node, state, join.subgraph, state.type, None, wish)
            if hop is not None and hop.state is not None:
                found += [way for way in self._from_abstract(hop, hop.state, wish, {}) if way is not hop]
        return found


def _carrier(graph: Graph, node: Node, context: str) -> tuple[Node, int] | None:
    """The nearest object above that sets a context, and how many objects up it is."""
    level = 0
    here: Node | None = node
    while here is not None and here.state is not None:
        if level and all(context in graph.contexts(name) for name in here.state.types):
            return here, level
        if isinstance(here.move, Take):
            level += 1
        here = here.parent
    return None


def provides(state: State, field: str, type_name: str) -> tuple[tuple[Wish, ...] | None, ...]:
    """What each `@provides` above gives below this field of this type (None for a leaf); none: it is not provided."""
    return tuple(
        each.wishes for each in state.provided if each.name == field and (each.types is None or type_name in each.types)
    )
