"""REFERENCED_INACCESSIBLE: what clients see has no type that they do not."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of, places_of
from router.composition.postmerge.visibility import visible_fields, visible_inputs
from router.composition.schema.references import Reference, base_name


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse visible fields and arguments of hidden types."""
    references: list[tuple[str, Reference]] = [
        (f"{type.name}.{item.name}", item.type) for type, item in visible_fields(merged)
    ]
    references += [(visible.coordinate, visible.input.type) for visible in visible_inputs(merged)]
    for coordinate, reference in references:
        type = merged.schema.types.get(base_name(reference))
        if type is not None and merged.is_hidden(type):
            yield Fault(
                "REFERENCED_INACCESSIBLE",
                f'Type "{type.name}" is @inaccessible but is referenced by "{coordinate}", which is in the API schema.',
                (
                    *places_of(merged.subgraphs, coordinate),
                    *applications_of(merged.subgraphs, type.name, "inaccessible"),
                ),
                f'Hide "{coordinate}" with @inaccessible as well, or show "{type.name}".',
            )
