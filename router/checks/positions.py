"""How one type stands to another in a position: what is read may get stricter, what is written looser."""

from __future__ import annotations

from enum import Enum

from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
)


class Fit(Enum):
    """The new type beside the old one. STRICTER promises more, or asks more; LOOSER promises, or asks, less."""

    SAME = "same"
    STRICTER = "stricter"
    LOOSER = "looser"
    OTHER = "other"


def fit_of_output(old: GraphQLType, new: GraphQLType) -> Fit:
    """How what is answered changed; both ways at once counts as LOOSER, since nulls come where none came."""
    return _fit(old, new, both=Fit.LOOSER)


def fit_of_input(old: GraphQLType, new: GraphQLType) -> Fit:
    """How what is taken changed; both ways at once counts as STRICTER, since nulls are refused that were taken."""
    return _fit(old, new, both=Fit.STRICTER)


def _fit(old: GraphQLType, new: GraphQLType, *, both: Fit) -> Fit:
    if isinstance(old, GraphQLNonNull) or isinstance(new, GraphQLNonNull):
        inner = _fit(_nullable(old), _nullable(new), both=both)
        if isinstance(old, GraphQLNonNull) == isinstance(new, GraphQLNonNull):
            return inner
        outer = Fit.LOOSER if isinstance(old, GraphQLNonNull) else Fit.STRICTER
        return outer if inner in (Fit.SAME, outer) else Fit.OTHER if inner is Fit.OTHER else both
    if isinstance(old, GraphQLList) and isinstance(new, GraphQLList):
        return _fit(old.of_type, new.of_type, both=both)
    if isinstance(old, GraphQLList) or isinstance(new, GraphQLList):
        return Fit.OTHER
    return Fit.SAME if get_named_type(old).name == get_named_type(new).name else Fit.OTHER


def _nullable(kind: GraphQLType) -> GraphQLType:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def outputs(schema: GraphQLSchema) -> frozenset[str]:
    """The names of all types that fields answer with."""
    return frozenset(
        get_named_type(field.type).name
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for field in kind.fields.values()
    )


# What a value of one built-in scalar may be taken for, as JSON writes it.
_ALSO = {"Int": frozenset({"Float", "ID"}), "String": frozenset({"ID"})}


def accepts(old: GraphQLType, new: GraphQLType) -> bool:
    """Whether every value that could be written for the old type can be written for the new one (6.1.2, coercion)."""
    if isinstance(new, GraphQLNonNull):
        return isinstance(old, GraphQLNonNull) and accepts(old.of_type, new.of_type)
    old = _nullable(old)
    if isinstance(new, GraphQLList):
        return accepts(old.of_type if isinstance(old, GraphQLList) else old, new.of_type)
    if isinstance(old, GraphQLList):
        return False
    before, after = get_named_type(old).name, get_named_type(new).name
    return before == after or after in _ALSO.get(before, ())
