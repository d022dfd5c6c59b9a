"""What lint looks at: every definition of every subgraph with its place, and how types are used across all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
)

ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode
InterfaceNode = InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode
InputNode = InputObjectTypeDefinitionNode | InputObjectTypeExtensionNode
EnumNode = EnumTypeDefinitionNode | EnumTypeExtensionNode
UnionNode = UnionTypeDefinitionNode | UnionTypeExtensionNode
TypeLike = TypeDefinitionNode | TypeExtensionNode
Node = TypeLike | FieldDefinitionNode | InputValueDefinitionNode | EnumValueDefinitionNode | DirectiveDefinitionNode

# What federation itself puts into a subgraph's schema.
_MACHINERY = ("_", "link__", "federation__", "join__", "core__", "connect__", "context__", "policy__", "cost__")
_ROOTS = ("query", "mutation", "subscription")


@dataclass(frozen=True, slots=True)
class Element:
    """Something that a subgraph defines. `owner` is the type of a field or value, the field of an argument."""

    coordinate: str
    node: Node
    subgraph: str
    file: str
    owner: Element | None = None

    @property
    def name(self) -> str:
        """Its own name."""
        return self.node.name.value


@dataclass(frozen=True, slots=True)
class Schema:
    """One subgraph, parsed. `file` is its path, or its name where it came from elsewhere."""

    subgraph: str
    file: str
    document: DocumentNode


class Graph:
    """All subgraphs together."""

    def __init__(self, schemas: Iterable[Schema]) -> None:
        self.schemas = tuple(schemas)
        self.roots = {kind: name for schema in self.schemas for kind, name in _roots(schema.document)}
        for kind in _ROOTS:
            self.roots.setdefault(kind, kind.capitalize())

    @cached_property
    def types(self) -> tuple[Element, ...]:
        """Every type and every extension of one."""
        return tuple(
            Element(node.name.value, node, schema.subgraph, schema.file)
            for schema in self.schemas
            for node in schema.document.definitions
            if isinstance(node, TypeDefinitionNode | TypeExtensionNode) and not node.name.value.startswith(_MACHINERY)
        )

    @cached_property
    def fields(self) -> tuple[Element, ...]:
        """Every field of an object type or interface."""
        return tuple(
            Element(f"{each.coordinate}.{field.name.value}", field, each.subgraph, each.file, each)
            for each in self.types
            if isinstance(each.node, ObjectNode | InterfaceNode)
            for field in each.node.fields or ()
            if not field.name.value.startswith("_")
        )

    @cached_property
    def arguments(self) -> tuple[Element, ...]:
        """Every argument of a field."""
        return tuple(
            Element(f"{each.coordinate}({argument.name.value}:)", argument, each.subgraph, each.file, each)
            for each in self.fields
            if isinstance(each.node, FieldDefinitionNode)
            for argument in each.node.arguments or ()
        )

    @cached_property
    def input_fields(self) -> tuple[Element, ...]:
        """Every field of an input type."""
        return tuple(
            Element(f"{each.coordinate}.{field.name.value}", field, each.subgraph, each.file, each)
            for each in self.types
            if isinstance(each.node, InputNode)
            for field in each.node.fields or ()
        )

    @cached_property
    def values(self) -> tuple[Element, ...]:
        """Every value of an enum."""
        return tuple(
            Element(f"{each.coordinate}.{value.name.value}", value, each.subgraph, each.file, each)
            for each in self.types
            if isinstance(each.node, EnumNode)
            for value in each.node.values or ()
        )

    @cached_property
    def directives(self) -> tuple[Element, ...]:
        """Every directive that a subgraph defines itself."""
        return tuple(
            Element(f"@{node.name.value}", node, schema.subgraph, schema.file)
            for schema in self.schemas
            for node in schema.document.definitions
            if isinstance(node, DirectiveDefinitionNode) and "__" not in node.name.value
        )

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The names of types that arguments and input fields take."""
        taken = (*self.arguments, *self.input_fields)
        return frozenset(named(each.node.type) for each in taken if isinstance(each.node, InputValueDefinitionNode))

    @cached_property
    def outputs(self) -> frozenset[str]:
        """The names of types that fields answer with."""
        return frozenset(named(each.node.type) for each in self.fields if isinstance(each.node, FieldDefinitionNode))

    @cached_property
    def reached(self) -> frozenset[str]:
        """The names of types that can be reached from a root, or from an entity that another subgraph may ask for."""
        around: dict[str, set[str]] = {}
        for each in self.types:
            around.setdefault(each.coordinate, set()).update(_neighbours(each.node))
        for each in self.types:  # who answers an interface is reached with it
            if isinstance(each.node, ObjectNode | InterfaceNode):
                for interface in each.node.interfaces or ():
                    around.setdefault(interface.name.value, set()).add(each.coordinate)
        waiting = [*self.roots.values(), *(each.coordinate for each in self.types if _is_entity(each.node))]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += around.get(name, ())
        return frozenset(found)

    def everything(self) -> Iterator[Element]:
        """Every element, as the properties above list them."""
        yield from self.types
        yield from self.fields
        yield from self.arguments
        yield from self.input_fields
        yield from self.values
        yield from self.directives


def _roots(document: DocumentNode) -> Iterator[tuple[str, str]]:
    for node in document.definitions:
        if isinstance(node, SchemaDefinitionNode | SchemaExtensionNode):
            for each in node.operation_types or ():
                yield each.operation.value, each.type.name.value


def _neighbours(node: Node) -> Iterator[str]:
    match node:
        case ObjectTypeDefinitionNode() | ObjectTypeExtensionNode():
            yield from (interface.name.value for interface in node.interfaces or ())
            yield from _of_fields(node.fields or ())
        case InterfaceTypeDefinitionNode() | InterfaceTypeExtensionNode():
            yield from (interface.name.value for interface in node.interfaces or ())
            yield from _of_fields(node.fields or ())
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            yield from (named(field.type) for field in node.fields or ())
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            yield from (member.name.value for member in node.types or ())
        case _:
            return


def _of_fields(fields: Iterable[FieldDefinitionNode]) -> Iterator[str]:
    for field in fields:
        yield named(field.type)
        yield from (named(argument.type) for argument in field.arguments or ())


def _is_entity(node: Node) -> bool:
    return any(directive.name.value in ("key", "federation__key") for directive in node.directives or ())


def named(node: TypeNode) -> str:
    """The name at the core of a type."""
    match node:
        case NonNullTypeNode() | ListTypeNode():
            return named(node.type)
        case NamedTypeNode():
            return node.name.value
        case _:
            raise AssertionError(node.kind)


def kind_of(node: Node) -> str:
    """What an element is, in words."""
    match node:
        case ObjectTypeDefinitionNode() | ObjectTypeExtensionNode():
            return "object type"
        case InterfaceTypeDefinitionNode() | InterfaceTypeExtensionNode():
            return "interface"
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            return "input type"
        case EnumTypeDefinitionNode() | EnumTypeExtensionNode():
            return "enum"
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            return "union"
        case ScalarTypeDefinitionNode():
            return "scalar"
        case FieldDefinitionNode():
            return "field"
        case InputValueDefinitionNode():
            return "argument"
        case EnumValueDefinitionNode():
            return "value"
        case DirectiveDefinitionNode():
            return "directive"
        case _:
            return "type"
