"""authorize: what of an operation this viewer may not ask, by @authenticated, @requiresScopes and @policy.

As Apollo Router does: fields the viewer may not see are taken out before planning and answered as null with an error
(UNAUTHORIZED_FIELD_OR_TYPE); the rest is planned and answered. A field's own requirement counts and its type's. On an
interface a field is out as soon as one of the possible types denies it, since the plan could reach that type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
)

from router.execution.shape import Denied
from router.supergraph import Authorization


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: the token's claims, None when anonymous, the policies granted, and the scopes where not the token says
    which.
    """

    claims: Mapping[str, Any] | None = None
    policies: frozenset[str] = frozenset()
    granted_scopes: frozenset[str] | None = None

    @property
    def scopes(self) -> frozenset[str]:
        """What was granted; else the scopes of the token, from `scope`, `scp` or `scopes` (RFC 8693, 4.2)."""
        if self.granted_scopes is not None:
            return self.granted_scopes
        found: set[str] = set()
        for name in ("scope", "scp", "scopes"):
            value = (self.claims or {}).get(name)
            if isinstance(value, str):
                found.update(value.split())
            elif isinstance(value, list):
                found.update(str(item) for item in value)
        return frozenset(found)

    def fulfils(self, wanted: Authorization) -> bool:
        """Whether every part of a requirement holds."""
        if (wanted.authenticated or wanted.scopes) and self.claims is None:
            return False
        if wanted.scopes and not any(self.scopes.issuperset(group) for group in wanted.scopes):
            return False
        return not wanted.policies or any(self.policies.issuperset(group) for group in wanted.policies)


ANONYMOUS = Viewer()


def requirements(
    schema: GraphQLSchema, document: DocumentNode, authorization: Mapping[str, Authorization]
) -> frozenset[str]:
    """The coordinates with requirements that an operation of this document could touch; empty is the common case."""
    if not authorization:
        return frozenset()
    used: set[str] = set()
    types: set[str] = set()
    stack: list[tuple[str, SelectionSetNode]] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            root = schema.get_root_type(definition.operation)
            assert root is not None
            stack.append((root.name, definition.selection_set))
        elif isinstance(definition, FragmentDefinitionNode):
            stack.append((definition.type_condition.name.value, definition.selection_set))
    while stack:
        parent, selection_set = stack.pop()
        kind = schema.type_map[parent]
        types.add(parent)
        if is_abstract_type(kind):
            types.update(member.name for member in schema.get_possible_types(kind))
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                name = node.name.value
                used.add(name)
                if not name.startswith("__"):
                    inner = get_named_type(kind.fields[name].type).name  # type: ignore[attr-defined]
                    types.add(inner)
                    if node.selection_set is not None:
                        stack.append((inner, node.selection_set))
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition.name.value if node.type_condition else parent
                stack.append((on, node.selection_set))
    return frozenset(c for c in authorization if (c in types if "." not in c else c.partition(".")[2] in used))


def denied_coordinates(
    wanted: frozenset[str], authorization: Mapping[str, Authorization], viewer: Viewer
) -> frozenset[str]:
    """Which of the wanted coordinates this viewer may not see."""
    return frozenset(c for c in wanted if not viewer.fulfils(authorization[c]))


@dataclass(slots=True)
class Authorized:
    """An operation without what is denied."""

    document: DocumentNode
    denied: Denied
    fields: tuple[str, ...] = ()


def authorize(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, denied: frozenset[str]
) -> Authorized:
    """Take the denied coordinates out of an operation; fragments are written out where they were spread."""
    if not denied:
        return Authorized(document, Denied())
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    assert root is not None
    pruner = _Pruner(schema, fragments, denied)
    selection_set = pruner.prune(root.name, operation.selection_set)
    types = frozenset(name for name in denied if isinstance(schema.type_map.get(name), GraphQLObjectType))
    if not pruner.nodes:
        return Authorized(document, Denied((), types))
    pruned = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=selection_set,
    )
    return Authorized(DocumentNode(definitions=(pruned,)), Denied(tuple(pruner.nodes), types), tuple(pruner.fields))


@dataclass(slots=True)
class _Pruner:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    denied: frozenset[str]
    nodes: list[FieldNode] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    def prune(self, parent: str, selection_set: SelectionSetNode) -> SelectionSetNode:
        kept: list[SelectionNode] = []
        for node in selection_set.selections:
            match node:
                case FieldNode():
                    self.field(parent, node, kept)
                case InlineFragmentNode():
                    on = node.type_condition.name.value if node.type_condition else parent
                    inner = self.prune(on, node.selection_set)
                    kept.append(
                        InlineFragmentNode(
                            type_condition=node.type_condition, directives=node.directives, selection_set=inner
                        )
                    )
                case FragmentSpreadNode():
                    fragment = self.fragments[node.name.value]
                    inner = self.prune(fragment.type_condition.name.value, fragment.selection_set)
                    kept.append(
                        InlineFragmentNode(
                            type_condition=fragment.type_condition, directives=node.directives, selection_set=inner
                        )
                    )
                case _:
                    continue
        if not kept:
            # Whether the object is there at all can still be told.
            kept.append(FieldNode(name=NameNode(value="__typename"), arguments=(), directives=()))
        return SelectionSetNode(selections=tuple(kept))

    def field(self, parent: str, node: FieldNode, kept: list[SelectionNode]) -> None:
        name = node.name.value
        if name.startswith("__"):
            kept.append(node)
            return
        definition = self.schema.type_map[parent].fields[name]  # type: ignore[attr-defined]
        if self.is_denied(parent, name, definition.type):
            if all(known is not node for known in self.nodes):
                self.nodes.append(node)
                self.fields.append(f"{parent}.{name}")
            return
        if node.selection_set is None:
            kept.append(node)
            return
        kept.append(
            FieldNode(
                alias=node.alias,
                name=node.name,
                arguments=node.arguments,
                directives=node.directives,
                selection_set=self.prune(get_named_type(definition.type).name, node.selection_set),
            )
        )

    def is_denied(self, parent: str, name: str, output: GraphQLOutputType) -> bool:
        if f"{parent}.{name}" in self.denied or get_named_type(output).name in self.denied or parent in self.denied:
            return True
        kind = self.schema.type_map[parent]
        if not is_abstract_type(kind):
            return False
        return any(f"{member.name}.{name}" in self.denied for member in self.schema.get_possible_types(kind))
