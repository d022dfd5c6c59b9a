"""What of a supergraph clients can see: the API schema, as far as the @inaccessible rules need to know it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from router.composition.merge import Merged
from router.composition.schema.model import Field, Input, Type


@dataclass(frozen=True, slots=True)
class VisibleInput:
    """An argument (of a field, or of a directive that is no specification's) or input field that clients see."""

    coordinate: str
    input: Input


def visible_types(merged: Merged) -> Iterator[Type]:
    """Go through the types clients see."""
    for type in merged.schema.types.values():
        if not merged.is_hidden(type):
            yield type


def visible_fields(merged: Merged) -> Iterator[tuple[Type, Field]]:
    """Go through the fields clients see, with their types."""
    for type in visible_types(merged):
        for item in type.fields.values():
            if not merged.is_hidden(item):
                yield type, item


def visible_inputs(merged: Merged) -> Iterator[VisibleInput]:
    """Go through the arguments and input fields clients see."""
    for type, item in visible_fields(merged):
        for argument in item.arguments.values():
            if not merged.is_hidden(argument):
                yield VisibleInput(f"{type.name}.{item.name}({argument.name}:)", argument)
    for type in visible_types(merged):
        for given in type.inputs.values():
            if not merged.is_hidden(given):
                yield VisibleInput(f"{type.name}.{given.name}", given)
    for definition in merged.schema.definitions.values():
        carried = merged.carried.directives.get(definition.name)
        for given in definition.arguments.values() if carried is None or carried.canonical is None else ():
            if not merged.is_hidden(given):
                yield VisibleInput(f"@{definition.name}({given.name}:)", given)
