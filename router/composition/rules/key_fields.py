"""KEY_INVALID_FIELDS, KEY_FIELDS_HAS_ARGS and their family: what a @key may select, and on which types it may stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.field_sets import FieldSetRule, check_field_set
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind

RULE: Final = FieldSetRule("key", arguments=False, local_leaves=True, abstract=False)


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every key."""
    for type in subgraph.schema.types.values():
        for application in subgraph.find_all(type, "key"):
            if type.kind is Kind.INTERFACE and subgraph.version < (2, 3):
                yield fault(
                    subgraph,
                    "KEY_UNSUPPORTED_ON_INTERFACE",
                    f'Cannot use @key on interface "{type.name}": @key is not yet supported on interfaces',
                    application.at,
                    fix="Link federation v2.3 or newer, or put the key on the object types.",
                )
            yield from check_field_set(subgraph, RULE, application, type.name, f'type "{type.name}"')
