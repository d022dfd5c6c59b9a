"""Writes @inaccessible into a supergraph's text where it belongs, and leaves every other letter as it was."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
)

from router import federation
from router.contracts.hiding import Hidden

_SPECIFICATION = "https://specs.apollo.dev/inaccessible/v0.2"
_OLDER_SPECIFICATION = "https://specs.apollo.dev/inaccessible/v0.1"
_OLDER_LOCATIONS = "OBJECT | FIELD_DEFINITION | INTERFACE | UNION"


def mark(sdl: str, document: DocumentNode, inaccessible: str, hidden: Hidden) -> str:
    """Answer the text with `@inaccessible` (by its local name) on everything newly hidden.

    `document` is the text, parsed with locations. A text that does not know the directive yet gets its link and
    definition.
    """
    if not hidden.reasons:
        return sdl
    return _inserted(
        sdl, [*_applied(sdl, document, f"@{inaccessible}", hidden.reasons), *_introduction(sdl, document, inaccessible)]
    )


def apply(sdl: str, document: DocumentNode, directive: str, elements: Container[str]) -> str:
    """Answer the text with a directive, as it is written, on the elements of these coordinates."""
    return _inserted(sdl, _applied(sdl, document, directive, elements))


def _applied(sdl: str, document: DocumentNode, directive: str, elements: Container[str]) -> Iterator[tuple[int, str]]:
    for coordinate, node in coordinates(document):
        if coordinate in elements:
            yield _end(node), _separator(sdl, node) + directive


def _inserted(sdl: str, insertions: Iterable[tuple[int, str]]) -> str:
    pieces: list[str] = []
    position = 0
    for offset, text in sorted(insertions):
        pieces += (sdl[position:offset], text)
        position = offset
    return "".join([*pieces, sdl[position:]])


def coordinates(document: DocumentNode) -> Iterator[tuple[str, Node]]:
    """Go through everything that can be hidden, by its coordinate."""
    for node in document.definitions:
        if not isinstance(node, TypeDefinitionNode):
            continue
        name = node.name.value
        yield name, node
        match node:
            case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
                for item in node.fields or ():
                    yield f"{name}.{item.name.value}", item
                    for argument in item.arguments or ():
                        yield f"{name}.{item.name.value}({argument.name.value}:)", argument
            case InputObjectTypeDefinitionNode():
                for given in node.fields or ():
                    yield f"{name}.{given.name.value}", given
            case EnumTypeDefinitionNode():
                for value in node.values or ():
                    yield f"{name}.{value.name.value}", value
            case _:
                continue


def _end(node: Node) -> int:
    """Where another directive of the element goes: after its last one, or where its first would be."""
    if not isinstance(node, TypeDefinitionNode | SchemaDefinitionNode):
        return _span(node)[1]
    before = node.directives or getattr(node, "interfaces", None)
    if before:
        return _span(before[-1])[1]
    assert isinstance(node, TypeDefinitionNode), "a supergraph's schema has its links"
    return _span(node.name)[1]


def _separator(sdl: str, node: Node) -> str:
    """A space, or a line of its own where the element's directives have theirs."""
    directives = getattr(node, "directives", None) or ()
    if not directives:
        return " "
    start = _span(directives[-1])[0]
    begun = sdl.rfind("\n", 0, start) + 1
    indentation = sdl[begun:start]
    return f"\n{indentation}" if begun and not indentation.strip() else " "


def _introduction(sdl: str, document: DocumentNode, inaccessible: str) -> list[tuple[int, str]]:
    """The link and the definition that a text without the directive needs."""
    defined = {node.name.value for node in document.definitions if isinstance(node, DirectiveDefinitionNode)}
    if inaccessible in defined:
        return []
    schema = next(node for node in document.definitions if isinstance(node, SchemaDefinitionNode))
    first = next(iter(schema.directives or ()), None)
    if first is not None and first.name.value == "core":
        link, locations = f'@core(feature: "{_OLDER_SPECIFICATION}", for: SECURITY)', _OLDER_LOCATIONS
    else:
        link, locations = f'@link(url: "{_SPECIFICATION}", for: SECURITY)', _locations()
    definition = f"\n\ndirective @{inaccessible} on {locations}"
    return [(_end(schema), _separator(sdl, schema) + link), (_span(schema)[1], definition)]


def _locations() -> str:
    directive = next(each for each in federation.FEDERATION_DIRECTIVES if each.name == "inaccessible")
    return directive.sdl.removeprefix(" on ")


def _span(node: Node) -> tuple[int, int]:
    assert node.loc is not None
    return node.loc.start, node.loc.end
