"""Supergraph SDL read into the model. One pass over the definitions; nothing here is quadratic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    ConstDirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    GraphQLError,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    ListValueNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectValueNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    ValueNode,
)

from router.sdl import parse_sdl, uncollected
from router.supergraph.api import api_schema
from router.supergraph.links import Links, links
from router.supergraph.model import (
    Authorization,
    ContextUse,
    FieldDefinition,
    FieldJoin,
    Kind,
    Subgraph,
    Supergraph,
    TypeDefinition,
    TypeJoin,
)

_KINDS: Mapping[type[TypeDefinitionNode], Kind] = {
    ScalarTypeDefinitionNode: Kind.SCALAR,
    ObjectTypeDefinitionNode: Kind.OBJECT,
    InterfaceTypeDefinitionNode: Kind.INTERFACE,
    UnionTypeDefinitionNode: Kind.UNION,
    EnumTypeDefinitionNode: Kind.ENUM,
    InputObjectTypeDefinitionNode: Kind.INPUT,
}


class InvalidSupergraph(Exception):
    """The text is not a supergraph: not GraphQL, or without a `join__Graph` enum."""


def read(sdl: str) -> Supergraph:
    """Read supergraph SDL into a `Supergraph`; raises InvalidSupergraph."""
    with uncollected():
        try:
            return _read(sdl)
        except (KeyError, TypeError, AttributeError) as error:
            # A join directive without what it must have, or a name of what is not there.
            said = f"something lacks {error}" if isinstance(error, KeyError) else str(error)
            raise InvalidSupergraph(f"the supergraph is not as the join specification has it: {said}") from error


def _read(sdl: str) -> Supergraph:
    try:
        document = parse_sdl(sdl, locations=False, tokens_max=None)
    except GraphQLError as error:
        raise InvalidSupergraph(f"the supergraph is not valid GraphQL: {error}") from error
    reader = _Reader(document)
    types = {definition.name: definition for definition in reader.types()}
    schema, inaccessible = api_schema(document, reader.links)
    return Supergraph(
        api_schema=schema,
        subgraphs={subgraph.name: subgraph for subgraph in reader.subgraphs.values()},
        types=types,
        roots=_roots(document, types),
        authorization=reader.authorization,
        inaccessible=inaccessible,
        override_labels=frozenset(reader.labels),
    )


def _roots(document: DocumentNode, types: Mapping[str, TypeDefinition]) -> dict[str, str]:
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode):
            return {each.operation.value: each.type.name.value for each in definition.operation_types}
    return {name.lower(): name for name in ("Query", "Mutation", "Subscription") if name in types}


class _Reader:
    """Turns definitions into types, and keeps what it meets on the way."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self.links: Links = links(document)
        join = self.links.prefix("join")
        self.machinery = tuple(f"{self.links.prefix(name)}__" for name in ("join", "link", "core", "context"))
        self.join_type, self.join_field = f"{join}__type", f"{join}__field"
        self.join_implements, self.join_owner = f"{join}__implements", f"{join}__owner"
        self.join_member, self.join_value = f"{join}__unionMember", f"{join}__enumValue"
        self.context = self.links.directive("context")
        self.authenticated = self.links.directive("authenticated")
        self.scopes = self.links.directive("requiresScopes")
        self.policy = self.links.directive("policy")
        self.subgraphs = _subgraphs(document, join)
        self.names = {graph: subgraph.name for graph, subgraph in self.subgraphs.items()}
        self.authorization: dict[str, Authorization] = {}
        self.labels: set[str] = set()

    def types(self) -> Iterable[TypeDefinition]:
        """Every type of the schema save the machinery's own."""
        for node in self.document.definitions:
            if isinstance(node, TypeDefinitionNode) and not node.name.value.startswith(self.machinery):
                yield self._type(node)

    def _type(self, node: TypeDefinitionNode) -> TypeDefinition:
        name = node.name.value
        directives = [(directive.name.value, _arguments(directive)) for directive in node.directives or ()]
        joins = tuple(self._type_join(values) for kind, values in directives if kind == self.join_type)
        if not joins:  # join v0.1 says nothing of value types: every subgraph may have them
            joins = tuple(TypeJoin(subgraph) for subgraph in self.names.values())
        present = dict.fromkeys(join.subgraph for join in joins)
        owner = next((self.names[v["graph"]] for kind, v in directives if kind == self.join_owner), None)
        self._authorize(name, directives)
        fields: dict[str, FieldDefinition] = {}
        interfaces: dict[str, frozenset[str]] = {}
        members: dict[str, frozenset[str]] = {}
        values: dict[str, frozenset[str]] = {}
        match node:
            case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
                fields = {f.name.value: self._field(name, f, joins, owner) for f in node.fields or ()}
                pairs = [(self.names[v["graph"]], v["interface"]) for k, v in directives if k == self.join_implements]
                if not pairs:
                    pairs = [(subgraph, i.name.value) for subgraph in present for i in node.interfaces or ()]
                interfaces = _grouped(pairs)
            case InputObjectTypeDefinitionNode():
                fields = {f.name.value: self._field(name, f, joins, owner) for f in node.fields or ()}
            case UnionTypeDefinitionNode():
                pairs = [(self.names[v["graph"]], v["member"]) for k, v in directives if k == self.join_member]
                if not pairs:
                    pairs = [(subgraph, member.name.value) for subgraph in present for member in node.types or ()]
                members = _grouped(pairs)
            case EnumTypeDefinitionNode():
                for value in node.values or ():
                    graphs = [self.names[a["graph"]] for k, a in _applied(value) if k == self.join_value]
                    values[value.name.value] = frozenset(graphs or present)
            case _:
                pass
        contexts = frozenset(v["name"] for kind, v in directives if kind == self.context)
        return TypeDefinition(name, _KINDS[type(node)], joins, fields, interfaces, members, values, contexts)

    def _type_join(self, values: Mapping[str, Any]) -> TypeJoin:
        return TypeJoin(
            self._subgraph(values["graph"]),
            values.get("key"),
            values.get("resolvable", True),
            values.get("isInterfaceObject", False),
        )

    def _field(self, parent: str, node: Any, joins: tuple[TypeJoin, ...], owner: str | None) -> FieldDefinition:
        name = node.name.value
        directives = _applied(node) if node.directives else ()
        applied = [values for kind, values in directives if kind == self.join_field]
        if directives:
            self._authorize(f"{parent}.{name}", directives)
        if applied:
            found = [self._field_join(values) for values in applied if values.get("graph") is not None]
            if owner is not None:  # join v0.1: the keys of a type are known wherever the type is
                known = {join.subgraph for join in found}
                found += [FieldJoin(s) for s in _keyed_by(name, joins) if s not in known]
        elif owner is not None:
            found = [FieldJoin(subgraph) for subgraph in dict.fromkeys([owner, *_keyed_by(name, joins)])]
        else:
            found = [FieldJoin(subgraph) for subgraph in dict.fromkeys(join.subgraph for join in joins)]
        text, named = _type_text(node.type)
        arguments = {a.name.value: _type_text(a.type)[0] for a in getattr(node, "arguments", None) or ()}
        return FieldDefinition(name, text, named, tuple(found), arguments)

    def _field_join(self, values: Mapping[str, Any]) -> FieldJoin:
        label = values.get("overrideLabel")
        if label is not None:
            self.labels.add(label)
        return FieldJoin(
            self._subgraph(values["graph"]),
            requires=values.get("requires"),
            provides=values.get("provides"),
            type=values.get("type"),
            external=values.get("external", False),
            used_overridden=values.get("usedOverridden", False),
            override=values.get("override"),
            override_label=label,
            contexts=tuple(
                ContextUse(use["context"], use["name"], use["type"], use["selection"])
                for use in values.get("contextArguments") or ()
            ),
        )

    def _subgraph(self, graph: str) -> str:
        try:
            return self.names[graph]
        except KeyError:
            raise InvalidSupergraph(f"the supergraph joins to {graph}, which join__Graph does not list") from None

    def _authorize(self, coordinate: str, directives: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        authenticated = False
        scopes: tuple[tuple[str, ...], ...] = ()
        policies: tuple[tuple[str, ...], ...] = ()
        for kind, values in directives:
            if kind == self.authenticated:
                authenticated = True
            elif kind == self.scopes:
                scopes = tuple(tuple(group) for group in values["scopes"])
            elif kind == self.policy:
                policies = tuple(tuple(group) for group in values["policies"])
        if authenticated or scopes or policies:
            self.authorization[coordinate] = Authorization(authenticated, scopes, policies)


def _subgraphs(document: DocumentNode, join: str) -> dict[str, Subgraph]:
    for definition in document.definitions:
        if isinstance(definition, EnumTypeDefinitionNode) and definition.name.value == f"{join}__Graph":
            found = {}
            for value in definition.values or ():
                for kind, arguments in _applied(value):
                    if kind == f"{join}__graph":
                        graph = value.name.value
                        found[graph] = Subgraph(arguments["name"], arguments.get("url") or "", graph)
            return found
    raise InvalidSupergraph(f"the schema has no {join}__Graph enum: is it a supergraph?")


def _applied(node: Any) -> list[tuple[str, Mapping[str, Any]]]:
    return [(directive.name.value, _arguments(directive)) for directive in node.directives or ()]


def _arguments(directive: ConstDirectiveNode) -> dict[str, Any]:
    return {argument.name.value: _value(argument.value) for argument in directive.arguments or ()}


def _value(node: ValueNode) -> Any:
    match node:
        case ListValueNode():
            return [_value(item) for item in node.values]
        case ObjectValueNode():
            return {field.name.value: _value(field.value) for field in node.fields}
        case _:
            return getattr(node, "value", None)


def _type_text(node: TypeNode) -> tuple[str, str]:
    """The type as printed, and the name at its core."""
    match node:
        case NonNullTypeNode():
            text, name = _type_text(node.type)
            return f"{text}!", name
        case ListTypeNode():
            text, name = _type_text(node.type)
            return f"[{text}]", name
        case NamedTypeNode():
            return node.name.value, node.name.value
        case _:
            raise InvalidSupergraph(f"unknown kind of type reference: {node.kind}")


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _keyed_by(field: str, joins: tuple[TypeJoin, ...]) -> list[str]:
    return [join.subgraph for join in joins if join.key is not None and field in join.key.replace("{", " ").split()]
