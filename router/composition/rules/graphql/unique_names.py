"""Nothing is defined twice: types, fields, arguments, enum values, members, directives (GraphQL, "Type System").

Looks at the text itself: the schema read from it has each name once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    InputValueDefinitionNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    Node,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    ValueNode,
)

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.spans import named_by

_FIX = "Keep one of the definitions and remove the others, or give them different names."


@dataclass(slots=True)
class Siblings:
    """Names of which none may come twice, each with the node that gives it; `words` say so of a name put into them."""

    words: str
    named: list[tuple[str, Node]] = field(default_factory=list)

    def twice(self) -> Iterator[tuple[str, Node]]:
        """Say each name that does come twice, once, with the node that gives it last."""
        if len({name for name, _ in self.named}) == len(self.named):
            return
        counts: dict[str, int] = {}
        last: dict[str, Node] = {}
        for name, node in self.named:
            counts[name] = counts.get(name, 0) + 1
            last[name] = node
        for name, count in counts.items():
            if count > 1:
                yield self.words.format(name), last[name]


def check_types(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse types that are defined twice: until each is one, nothing can be looked up, links included."""
    types = Siblings('There can be only one type named "{}"')
    types.named = [
        (node.name.value, node.name) for node in subgraph.document.definitions if isinstance(node, TypeDefinitionNode)
    ]
    for message, node in types.twice():
        yield fault(subgraph, "INVALID_GRAPHQL", message, named_by(node, node), fix=_FIX)


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse what is defined twice, where it is for the last time."""
    for siblings in _siblings(subgraph.document):
        for message, node in siblings.twice():
            yield fault(subgraph, "INVALID_GRAPHQL", message, named_by(node, node), fix=_FIX)


def _siblings(document: DocumentNode) -> Iterator[Siblings]:
    """Go through everything in which no name may come twice."""
    roots = Siblings("There can be only one {} type in schema.")
    types = Siblings('There can be only one type named "{}"')
    directives = Siblings("There can be only one directive named '@{}'.")
    parts: dict[str, Siblings] = {}
    implemented: dict[str, Siblings] = {}
    for node in document.definitions:
        match node:
            case SchemaDefinitionNode() | SchemaExtensionNode():
                roots.named += [(root.operation.value, root) for root in node.operation_types or ()]
            case DirectiveDefinitionNode():
                directives.named.append((node.name.value, node.name))
                yield from _of_arguments(f"@{node.name.value}", node.arguments or ())
            case TypeDefinitionNode() | TypeExtensionNode():
                if isinstance(node, TypeDefinitionNode):
                    types.named.append((node.name.value, node.name))
                yield from _of_parts(node, parts)
                words = f'Type "{node.name.value}" can only implement "{{}}" once.'
                interfaces = _named(getattr(node, "interfaces", None) or ())
                implemented.setdefault(node.name.value, Siblings(words)).named += interfaces
            case _:
                continue
        yield from _of_directives(getattr(node, "directives", None) or ())
    yield from (roots, types, directives, *parts.values(), *implemented.values())


def _of_parts(node: DefinitionNode, parts: dict[str, Siblings]) -> Iterator[Siblings]:
    """Look into a type's parts, and add their names to those of its other clauses."""
    parent: str = getattr(node, "name").value  # noqa: B009 (definitions have no name in common, but types do)
    match node:
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            # A union may be given a member again by an extension: other composers let that pass.
            yield Siblings(f'Union type "{parent}" can only include type "{{}}" once.', _named(node.types or ()))
            return
        case EnumTypeDefinitionNode() | EnumTypeExtensionNode():
            words, found = f"Enum value '{parent}.{{}}' can only be defined once.", node.values or ()
        case _:
            words, found = f"Field '{parent}.{{}}' can only be defined once.", getattr(node, "fields", None) or ()
    parts.setdefault(parent, Siblings(words)).named += _named(found)
    for part in found:
        yield from _of_directives(part.directives or ())
        yield from _of_arguments(f"{parent}.{part.name.value}", getattr(part, "arguments", None) or ())
        if isinstance(part, InputValueDefinitionNode):
            yield from _of_value(part.default_value)


def _of_arguments(coordinate: str, arguments: Sequence[InputValueDefinitionNode]) -> Iterator[Siblings]:
    if arguments:
        yield Siblings(f"Argument '{coordinate}({{}}:)' can only be defined once.", _named(arguments))
    for given in arguments:
        yield from _of_directives(given.directives or ())
        yield from _of_value(given.default_value)


def _of_directives(applied: Sequence[DirectiveNode]) -> Iterator[Siblings]:
    for directive in applied:
        if directive.arguments:
            yield Siblings("There can be only one argument named '{}'.", _named(directive.arguments))
            for argument in directive.arguments:
                yield from _of_value(argument.value)


def _of_value(value: ValueNode | None) -> Iterator[Siblings]:
    match value:
        case ListValueNode():
            for item in value.values:
                yield from _of_value(item)
        case ObjectValueNode():
            yield Siblings("There can be only one input field named '{}'.", _named(value.fields))
            for given in value.fields:
                yield from _of_value(given.value)
        case _:
            return


def _named(nodes: Iterable[Node]) -> list[tuple[str, Node]]:
    names: list[NameNode | NamedTypeNode] = [getattr(node, "name") for node in nodes]  # noqa: B009 (each of these has one)
    return [(name.value, name) for name in names if isinstance(name, NameNode)]
