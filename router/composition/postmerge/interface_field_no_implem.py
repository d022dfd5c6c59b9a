"""INTERFACE_FIELD_NO_IMPLEM: an interface's field from one subgraph, a type that implements it only in another."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.merge import Merged
from router.composition.naming import subgraph_names
from router.composition.outcome import Fault
from router.composition.places import places_of
from router.composition.schema.model import Kind


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse types that lack a field of an interface they implement."""
    for type in merged.schema.types.values():
        for name in type.interfaces:
            interface = merged.schema.types.get(name)
            for field in interface.fields if interface is not None else ():
                if field not in type.fields:
                    yield _fault(merged, type.name, name, field)


def _fault(merged: Merged, type: str, interface: str, field: str) -> Fault:
    declaring: list[Subgraph] = []
    implementing: list[Subgraph] = []
    for subgraph in merged.subgraphs:
        parent = subgraph.schema.types.get(interface)
        if parent is not None and parent.kind is Kind.INTERFACE and field in parent.fields:
            declaring.append(subgraph)
        own = subgraph.schema.types.get(type)
        if own is not None and interface in own.interfaces:
            implementing.append(subgraph)
    having = subgraph_names(subgraph.name for subgraph in declaring)
    lacking = subgraph_names(subgraph.name for subgraph in implementing)
    return Fault(
        "INTERFACE_FIELD_NO_IMPLEM",
        f'Interface field "{interface}.{field}" is declared in {having} but type "{type}", which'
        f' implements "{interface}" only in {lacking} does not have field "{field}".',
        (*places_of(declaring, f"{interface}.{field}"), *places_of(implementing, type)),
        f'Add "{field}" to "{type}" in some subgraph, or remove it from the interface in {having}.',
    )
