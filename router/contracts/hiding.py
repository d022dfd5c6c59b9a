"""Decides what a contract hides, and why.

Theory. Two filters by tag come first: what carries an excluded tag goes; and when tags are to be included, so do unions
and fields of objects and interfaces that carry none of them. (Scalars, enums, inputs and arguments are not asked for an
included tag: they are worth something only through a field.) A tag on an object or interface counts for its fields.
Then whatever has no visible part left goes, until nothing changes, and at last, on demand, what cannot be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from router.composition.schema.model import Application, Kind, Schema, Type, every_application
from router.composition.schema.references import base_name

BUILT_IN: Final = frozenset({"Int", "Float", "String", "Boolean", "ID"})


@dataclass(frozen=True, slots=True)
class Names:
    """What the supergraph calls @tag and @inaccessible (without @), and how its machinery's types begin."""

    tag: str
    inaccessible: str
    machinery: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tags:
    """The contract's filters."""

    include: frozenset[str]
    exclude: frozenset[str]


@dataclass
class Hidden:
    """Coordinates that clients do not see, each with the reason; `before` are those that the supergraph hid already."""

    reasons: dict[str, str] = field(default_factory=dict)
    before: set[str] = field(default_factory=set)

    def __contains__(self, coordinate: str) -> bool:
        return coordinate in self.reasons or coordinate in self.before

    def add(self, coordinate: str, reason: str) -> None:
        """Hide what is not hidden yet."""
        if coordinate not in self:
            self.reasons[coordinate] = reason


def hide(schema: Schema, names: Names, tags: Tags, *, unreachable: bool) -> Hidden:
    """Answer everything the contract hides."""
    hidden = Hidden(before=set(_inaccessible(schema, names)))
    types = [type for type in schema.types.values() if not type.name.startswith(names.machinery)]
    for type in types:
        _filter(type, names, tags, hidden)
    while _hide_empty(types, hidden):
        pass
    if unreachable:
        _hide_unreachable(schema, types, names, tags, hidden)
    return hidden


def tags_in_use(schema: Schema, names: Names) -> set[str]:
    """Answer every tag that something carries."""
    every = (application for _, _, application in every_application(schema))
    return _tags(every, names)


def _filter(type: Type, names: Names, tags: Tags, hidden: Hidden) -> None:
    own = _tags(type.directives, names)
    _exclude(type.name, own, tags, hidden)
    if type.kind is Kind.UNION and tags.include and not own & tags.include:
        hidden.add(type.name, f"it is not tagged {_alternatives(tags.include)}")
    if type.name in hidden:
        return
    for item in type.fields.values():
        coordinate = f"{type.name}.{item.name}"
        carried = own | _tags(item.directives, names)
        _exclude(coordinate, carried, tags, hidden)
        if tags.include and not carried & tags.include:
            hidden.add(coordinate, f"neither it nor {type.name} is tagged {_alternatives(tags.include)}")
        for argument in item.arguments.values():
            _exclude(f"{coordinate}({argument.name}:)", _tags(argument.directives, names), tags, hidden)
    for given in type.inputs.values():
        _exclude(f"{type.name}.{given.name}", _tags(given.directives, names), tags, hidden)
    for value in type.values.values():
        _exclude(f"{type.name}.{value.name}", _tags(value.directives, names), tags, hidden)


def _exclude(coordinate: str, carried: set[str], tags: Tags, hidden: Hidden) -> None:
    found = sorted(carried & tags.exclude)
    if found:
        hidden.add(coordinate, f'it is tagged "{found[0]}"')


def _hide_empty(types: Iterable[Type], hidden: Hidden) -> bool:
    """Hide types of which no part is visible; whether there were any."""
    before = len(hidden.reasons)
    for type in types:
        parts = _parts(type)
        if parts and type.name not in hidden and all(part in hidden for part in parts):
            what = {Kind.UNION: "members", Kind.ENUM: "values"}.get(type.kind, "fields")
            hidden.add(type.name, f"all its {what} are hidden{_because(parts, hidden)}")
    return len(hidden.reasons) > before


def _parts(type: Type) -> list[str]:
    match type.kind:
        case Kind.OBJECT | Kind.INTERFACE:
            return [f"{type.name}.{name}" for name in type.fields]
        case Kind.INPUT:
            return [f"{type.name}.{name}" for name in type.inputs]
        case Kind.ENUM:
            return [f"{type.name}.{name}" for name in type.values]
        case Kind.UNION:
            return list(type.members)
        case Kind.SCALAR:
            return []


def _because(parts: Iterable[str], hidden: Hidden) -> str:
    """Give the reason of the first part that the contract hides."""
    reason = next(((part, hidden.reasons[part]) for part in parts if part in hidden.reasons), None)
    return f" ({reason[0]}: {reason[1]})" if reason is not None else ""


def _hide_unreachable(schema: Schema, types: Iterable[Type], names: Names, tags: Tags, hidden: Hidden) -> None:
    reached = _reached(schema, names, hidden)
    for type in types:
        if type.name in reached or type.name in BUILT_IN or _tags(type.directives, names) & tags.include:
            continue
        hidden.add(type.name, "no operation can reach it")


def _reached(schema: Schema, names: Names, hidden: Hidden) -> set[str]:
    """Answer the visible types that operations can name, select from, or pass."""
    possible: dict[str, list[str]] = {}
    for type in schema.types.values():
        for name in type.interfaces:
            possible.setdefault(name, []).append(type.name)
    waiting = [
        *schema.roots.values(),
        *(
            base_name(argument.type)
            for definition in schema.definitions.values()
            if not definition.name.startswith(names.machinery)
            for argument in definition.arguments.values()
        ),
    ]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in schema.types or name in reached or name in hidden:
            continue
        reached.add(name)
        waiting += _referenced(schema.types[name], hidden)
        waiting += possible.get(name, ())
    return reached


def _referenced(type: Type, hidden: Hidden) -> Iterator[str]:
    yield from type.interfaces
    yield from type.members
    for item in type.fields.values():
        coordinate = f"{type.name}.{item.name}"
        if coordinate in hidden:
            continue
        yield base_name(item.type)
        for argument in item.arguments.values():
            if f"{coordinate}({argument.name}:)" not in hidden:
                yield base_name(argument.type)
    for given in type.inputs.values():
        if f"{type.name}.{given.name}" not in hidden:
            yield base_name(given.type)


def _inaccessible(schema: Schema, names: Names) -> Iterator[str]:
    for _, coordinate, application in every_application(schema):
        if application.name == names.inaccessible:
            yield coordinate


def _tags(applications: Iterable[Application], names: Names) -> set[str]:
    return {
        str(application.arguments["name"])
        for application in applications
        if application.name == names.tag and "name" in application.arguments
    }


def _alternatives(tags: Iterable[str]) -> str:
    return " or ".join(f'"{tag}"' for tag in sorted(tags))
