"""The API schema: a supergraph without its machinery and without what is `@inaccessible`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
    parse,
)

from router.supergraph.links import Links

# Directives of the GraphQL specification that clients see applied in introspection.
_SHOWN = frozenset({"deprecated", "specifiedBy", "oneOf"})
_EXECUTABLE = frozenset(
    {"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"}
)
_MACHINERY = ("join", "link", "core", "context", "federation", "connect", "source", "cost", "cacheTag")
_DEFER = parse(
    "directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT", no_location=True
).definitions


def api_schema(document: DocumentNode, links: Links) -> tuple[GraphQLSchema, frozenset[str]]:
    """The schema clients see, and the coordinates that are hidden from them."""
    hidden = _Hidden(links.directive("inaccessible"))
    prefixes = tuple(f"{links.prefix(name)}__" for name in _MACHINERY)
    kept: list[DefinitionNode] = []
    defines_defer = False
    for definition in document.definitions:
        match definition:
            case SchemaDefinitionNode():
                kept.append(_copy(definition, directives=()))
            case SchemaExtensionNode():
                continue
            case DirectiveDefinitionNode():
                defines_defer = defines_defer or definition.name.value == "defer"
                if any(location.value in _EXECUTABLE for location in definition.locations):
                    kept.append(definition)
            case TypeDefinitionNode():
                name = definition.name.value
                if not name.startswith(prefixes) and not hidden.is_marked(definition, name):
                    kept.append(definition)
            case _:
                continue
    kept = [
        _stripped(definition, hidden) if isinstance(definition, TypeDefinitionNode) else definition
        for definition in kept
    ]
    if not defines_defer:
        kept.extend(_DEFER)
    visible = DocumentNode(definitions=tuple(_without_hidden_references(kept, hidden.coordinates)))
    return build_ast_schema(visible, assume_valid=True, assume_valid_sdl=True), frozenset(hidden.coordinates)


class _Hidden:
    """Collects the coordinates marked `@inaccessible`."""

    def __init__(self, directive: str) -> None:
        self.directive = directive
        self.coordinates: set[str] = set()

    def is_marked(self, node: Any, coordinate: str) -> bool:
        for directive in node.directives or ():
            if directive.name.value == self.directive:
                self.coordinates.add(coordinate)
                return True
        return False


def _stripped(node: TypeDefinitionNode, hidden: _Hidden) -> Any:
    name = node.name.value
    match node:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            fields = []
            for field in node.fields or ():
                coordinate = f"{name}.{field.name.value}"
                if hidden.is_marked(field, coordinate):
                    continue
                arguments = field.arguments or ()
                if arguments:
                    arguments = tuple(
                        _plain(argument)
                        for argument in arguments
                        if not hidden.is_marked(argument, f"{coordinate}({argument.name.value}:)")
                    )
                fields.append(_copy(field, arguments=arguments, directives=_shown(field)))
            return _copy(node, fields=tuple(fields), directives=())
        case InputObjectTypeDefinitionNode():
            inputs = tuple(
                _plain(item) for item in node.fields or () if not hidden.is_marked(item, f"{name}.{item.name.value}")
            )
            return _copy(node, fields=inputs, directives=_shown(node))
        case EnumTypeDefinitionNode():
            values = tuple(
                _plain(value)
                for value in node.values or ()
                if not hidden.is_marked(value, f"{name}.{value.name.value}")
            )
            return _copy(node, values=values, directives=())
        case ScalarTypeDefinitionNode() | UnionTypeDefinitionNode():
            return _copy(node, directives=_shown(node))
        case _:
            return node


def _without_hidden_references(definitions: Iterable[DefinitionNode], hidden: set[str]) -> Iterable[DefinitionNode]:
    """Hidden interfaces, union members and root types also leave the lists that name them."""
    for node in definitions:
        match node:
            case SchemaDefinitionNode():
                roots = tuple(root for root in node.operation_types if root.type.name.value not in hidden)
                yield _copy(node, operation_types=roots)
            case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
                visible = tuple(i for i in node.interfaces or () if i.name.value not in hidden)
                yield _copy(node, interfaces=visible) if len(visible) != len(node.interfaces or ()) else node
            case UnionTypeDefinitionNode():
                yield _copy(node, types=tuple(t for t in node.types or () if t.name.value not in hidden))
            case _:
                yield node


def _plain(node: Any) -> Any:
    return _copy(node, directives=_shown(node)) if node.directives else node


def _shown(node: Any) -> tuple[Any, ...]:
    return tuple(directive for directive in node.directives or () if directive.name.value in _SHOWN)


def _copy(node: Any, **changes: Any) -> Any:
    values: dict[str, Any] = {key: getattr(node, key) for key in node.keys if hasattr(node, key)}
    return type(node)(**{**values, **changes})
