"""EXTERNAL_ON_INTERFACE: an interface resolves nothing, so nothing of it is external."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse @external on interface fields."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values() if type.kind is Kind.INTERFACE else ():
            if subgraph.is_external(type, item):
                yield fault(
                    subgraph,
                    "EXTERNAL_ON_INTERFACE",
                    f'Interface type field "{type.name}.{item.name}" is marked @external but @external is not allowed'
                    " on interface fields (it is nonsensical).",
                    item.at,
                    fix="Remove @external here; mark the field in the object types that implement the interface.",
                )
