"""The parts of a schema: types, fields, arguments, enum values, and the directives applied to them.

Everything is frozen; a stage that changes something makes a new one with `dataclasses.replace`. Dictionaries are
ordered as written and never changed after they were made. `extension` numbers the `extend` clause that a part was
written in; 0 is the definition itself. `at` says where in the subgraph's text it was written: of a type its name, of a
field its name and type, of an application all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Final, TypeAlias

from router.composition.schema.references import Reference
from router.composition.schema.spans import NOWHERE, Span
from router.composition.schema.values import Value


class Kind(Enum):
    """The six kinds of named types, by the name error messages give them."""

    SCALAR = "Scalar"
    OBJECT = "Object"
    INTERFACE = "Interface"
    UNION = "Union"
    ENUM = "Enum"
    INPUT = "InputObject"


class Operation(Enum):
    """The three root operations, by their default type names."""

    QUERY = "Query"
    MUTATION = "Mutation"
    SUBSCRIPTION = "Subscription"

    @property
    def keyword(self) -> str:
        """The operation's word in a schema definition."""
        return self.value.lower()


@dataclass(frozen=True, slots=True)
class Absent:
    """The default value of what has none: null is a value of its own."""


ABSENT: Final = Absent()
Default: TypeAlias = "Value | Absent"


@dataclass(frozen=True, slots=True)
class Application:
    """A directive applied to something, e.g. `@key(fields: "id")`."""

    name: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    extension: int = 0
    at: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Input:
    """An argument of a field or directive, or a field of an input object."""

    name: str
    type: Reference
    default: Default = ABSENT
    description: str | None = None
    directives: tuple[Application, ...] = ()
    at: Span = NOWHERE
    extension: int = 0

    @property
    def required(self) -> bool:
        """Whether a caller must give it a value."""
        return str(self.type).endswith("!") and isinstance(self.default, Absent)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object or interface type."""

    name: str
    type: Reference
    arguments: Mapping[str, Input] = field(default_factory=dict)
    description: str | None = None
    directives: tuple[Application, ...] = ()
    at: Span = NOWHERE
    extension: int = 0


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A value of an enum type."""

    name: str
    description: str | None = None
    directives: tuple[Application, ...] = ()
    at: Span = NOWHERE
    extension: int = 0


@dataclass(frozen=True, slots=True)
class Type:
    """A named type. Which parts it may have follows from its kind; the others are empty."""

    name: str
    kind: Kind
    description: str | None = None
    directives: tuple[Application, ...] = ()
    interfaces: Mapping[str, int] = field(default_factory=dict)
    """Names of implemented interfaces, each with its extension."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    inputs: Mapping[str, Input] = field(default_factory=dict)
    members: Mapping[str, int] = field(default_factory=dict)
    """Names of a union's member types, each with its extension."""
    values: Mapping[str, EnumValue] = field(default_factory=dict)
    defined: bool = True
    """Whether it has a definition, rather than extensions alone."""
    extended: bool = False
    at: Span = NOWHERE

    @property
    def composite(self) -> bool:
        """Whether selections are made on it: an object, interface or union."""
        return self.kind in {Kind.OBJECT, Kind.INTERFACE, Kind.UNION}


@dataclass(frozen=True, slots=True)
class Definition:
    """A directive's definition."""

    name: str
    arguments: Mapping[str, Input] = field(default_factory=dict)
    locations: tuple[str, ...] = ()
    repeatable: bool = False
    description: str | None = None
    at: Span = NOWHERE


@dataclass(frozen=True)
class Schema:
    """A whole schema."""

    types: Mapping[str, Type] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    directives: tuple[Application, ...] = ()
    """The directives applied to the schema itself."""
    roots: Mapping[Operation, str] = field(default_factory=dict)
    description: str | None = None

    def possible(self, name: str) -> frozenset[str]:
        """Answer the object types a value of this type may have; none for leaves and unknown names."""
        type = self.types.get(name)
        if type is None:
            return frozenset()
        match type.kind:
            case Kind.OBJECT:
                return frozenset((name,))
            case Kind.UNION:
                return frozenset(type.members)
            case Kind.INTERFACE:
                return frozenset(self.implementations.get(name, ()))
            case Kind.SCALAR | Kind.ENUM | Kind.INPUT:
                return frozenset()

    @cached_property
    def implementations(self) -> Mapping[str, tuple[str, ...]]:
        """The object types of each interface, as the schema orders them."""
        found: dict[str, list[str]] = {}
        for type in self.types.values():
            if type.kind is Kind.OBJECT:
                for interface in type.interfaces:
                    found.setdefault(interface, []).append(type.name)
        return {interface: tuple(names) for interface, names in found.items()}


def applied(directives: tuple[Application, ...], name: str) -> Application | None:
    """Answer the first application of the directive, if any."""
    for application in directives:
        if application.name == name:
            return application
    return None


def every_application(schema: Schema) -> Iterator[tuple[str, str, Application]]:
    """Go through all applications: the location (as in a directive's definition), the coordinate, the application."""
    for application in schema.directives:
        yield "SCHEMA", "schema", application
    for type in schema.types.values():
        location = "INPUT_OBJECT" if type.kind is Kind.INPUT else type.kind.name
        for application in type.directives:
            yield location, type.name, application
        for item in type.fields.values():
            for application in item.directives:
                yield "FIELD_DEFINITION", f"{type.name}.{item.name}", application
            for argument in item.arguments.values():
                for application in argument.directives:
                    yield "ARGUMENT_DEFINITION", f"{type.name}.{item.name}({argument.name}:)", application
        for given in type.inputs.values():
            for application in given.directives:
                yield "INPUT_FIELD_DEFINITION", f"{type.name}.{given.name}", application
        for value in type.values.values():
            for application in value.directives:
                yield "ENUM_VALUE", f"{type.name}.{value.name}", application
    for definition in schema.definitions.values():
        for argument in definition.arguments.values():
            for application in argument.directives:
                yield "ARGUMENT_DEFINITION", f"@{definition.name}({argument.name}:)", application
