"""From one position of an object, which others can be entered by keys, and which fields can be had there.

Entering a position needs its key's fields, which may themselves need other positions (of this object or, in nested keys
and requirements, of others). All these "reaches" are computed together as a least fixpoint: each starts with the
position itself and grows while something more can be entered.

Two limits keep supergraphs portable, for other gateways' planners have them. A key's nested fields are never fetched
from the subgraph that the key is to open: `excluded` carries those subgraphs inwards. And no third subgraph is passed
through where, but for that, one could go directly; what "one could" is asked of a second `Reach` without these limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import parse_field_set
from router.composition.merge import Merged
from router.composition.satisfiability.positions import Ownership, Position
from router.composition.satisfiability.resolvers import Resolver, Resolvers
from router.composition.schema.model import Application, Kind
from router.composition.schema.references import base_name

Place: TypeAlias = tuple[str, Position, frozenset[int]]
"""An object type of the supergraph, a position of such an object, and the subgraphs not to be entered from there."""

Need: TypeAlias = tuple[str, Position, str]
"""A field with @requires: its object type, the position that resolves it, its name."""

NONE_EXCLUDED: Final[frozenset[int]] = frozenset()

PLACES_MAX: Final = 100_000
"""Beyond this many places exclusions are no longer told apart, which only lets more pass."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way into a subgraph: the position it leads to, and the key it asks for."""

    position: Position
    key: Application
    fields: str
    needs_type: bool
    """Whether one must know the object's own type, rather than only the interface it is seen through."""

    @property
    def nested(self) -> bool:
        """Whether the key reaches into other objects."""
        return "{" in self.fields


@dataclass
class Reach:
    """All reaches known so far, for one supergraph under one ownership."""

    merged: Merged
    ownership: Ownership
    unlimited: Reach | None = None
    """The reaches without the limits; None when this is that."""
    known: dict[Place, set[Position]] = field(default_factory=dict)
    _met: dict[Need, bool] = field(default_factory=dict)
    """Whether the requirements of a field can be met; like the reaches, False until found otherwise."""
    _pending: list[Place] = field(default_factory=list)
    _asked: dict[Need, SelectionSetNode] = field(default_factory=dict)
    _solving: bool = False
    resolvers: Resolvers = field(init=False)
    _entrances: dict[str, tuple[Entrance, ...]] = field(default_factory=dict)
    _possible: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resolvers = Resolvers(self.merged, self.ownership)

    def subgraph(self, position: Position) -> Subgraph:
        """Answer a position's subgraph."""
        return self.merged.subgraphs[position.graph]

    def possible(self, name: str) -> frozenset[str]:
        """Answer the supergraph's object types that a value of this type may have."""
        if name not in self._possible:
            self._possible[name] = self.merged.schema.possible(name)
        return self._possible[name]

    def of(self, object: str, position: Position, excluded: frozenset[int] = NONE_EXCLUDED) -> set[Position]:
        """Answer every position that can be entered from this one, itself included."""
        place = (object, position, excluded if len(self.known) < PLACES_MAX else NONE_EXCLUDED)
        if place not in self.known:
            self.known[place] = {position}
            self._pending.append(place)
            if not self._solving:
                self._solve()
        return self.known[place]

    def _granted(self, need: Need, requires: SelectionSetNode) -> bool:
        """Tell whether what a field requires can be had and brought to it."""
        if need not in self._met:
            self._met[need] = False
            self._asked[need] = requires
            if not self._solving:
                self._solve()
        return self._met[need]

    def _solve(self) -> None:
        """Let everything new grow until nothing does; what it depends on is new or settled."""
        self._solving = True
        grown = True
        while grown:
            before = len(self._pending) + len(self._asked)
            grew = [self._grow(place) for place in list(self._pending)]
            grew += [self._meet(need, requires) for need, requires in list(self._asked.items())]
            grown = any(grew) or len(self._pending) + len(self._asked) > before
        self._pending.clear()
        self._asked.clear()
        self._solving = False

    def _meet(self, need: Need, requires: SelectionSetNode) -> bool:
        object, position, _ = need
        if self._met[need]:
            return False
        reached = self.of(object, position)
        self._met[need] = self._satisfied(object, position, reached, requires, NONE_EXCLUDED)
        return self._met[need]

    def _grow(self, place: Place) -> bool:
        object, _, excluded = place
        reached = self.known[place]
        if object in self.merged.schema.roots.values():
            size = len(reached)
            reached |= self.root_positions(object)
            return len(reached) > size
        grown = False
        typed = any(position.type == object for position in reached)
        for entrance in self.entrances(object):
            if entrance.position in reached or (entrance.needs_type and not typed):
                continue
            if entrance.position.graph not in excluded and self._opens(place, reached, entrance):
                reached.add(entrance.position)
                typed = typed or entrance.position.type == object
                grown = True
        return grown

    def _opens(self, place: Place, reached: set[Position], entrance: Entrance) -> bool:
        """Tell whether the positions reached give what an entrance asks for, and no detour is taken for it."""
        object, origin, excluded = place
        selection = parse_field_set(entrance.fields)
        if self.unlimited is None:
            return self._satisfied(object, origin, reached, selection, NONE_EXCLUDED)
        within = excluded | {entrance.position.graph}
        if not self._satisfied(object, origin, reached, selection, within):
            return False
        return self._satisfied(object, origin, {origin}, selection, within) or not any(
            self.unlimited.satisfies(object, origin, parse_field_set(other.fields))
            for other in self.entrances(object)
            if other.nested and other.position.graph == entrance.position.graph
        )

    def satisfies(self, object: str, origin: Position, selection: SelectionSetNode) -> bool:
        """Tell whether a selection can be had of an object from this one position, going on from its values only."""
        return self._satisfied(object, origin, {origin}, selection, NONE_EXCLUDED)

    def root_positions(self, name: str) -> set[Position]:
        """Answer the positions of a root object: every subgraph that has the type."""
        return {
            Position(index, name)
            for index, subgraph in enumerate(self.merged.subgraphs)
            if name in subgraph.schema.types
        }

    def entrances(self, object: str) -> tuple[Entrance, ...]:
        """Answer every key by which some subgraph can be entered at objects of this type."""
        if object not in self._entrances:
            self._entrances[object] = tuple(self._find_entrances(object))
        return self._entrances[object]

    def _find_entrances(self, object: str) -> Iterator[Entrance]:
        merged = self.merged.schema.types.get(object)
        interfaces = merged.interfaces if merged is not None else {}
        for index, subgraph in enumerate(self.merged.subgraphs):
            for name in (object, *interfaces):
                type = subgraph.schema.types.get(name)
                if type is None:
                    continue
                stands_in = name != object and subgraph.is_interface_object(name)
                if name != object and not stands_in and type.kind is not Kind.INTERFACE:
                    continue
                if type.kind is Kind.INTERFACE and object not in subgraph.schema.possible(name):
                    continue
                position = Position(index, name if stands_in else object)
                for key in subgraph.find_all(type, "key"):
                    if key.arguments.get("resolvable") is not False:
                        yield Entrance(position, key, subgraph.field_set(key), needs_type=name == object)

    def steps(self, object: str, origin: Position, reached: Iterable[Position], name: str) -> set[Position]:
        """Answer the positions of a field's value, from all these positions of an object that was met at `origin`."""
        found: set[Position] = set()
        for position in reached:
            resolver = self.resolvers.of(position.graph, position.type).get(name)
            if resolver is not None:
                value = self._step(object, position, name, resolver, entered=position != origin)
                if value is not None:
                    found.add(value)
        return found

    def all_steps(
        self, object: str, reaches: Mapping[Position, set[Position]], names: set[str]
    ) -> dict[str, set[Position]]:
        """Answer for each of these fields the positions of its value, from all that these positions reach.

        Looks at each position once, whatever leads to it: root types have a position in every subgraph.
        """
        entered: dict[Position, bool] = {}
        for origin, reached in reaches.items():
            for position in reached:
                entered[position] = position != origin or entered.get(position, False)
        found: dict[str, set[Position]] = {name: set() for name in names}
        for position, is_entered in entered.items():
            for name, resolver in self.resolvers.of(position.graph, position.type).items():
                if name in names:
                    value = self._step(object, position, name, resolver, entered=is_entered)
                    if value is not None:
                        found[name].add(value)
        return found

    def _step(
        self, object: str, position: Position, name: str, resolver: Resolver, *, entered: bool
    ) -> Position | None:
        if position.type != object and (position.graph, f"{object}.{name}") in self.ownership.overridden:
            return None
        below = resolver.provides
        promised = False
        for condition, field_name, inner in position.provided:
            if field_name == name and (condition is None or condition == object or object in self.possible(condition)):
                promised = True
                below |= inner
        if resolver.external and not promised:
            return None
        if resolver.requires is not None:
            if not entered and not resolver.can_be_entered:
                return None
            if not self._granted((object, position, name), resolver.requires):
                return None
        return Position(position.graph, resolver.target, below)

    def _satisfied(
        self,
        object: str,
        origin: Position,
        reached: set[Position],
        selection: SelectionSetNode,
        excluded: frozenset[int],
    ) -> bool:
        """Tell whether all of a selection can be had of an object from the positions reached."""
        for node in selection.selections:
            match node:
                case FieldNode():
                    name = node.name.value
                    if name == "__typename":
                        continue
                    values = self.steps(object, origin, tuple(reached), name)
                    if not values:
                        return False
                    if node.selection_set is not None and not self._satisfied_below(
                        object, name, values, node.selection_set, excluded
                    ):
                        return False
                case InlineFragmentNode():
                    target = node.type_condition.name.value if node.type_condition is not None else object
                    applies = target == object or object in self.possible(target)
                    if applies and not self._satisfied(object, origin, reached, node.selection_set, excluded):
                        return False
                case _:
                    continue
        return True

    def _satisfied_below(
        self, object: str, name: str, values: set[Position], selection: SelectionSetNode, excluded: frozenset[int]
    ) -> bool:
        """Tell whether a selection can be had of a field's value, whatever object type that turns out to be."""
        item = self.merged.schema.types[object].fields.get(name)
        if item is None:
            return False
        for inner in sorted(self.possible(base_name(item.type))):
            places = self.narrowed(values, inner)
            if places and not self._some_satisfies(inner, places, selection, excluded):
                return False
        return True

    def _some_satisfies(
        self, object: str, places: set[Position], selection: SelectionSetNode, excluded: frozenset[int]
    ) -> bool:
        """Tell whether each part of a selection can be had from some of an object's positions."""
        for node in selection.selections:
            part = _alone(node)
            if not any(
                self._satisfied(object, place, self.of(object, place, excluded), part, excluded) for place in places
            ):
                return False
        return True

    def narrowed(self, positions: Iterable[Position], object: str) -> set[Position]:
        """Answer the positions at which a value can turn out to be an object of this type."""
        found: set[Position] = set()
        merged = self.merged.schema.types.get(object)
        for position in positions:
            schema = self.subgraph(position).schema
            type = schema.types.get(position.type)
            if type is None:
                continue
            if position.type == object:
                found.add(position)
            elif type.kind is Kind.OBJECT:
                if merged is not None and position.type in merged.interfaces:
                    found.add(position)
            elif object in schema.possible(position.type):
                found.add(Position(position.graph, object, position.provided))
            else:
                found |= self._through_interface_objects(position, object)
        return found

    def _through_interface_objects(self, position: Position, object: str) -> set[Position]:
        """An abstract type may hold an @interfaceObject, behind which any implementation may stand."""
        subgraph = self.subgraph(position)
        merged = self.merged.schema.types.get(object)
        interfaces = merged.interfaces if merged is not None else {}
        return {
            Position(position.graph, name, position.provided)
            for name in subgraph.schema.possible(position.type)
            if name in interfaces and subgraph.is_interface_object(name)
        }


@lru_cache(maxsize=4096)
def _alone(node: FieldNode | InlineFragmentNode) -> SelectionSetNode:
    return SelectionSetNode(selections=(node,))
