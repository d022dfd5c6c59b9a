"""The graph itself. Nodes are states (a type in a subgraph); edges are fields. Computed where first walked, then kept.

Moves between subgraphs are not edges: whether an object can be looked up elsewhere depends on whether the key's fields
can be had first, which is a plan of its own. See router.planning.routes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from router.graph.fieldset import Collector, Wish, outline, parse_field_set
from router.supergraph import ContextUse, FieldJoin, Kind, Supergraph, TypeDefinition


@dataclass(frozen=True, slots=True)
class Edge:
    """A field of a type that a subgraph answers.

    `type` is the output type as that subgraph declares it, `requires` the printed field set that its resolver needs,
    `provides` what it answers below beyond its own fields.
    """

    name: str
    subgraph: str
    type: str
    named_type: str
    is_list: bool
    is_leaf: bool
    requires: str | None
    provides: tuple[Wish, ...]
    contexts: tuple[ContextUse, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Where a walk stands: in `subgraph`, at an object of one of `types`, seen there as a `type`.

    `opaque` marks an `@interfaceObject`: the subgraph does not know the object's own type. `provided` are fields that a
    `@provides` above makes answerable here.
    """

    type: str
    types: tuple[str, ...]
    subgraph: str
    opaque: bool = False
    provided: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityKey:
    """A resolvable `@key` of a type in a subgraph; `type` is the name to look it up by."""

    type: str
    fields: str
    opaque: bool


class Graph:
    """A supergraph as planning walks it, under one set of active `@override` labels."""

    def __init__(self, supergraph: Supergraph, labels: frozenset[str] = frozenset()) -> None:
        self.supergraph = supergraph
        self.labels = labels
        self.types = supergraph.types
        self.possible: dict[str, tuple[str, ...]] = _possible(supergraph.types)
        self.roots = frozenset(supergraph.roots.values())
        # What planning works out once for this graph, and keeps as long as it.
        self.kept: dict[str, Any] = {}
        self._others: dict[frozenset[str], Graph] = {frozenset(): self}
        self._possible_in: dict[tuple[str, str], tuple[str, ...]] = {}
        self._edges: dict[tuple[str, str, str], Edge | None] = {}
        self._keys: dict[tuple[str, str], tuple[EntityKey, ...]] = {}
        self._wishes: dict[tuple[str, str], tuple[Wish, ...]] = {}
        self._answering: dict[tuple[str, str], tuple[str, ...]] = {}
        self._kinships: dict[tuple[str, str], int] = {}
        self._kinds: dict[object, int] = {}
        # Plans may be made in several threads at once: no two kinds may get one number.
        self._numbers = itertools.count()
        self._opaque: dict[str, frozenset[str]] = {}
        self._contexts: dict[str, frozenset[str]] = {}
        uses = [
            (name, use)
            for definition in supergraph.types.values()
            for name, declared in definition.fields.items()
            for join in declared.joins
            for use in join.contexts
        ]
        self._contextual = frozenset(name for name, _ in uses)
        self._selections = tuple(dict.fromkeys((use.context, use.selection) for _, use in uses))

    @classmethod
    def of(cls, supergraph: Supergraph) -> Graph:
        """The graph of a supergraph. Costs little: types and edges are worked out when first walked."""
        return cls(supergraph)

    def under(self, labels: frozenset[str]) -> Graph:
        """The graph with these progressive `@override` labels active; unknown labels are ignored."""
        known = labels & self.supergraph.override_labels
        found = self._others.get(known)
        if found is None:
            found = self._others[known] = Graph(self.supergraph, known)
            found._others = self._others
        return found

    # ------------------------------------------------------------------------------------------------------- types

    def is_abstract(self, type_name: str) -> bool:
        """Interfaces and unions."""
        return self.types[type_name].kind in (Kind.INTERFACE, Kind.UNION)

    def is_opaque(self, type_name: str, subgraph: str) -> bool:
        """Whether the subgraph has this interface as an `@interfaceObject`."""
        return subgraph in self.opaque_in(type_name)

    def opaque_in(self, type_name: str) -> frozenset[str]:
        """The subgraphs that have this interface as an `@interfaceObject`."""
        found = self._opaque.get(type_name)
        if found is None:
            joins = self.types[type_name].joins
            found = self._opaque[type_name] = frozenset(join.subgraph for join in joins if join.is_interface_object)
        return found

    def possible_in(self, type_name: str, subgraph: str) -> tuple[str, ...]:
        """The object types that can stand where this subgraph has this type."""
        found = self._possible_in.get((type_name, subgraph))
        if found is None:
            definition = self.types[type_name]
            match definition.kind:
                case Kind.INTERFACE:
                    found = tuple(
                        name
                        for name in self.possible[type_name]
                        if type_name in self.types[name].interfaces.get(subgraph, frozenset())
                    )
                case Kind.UNION:
                    members = definition.members.get(subgraph, frozenset())
                    found = tuple(name for name in self.possible[type_name] if name in members)
                case _:
                    found = (type_name,)
            self._possible_in[type_name, subgraph] = found
        return found

    def state(self, type_name: str, subgraph: str, provided: tuple[Wish, ...] = ()) -> State:
        """The state of standing at a type in a subgraph."""
        if self.types[type_name].kind is Kind.INTERFACE and self.is_opaque(type_name, subgraph):
            return State(type_name, (type_name,), subgraph, opaque=True, provided=provided)
        return State(type_name, self.possible_in(type_name, subgraph), subgraph, provided=provided)

    def interfaces(self, type_name: str) -> tuple[str, ...]:
        """The interfaces an object type implements in any subgraph."""
        found: dict[str, None] = {}
        for names in self.types[type_name].interfaces.values():
            found.update(dict.fromkeys(sorted(names)))
        return tuple(found)

    # ------------------------------------------------------------------------------------------------------- edges

    def edge(self, type_name: str, field: str, subgraph: str) -> Edge | None:
        """The field as this subgraph answers it, or None when it cannot."""
        identity = (type_name, field, subgraph)
        if identity not in self._edges:
            self._edges[identity] = self._edge(type_name, field, subgraph, provided=False)
        return self._edges[identity]

    def provided_edge(self, type_name: str, field: str, subgraph: str) -> Edge | None:
        """The same for a field that a `@provides` makes answerable: being external does not matter then."""
        identity = (type_name, f"+{field}", subgraph)
        if identity not in self._edges:
            self._edges[identity] = self._edge(type_name, field, subgraph, provided=True)
        return self._edges[identity]

    def _edge(self, type_name: str, field: str, subgraph: str, *, provided: bool) -> Edge | None:
        definition = self.types[type_name]
        declared = definition.fields.get(field)
        if declared is None:
            return None
        join = next((each for each in declared.joins if each.subgraph == subgraph), None)
        if join is None or not (provided or self._answers(join)):
            return None
        text = join.type or declared.type
        named = text.strip("[]!")
        target = self.types.get(named)
        is_leaf = target is None or target.kind in (Kind.SCALAR, Kind.ENUM)
        provides = self.wishes(named, join.provides) if join.provides and not is_leaf else ()
        requires = join.requires if not provided and join.requires and join.requires.strip() else None
        return Edge(field, subgraph, text, named, "[" in text, is_leaf, requires, provides, join.contexts)

    def _answers(self, join: FieldJoin) -> bool:
        if join.override_label is not None:
            # Which of the two answers is for the label to say, also where the field is used though overridden.
            return not join.external and (join.override_label in self.labels) == (join.override is not None)
        return not (join.external or join.used_overridden)

    def answering(self, type_name: str, field: str) -> tuple[str, ...]:
        """The subgraphs that answer this field of this very type."""
        found = self._answering.get((type_name, field))
        if found is None:
            declared = self.types[type_name].fields.get(field)
            joins: Iterable[FieldJoin] = declared.joins if declared else ()
            found = tuple(j.subgraph for j in joins if self.edge(type_name, field, j.subgraph) is not None)
            self._answering[type_name, field] = found
        return found

    # -------------------------------------------------------------------------------------------------------- keys

    def keys(self, type_name: str, subgraph: str) -> tuple[EntityKey, ...]:
        """The keys by which the subgraph can look this type up."""
        found = self._keys.get((type_name, subgraph))
        if found is None:
            found = tuple(
                EntityKey(type_name, join.key, join.is_interface_object)
                for join in self.types[type_name].joins
                if join.subgraph == subgraph and join.key is not None and join.resolvable
            )
            self._keys[type_name, subgraph] = found
        return found

    def wishes(self, type_name: str, fields: str) -> tuple[Wish, ...]:
        """A field set as wishes of the plan's own."""
        found = self._wishes.get((type_name, fields))
        if found is None:
            collector = Collector(self.types, self.possible, own=True)
            found = self._wishes[type_name, fields] = collector.collect(type_name, [parse_field_set(fields)])
        return found

    # ----------------------------------------------------------------------------------------------------- kinship

    def kinship(self, type_name: str, field: str) -> int:
        """Equal for object types that planning need not tell apart when this field is wanted of them."""
        found = self._kinships.get((type_name, field))
        if found is None:
            definition = self.types[type_name]
            keyed = {name for join in definition.joins if join.key for name in _top_level(join.key)}
            declared = definition.fields.get(field)
            features = (
                definition.joins,
                tuple(sorted((subgraph, tuple(sorted(names))) for subgraph, names in definition.interfaces.items())),
                tuple((name, definition.fields[name].joins) for name in sorted(keyed) if name in definition.fields),
                (declared.joins, declared.type) if declared else None,
            )
            found = self._kinships[type_name, field] = self._kinds.setdefault(features, next(self._numbers))
        return found

    # ---------------------------------------------------------------------------------------------------- contexts

    def contexts(self, type_name: str) -> frozenset[str]:
        """The contexts that objects of a type set: by it, by an interface of its, or by a union that has it."""
        found = self._contexts.get(type_name)
        if found is None:
            names = {type_name, *self.interfaces(type_name)}
            names.update(
                name
                for name, each in self.types.items()
                if each.kind is Kind.UNION and type_name in self.possible[name]
            )
            found = self._contexts[type_name] = frozenset().union(*(self.types[name].contexts for name in names))
        return found

    def reads_contexts(self, wish: Wish) -> bool:
        """Whether anything below this field may take an argument from an object above itself."""
        return bool(self._contextual) and any(
            each.name in self._contextual or self.reads_contexts(each) for each in wish.wishes or ()
        )

    def context_kinship(self, type_name: str) -> tuple[object, ...]:
        """Equal for object types that set the same contexts, whose values are selected alike and answered alike."""
        return tuple(
            (context, outline(wishes), tuple(self.kinship(type_name, wish.name) for wish in wishes))
            for context, selection in self._selections
            if context in self.contexts(type_name)
            for wishes in (self.wishes(type_name, selection),)
        )


def _possible(types: Mapping[str, TypeDefinition]) -> dict[str, tuple[str, ...]]:
    """The object types that can stand at each composite type, in any subgraph."""
    found: dict[str, dict[str, None]] = {}
    for name, definition in types.items():
        match definition.kind:
            case Kind.OBJECT:
                found.setdefault(name, {})[name] = None
                for names in definition.interfaces.values():
                    for interface in names:
                        found.setdefault(interface, {})[name] = None
            case Kind.UNION:
                members = found.setdefault(name, {})
                for names in definition.members.values():
                    members.update(dict.fromkeys(sorted(names)))
            case Kind.INTERFACE:
                found.setdefault(name, {})
            case _:
                pass
    return {name: tuple(sorted(members)) for name, members in found.items()}


def _top_level(fields: str) -> frozenset[str]:
    depth, found = 0, set()
    for word in fields.replace("{", " { ").replace("}", " } ").split():
        if word == "{":
            depth += 1
        elif word == "}":
            depth -= 1
        elif depth == 0:
            found.add(word)
    return frozenset(found)
