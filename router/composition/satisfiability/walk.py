"""Walks every query the API allows, by object types and the positions they are reached at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from router.composition.merge import Merged
from router.composition.outcome import Fault, Hint
from router.composition.places import places_of
from router.composition.satisfiability.explain import Explanation, Step, query_text, unsatisfiable_text
from router.composition.satisfiability.positions import Ownership, Position
from router.composition.satisfiability.reach import Reach
from router.composition.satisfiability.remedies import field_places, field_remedy, type_places, type_remedy
from router.composition.satisfiability.runtime_types import difference, mismatch
from router.composition.schema.model import Operation
from router.composition.schema.references import base_name

PLACES_MAX = 50_000
PLACES_PER_TYPE_MAX = 1_000
"""The walk lets pass what lies beyond this many distinct places, in all and of one type; real graphs have far less."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """An object type, the positions it was reached at, and the query that led there."""

    operation: Operation
    object: str
    positions: frozenset[Position]
    path: Step | None


@dataclass
class Walk:
    """One walk through a supergraph under one ownership of its fields."""

    merged: Merged
    ownership: Ownership
    faults_max: int
    reach: Reach = field(init=False)
    _seen: dict[str, list[frozenset[Position]]] = field(default_factory=dict)
    _visits: int = 0
    hints: dict[str, Hint] = field(default_factory=dict)
    """By the coordinate each is about."""

    def __post_init__(self) -> None:
        self.reach = Reach(self.merged, self.ownership, Reach(self.merged, self.ownership))

    def faults(self) -> Iterator[Fault]:
        """Say each query that cannot be satisfied, once for each field and set of subgraphs."""
        told: set[tuple[str, str, frozenset[Position]]] = set()
        stops: list[_Stop] = []
        for operation in Operation:
            root = self.merged.schema.roots.get(operation)
            if root is not None and not self.merged.is_hidden(self.merged.schema.types[root]):
                stops.append(_Stop(operation, root, frozenset(self.reach.root_positions(root)), None))
        while stops:
            stop = stops.pop()
            if self._was_seen(stop):
                continue
            for name, fault in self._visit(stop, stops):
                key = (stop.object, name, stop.positions)
                if key not in told and len(told) < self.faults_max:
                    told.add(key)
                    yield fault

    def _was_seen(self, stop: _Stop) -> bool:
        seen = self._seen.setdefault(stop.object, [])
        if (
            self._visits >= PLACES_MAX
            or len(seen) >= PLACES_PER_TYPE_MAX
            or any(positions <= stop.positions for positions in seen)
        ):
            return True
        self._visits += 1
        seen.append(stop.positions)
        return False

    def _visit(self, stop: _Stop, stops: list[_Stop]) -> Iterator[tuple[str, Fault]]:
        """Try every field of one object type; what can be had leads to further stops."""
        explanation = Explanation(self.merged, self.reach)
        reaches = {origin: self.reach.of(stop.object, origin) for origin in stop.positions}
        if stop.path is not None and not any(
            position.type == stop.object for reached in reaches.values() for position in reached
        ):
            reasons = explanation.unknown_type(stop.positions)
            known = stop.path.condition == stop.object
            path = stop.path if known else Step(stop.path, None, stop.object)
            message = unsatisfiable_text(self.merged, stop.operation, path, reasons)
            places = type_places(self.merged, stop.positions)
            yield "", Fault("SATISFIABILITY_ERROR", message, places, type_remedy(stop.positions))
            return
        type = self.merged.schema.types[stop.object]
        visible = [item for item in type.fields.values() if not self.merged.is_hidden(item)]
        found = self.reach.all_steps(stop.object, reaches, {item.name for item in visible})
        for item in visible:
            values = found[item.name]
            coordinate = f"{type.name}.{item.name}"
            path = Step(stop.path, coordinate, None)
            if not values:
                reasons = explanation.unreachable(stop.object, item.name, reaches)
                message = unsatisfiable_text(self.merged, stop.operation, path, reasons)
                within = set().union(*reaches.values())
                places = field_places(self.merged, stop.object, item.name, within)
                remedy = field_remedy(self.reach, stop.object, item.name, reaches)
                yield item.name, Fault("SATISFIABILITY_ERROR", message, places, remedy)
                continue
            if coordinate not in self.hints and (differing := difference(self.merged, type, item, values)) is not None:
                message = f"For the {query_text(self.merged, stop.operation, path)}\n{differing}"
                at = places_of(self.merged.subgraphs, coordinate)
                self.hints[coordinate] = Hint("INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN", message, at)
            different = mismatch(self.merged, type, item, values)
            if different is not None:
                message = f"For the {query_text(self.merged, stop.operation, path)}\n{different}"
                yield (
                    item.name,
                    Fault(
                        "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES",
                        message,
                        places_of(self.merged.subgraphs, coordinate),
                        "Let the subgraphs that share the field have some object type in common, or let one of them"
                        " resolve it alone.",
                    ),
                )
            target = base_name(item.type)
            for name in sorted(self.reach.possible(target)):
                if self.merged.is_hidden(self.merged.schema.types[name]):
                    continue
                positions = frozenset(self.reach.narrowed(values, name))
                if positions:
                    ahead = path if name == target else Step(path, None, name)
                    stops.append(_Stop(stop.operation, name, positions, ahead))
