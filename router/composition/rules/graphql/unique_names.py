"""Nothing is defined twice: types, fields, arguments, enum values, directives (GraphQL, "Type System")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from graphql import (
    ASTValidationRule,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    InputValueDefinitionNode,
    ListValueNode,
    LoneSchemaDefinitionRule,
    Node,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    UniqueArgumentDefinitionNamesRule,
    UniqueArgumentNamesRule,
    UniqueDirectiveNamesRule,
    UniqueEnumValueNamesRule,
    UniqueFieldDefinitionNamesRule,
    UniqueInputFieldNamesRule,
    UniqueOperationTypesRule,
    UniqueTypeNamesRule,
    ValueNode,
)
from graphql.validation.validate import validate_sdl

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.spans import NOWHERE, Span, between

RULES: Final[tuple[type[ASTValidationRule], ...]] = (
    LoneSchemaDefinitionRule,
    UniqueOperationTypesRule,
    UniqueTypeNamesRule,
    UniqueEnumValueNamesRule,
    UniqueFieldDefinitionNamesRule,
    UniqueArgumentDefinitionNamesRule,
    UniqueDirectiveNamesRule,
    UniqueArgumentNamesRule,
    UniqueInputFieldNamesRule,
)


_FIX = "Keep one of the definitions and remove the others, or give them different names."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse what is defined twice. Looks at the text itself: the schema read from it has each name once."""
    yield from _members_twice(subgraph)
    if not any(len(set(names)) < len(names) for names in _siblings(subgraph.document)):
        return
    # Something is, as few subgraphs have it: graphql-core's rules, which are slow, say what.
    for error in validate_sdl(subgraph.document, None, RULES):
        yield fault(subgraph, "INVALID_GRAPHQL", error.message, _last(error), fix=_FIX)


def _siblings(document: DocumentNode) -> Iterator[Sequence[object]]:
    """Go through the lists of names in which none may come twice."""
    alone: dict[type[Node], list[object]] = {}
    parts: dict[str, list[object]] = {}
    for node in document.definitions:
        match node:
            case SchemaDefinitionNode() | SchemaExtensionNode():
                if isinstance(node, SchemaDefinitionNode):
                    alone.setdefault(SchemaDefinitionNode, []).append(None)
                roots = alone.setdefault(SchemaExtensionNode, [])
                roots.extend(root.operation for root in node.operation_types or ())
            case DirectiveDefinitionNode():
                alone.setdefault(DirectiveDefinitionNode, []).append(node.name.value)
                yield from _inside((), node.arguments or ())
            case TypeDefinitionNode() | TypeExtensionNode():
                if isinstance(node, TypeDefinitionNode):
                    alone.setdefault(TypeDefinitionNode, []).append(node.name.value)
                own = parts.setdefault(node.name.value, [])
                for part in getattr(node, "fields", None) or getattr(node, "values", None) or ():
                    own.append(part.name.value)
                    yield from _inside(part.directives or (), getattr(part, "arguments", None) or ())
                    if isinstance(part, InputValueDefinitionNode):
                        yield from _of_value(part.default_value)
            case _:
                continue
        yield from _inside(getattr(node, "directives", None) or (), ())
    yield from alone.values()
    yield from parts.values()


def _inside(applied: Sequence[DirectiveNode], arguments: Sequence[InputValueDefinitionNode]) -> Iterator[list[object]]:
    for directive in applied:
        if directive.arguments:
            yield [argument.name.value for argument in directive.arguments]
            for argument in directive.arguments:
                yield from _of_value(argument.value)
    if arguments:
        yield [argument.name.value for argument in arguments]
    for given in arguments:
        yield from _inside(given.directives or (), ())
        yield from _of_value(given.default_value)


def _of_value(value: ValueNode | None) -> Iterator[list[object]]:
    match value:
        case ListValueNode():
            for item in value.values:
                yield from _of_value(item)
        case ObjectValueNode():
            yield [field.name.value for field in value.fields]
            for field in value.fields:
                yield from _of_value(field.value)
        case _:
            return


def _members_twice(subgraph: Subgraph) -> Iterator[Fault]:
    """A union names each member once (GraphQL, "Unions"); graphql-core asks that of a schema, not of its text."""
    for node in subgraph.document.definitions:
        if not isinstance(node, UnionTypeDefinitionNode | UnionTypeExtensionNode):
            continue
        seen: set[str] = set()
        for member in node.types or ():
            name = member.name.value
            if name in seen and member.loc is not None:
                message = f'Union type "{node.name.value}" can only include type "{name}" once.'
                at = between(member.loc.start_token, member.loc.end_token)
                yield fault(subgraph, "INVALID_GRAPHQL", message, at, fix="Name the member once.")
            seen.add(name)


def _last(error: GraphQLError) -> Span:
    """Answer where the name is given again: the error has every place it is given at."""
    nodes = [node.loc for node in error.nodes or () if node.loc is not None]
    return between(nodes[-1].start_token, nodes[-1].end_token) if nodes else NOWHERE
