"""Positions: where an object of the response can be looked at, and what each subgraph resolves there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from router.composition.merge import Merged
from router.composition.schema.values import EnumName

Provided: TypeAlias = "frozenset[tuple[str | None, str, Provided]]"
"""What a @provides promises below a position: type condition (or none), field, and what below that."""

NOTHING: Provided = frozenset()


@dataclass(frozen=True, slots=True)
class Position:
    """One subgraph (by index), the name the object's type has there, and what was provided on the way."""

    graph: int
    type: str
    provided: Provided = NOTHING


def provided_by(selection: SelectionSetNode, condition: str | None = None) -> Provided:
    """Read what a @provides promises."""
    found: set[tuple[str | None, str, Provided]] = set()
    for node in selection.selections:
        match node:
            case FieldNode():
                below = provided_by(node.selection_set) if node.selection_set is not None else NOTHING
                found.add((condition, node.name.value, below))
            case InlineFragmentNode():
                inner = node.type_condition.name.value if node.type_condition is not None else condition
                found |= provided_by(node.selection_set, inner)
            case _:
                continue
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Ownership:
    """Which fields subgraphs have but do not resolve, because another one took them over."""

    overridden: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, merged: Merged, *, labels_active: bool) -> Ownership:
        """Read the supergraph's joins; a labelled override counts for the new owner or, inactive, for the old one."""
        graphs = {name: index for index, name in enumerate(merged.graphs)}
        having: dict[str, list[int]] = {}
        for index, subgraph in enumerate(merged.subgraphs):
            for type in subgraph.schema.types.values():
                for name in type.fields:
                    having.setdefault(f"{type.name}.{name}", []).append(index)
        overridden: set[tuple[int, str]] = set()
        for type in merged.schema.types.values():
            for item in type.fields.values():
                coordinate = f"{type.name}.{item.name}"
                joins = [join for join in item.directives if join.name == "join__field" and "graph" in join.arguments]
                listed: set[int] = set()
                for join in joins:
                    graph = join.arguments["graph"]
                    assert isinstance(graph, EnumName)
                    index = graphs[graph.name]
                    listed.add(index)
                    labelled = "overrideLabel" in join.arguments
                    taking_over = "override" in join.arguments
                    given_up = "usedOverridden" in join.arguments or (labelled and not taking_over)
                    if labelled:
                        if given_up == labels_active:
                            overridden.add((index, coordinate))
                    elif given_up:
                        overridden.add((index, coordinate))
                if joins:
                    overridden |= {(index, coordinate) for index in having.get(coordinate, ()) if index not in listed}
        return cls(frozenset(overridden))

    @staticmethod
    def has_labels(merged: Merged) -> bool:
        """Tell whether any override is progressive."""
        return any(
            "overrideLabel" in join.arguments
            for type in merged.schema.types.values()
            for item in type.fields.values()
            for join in item.directives
            if join.name == "join__field"
        )
