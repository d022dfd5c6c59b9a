"""What each subgraph resolves itself, read once for the whole walk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import SelectionSetNode

from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import parse_field_set
from router.composition.merge import Merged
from router.composition.satisfiability.positions import NOTHING, Ownership, Provided, provided_by
from router.composition.schema.model import Field, Type
from router.composition.schema.references import base_name


@dataclass(frozen=True, slots=True)
class Resolver:
    """How a subgraph resolves one field: only where provided (external), after what, and what comes with it."""

    target: str
    external: bool
    requires: SelectionSetNode | None
    provides: Provided
    can_be_entered: bool
    """Whether the subgraph can be entered again at the parent, bringing what the field requires."""


@dataclass
class Resolvers:
    """The resolvers of all subgraphs' types, read when first asked for."""

    merged: Merged
    ownership: Ownership
    _known: dict[tuple[int, str], Mapping[str, Resolver]] = field(default_factory=dict)

    def of(self, graph: int, type_name: str) -> Mapping[str, Resolver]:
        """Answer a type's resolvers in one subgraph, without the fields another subgraph took over."""
        known = self._known.get((graph, type_name))
        if known is None:
            known = self._known[graph, type_name] = self._read(graph, type_name)
        return known

    def _read(self, graph: int, type_name: str) -> dict[str, Resolver]:
        subgraph = self.merged.subgraphs[graph]
        type = subgraph.schema.types[type_name]
        enterable = has_own_key(subgraph, type_name)
        return {
            item.name: _resolver(subgraph, type, item, can_be_entered=enterable)
            for item in type.fields.values()
            if (graph, f"{type_name}.{item.name}") not in self.ownership.overridden
        }


def _resolver(subgraph: Subgraph, type: Type, item: Field, *, can_be_entered: bool) -> Resolver:
    requires = subgraph.find(item, "requires")
    provides = NOTHING
    for application in subgraph.find_all(item, "provides"):
        provides |= provided_by(parse_field_set(subgraph.field_set(application)))
    return Resolver(
        target=base_name(item.type),
        external=subgraph.is_external(type, item),
        requires=parse_field_set(subgraph.field_set(requires)) if requires is not None else None,
        provides=provides,
        can_be_entered=can_be_entered,
    )


def has_own_key(subgraph: Subgraph, type_name: str) -> bool:
    """Tell whether the subgraph can be entered again at this type by a key of fields it resolves itself."""
    type = subgraph.schema.types[type_name]
    for key in subgraph.find_all(type, "key"):
        if key.arguments.get("resolvable") is False:
            continue
        coordinates = subgraph.selected(type_name, key)
        if not any(_is_external(subgraph, coordinate) for coordinate in coordinates):
            return True
    return False


def _is_external(subgraph: Subgraph, coordinate: str) -> bool:
    parent, _, name = coordinate.partition(".")
    type = subgraph.schema.types[parent]
    return subgraph.is_external(type, type.fields[name])
