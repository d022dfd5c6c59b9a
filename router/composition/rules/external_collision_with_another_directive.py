"""EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE: of what somebody else resolves, one cannot promise anything."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse @provides on external fields."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for application in subgraph.find_all(item, "provides"):
                if subgraph.is_external(type, item):
                    yield fault(
                        subgraph,
                        "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE",
                        f'Cannot have both @provides and @external on field "{type.name}.{item.name}"',
                        application.at,
                        fix="Remove @provides: it belongs where the field is resolved. Or remove @external if that is"
                        " here.",
                    )
