"""INVALID_LINK_DIRECTIVE_USAGE: what is imported under one name is not used by its name in the namespace as well."""

from __future__ import annotations

from collections.abc import Iterator

from router.composition.expand.links import Import, Link
from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Schema, every_application
from router.composition.schema.references import base_name


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse used definitions of the full names of imported elements."""
    written = subgraph.written
    applied = {application.name for _, _, application in every_application(written)}
    named = set(_named_types(written))
    elements = [
        *((f"@{name}", name in applied, item.at) for name, item in written.definitions.items()),
        *((name, name in named, item.at) for name, item in written.types.items()),
    ]
    for name, used, at in elements:
        found = _shadowed(subgraph, name) if used else None
        if found is not None:
            link, item = found
            message = (
                f'Cannot import {item} from feature "{link.identity}" since there\'s a used definition for the'
                f' namespaced name "{name}". Please switch usages of the namespaced name to the import name and remove'
                " the definition."
            )
            fix = f'Write "{item.alias}" instead of "{name}", and remove the definition of "{name}".'
            yield fault(subgraph, "INVALID_LINK_DIRECTIVE_USAGE", message, at, fix=fix)


def _shadowed(subgraph: Subgraph, name: str) -> tuple[Link, Import] | None:
    """Answer the import, under another name, of the element that has this full name in its namespace."""
    directive = name.startswith("@")
    for link in subgraph.links:
        for item in link.imports:
            if item.element.startswith("@") is directive and item.alias != name:
                element = item.element.removeprefix("@")
                full = f"{link.prefix}__{element}"
                names = {full, link.prefix} if directive and element == link.name else {full}
                if name.removeprefix("@") in names:
                    return link, item
    return None


def _named_types(written: Schema) -> Iterator[str]:
    yield from written.roots.values()
    for type in written.types.values():
        yield from (*type.interfaces, *type.members)
        for item in type.fields.values():
            yield base_name(item.type)
            yield from (base_name(argument.type) for argument in item.arguments.values())
        yield from (base_name(given.type) for given in type.inputs.values())
    for definition in written.definitions.values():
        yield from (base_name(argument.type) for argument in definition.arguments.values())
