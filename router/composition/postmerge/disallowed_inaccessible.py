"""DISALLOWED_INACCESSIBLE: a composed directive goes into the supergraph whole: routers read it, not clients."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse hidden arguments of composed directives."""
    for name, carried in merged.carried.directives.items():
        if carried.canonical is not None:
            continue
        for argument in merged.schema.definitions[name].arguments.values():
            if merged.is_hidden(argument):
                yield Fault(
                    "DISALLOWED_INACCESSIBLE",
                    f'Core feature directive "@{name}" cannot use @inaccessible.',
                    applications_of(merged.subgraphs, f"@{name}({argument.name}:)", "inaccessible"),
                    f'Remove @inaccessible from the arguments of "@{name}", or do not compose the directive.',
                )
