"""Says what would let a query be satisfied, and where in the subgraphs one would write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import FieldNode

from router.composition.fieldsets import parse_field_set
from router.composition.merge import Merged
from router.composition.naming import listed, subgraph_names
from router.composition.outcome import Place
from router.composition.places import place_of, places_of
from router.composition.satisfiability.positions import Position
from router.composition.satisfiability.reach import Reach


def field_places(merged: Merged, object: str, name: str, reached: Iterable[Position]) -> tuple[Place, ...]:
    """Answer where the field is written in every subgraph that has it, and the type in those the query was stuck at."""
    having = places_of(merged.subgraphs, f"{object}.{name}")
    stuck = {position.graph: position.type for position in reached}
    told = {place.subgraph for place in having}
    return (
        *having,
        *(
            place_of(merged.subgraphs[graph], type)
            for graph, type in sorted(stuck.items())
            if merged.subgraphs[graph].name not in told
        ),
    )


def type_places(merged: Merged, positions: Iterable[Position]) -> tuple[Place, ...]:
    """Answer where the @interfaceObject types are written behind which nobody can tell the object's own type."""
    return tuple(
        place_of(merged.subgraphs[graph], type)
        for graph, type in sorted({(position.graph, position.type) for position in positions})
    )


def field_remedy(reach: Reach, object: str, name: str, reaches: Mapping[Position, set[Position]]) -> str:
    """Say which change would let a field be had from the positions reached."""
    merged = reach.merged
    within = {position.graph for reached in reaches.values() for position in reached}
    here = subgraph_names(merged.subgraphs[graph].name for graph in sorted(within))
    if len(within) > 1:
        here = f"one of {here}"
    share = f'or let {here} resolve "{object}.{name}" too, with @shareable on both.'
    demanding: list[str] = []
    for index, subgraph in enumerate(merged.subgraphs):
        type = subgraph.schema.types.get(object)
        item = type.fields.get(name) if type is not None else None
        if type is None or item is None or subgraph.is_external(type, item):
            continue
        if (index, f"{object}.{name}") in reach.ownership.overridden:
            continue
        if index in within:
            requires = subgraph.find(item, "requires")
            if requires is not None:
                demanding.append(subgraph.field_set(requires))
            continue
        lacking = _lacking(reach, object, index, reaches)
        if lacking:
            if lacking == [name]:
                return f'Let {here} resolve "{object}.{name}" too: by it subgraph "{subgraph.name}" can be entered.'
            fields = " and ".join(f'"{object}.{field}"' for field in lacking)
            return f'Let {here} resolve {fields}, which the @key in subgraph "{subgraph.name}" asks for; {share}'
        return f'Give "{object}" a resolvable @key in subgraph "{subgraph.name}", of fields that {here} has; {share}'
    if demanding:
        needed = listed([f'"{fields}"' for fields in demanding], "fields", "fields")
        return f'Make the {needed}, which "{object}.{name}" requires, reachable: by a @key, or as @shareable.'
    return f'Let some subgraph resolve "{object}.{name}": it is external or overridden wherever it is declared.'


def _lacking(reach: Reach, object: str, graph: int, reaches: Mapping[Position, set[Position]]) -> list[str]:
    """Answer the fields that a subgraph's key asks for and nobody within reach resolves: those of the nearest key."""
    lacking: list[list[str]] = []
    for entrance in reach.entrances(object):
        if entrance.position.graph != graph:
            continue
        nodes = parse_field_set(entrance.fields).selections
        names = [node.name.value for node in nodes if isinstance(node, FieldNode) and node.name.value != "__typename"]
        absent = [
            field
            for field in names
            if not any(reach.steps(object, origin, tuple(reached), field) for origin, reached in reaches.items())
        ]
        lacking.append(absent or names)
    return min(lacking, key=len, default=[])


def type_remedy(positions: Iterable[Position]) -> str:
    """Say which change would tell the type behind an @interfaceObject."""
    names = listed(sorted({f'"{position.type}"' for position in positions}), "interface", "interfaces")
    return (
        f"Give the {names} a resolvable @key in a subgraph that defines it as an interface, with fields that the"
        " @interfaceObject has: that subgraph then tells the type."
    )
