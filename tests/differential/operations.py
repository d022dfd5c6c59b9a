"""Random operations on a schema: fragments, aliases, arguments, variables, @skip and @include, abstract types."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    parse,
    validate,
)

DEPTH_MAX = 5


@dataclass
class Writer:
    """Writes one operation; collects its variables and named fragments on the way."""

    schema: GraphQLSchema
    source: random.Random
    variables: dict[str, Any] = field(default_factory=dict)
    declarations: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    aliases: int = 0

    def operation(self) -> tuple[str, dict[str, Any]]:
        """The document's text and its variables."""
        query = self.schema.query_type
        assert query is not None
        body = self.selection(query, DEPTH_MAX)
        declared = f"({', '.join(self.declarations)})" if self.declarations else ""
        return "\n".join([f"query Random{declared} {body}", *self.fragments]), self.variables

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
        arguments = self.arguments() if fields[name].args else ""
        if arguments and not alias:
            alias = self.alias(always=True)
        nested = ""
        if is_composite_type(target):
            nested = " " + (self.selection(target, depth - 1) if depth > 0 else "{ __typename }")
        return f"{alias}{name}{arguments}{self.condition()}{nested}"

    def fragment(self, type_: GraphQLNamedType, depth: int) -> str:
        """An inline fragment or a spread, on the type itself, on one of its members, or on an interface over it."""
        candidates: list[GraphQLNamedType] = [type_]
        if is_abstract_type(type_):
            candidates += self.schema.get_possible_types(type_) * 2
        elif isinstance(type_, GraphQLObjectType):
            candidates += type_.interfaces
        target = self.source.choice(candidates)
        body = self.selection(target, depth)
        if self.source.random() < 0.3:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {target.name} {body}")
            return f"...{name}{self.condition()}"
        on = "" if target is type_ and self.source.random() < 0.5 else f" on {target.name}"
        return f"...{on}{self.condition()} {body}"

    def alias(self, *, always: bool = False) -> str:
        """Sometimes an alias: a fresh one, or the name of a key, where planners stumble."""
        if not always and self.source.random() > 0.15:
            return ""
        self.aliases += 1
        return self.source.choice((f"a{self.aliases}", f"a{self.aliases}", "id", "code")) + ": "

    def arguments(self) -> str:
        """Arguments by literal, by variable, or left out."""
        roll = self.source.random()
        if roll < 0.3:
            return ""
        if roll < 0.6:
            return f"(x: {self.source.randint(0, 3)})"
        name = f"v{len(self.declarations)}"
        if roll < 0.8:
            self.declarations.append(f"${name}: Int{self.source.choice(('', ' = 5'))}")
            if self.source.random() < 0.7:
                self.variables[name] = self.source.choice((0, 1, None))
            return f"(x: ${name})"
        self.declarations.append(f"${name}: String!")
        self.variables[name] = "s"
        return f'(y: [${name}, "t"])'

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


def random_operation(schema: GraphQLSchema, source: random.Random) -> tuple[str, dict[str, Any]]:
    """A valid operation: candidates are drawn until one validates (conflicting aliases are common)."""
    while True:
        text, variables = Writer(schema, source).operation()
        if not validate(schema, parse(text)):
            return text, variables
