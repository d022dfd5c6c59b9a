"""Root types exist, and are object types (GraphQL, "Root Operation Types")."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Kind, Operation


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge the root types by the names they were given."""
    for operation, name in subgraph.written.roots.items():
        type = subgraph.written.types.get(name)
        if type is None:
            message = f"Cannot set schema {operation.keyword} root to unknown type {name}"
            yield fault(subgraph, "INVALID_GRAPHQL", message, fix=f'Define the type "{name}", or correct its name.')
        elif type.kind is not Kind.OBJECT:
            provided = "" if operation is Operation.QUERY else " if provided"
            message = (
                f"{operation.value} root type must be an Object type{provided}, it cannot be set to {name} (an"
                f" {type.kind.value}Type)."
            )
            yield fault(subgraph, "INVALID_GRAPHQL", message, type.at, fix="Make it an object type.")
