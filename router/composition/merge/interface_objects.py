"""Fields that come to object types through an @interfaceObject: a subgraph that knows the interface as an object."""

from __future__ import annotations

from dataclasses import replace

from router.composition.merge.applications import Merger
from router.composition.merge.session import Session
from router.composition.schema.model import Application, Field, Kind, Schema, Type


def abstracted(session: Session, skeleton: Schema, parent: str, name: str, index: int) -> tuple[str, ...]:
    """Answer the @interfaceObject types through which a subgraph without the object type has its field anyway."""
    type = skeleton.types.get(parent)
    schema = session.subgraphs[index].schema
    if type is None or type.kind is not Kind.OBJECT or parent in schema.types:
        return ()
    found: list[str] = []
    for interface in type.interfaces:
        stand_in = schema.types.get(interface)
        if stand_in is not None and stand_in.kind is Kind.OBJECT and name in stand_in.fields:
            found.append(interface)
    return tuple(found)


def provides_abstractly(session: Session, interface: str, name: str) -> bool:
    """Tell whether some subgraph resolves the interface's field through an @interfaceObject."""
    for index, type in session.types.get(interface, {}).items():
        subgraph = session.subgraphs[index]
        if not subgraph.is_interface_object(interface):
            continue
        item = type.fields.get(name)
        if item is not None and not subgraph.is_external(type, item):
            return True
    return False


def missing_fields(merger: Merger, types: dict[str, Type], object: Type) -> dict[str, Field]:
    """Answer the fields an object type owes to its interfaces and gets from an @interfaceObject.

    They carry a `@join__field` without a graph: no subgraph resolves them on the object itself. Access rules are those
    of the @interfaceObject, not those that reached the interface from other implementations.
    """
    added: dict[str, Field] = {}
    for name in object.interfaces:
        interface = types.get(name)
        if interface is None:
            continue
        for item in interface.fields.values():
            if item.name in object.fields or item.name in added:
                continue
            if provides_abstractly(merger.session, name, item.name):
                kept = [
                    applied
                    for applied in item.directives
                    if not applied.name.startswith("join__") and not merger.is_access_rule(applied)
                ]
                rules = merger.inherited(f"{object.name}.{item.name}")
                added[item.name] = replace(item, directives=(Application("join__field"), *kept, *rules))
    return added
