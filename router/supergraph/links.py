"""Under which name a supergraph uses each directive it imports (link spec v1.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    ListValueNode,
    ObjectValueNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    ValueNode,
)

_SPECIFICATION = re.compile(r"/(?P<name>[A-Za-z_][\w-]*)/v\d+\.\d+/?$")


@dataclass(slots=True)
class Links:
    """The specifications a document links to. `directive(spec)` is the local name of the directive named like it."""

    prefixes: dict[str, str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    def prefix(self, specification: str) -> str:
        """What `specification`'s elements are prefixed with in this document ("join" in `join__type`)."""
        return self.prefixes.get(specification, specification)

    def directive(self, specification: str) -> str:
        """The local name, without "@", of the directive that is named like its specification."""
        return self.renamed.get(specification) or self.prefix(specification)


def links(document: DocumentNode) -> Links:
    """Read every `@link` (and the older `@core`) of the schema definition."""
    found = Links()
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode):
            for directive in definition.directives or ():
                if directive.name.value in ("link", "core"):
                    _read(directive, found)
    return found


def _read(directive: ConstDirectiveNode, found: Links) -> None:
    values: dict[str, ValueNode] = {argument.name.value: argument.value for argument in directive.arguments or ()}
    url = values.get("url") or values.get("feature")
    match = _SPECIFICATION.search(url.value) if isinstance(url, StringValueNode) else None
    if match is None:
        return
    name = match["name"]
    local = values.get("as")
    if isinstance(local, StringValueNode):
        found.prefixes[name] = local.value
    imports = values.get("import")
    for item in imports.values if isinstance(imports, ListValueNode) else ():
        if isinstance(item, ObjectValueNode):
            entry = {part.name.value: part.value for part in item.fields}
            original, alias = entry.get("name"), entry.get("as")
            if isinstance(original, StringValueNode) and original.value.startswith("@"):
                text = alias.value if isinstance(alias, StringValueNode) else original.value
                found.renamed[original.value[1:]] = text.removeprefix("@")
        elif isinstance(item, StringValueNode) and item.value.startswith("@"):
            found.renamed[item.value[1:]] = item.value[1:]
