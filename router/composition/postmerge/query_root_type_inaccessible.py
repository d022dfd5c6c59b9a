"""QUERY_ROOT_TYPE_INACCESSIBLE: an API without queries is none."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import applications_of
from router.composition.schema.model import Operation


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse to hide the query type."""
    name = merged.schema.roots[Operation.QUERY]
    if merged.is_hidden(merged.schema.types[name]):
        yield Fault(
            "QUERY_ROOT_TYPE_INACCESSIBLE",
            f'Type "{name}" is @inaccessible but is the root query type, which must be in the API schema.',
            applications_of(merged.subgraphs, name, "inaccessible"),
            "Hide the query fields that are not for clients, rather than the whole type.",
        )
