"""Carries access rules between interfaces and their implementations, so that neither is a way around the other.

Rules on an object type or its fields also hold on the interfaces it implements; rules on the fields of an
@interfaceObject also hold on the implementations' fields and on their other interfaces.
"""

from __future__ import annotations

from router.composition.merge.applications import ACCESS_CONTROL
from router.composition.merge.session import Session
from router.composition.schema.model import Application, Field, Kind, Schema, Type


def inherited_rules(session: Session, skeleton: Schema) -> dict[str, list[tuple[int, Application]]]:
    """Answer, for each coordinate, the rules (with their subgraph's index) that it takes over."""
    rules: dict[str, list[tuple[int, Application]]] = {}

    def record(coordinate: str, index: int, application: Application) -> None:
        rules.setdefault(coordinate, []).append((index, application))

    for index, subgraph in enumerate(session.subgraphs):
        locals = {subgraph.local[name] for name in ACCESS_CONTROL if name in subgraph.local}
        for type in subgraph.schema.types.values():
            if type.kind is not Kind.OBJECT:
                continue
            merged = skeleton.types.get(type.name)
            interfaces = merged.interfaces if merged is not None and merged.kind is Kind.OBJECT else {}
            for application in type.directives:
                if application.name in locals:
                    for interface in interfaces:
                        record(interface, index, application)
            for item in type.fields.values():
                if subgraph.is_external(type, item):
                    continue
                targets = (
                    _below_interface_object(skeleton, type, item)
                    if subgraph.is_interface_object(type.name)
                    else [f"{interface}.{item.name}" for interface in interfaces]
                )
                for application in item.directives:
                    if application.name in locals:
                        for target in targets:
                            record(target, index, application)
    return rules


def _below_interface_object(skeleton: Schema, type: Type, item: Field) -> list[str]:
    targets: list[str] = []
    others: dict[str, None] = {}
    for name in sorted(skeleton.possible(type.name)):
        targets.append(f"{name}.{item.name}")
        others.update(dict.fromkeys(other for other in skeleton.types[name].interfaces if other != type.name))
    return [*targets, *(f"{other}.{item.name}" for other in others)]
