"""COST_APPLIED_TO_INTERFACE_FIELD: objects resolve fields, so objects say what they cost."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse @cost on interface fields."""
    for type in subgraph.schema.types.values():
        if type.kind is not Kind.INTERFACE:
            continue
        for item in type.fields.values():
            application = subgraph.find(item, "cost")
            if application is not None:
                yield fault(
                    subgraph,
                    "COST_APPLIED_TO_INTERFACE_FIELD",
                    f'@cost cannot be applied to interface "{type.name}.{item.name}"',
                    application.at,
                    fix="Apply @cost to the field in the object types that implement the interface.",
                )
