"""INTERFACE_OBJECT_USAGE_ERROR: an @interfaceObject is found by a key, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse @interfaceObject on types without a key."""
    for type in subgraph.schema.types.values():
        if subgraph.is_interface_object(type.name) and not subgraph.find_all(type, "key"):
            yield fault(
                subgraph,
                "INTERFACE_OBJECT_USAGE_ERROR",
                f'The @interfaceObject directive can only be applied to entity types but type "{type.name}" has no @key'
                " in this subgraph.",
                type.at,
                fix=f'Give "{type.name}" a @key that the interface has in the subgraph that defines it.',
            )
