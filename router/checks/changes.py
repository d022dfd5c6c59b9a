"""What changed between two API schemas, for those who send operations: every difference, once, with its severity.

Theory. Two schemas are walked side by side, name by name. A type that came or went is one change, not one for each of
its fields. A position decides how a type may change: what is read may only get narrower, what is written only wider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_directive,
    is_specified_scalar_type,
    print_ast,
)

from router.checks.authorization import Asked, authorization_changes
from router.checks.change import Change, Kind, Severity
from router.checks.positions import Fit, fit_of_input, fit_of_output, outputs

Item = TypeVar("Item")
_SAFE, _DANGEROUS, _BREAKING = Severity.SAFE, Severity.DANGEROUS, Severity.BREAKING
_KIND_NAMES: Mapping[type[GraphQLNamedType], str] = {
    GraphQLScalarType: "a scalar",
    GraphQLObjectType: "an object type",
    GraphQLInterfaceType: "an interface",
    GraphQLUnionType: "a union",
    GraphQLEnumType: "an enum",
    GraphQLInputObjectType: "an input type",
}


def changes(
    old: GraphQLSchema, new: GraphQLSchema, before: Asked = MappingProxyType({}), after: Asked = MappingProxyType({})
) -> tuple[Change, ...]:
    """Every change, the worst first, then by coordinate.

    `before` and `after` are what coordinates ask of their viewers, which an API schema does not tell.
    """
    found = [*_roots(old, new), *_types(old, new), *_directives(old, new)]
    found += authorization_changes(old, new, before, after)
    return tuple(sorted(found, key=lambda each: (-each.severity.rank, each.coordinate, each.kind.value, each.other)))


def _pairs(
    old: Mapping[str, Item], new: Mapping[str, Item]
) -> tuple[list[tuple[str, Item]], list[tuple[str, Item]], list[tuple[str, Item, Item]]]:
    """What went, what came, and what stayed, each by name."""
    gone = [(name, item) for name, item in old.items() if name not in new]
    come = [(name, item) for name, item in new.items() if name not in old]
    kept = [(name, item, new[name]) for name, item in old.items() if name in new]
    return gone, come, kept


# ------------------------------------------------------------------------------------------------------- roots, types


def _roots(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    for operation in OperationType:
        before, after = old.get_root_type(operation), new.get_root_type(operation)
        kind = operation.value
        if before is None and after is not None:
            yield Change(Kind.ROOT_TYPE_ADDED, after.name, _SAFE, f"{kind} operations can be sent: `{after.name}`")
        elif before is not None and after is None:
            yield Change(Kind.ROOT_TYPE_REMOVED, before.name, _BREAKING, f"no {kind} operation can be sent any more")
        elif before is not None and after is not None and before.name != after.name:
            message = f"the {kind} type is `{after.name}` and no longer `{before.name}`"
            yield Change(Kind.ROOT_TYPE_CHANGED, before.name, _BREAKING, message, after.name)


def _types(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    gone, come, kept = _pairs(_own(old), _own(new))
    for name, before in gone:
        yield Change(Kind.TYPE_REMOVED, name, _BREAKING, f"{_KIND_NAMES[type(before)]} was removed")
    for name, after in come:
        yield Change(Kind.TYPE_ADDED, name, _SAFE, f"{_KIND_NAMES[type(after)]} was added")
        if isinstance(after, GraphQLObjectType | GraphQLInterfaceType):
            known = {interface.name for interface in after.interfaces if interface.name in old.type_map}
            yield from _implements(name, set(), known)
    returned = outputs(old)
    for name, before, after in kept:
        yield from _described(name, before, after)
        yield from _type(name, before, after, returned)


def _own(schema: GraphQLSchema) -> dict[str, GraphQLNamedType]:
    return {
        name: kind
        for name, kind in schema.type_map.items()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
    }


def _type(name: str, old: GraphQLNamedType, new: GraphQLNamedType, returned: frozenset[str]) -> Iterator[Change]:
    match old, new:
        case GraphQLObjectType(), GraphQLObjectType():
            yield from _composite(name, old, new)
        case GraphQLInterfaceType(), GraphQLInterfaceType():
            yield from _composite(name, old, new)
        case GraphQLUnionType(), GraphQLUnionType():
            yield from _members(name, {t.name for t in old.types}, {t.name for t in new.types})
        case GraphQLEnumType(), GraphQLEnumType():
            yield from _values(name, old, new, _DANGEROUS if name in returned else _SAFE)
        case GraphQLInputObjectType(), GraphQLInputObjectType():
            yield from _inputs(name, old, new)
        case GraphQLScalarType(), GraphQLScalarType():
            if old.specified_by_url != new.specified_by_url:
                message = f"its specification is {new.specified_by_url or 'not named'}, was {old.specified_by_url}"
                yield Change(Kind.SPECIFIED_BY_CHANGED, name, _DANGEROUS, message)
        case _:
            message = f"was {_KIND_NAMES[type(old)]} and is {_KIND_NAMES[type(new)]}"
            yield Change(Kind.TYPE_CHANGED_KIND, name, _BREAKING, message)


def _composite(
    name: str, old: GraphQLObjectType | GraphQLInterfaceType, new: GraphQLObjectType | GraphQLInterfaceType
) -> Iterator[Change]:
    yield from _fields(name, old.fields, new.fields)
    yield from _implements(name, {each.name for each in old.interfaces}, {each.name for each in new.interfaces})


def _implements(name: str, old: set[str], new: set[str]) -> Iterator[Change]:
    for interface in sorted(old - new):
        message = f"no longer implements `{interface}`"
        yield Change(Kind.IMPLEMENTED_INTERFACE_REMOVED, name, _BREAKING, message, interface)
    for interface in sorted(new - old):
        message = f"implements `{interface}`, which may now answer it"
        yield Change(Kind.IMPLEMENTED_INTERFACE_ADDED, name, _DANGEROUS, message, interface)


def _members(name: str, old: set[str], new: set[str]) -> Iterator[Change]:
    for member in sorted(old - new):
        yield Change(Kind.TYPE_REMOVED_FROM_UNION, name, _BREAKING, f"`{member}` is no longer a member", member)
    for member in sorted(new - old):
        yield Change(Kind.TYPE_ADDED_TO_UNION, name, _DANGEROUS, f"`{member}` may now be answered too", member)


def _values(name: str, old: GraphQLEnumType, new: GraphQLEnumType, added: Severity) -> Iterator[Change]:
    gone, come, kept = _pairs(old.values, new.values)
    for value, _ in gone:
        yield Change(Kind.VALUE_REMOVED_FROM_ENUM, f"{name}.{value}", _BREAKING, "the value was removed")
    for value, _ in come:
        told = "the value may now be answered" if added is _DANGEROUS else "the value may now be sent"
        yield Change(Kind.VALUE_ADDED_TO_ENUM, f"{name}.{value}", added, told)
    for value, before, after in kept:
        yield from _described(f"{name}.{value}", before, after)


# ------------------------------------------------------------------------------------------------- fields, arguments


def _fields(name: str, old: Mapping[str, GraphQLField], new: Mapping[str, GraphQLField]) -> Iterator[Change]:
    gone, come, kept = _pairs(old, new)
    for field, before in gone:
        told = "the field was removed"
        if before.deprecation_reason:
            told += f"; it was deprecated: {before.deprecation_reason}"
        yield Change(Kind.FIELD_REMOVED, f"{name}.{field}", _BREAKING, told)
    for field, after in come:
        yield Change(Kind.FIELD_ADDED, f"{name}.{field}", _SAFE, f"a field was added: `{after.type}`")
    for field, before, after in kept:
        coordinate = f"{name}.{field}"
        yield from _described(coordinate, before, after)
        yield from _output(coordinate, before, after)
        for argument, old_argument, new_argument in _same(before.args, after.args):
            yield from _argument(f"{coordinate}({argument}:)", old_argument, new_argument)


def _output(coordinate: str, old: GraphQLField, new: GraphQLField) -> Iterator[Change]:
    message = f"answers `{new.type}`, answered `{old.type}`"
    match fit_of_output(old.type, new.type):
        case Fit.SAME:
            return
        case Fit.STRICTER:
            yield Change(Kind.FIELD_BECAME_NON_NULL, coordinate, _SAFE, message)
        case Fit.LOOSER:
            yield Change(Kind.FIELD_BECAME_NULLABLE, coordinate, _BREAKING, f"may be null: {message}")
        case Fit.OTHER:
            yield Change(Kind.FIELD_CHANGED_TYPE, coordinate, _BREAKING, message)


def _same(old: Mapping[str, Item], new: Mapping[str, Item]) -> Iterator[tuple[str, Item | None, Item | None]]:
    for name in dict.fromkeys([*old, *new]):
        yield name, old.get(name), new.get(name)


def _argument(coordinate: str, old: GraphQLArgument | None, new: GraphQLArgument | None) -> Iterator[Change]:
    if old is None:
        assert new is not None
        required = is_required_argument(new)
        kind = Kind.REQUIRED_ARG_ADDED if required else Kind.OPTIONAL_ARG_ADDED
        told = f"{'a required' if required else 'an optional'} argument was added: `{new.type}`"
        yield Change(kind, coordinate, _BREAKING if required else _SAFE, told)
    elif new is None:
        yield Change(Kind.ARG_REMOVED, coordinate, _BREAKING, "the argument was removed")
    else:
        yield from _described(coordinate, old, new)
        became = (is_required_argument(old), is_required_argument(new))
        kinds = (Kind.ARG_CHANGED_TYPE, Kind.ARG_BECAME_REQUIRED, Kind.ARG_BECAME_OPTIONAL)
        yield from _input(coordinate, (old, new), became, kinds, Kind.ARG_DEFAULT_VALUE_CHANGED)


def _inputs(name: str, old: GraphQLInputObjectType, new: GraphQLInputObjectType) -> Iterator[Change]:
    if new.is_one_of and not old.is_one_of:
        yield Change(Kind.ONE_OF_ADDED, name, _BREAKING, "exactly one field must be given now")
    elif old.is_one_of and not new.is_one_of:
        yield Change(Kind.ONE_OF_REMOVED, name, _SAFE, "several fields may be given now")
    for field, before, after in _same(old.fields, new.fields):
        yield from _input_field(f"{name}.{field}", before, after)


def _input_field(coordinate: str, old: GraphQLInputField | None, new: GraphQLInputField | None) -> Iterator[Change]:
    if old is None:
        assert new is not None
        required = is_required_input_field(new)
        kind = Kind.REQUIRED_INPUT_FIELD_ADDED if required else Kind.OPTIONAL_INPUT_FIELD_ADDED
        told = f"{'a required' if required else 'an optional'} input field was added: `{new.type}`"
        yield Change(kind, coordinate, _BREAKING if required else _SAFE, told)
    elif new is None:
        yield Change(Kind.INPUT_FIELD_REMOVED, coordinate, _BREAKING, "the input field was removed")
    else:
        yield from _described(coordinate, old, new)
        became = (is_required_input_field(old), is_required_input_field(new))
        kinds = (
            Kind.INPUT_FIELD_CHANGED_TYPE,
            Kind.INPUT_FIELD_BECAME_REQUIRED,
            Kind.INPUT_FIELD_BECAME_OPTIONAL,
        )
        yield from _input(coordinate, (old, new), became, kinds, Kind.INPUT_FIELD_DEFAULT_VALUE_CHANGED)


def _input(
    coordinate: str,
    pair: tuple[GraphQLArgument, GraphQLArgument] | tuple[GraphQLInputField, GraphQLInputField],
    required: tuple[bool, bool],
    kinds: tuple[Kind, Kind, Kind],
    default_changed: Kind,
) -> Iterator[Change]:
    """What happened to an argument or an input field that stayed. `kinds`: other type, now required, now optional."""
    old, new = pair
    fit = fit_of_input(old.type, new.type)
    before, after = _default(old), _default(new)
    if required == (False, True):
        told = f"must be given now: `{_written(new)}`, was `{_written(old)}`"
        yield Change(kinds[1], coordinate, _BREAKING, told)
    elif fit in (Fit.OTHER, Fit.STRICTER):
        yield Change(kinds[0], coordinate, _BREAKING, f"takes `{new.type}`, took `{old.type}`")
    elif required == (True, False) or fit is Fit.LOOSER:
        yield Change(kinds[2], coordinate, _SAFE, f"takes `{_written(new)}`, took `{_written(old)}`")
    # A default where something had to be given before reaches nobody who sends operations today.
    if before != after and not required[0] and not required[1]:
        told = f"is {after or 'nothing'} when it is left out, was {before or 'nothing'}"
        yield Change(default_changed, coordinate, _DANGEROUS, told)


def _default(item: GraphQLArgument | GraphQLInputField) -> str | None:
    node = item.ast_node
    return print_ast(node.default_value) if node is not None and node.default_value is not None else None


def _written(item: GraphQLArgument | GraphQLInputField) -> str:
    default = _default(item)
    return f"{item.type}" if default is None else f"{item.type} = {default}"


# --------------------------------------------------------------------------------------- directives, what is said


def _directives(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[Change]:
    gone, come, kept = _pairs(_own_directives(old), _own_directives(new))
    for name, _ in gone:
        yield Change(Kind.DIRECTIVE_REMOVED, f"@{name}", _BREAKING, "the directive was removed")
    for name, _ in come:
        yield Change(Kind.DIRECTIVE_ADDED, f"@{name}", _SAFE, "a directive was added")
    for name, before, after in kept:
        yield from _directive(f"@{name}", before, after)


def _own_directives(schema: GraphQLSchema) -> dict[str, GraphQLDirective]:
    return {each.name: each for each in schema.directives if not is_specified_directive(each)}


def _directive(coordinate: str, old: GraphQLDirective, new: GraphQLDirective) -> Iterator[Change]:
    if (old.description or "") != (new.description or ""):
        yield Change(Kind.DESCRIPTION_CHANGED, coordinate, _SAFE, "is described otherwise")
    for argument, before, after in _same(old.args, new.args):
        yield from _argument(f"{coordinate}({argument}:)", before, after)
    before_places, after_places = ({place.name for place in each.locations} for each in (old, new))
    for place in sorted(before_places - after_places):
        message = f"may no longer stand at {place}"
        yield Change(Kind.DIRECTIVE_LOCATION_REMOVED, coordinate, _BREAKING, message, place)
    for place in sorted(after_places - before_places):
        yield Change(Kind.DIRECTIVE_LOCATION_ADDED, coordinate, _SAFE, f"may now stand at {place}", place)
    if old.is_repeatable and not new.is_repeatable:
        yield Change(Kind.DIRECTIVE_REPEATABLE_REMOVED, coordinate, _BREAKING, "may no longer be repeated")
    elif new.is_repeatable and not old.is_repeatable:
        yield Change(Kind.DIRECTIVE_REPEATABLE_ADDED, coordinate, _SAFE, "may now be repeated")


def _described(coordinate: str, old: Any, new: Any) -> Iterator[Change]:
    """What is said of an element: its description, its deprecation."""
    if (old.description or "") != (new.description or ""):
        yield Change(Kind.DESCRIPTION_CHANGED, coordinate, _SAFE, "is described otherwise")
    before, after = getattr(old, "deprecation_reason", None), getattr(new, "deprecation_reason", None)
    if before is None and after is not None:
        yield Change(Kind.DEPRECATION_ADDED, coordinate, _SAFE, f"is deprecated: {after}")
    elif before is not None and after is None:
        yield Change(Kind.DEPRECATION_REMOVED, coordinate, _SAFE, "is no longer deprecated")
    elif before != after:
        yield Change(Kind.DEPRECATION_REASON_CHANGED, coordinate, _SAFE, f"is deprecated for another reason: {after}")
