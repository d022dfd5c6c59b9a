"""What implements a type or is a member of it asks for its kind, which a clash between subgraphs may have changed."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.merge.session import Session
from router.composition.outcome import CompositionFailed, Fault
from router.composition.schema.model import Kind, Schema


def stop_at_misplaced(session: Session, skeleton: Schema) -> None:
    """Go no further when a merged type implements what is no interface, or a union has a member that is no object.

    Each subgraph was right by itself, so their kinds clash. As with Apollo's composer, only the first of these is told.
    """
    for fault in _misplaced(session, skeleton):
        raise CompositionFailed((fault,))


def _misplaced(session: Session, skeleton: Schema) -> Iterator[Fault]:
    for type in skeleton.types.values():
        for name in type.interfaces:
            other = skeleton.types.get(name)
            if other is not None and other.kind is not Kind.INTERFACE:
                message = f"Cannot implement non-interface type {name} (of type {other.kind.value}Type)"
                yield _fault(session, message, name)
        for name in type.members:
            other = skeleton.types.get(name)
            if other is not None and other.kind is not Kind.OBJECT:
                message = (
                    f"Cannot add non-object type {name} (of type {other.kind.value}Type) as member of union type"
                    f" {type.name}"
                )
                yield _fault(session, message, name)


def _fault(session: Session, message: str, name: str) -> Fault:
    defining = [index for index, subgraph in enumerate(session.subgraphs) if name in subgraph.schema.types]
    return Fault(
        "INVALID_GRAPHQL",
        message,
        tuple(session.places(defining, name)),
        f'Define "{name}" as the same kind of type in {session.names(defining)}, or give one of them another name.',
    )
