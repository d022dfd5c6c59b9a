"""PROVIDES_ON_NON_OBJECT_FIELD: a promise speaks of what is below a field, and below a leaf is nothing."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.references import base_name


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse @provides on fields of scalars and enums; of external ones another rule tells."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            target = subgraph.schema.types.get(base_name(item.type))
            if (target is not None and target.composite) or subgraph.is_external(type, item):
                continue
            for application in subgraph.find_all(item, "provides"):
                yield fault(
                    subgraph,
                    "PROVIDES_ON_NON_OBJECT_FIELD",
                    f'Invalid @provides directive on field "{type.name}.{item.name}": field has type "{item.type}"'
                    " which is not a Composite Type",
                    application.at,
                    fix="Remove @provides: a leaf has nothing below it to provide.",
                )
