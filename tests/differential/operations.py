"""Random operations on a schema: fragments, aliases, arguments, variables, @skip and @include, abstract types."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
    parse,
    validate,
)

DEPTH_MAX = 5
_VALUES: dict[str, tuple[Any, ...]] = {
    "Int": (0, 1, 2, 3),
    "Float": (0.5, 2.0),
    "String": ("1", "a", "t"),
    "ID": ("1", "2", "3", "a", "none"),
    "Boolean": (True, False),
}


@dataclass
class Writer:
    """Writes one operation; collects its variables and named fragments on the way.

    `values` are what scalars may be, by their name; `keys` are names of fields that tell objects apart.
    """

    schema: GraphQLSchema
    source: random.Random
    values: Mapping[str, Sequence[Any]] = field(default_factory=lambda: _VALUES)
    keys: Sequence[str] = ("id", "code")
    variables: dict[str, Any] = field(default_factory=dict)
    declarations: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def operation(self, kind: str) -> tuple[str, dict[str, Any]]:
        """The document's text and its variables."""
        root = self.schema.mutation_type if kind == "mutation" else self.schema.query_type
        assert root is not None
        body = self.selection(root, DEPTH_MAX)
        declared = f"({', '.join(self.declarations)})" if self.declarations else ""
        return "\n".join([f"{kind} Random{declared} {body}", *self.fragments]), self.variables

    def selection(self, type_: GraphQLNamedType, depth: int) -> str:
        """A braced selection set on a composite type."""
        parts = [self.part(type_, depth) for _ in range(self.source.randint(1, 4))]
        return "{ " + " ".join(parts) + " }"

    def part(self, type_: GraphQLNamedType, depth: int) -> str:
        """A field, `__typename`, an inline fragment or a spread."""
        roll = self.source.random()
        if roll < 0.08 or (isinstance(type_, GraphQLUnionType) and roll < 0.3):
            return self.alias() + "__typename"
        if (is_abstract_type(type_) and roll < 0.75) or roll < 0.15:
            return self.fragment(type_, depth)
        if isinstance(type_, GraphQLUnionType):
            return self.fragment(type_, depth)
        fields = type_.fields  # type: ignore[attr-defined]
        leaves = [n for n, f in fields.items() if not is_composite_type(get_named_type(f.type))]
        names = list(fields) if depth > 1 or not leaves else leaves
        name = self.source.choice(names)
        target = get_named_type(fields[name].type)
        alias = self.alias()
        arguments = self.arguments(fields[name].args)
        if arguments and not alias:
            alias = self.alias(always=True)
        nested = ""
        if is_composite_type(target):
            nested = " " + (self.selection(target, depth - 1) if depth > 0 else "{ __typename }")
        return f"{alias}{name}{arguments}{self.condition()}{nested}"

    def fragment(self, type_: GraphQLNamedType, depth: int) -> str:
        """An inline fragment or a spread, on the type itself, on one of its members, or on an interface over it."""
        target = self.source.choice(self.type_conditions(type_))
        body = self.selection(target, depth)
        if self.source.random() < 0.3:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {target.name} {body}")
            return f"...{name}{self.condition()}"
        on = "" if target is type_ and self.source.random() < 0.5 else f" on {target.name}"
        return f"...{on}{self.condition()} {body}"

    def type_conditions(self, type_: GraphQLNamedType) -> list[GraphQLNamedType]:
        """The types that a fragment on `type_` may name, the likelier more than once."""
        candidates: list[GraphQLNamedType] = [type_]
        if is_abstract_type(type_):
            candidates += self.schema.get_possible_types(type_) * 2
        elif isinstance(type_, GraphQLObjectType):
            candidates += type_.interfaces
        return candidates

    def alias(self, *, always: bool = False) -> str:
        """Sometimes an alias: a fresh one, or the name of a key, where planners stumble."""
        if not always and self.source.random() > 0.15:
            return ""
        self.aliases += 1
        return self.source.choice((f"a{self.aliases}", f"a{self.aliases}", *self.keys)) + ": "

    def arguments(self, known: Mapping[str, GraphQLArgument]) -> str:
        """Arguments by literal, by variable, or left out where they may be."""
        given = [
            f"{name}: {self.value(argument.type)}"
            for name, argument in known.items()
            if is_required_argument(argument) or self.source.random() < 0.6
        ]
        return f"({', '.join(given)})" if given else ""

    def value(self, type_: GraphQLInputType) -> str:
        """A literal of an input type, or a variable, with or without default and value."""
        if self.source.random() < 0.35:
            name = f"v{len(self.declarations)}"
            default = ""
            if not isinstance(type_, GraphQLNonNull) and self.source.random() < 0.3:
                default = f" = {self.literal(type_, variables=False)}"
            self.declarations.append(f"${name}: {type_}{default}")
            if isinstance(type_, GraphQLNonNull) or self.source.random() < 0.7:
                self.variables[name] = self.json(type_)
            return f"${name}"
        return self.literal(type_, variables=True)

    def literal(self, type_: GraphQLInputType, *, variables: bool) -> str:
        """A literal of an input type, which may hold variables in lists and objects."""
        inner = self.value if variables else lambda each: self.literal(each, variables=False)
        match type_:
            case GraphQLNonNull():
                return self.literal(type_.of_type, variables=variables)
            case GraphQLList():
                if self.source.random() < 0.2:  # a single value stands for a list of one
                    return self.literal(type_.of_type, variables=False)
                return "[" + ", ".join(inner(type_.of_type) for _ in range(self.source.randint(0, 2))) + "]"
            case GraphQLInputObjectType():
                return "{" + ", ".join(f"{n}: {inner(f.type)}" for n, f in self.filled(type_)) + "}"
            case GraphQLEnumType():
                return self.source.choice(list(type_.values))
            case _:
                return json.dumps(self.json(type_))

    def json(self, type_: GraphQLInputType) -> Any:
        """A variable's value."""
        match type_:
            case GraphQLNonNull():
                found = self.json(type_.of_type)
                while found is None:
                    found = self.json(type_.of_type)
                return found
            case GraphQLList():
                return [self.json(type_.of_type) for _ in range(self.source.randint(0, 2))]
            case GraphQLInputObjectType():
                return {n: self.json(f.type) for n, f in self.filled(type_)}
            case GraphQLEnumType():
                return self.source.choice(list(type_.values))
            case _:
                return self.source.choice(self.values[type_.name])

    def filled(self, type_: GraphQLInputObjectType) -> list[tuple[str, GraphQLInputField]]:
        """The fields of an input object that get a value."""
        return [(n, f) for n, f in type_.fields.items() if is_required_input_field(f) or self.source.random() < 0.6]

    def condition(self) -> str:
        """Sometimes @skip or @include, by literal or variable."""
        if self.source.random() > 0.12:
            return ""
        directive = self.source.choice(("skip", "include"))
        if self.source.random() < 0.3:
            return f" @{directive}(if: {self.source.choice(('true', 'false'))})"
        name = f"b{len(self.declarations)}"
        self.declarations.append(f"${name}: Boolean!")
        self.variables[name] = self.source.random() < 0.5
        return f" @{directive}(if: ${name})"


def random_operation(
    schema: GraphQLSchema,
    source: random.Random,
    kind: str = "query",
    *,
    writer: Callable[[GraphQLSchema, random.Random], Writer] = Writer,
) -> tuple[str, dict[str, Any]]:
    """A valid operation: candidates are drawn until one validates (conflicting aliases are common)."""
    while True:
        text, variables = writer(schema, source).operation(kind)
        if not validate(schema, parse(text)):
            return text, variables
