"""DIRECTIVE_COMPOSITION_ERROR: a composed directive is applied only as its one definition in the supergraph allows."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of
from router.composition.schema.model import Application, Definition, every_application


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse applications that a newer or other subgraph's definition does not allow."""
    for location, coordinate, application in every_application(merged.schema):
        carried = merged.carried.directives.get(application.name)
        if carried is None or carried.canonical is not None:
            continue
        for message, allows in _problems(location, application, carried.definition):
            yield Fault(
                "DIRECTIVE_COMPOSITION_ERROR",
                message,
                applications_of(merged.subgraphs, coordinate, application.name, local=True),
                f"The supergraph's definition of the directive {allows}: define it alike in every subgraph.",
            )


def _problems(location: str, application: Application, definition: Definition) -> Iterator[tuple[str, str]]:
    if location not in definition.locations:
        message = f'Directive "@{application.name}" may not be used on {location}.'
        yield message, f"allows {', '.join(definition.locations)}"
    for name in application.arguments.keys() - definition.arguments.keys():
        yield f'Unknown argument "{name}" on directive "@{application.name}".', f'has no argument "{name}"'
    for argument in definition.arguments.values():
        if argument.required and argument.name not in application.arguments:
            message = (
                f'Directive "@{application.name}" argument "{argument.name}" of type "{argument.type}" is required, but'
                " it was not provided."
            )
            yield message, f'requires "{argument.name}"'
