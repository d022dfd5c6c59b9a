"""INVALID_GRAPHQL: what is valid in every subgraph may not be so together."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge import Merged
from router.composition.outcome import Fault
from router.composition.places import places_of
from router.composition.rules.graphql.implementations import implementation_problems


def check(merged: Merged) -> Iterator[Fault]:
    """Refuse merged types that do not implement their merged interfaces."""
    for type in merged.schema.types.values():
        for message in implementation_problems(merged.schema, type):
            yield Fault(
                "INVALID_GRAPHQL",
                message,
                places_of(merged.subgraphs, type.name),
                f'Bring "{type.name}" and its interfaces into line in all subgraphs that define them.',
            )
