"""PROVIDES_INVALID_FIELDS, PROVIDES_UNSUPPORTED_ON_INTERFACE and their family: what a @provides may promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.field_sets import FieldSetRule, check_field_set
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind
from router.composition.schema.references import base_name

RULE: Final = FieldSetRule("provides", arguments=False, local_leaves=False, abstract=True)


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every promise."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for application in subgraph.find_all(item, "provides"):
                coordinate = f"{type.name}.{item.name}"
                target = subgraph.schema.types.get(base_name(item.type))
                if type.kind is Kind.INTERFACE and target is not None and target.composite:
                    yield fault(
                        subgraph,
                        "PROVIDES_UNSUPPORTED_ON_INTERFACE",
                        f'Cannot use @provides on field "{coordinate}" of parent type "{type.name}": @provides is not'
                        " yet supported within interfaces",
                        application.at,
                        fix="Move it to the fields of the object types that implement the interface.",
                    )
                if target is not None:
                    yield from check_field_set(subgraph, RULE, application, target.name, f'field "{coordinate}"')
