"""Which types stand for which others in output position."""

from __future__ import annotations

from router.composition.schema.model import Kind, Schema
from router.composition.schema.references import ListOf, Named, NonNull, Reference


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
