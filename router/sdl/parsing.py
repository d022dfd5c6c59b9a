"""Reads type system documents by recursive descent (GraphQL, "Type System"), as graphql-core's parser does but faster.

What it does not know - executable definitions, and everything that is wrong - it leaves to graphql-core: so what is
accepted, what it means and what a syntax error says are the same by construction. Two bounds are its own: how many
tokens a document has, and how deep types and values nest.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any, Final, TypeVar

from graphql import (
    BooleanValueNode,
    DefinitionNode,
    DirectiveDefinitionNode,
    DirectiveLocation,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    EnumValueDefinitionNode,
    EnumValueNode,
    FieldDefinitionNode,
    FloatValueNode,
    GraphQLSyntaxError,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    IntValueNode,
    ListTypeNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    NullValueNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ObjectValueNode,
    OperationType,
    OperationTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    Source,
    StringValueNode,
    TypeNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    ValueNode,
    parse,
)
from graphql.language import ArgumentNode, DirectiveNode, ObjectFieldNode

from router.sdl.extents import Extent
from router.sdl.lexing import Cut, cut, text_of

TOKENS_MAX: Final = 2_000_000
"""No document has more lexical tokens than this, unless its reader says so: what hostile text may cost."""
DEPTH_MAX: Final = 100
"""Types and values nest no deeper than this; what reads them recurses."""

_NAME_START: Final = frozenset("_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OPERATIONS: Final = {operation.value: operation for operation in OperationType}
_LOCATIONS: Final = frozenset(DirectiveLocation.__members__)

Item = TypeVar("Item")


class _Unusual(Exception):
    """Something that this parser does not read."""


def parse_sdl(text: str, *, locations: bool = True, tokens_max: int | None = TOKENS_MAX) -> DocumentNode:
    """Answer the document's syntax tree; without locations, equal parts of it may be one object.

    Raises GraphQLSyntaxError for what is not GraphQL, has more tokens than the limit (None: none), or nests too deep.
    """
    limit = tokens_max if tokens_max is not None else len(text)
    tokens, starts = cut(text, limit)
    if tokens and not tokens[-1]:
        try:
            return _Parser(Cut(text, starts), tokens, starts, locations=locations).document()
        except _Unusual:
            pass
    elif len(tokens) > limit:
        problem = f"Document contains more than {limit} tokens. Parsing aborted."
        raise GraphQLSyntaxError(Source(text), starts[limit], problem)
    try:
        return parse(Source(text), no_location=not locations, max_tokens=tokens_max)
    except RecursionError:
        raise GraphQLSyntaxError(Source(text), 0, "The document nests too deep.") from None


class _Parser:
    """Stands at one token of a document. Each method reads one production and leaves it behind."""

    __slots__ = ("at", "depth", "directives", "located", "named", "source", "starts", "tokens")

    def __init__(self, source: Cut, tokens: list[str], starts: array[int], *, locations: bool) -> None:
        self.source = source
        self.tokens = tokens
        self.starts = starts
        self.located = locations
        self.at = 0
        self.depth = 0
        # Without locations, what was read once stands for all that is written alike.
        self.named: dict[str, NamedTypeNode] = {}
        self.directives: dict[tuple[str, ...], DirectiveNode] = {}

    def document(self) -> DocumentNode:
        definitions: list[DefinitionNode] = []
        while self.tokens[self.at]:
            definitions.append(self.definition())
        if not definitions:
            raise _Unusual
        whole = Extent(0, self.starts[self.at], self.source) if self.located else None
        document = DocumentNode(definitions=tuple(definitions), loc=whole)
        # As graphql-core says how long a document was.
        object.__setattr__(document, "token_count", len(self.tokens) - 1)
        return document

    # ----------------------------------------------------------------------------------------------------------- tokens

    def span(self, begin: int) -> Extent | None:
        """From the token at `begin` to the last one read."""
        if not self.located:
            return None
        last = self.at - 1
        return Extent(self.starts[begin], self.starts[last] + len(self.tokens[last]), self.source)

    def take(self, token: str) -> None:
        if self.tokens[self.at] != token:
            raise _Unusual
        self.at += 1

    def skip(self, token: str) -> bool:
        if self.tokens[self.at] == token:
            self.at += 1
            return True
        return False

    def name(self) -> NameNode:
        at = self.at
        token = self.tokens[at]
        if token[:1] not in _NAME_START:
            raise _Unusual
        self.at = at + 1
        if not self.located:
            return NameNode(value=token)
        start = self.starts[at]
        return NameNode(value=token, loc=Extent(start, start + len(token), self.source))

    def many(self, opening: str, item: Callable[[], Item], closing: str) -> tuple[Item, ...] | None:
        """Items between brackets, at least one; None where there are no brackets."""
        if self.tokens[self.at] != opening:
            return None
        self.at += 1
        items = [item()]
        while self.tokens[self.at] != closing:
            items.append(item())
        self.at += 1
        return tuple(items)

    def delimited(self, mark: str, item: Callable[[], Item]) -> tuple[Item, ...]:
        self.skip(mark)
        items = [item()]
        while self.skip(mark):
            items.append(item())
        return tuple(items)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise GraphQLSyntaxError(self.source, self.starts[self.at], f"It nests deeper than {DEPTH_MAX} levels.")

    # ------------------------------------------------------------------------------------------------------ definitions

    def definition(self) -> DefinitionNode:
        begin = self.at
        described = self.description()
        keyword = self.tokens[self.at]
        self.at += 1
        if keyword == "extend" and described is None:
            keyword = self.tokens[self.at]
            self.at += 1
            extended: DefinitionNode = self.extension(begin, keyword)
            return extended
        match keyword:
            case "type" | "interface":
                kind = ObjectTypeDefinitionNode if keyword == "type" else InterfaceTypeDefinitionNode
                return kind(
                    description=described,
                    name=self.name(),
                    interfaces=self.interfaces(),
                    directives=self.applied(),
                    fields=self.many("{", self.field, "}"),
                    loc=self.span(begin),
                )
            case "input":
                return InputObjectTypeDefinitionNode(
                    description=described,
                    name=self.name(),
                    directives=self.applied(),
                    fields=self.many("{", self.input, "}"),
                    loc=self.span(begin),
                )
            case "enum":
                return EnumTypeDefinitionNode(
                    description=described,
                    name=self.name(),
                    directives=self.applied(),
                    values=self.many("{", self.enum_value, "}"),
                    loc=self.span(begin),
                )
            case "union":
                return UnionTypeDefinitionNode(
                    description=described,
                    name=self.name(),
                    directives=self.applied(),
                    types=self.members(),
                    loc=self.span(begin),
                )
            case "scalar":
                return ScalarTypeDefinitionNode(
                    description=described, name=self.name(), directives=self.applied(), loc=self.span(begin)
                )
            case "schema":
                directives = self.applied()
                roots = self.many("{", self.root, "}")
                if roots is None:
                    raise _Unusual
                return SchemaDefinitionNode(
                    description=described, directives=directives, operation_types=roots, loc=self.span(begin)
                )
            case "directive":
                return self.directive_definition(begin, described)
            case _:
                raise _Unusual

    def extension(self, begin: int, keyword: str) -> Any:
        """Any of the `extend` clauses; graphql-core's types have no name for all of them."""
        if keyword == "schema":
            directives, roots = self.applied(), self.many("{", self.root, "}")
            if not directives and not roots:
                raise _Unusual
            return SchemaExtensionNode(directives=directives, operation_types=roots, loc=self.span(begin))
        name = self.name()
        kind: Any
        match keyword:
            case "type" | "interface":
                kind = ObjectTypeExtensionNode if keyword == "type" else InterfaceTypeExtensionNode
                parts: dict[str, Any] = {
                    "interfaces": self.interfaces(),
                    "directives": self.applied(),
                    "fields": self.many("{", self.field, "}"),
                }
            case "input":
                kind = InputObjectTypeExtensionNode
                parts = {"directives": self.applied(), "fields": self.many("{", self.input, "}")}
            case "enum":
                kind = EnumTypeExtensionNode
                parts = {"directives": self.applied(), "values": self.many("{", self.enum_value, "}")}
            case "union":
                kind = UnionTypeExtensionNode
                parts = {"directives": self.applied(), "types": self.members()}
            case "scalar":
                kind = ScalarTypeExtensionNode
                parts = {"directives": self.applied()}
            case _:
                raise _Unusual
        if not any(parts.values()):
            raise _Unusual
        return kind(name=name, **parts, loc=self.span(begin))

    def directive_definition(self, begin: int, described: StringValueNode | None) -> DirectiveDefinitionNode:
        self.take("@")
        name = self.name()
        arguments = self.many("(", self.input, ")")
        directives = self.applied()
        repeatable = self.skip("repeatable")
        self.take("on")
        locations = self.delimited("|", self.name)
        if not all(location.value in _LOCATIONS for location in locations):
            raise _Unusual
        return DirectiveDefinitionNode(
            description=described,
            name=name,
            arguments=arguments,
            directives=directives,
            repeatable=repeatable,
            locations=locations,
            loc=self.span(begin),
        )

    # ------------------------------------------------------------------------------------------------------------ parts

    def description(self) -> StringValueNode | None:
        return self.string() if self.tokens[self.at][:1] == '"' else None

    def string(self) -> StringValueNode:
        begin = self.at
        try:
            text, block = text_of(self.tokens[begin])
        except GraphQLSyntaxError:
            raise _Unusual from None
        self.at += 1
        return StringValueNode(value=text, block=block, loc=self.span(begin))

    def interfaces(self) -> tuple[NamedTypeNode, ...] | None:
        return self.delimited("&", self.named_type) if self.skip("implements") else None

    def members(self) -> tuple[NamedTypeNode, ...] | None:
        return self.delimited("|", self.named_type) if self.skip("=") else None

    def root(self) -> OperationTypeDefinitionNode:
        begin = self.at
        operation = _OPERATIONS.get(self.tokens[begin])
        if operation is None:
            raise _Unusual
        self.at += 1
        self.take(":")
        return OperationTypeDefinitionNode(operation=operation, type=self.named_type(), loc=self.span(begin))

    def field(self) -> FieldDefinitionNode:
        begin = self.at
        described = self.description()
        name = self.name()
        arguments = self.many("(", self.input, ")")
        self.take(":")
        of = self.type()
        directives = self.applied()
        return FieldDefinitionNode(
            description=described, name=name, arguments=arguments, type=of, directives=directives, loc=self.span(begin)
        )

    def input(self) -> InputValueDefinitionNode:
        begin = self.at
        described = self.description()
        name = self.name()
        self.take(":")
        of = self.type()
        default: Any = self.value() if self.skip("=") else None
        directives: Any = self.applied()
        return InputValueDefinitionNode(
            description=described,
            name=name,
            type=of,
            default_value=default,
            directives=directives,
            loc=self.span(begin),
        )

    def enum_value(self) -> EnumValueDefinitionNode:
        begin = self.at
        described = self.description()
        if self.tokens[self.at] in {"true", "false", "null"}:
            raise _Unusual
        name = self.name()
        directives: Any = self.applied()
        return EnumValueDefinitionNode(description=described, name=name, directives=directives, loc=self.span(begin))

    def named_type(self) -> NamedTypeNode:
        begin = self.at
        if self.located:
            return NamedTypeNode(name=self.name(), loc=self.span(begin))
        token = self.tokens[begin]
        node = self.named.get(token)
        if node is None:
            return self.named.setdefault(token, NamedTypeNode(name=self.name()))
        self.at = begin + 1
        return node

    def type(self) -> TypeNode:
        begin = self.at
        of: NamedTypeNode | ListTypeNode
        if self.skip("["):
            self.deeper()
            inner = self.type()
            self.depth -= 1
            self.take("]")
            of = ListTypeNode(type=inner, loc=self.span(begin))
        else:
            of = self.named_type()
        return NonNullTypeNode(type=of, loc=self.span(begin)) if self.skip("!") else of

    # ------------------------------------------------------------------------------------------- directives and values

    def applied(self) -> Any:
        """The directives applied here; None when there are none."""
        if self.tokens[self.at] != "@":
            return None
        read = self.directive if self.located else self.shared_directive
        found = [read()]
        while self.tokens[self.at] == "@":
            found.append(read())
        return tuple(found)

    def shared_directive(self) -> DirectiveNode:
        begin = self.at
        end = begin + 2
        if self.tokens[end] == "(":
            try:
                end = self.tokens.index(")", end) + 1
            except ValueError:
                raise _Unusual from None
        spelt = tuple(self.tokens[begin:end])
        node = self.directives.get(spelt)
        if node is None:
            node = self.directives[spelt] = self.directive()
        self.at = end
        return node

    def directive(self) -> DirectiveNode:
        begin = self.at
        self.at += 1
        name = self.name()
        arguments = self.many("(", self.argument, ")")
        return DirectiveNode(name=name, arguments=arguments, loc=self.span(begin))

    def argument(self) -> ArgumentNode:
        begin = self.at
        name = self.name()
        self.take(":")
        value = self.value()
        return ArgumentNode(name=name, value=value, loc=self.span(begin))

    def value(self) -> ValueNode:
        begin = self.at
        token = self.tokens[begin]
        first = token[:1]
        if first == '"':
            return self.string()
        self.at += 1
        if first in _NAME_START:
            match token:
                case "true":
                    return BooleanValueNode(value=True, loc=self.span(begin))
                case "false":
                    return BooleanValueNode(value=False, loc=self.span(begin))
                case "null":
                    return NullValueNode(loc=self.span(begin))
                case _:
                    return EnumValueNode(value=token, loc=self.span(begin))
        match first:
            case "[":
                self.deeper()
                items: list[Any] = []
                while not self.skip("]"):
                    items.append(self.value())
                self.depth -= 1
                return ListValueNode(values=tuple(items), loc=self.span(begin))
            case "{":
                self.deeper()
                fields: list[Any] = []
                while not self.skip("}"):
                    fields.append(self.object_field())
                self.depth -= 1
                return ObjectValueNode(fields=tuple(fields), loc=self.span(begin))
            case "$" | "!" | "&" | "(" | ")" | "]" | "}" | ":" | "=" | "@" | "|" | "":
                raise _Unusual
            case _:
                kind = FloatValueNode if "." in token or "e" in token or "E" in token else IntValueNode
                return kind(value=token, loc=self.span(begin))

    def object_field(self) -> ObjectFieldNode:
        begin = self.at
        name = self.name()
        self.take(":")
        value = self.value()
        return ObjectFieldNode(name=name, value=value, loc=self.span(begin))
