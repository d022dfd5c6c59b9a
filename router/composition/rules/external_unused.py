"""EXTERNAL_UNUSED: a field of another subgraph is declared only where some directive or interface needs it."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse external fields that nothing uses."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            coordinate = f"{type.name}.{item.name}"
            told = subgraph.find(item, "provides") is not None
            if subgraph.is_external(type, item) and coordinate not in subgraph.used and not told:
                yield fault(
                    subgraph,
                    "EXTERNAL_UNUSED",
                    f'Field "{coordinate}" is marked @external but is not used in any federation directive (@key,'
                    " @provides, @requires) or to satisfy an interface; the field declaration has no use and should be"
                    " removed (or the field should not be @external).",
                    item.at,
                    fix=f'Remove "{coordinate}" from this subgraph, or remove @external if this subgraph resolves it.',
                )
