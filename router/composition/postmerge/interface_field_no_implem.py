"""INTERFACE_FIELD_NO_IMPLEM: an interface's field from one subgraph, a type that implements it only in another."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.merge.session import subgraph_names
from router.composition.outcome import Fault
from router.composition.schema.model import Kind


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse types that lack a field of an interface they implement."""
    for type in merged.schema.types.values():
        for name in type.interfaces:
            interface = merged.schema.types.get(name)
            for field in interface.fields if interface is not None else ():
                if field not in type.fields:
                    yield Fault("INTERFACE_FIELD_NO_IMPLEM", _message(merged, type.name, name, field))


def _message(merged: Merged, type: str, interface: str, field: str) -> str:
    declaring: list[str] = []
    implementing: list[str] = []
    for subgraph in merged.subgraphs:
        parent = subgraph.schema.types.get(interface)
        if parent is not None and parent.kind is Kind.INTERFACE and field in parent.fields:
            declaring.append(subgraph.name)
        own = subgraph.schema.types.get(type)
        if own is not None and interface in own.interfaces:
            implementing.append(subgraph.name)
    return (
        f'Interface field "{interface}.{field}" is declared in {subgraph_names(declaring)} but type "{type}", which'
        f' implements "{interface}" only in {subgraph_names(implementing)} does not have field "{field}".'
    )
