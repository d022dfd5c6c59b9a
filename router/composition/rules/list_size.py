"""LIST_SIZE_APPLIED_TO_NON_LIST, LIST_SIZE_INVALID_*: a @listSize speaks of lists, arguments and fields that exist."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Application, Field
from router.composition.schema.references import base_name, is_list

_FIXES = {
    "APPLIED_TO_NON_LIST": "Name in sizedFields the fields of the returned type that are lists, or remove @listSize.",
    "INVALID_ASSUMED_SIZE": "Give the number of items to reckon with: 0 or more.",
    "INVALID_SLICING_ARGUMENT": "Name arguments of the field that limit the number of items and are of type Int.",
    "INVALID_SIZED_FIELD": "Name list fields of the type the field returns.",
}


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every @listSize."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for application in subgraph.find_all(item, "listSize"):
                coordinate = f"{type.name}.{item.name}"
                for code, message in _problems(subgraph, application, item, coordinate):
                    yield fault(subgraph, f"LIST_SIZE_{code}", message, application.at, fix=_FIXES[code])


def _problems(subgraph: Subgraph, application: Application, item: Field, coordinate: str) -> Iterator[tuple[str, str]]:
    sized = application.arguments.get("sizedFields")
    slicing = application.arguments.get("slicingArguments")
    assumed = application.arguments.get("assumedSize")
    if not is_list(item.type) and not sized:
        yield "APPLIED_TO_NON_LIST", f'"{coordinate}" is not a list'
    if isinstance(assumed, int) and assumed < 0:
        yield "INVALID_ASSUMED_SIZE", f'Assumed size of "{coordinate}" cannot be negative'
    for name in slicing if isinstance(slicing, tuple) else ():
        argument = item.arguments.get(str(name))
        if argument is None:
            yield "INVALID_SLICING_ARGUMENT", f'Slicing argument "{name}" is not an argument of "{coordinate}"'
        elif str(argument.type).rstrip("!") != "Int":
            yield "INVALID_SLICING_ARGUMENT", f'Slicing argument "{coordinate}({name}:)" must be Int or Int!'
    if not isinstance(sized, tuple):
        return
    target = subgraph.schema.types.get(base_name(item.type))
    if target is None or not target.composite:
        yield "INVALID_SIZED_FIELD", f'Sized fields cannot be used because "{item.type}" is not a composite type'
        return
    for name in sized:
        field = target.fields.get(str(name))
        if field is None:
            yield "INVALID_SIZED_FIELD", f'Sized field "{name}" is not a field on type "{target.name}"'
        elif not is_list(field.type):
            yield "APPLIED_TO_NON_LIST", f'Sized field "{target.name}.{name}" is not a list'
