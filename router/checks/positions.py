"""How one type stands to another in a position: what is read may get stricter, what is written looser."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
    is_required_input_field,
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


Pairs: TypeAlias = frozenset[tuple[str, str]]
# What a value of one built-in scalar may be taken for, as JSON writes it.
_ALSO = {"Int": frozenset({"Float", "ID"}), "String": frozenset({"ID"})}


def accepts(old: GraphQLType, new: GraphQLType, pairs: Pairs = frozenset()) -> bool:
    """Whether every value that could be written for the old type can be written for the new one (6.1.2, coercion).

    Values do not name their types, so what is named otherwise may be taken all the same. Types of one name count as the
    same: how they differ is a change of its own. `pairs` are input types that are being compared already.
    """
    if isinstance(new, GraphQLNonNull):
        return isinstance(old, GraphQLNonNull) and accepts(old.of_type, new.of_type, pairs)
    old = _nullable(old)
    if isinstance(new, GraphQLList):
        return accepts(old.of_type if isinstance(old, GraphQLList) else old, new.of_type, pairs)
    if isinstance(old, GraphQLList):
        return False
    before, after = get_named_type(old), get_named_type(new)
    if before.name == after.name or after.name in _ALSO.get(before.name, ()):
        return True
    if isinstance(before, GraphQLEnumType) and isinstance(after, GraphQLEnumType):
        return set(before.values) <= set(after.values)
    if isinstance(before, GraphQLInputObjectType) and isinstance(after, GraphQLInputObjectType):
        return _accepts_objects(before, after, pairs)
    return False


def _accepts_objects(old: GraphQLInputObjectType, new: GraphQLInputObjectType, pairs: Pairs) -> bool:
    """Input objects of different names: what could be written in each field, and whether it could be left out."""
    if (old.name, new.name) in pairs:
        return True
    if old.fields.keys() - new.fields.keys() or (new.is_one_of and not old.is_one_of):
        return False
    within = pairs | {(old.name, new.name)}
    return all(
        accepts(old.fields[name].type, field.type, within) and _may_be_left_out(old.fields[name], field)
        if name in old.fields
        else not is_required_input_field(field)
        for name, field in new.fields.items()
    )


def _may_be_left_out(old: GraphQLInputField, new: GraphQLInputField) -> bool:
    return is_required_input_field(old) or not is_required_input_field(new)
