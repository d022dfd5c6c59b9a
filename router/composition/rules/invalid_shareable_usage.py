"""INVALID_SHAREABLE_USAGE: only what is resolved can be shared, and it is said once per declaration."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind

_CODE = "INVALID_SHAREABLE_USAGE"
_ONCE = "Remove all but one @shareable."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse @shareable on interface fields, and twice on one declaration."""
    for type in subgraph.schema.types.values():
        extensions = [marker.extension for marker in subgraph.find_all(type, "shareable")]
        if len(extensions) != len(set(extensions)):
            yield fault(subgraph, _CODE, _twice(f'the same type declaration of "{type.name}"'), type.at, fix=_ONCE)
        for item in type.fields.values():
            markers = subgraph.find_all(item, "shareable")
            if len(markers) > 1:
                yield fault(subgraph, _CODE, _twice(f'field "{type.name}.{item.name}"'), item.at, fix=_ONCE)
            if markers and type.kind is Kind.INTERFACE:
                yield fault(
                    subgraph,
                    _CODE,
                    f'Invalid use of @shareable on field "{type.name}.{item.name}": only object type fields can be'
                    " marked with @shareable",
                    item.at,
                    fix="Remove @shareable here; mark the field in the object types that implement the interface.",
                )


def _twice(where: str) -> str:
    return (
        f"Invalid duplicate application of @shareable on {where}: @shareable is"
        " only repeatable on types so it can be used simultaneously on a type definition and its extensions, but it"
        " should not be duplicated on the same definition/extension declaration"
    )
