"""TYPE_DEFINITION_INVALID: the specification's own types may be defined again, but only as scalars."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Compare the kind of each type that has a specified type's name."""
    for name, specified in subgraph.machinery.types.items():
        own = subgraph.written.types.get(name)
        if own is not None and own.kind is not specified.kind and specified.kind is Kind.SCALAR:
            yield fault(
                subgraph,
                "TYPE_DEFINITION_INVALID",
                f"Invalid definition for type {name}: {name} should be a ScalarType but is defined as a"
                f" {own.kind.value}Type",
                own.at,
                fix=f"Remove the definition (the linked specification brings it along), or write `scalar {name}`.",
            )
