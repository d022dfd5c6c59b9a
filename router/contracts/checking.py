"""Checks that what a contract leaves is an API: by composition's own rules for @inaccessible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from router.composition.merge import Merged
from router.composition.merge.features import Carried, CarriedDirective
from router.composition.outcome import Fault
from router.composition.postmerge import (
    default_value_uses_inaccessible,
    implemented_by_inaccessible,
    only_inaccessible_children,
    query_root_type_inaccessible,
    referenced_inaccessible,
    required_inaccessible,
)
from router.composition.schema.model import Application, Definition, EnumValue, Field, Input, Operation, Schema, Type
from router.contracts.hiding import Hidden, Names

_RULES = (
    query_root_type_inaccessible.check,
    referenced_inaccessible.check,
    only_inaccessible_children.check,
    implemented_by_inaccessible.check,
    required_inaccessible.check,
    default_value_uses_inaccessible.check,
)
_NAMED = re.compile(r'"([^"]+)"')

Part = TypeVar("Part", Type, Field, Input, EnumValue)


def faults_of(schema: Schema, names: Names, hidden: Hidden) -> tuple[Fault, ...]:
    """Answer why the contract makes no API; nothing when it does. Each fault tells why its elements are hidden."""
    if Operation.QUERY not in schema.roots or schema.roots[Operation.QUERY] not in schema.types:
        return (Fault("NO_QUERIES", "The supergraph has no query root type."),)
    directive = CarriedDirective(names.inaccessible, "inaccessible", Definition(names.inaccessible))
    carried = Carried({names.inaccessible: directive})
    merged = Merged(_marked(schema, names.inaccessible, hidden), (), (), carried, ())
    return tuple(_explained(fault, hidden) for rule in _RULES for fault in rule(merged))


def _explained(fault: Fault, hidden: Hidden) -> Fault:
    named = dict.fromkeys(_NAMED.findall(fault.message))
    gone = [name for name in named if name in hidden.reasons]
    kept = [name for name in named if name not in hidden]
    if not gone:
        return fault
    advice = [f"{name} is left out since {hidden.reasons[name]}." for name in gone]
    if kept:
        advice.append(f"Keep {gone[0]}, or leave out {kept[0]} too.")
    return replace(fault, fix=" ".join(advice))


def _marked(schema: Schema, inaccessible: str, hidden: Hidden) -> Schema:
    """The schema with every hidden element marked."""
    mark = Application(inaccessible)

    def marked(part: Part, coordinate: str) -> Part:
        if coordinate not in hidden.reasons:
            return part
        return replace(part, directives=(*part.directives, mark))

    def parts(within: str, items: Mapping[str, Part]) -> dict[str, Part]:
        return {name: marked(item, within.format(name)) for name, item in items.items()}

    types: dict[str, Type] = {}
    for type in schema.types.values():
        fields = {
            name: replace(item, arguments=parts(f"{type.name}.{name}({{}}:)", item.arguments))
            for name, item in type.fields.items()
        }
        whole = replace(
            type,
            fields=parts(f"{type.name}.{{}}", fields),
            inputs=parts(f"{type.name}.{{}}", type.inputs),
            values=parts(f"{type.name}.{{}}", type.values),
        )
        types[type.name] = marked(whole, type.name)
    return replace(schema, types=types)
