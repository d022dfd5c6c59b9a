"""Merges the types that subgraphs give one field or argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from router.composition.merge.session import Session
from router.composition.schema.model import Kind, Schema
from router.composition.schema.references import ListOf, Named, NonNull, Reference


class Position(Enum):
    """Where a type stands: what comes out may be any subtype of it, what goes in any supertype."""

    OUTPUT = "output"
    INPUT = "input"


class Typed(Protocol):
    """Anything with a type: a field, an argument, an input field."""

    @property
    def type(self) -> Reference:
        """The type."""


def is_subtype(schema: Schema, narrow: Reference, wide: Reference) -> bool:
    """Tell whether every value of `narrow` is one of `wide` (GraphQL, "Covariant type")."""
    match narrow, wide:
        case NonNull(inner), NonNull(outer):
            return is_subtype(schema, inner, outer)
        case NonNull(inner), _:
            return is_subtype(schema, inner, wide)
        case _, NonNull():
            return False
        case ListOf(inner), ListOf(outer):
            return is_subtype(schema, inner, outer)
        case Named(inner), Named(outer):
            return inner == outer or _is_named_subtype(schema, inner, outer)
        case _:
            return False


def _is_named_subtype(schema: Schema, narrow: str, wide: str) -> bool:
    general = schema.types.get(wide)
    special = schema.types.get(narrow)
    if general is None or special is None:
        return False
    if general.kind is Kind.UNION:
        return narrow in general.members
    return general.kind is Kind.INTERFACE and wide in special.interfaces


def merge_references(
    session: Session,
    skeleton: Schema,
    sources: Mapping[int, Typed],
    coordinate: str,
    position: Position,
    words: Callable[[], tuple[str, str]],
) -> tuple[Reference, bool]:
    """Answer the type that fits all sources, and whether all of them say the same.

    `skeleton` knows the supergraph's interfaces and union members. `words` gives the fault's code and the words for the
    element, e.g. ("FIELD_TYPE_MISMATCH", 'field "User.name"').
    """
    chosen: Reference | None = None
    same = True
    compatible = True
    for source in sources.values():
        if chosen is None or chosen == source.type:
            chosen = source.type
            continue
        same = False
        narrower, wider = source.type, chosen
        if position is Position.INPUT:
            narrower, wider = wider, narrower
        if is_subtype(skeleton, narrower, wider):
            continue
        if is_subtype(skeleton, wider, narrower):
            chosen = source.type
        else:
            compatible = False
    assert chosen is not None
    code, element = words()
    if not compatible:
        session.refuse(
            code,
            f"Type of {element} is incompatible across subgraphs: it has "
            + session.differences(sources, lambda source: f'type "{source.type}"', first=f'type "{chosen}"'),
        )
    elif not same:
        kind = "ARGUMENT" if "ARGUMENT" in code else "FIELD"
        session.hint(
            f"INCONSISTENT_BUT_COMPATIBLE_{kind}_TYPE",
            f"Type of {element} is inconsistent but compatible across subgraphs: will use type"
            f' "{chosen}" for {coordinate}.',
        )
    return chosen, same
