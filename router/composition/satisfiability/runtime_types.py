"""SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES: who shares a field of an abstract type answers with the same types.

A shared field may be asked of any of its subgraphs. If no object type is possible in all of them, their answers differ
whatever they are.
"""

from __future__ import annotations

from collections.abc import Iterable

from router.composition.merge import Merged
from router.composition.naming import listed, subgraph_names
from router.composition.satisfiability.positions import Position
from router.composition.schema.model import Field, Kind, Type
from router.composition.schema.references import base_name


def mismatch(merged: Merged, parent: Type, item: Field, values: Iterable[Position]) -> str | None:
    """Say how the object types that subgraphs answer a field with have nothing in common; None when they have."""
    possible = _possible(merged, parent, item, values)
    if len(set(possible.values())) < 2 or frozenset.intersection(*possible.values()):
        return None
    by_types: dict[tuple[str, ...], list[str]] = {}
    for name, types in sorted(possible.items()):
        by_types.setdefault(tuple(sorted(types)), []).append(name)
    lines = [f"- in {subgraph_names(names)}, {_types(types)}" for types, names in by_types.items()]
    return (
        f'Shared field "{parent.name}.{item.name}" return type "{item.type}" has a non-intersecting set of possible'
        " runtime types across subgraphs. Runtime types in subgraphs are:\n" + ";\n".join(lines) + ".\nThis is not"
        " allowed as shared fields must resolve the same way in all subgraphs, and that imply at least some common"
        " runtime types between the subgraphs."
    )


def difference(merged: Merged, parent: Type, item: Field, values: Iterable[Position]) -> str | None:
    """Say which object types only some of the subgraphs that share a field know; None when all know the same."""
    values = tuple(values)
    possible = _possible(merged, parent, item, values)
    if len(set(possible.values())) < 2:
        return None
    schemas = ((merged.subgraphs[value.graph].schema, value.type) for value in values)
    if any(schema.types[name].kind is Kind.OBJECT for schema, name in schemas):
        return None
    common = frozenset.intersection(*possible.values())
    if not common:
        return None
    coordinate = f"{parent.name}.{item.name}"
    lines = [
        f' - subgraph "{name}" should never resolve "{coordinate}" to an object of {_types(tuple(sorted(extra)))}'
        for name, types in sorted(possible.items())
        if (extra := types - common)
    ]
    return (
        f'Shared field "{coordinate}" return type "{item.type}" has different sets of possible runtime types across'
        " subgraphs.\nSince a shared field must be resolved the same way in all subgraphs, make sure that"
        f' {subgraph_names(sorted(possible))} only resolve "{coordinate}" to objects of'
        f" {_types(tuple(sorted(common)))}. In particular:\n" + ";\n".join(lines) + ".\nOtherwise the @shareable"
        " contract will be broken."
    )


def _possible(merged: Merged, parent: Type, item: Field, values: Iterable[Position]) -> dict[str, frozenset[str]]:
    """Answer the object types each subgraph may answer a shared abstract field with; nothing for other fields."""
    target = merged.schema.types.get(base_name(item.type))
    if target is None or target.kind not in {Kind.INTERFACE, Kind.UNION}:
        return {}
    possible: dict[str, frozenset[str]] = {}
    shared = False
    for value in values:
        subgraph = merged.subgraphs[value.graph]
        if value.provided or subgraph.is_interface_object(value.type):
            return {}
        possible[subgraph.name] = subgraph.schema.possible(value.type)
        shared = shared or f"{parent.name}.{item.name}" in subgraph.shareable
    return possible if shared else {}


def _types(names: tuple[str, ...]) -> str:
    return listed([f'"{name}"' for name in names], "type", "types")
