"""REQUIRES_INVALID_FIELDS, REQUIRES_FIELDS_MISSING_EXTERNAL and their family: what a @requires may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.field_sets import FieldSetRule, check_field_set
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind

RULE: Final = FieldSetRule("requires", arguments=True, local_leaves=False, abstract=True)


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every requirement."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for application in subgraph.find_all(item, "requires"):
                coordinate = f"{type.name}.{item.name}"
                if type.kind is Kind.INTERFACE:
                    yield fault(
                        subgraph,
                        "REQUIRES_UNSUPPORTED_ON_INTERFACE",
                        f'Cannot use @requires on field "{coordinate}" of parent type "{type.name}": @requires is not'
                        " yet supported within interfaces",
                        application.at,
                        fix="Move it to the fields of the object types that implement the interface.",
                    )
                yield from check_field_set(subgraph, RULE, application, type.name, f'field "{coordinate}"')
