"""IMPLEMENTED_BY_INACCESSIBLE: what a visible interface promises, its visible types show."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of, places_of
from router.composition.postmerge.visibility import visible_types
from router.composition.schema.model import Field, Type


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse hidden fields and arguments that implement visible ones."""
    for type in visible_types(merged):
        for name in type.interfaces:
            interface = merged.schema.types.get(name)
            if interface is None or merged.is_hidden(interface):
                continue
            for promised in interface.fields.values():
                item = type.fields.get(promised.name)
                if item is not None and not merged.is_hidden(promised):
                    yield from _faults(merged, type, interface, item, promised)


def _faults(merged: Merged, type: Type, interface: Type, item: Field, promised: Field) -> Iterator[Fault]:
    own, theirs = f"{type.name}.{item.name}", f"{interface.name}.{item.name}"
    if merged.is_hidden(item):
        yield Fault(
            "IMPLEMENTED_BY_INACCESSIBLE",
            f'Field "{own}" is @inaccessible but implements the interface field "{theirs}", which is in the API'
            " schema.",
            (*applications_of(merged.subgraphs, own, "inaccessible"), *places_of(merged.subgraphs, theirs)),
            f'Remove @inaccessible from "{own}", or hide "{theirs}" as well.',
        )
        return
    for argument in promised.arguments.values():
        given = item.arguments.get(argument.name)
        if given is not None and merged.is_hidden(given) and not merged.is_hidden(argument):
            yield Fault(
                "IMPLEMENTED_BY_INACCESSIBLE",
                f'Argument "{own}({given.name}:)" is @inaccessible but implements the interface argument'
                f' "{theirs}({given.name}:)" which is in the API schema.',
                (
                    *applications_of(merged.subgraphs, f"{own}({given.name}:)", "inaccessible"),
                    *places_of(merged.subgraphs, f"{theirs}({given.name}:)"),
                ),
                f'Remove @inaccessible from "{own}({given.name}:)", or hide the interface\'s argument as well.',
            )
