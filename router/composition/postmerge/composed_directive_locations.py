"""DIRECTIVE_COMPOSITION_ERROR: a composed directive stands only where its one definition in the supergraph allows."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of
from router.composition.schema.model import every_application


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse applications that a newer or other subgraph's definition does not allow."""
    for location, coordinate, application in every_application(merged.schema):
        carried = merged.carried.directives.get(application.name)
        if carried is not None and carried.canonical is None and location not in carried.definition.locations:
            message = f'Directive "@{application.name}" may not be used on {location}.'
            allowed = ", ".join(carried.definition.locations)
            yield Fault(
                "DIRECTIVE_COMPOSITION_ERROR",
                message,
                applications_of(merged.subgraphs, coordinate, application.name, local=True),
                f"The supergraph's definition of the directive allows {allowed}: define it alike in every subgraph.",
            )
