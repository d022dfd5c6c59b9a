"""REQUIRED_INACCESSIBLE: what must be given can be seen."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of
from router.composition.postmerge.visibility import visible_fields, visible_types

_CODE = "REQUIRED_INACCESSIBLE"
_FIX = "Make it optional (nullable, or with a default), or show it: clients cannot give what they cannot see."


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse hidden arguments and input fields that are required."""
    for type, item in visible_fields(merged):
        for argument in item.arguments.values():
            if argument.required and merged.is_hidden(argument):
                coordinate = f"{type.name}.{item.name}({argument.name}:)"
                message = f'Argument "{coordinate}" is @inaccessible but is a required argument of its field.'
                yield Fault(_CODE, message, applications_of(merged.subgraphs, coordinate, "inaccessible"), _FIX)
    for definition in merged.schema.definitions.values():
        for given in definition.arguments.values() if definition.name not in merged.carried.directives else ():
            if given.required and merged.is_hidden(given):
                coordinate = f"@{definition.name}({given.name}:)"
                message = f'Argument "{coordinate}" is @inaccessible but is a required argument of its directive.'
                yield Fault(_CODE, message, applications_of(merged.subgraphs, coordinate, "inaccessible"), _FIX)
    for type in visible_types(merged):
        for given in type.inputs.values():
            if given.required and merged.is_hidden(given):
                coordinate = f"{type.name}.{given.name}"
                message = f'Input field "{coordinate}" is @inaccessible but is a required input field of its type.'
                yield Fault(_CODE, message, applications_of(merged.subgraphs, coordinate, "inaccessible"), _FIX)
