"""What a supergraph says, as frozen data: types, fields, and which subgraph answers each (join spec v0.1 to v0.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from graphql import GraphQLSchema


class Kind(Enum):
    """The kinds of named types in the GraphQL specification."""

    SCALAR = "scalar"
    OBJECT = "object"
    INTERFACE = "interface"
    UNION = "union"
    ENUM = "enum"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Subgraph:
    """One service behind the router. `graph` is its value in the `join__Graph` enum."""

    name: str
    url: str
    graph: str


@dataclass(frozen=True, slots=True)
class TypeJoin:
    """One `@join__type`: the type exists in `subgraph`, there perhaps with a key (a printed field set)."""

    subgraph: str
    key: str | None = None
    resolvable: bool = True
    is_interface_object: bool = False


@dataclass(frozen=True, slots=True)
class ContextUse:
    """One `@fromContext` argument: its value is `selection`, read from an ancestor that carries `context`."""

    context: str
    argument: str
    type: str
    selection: str


@dataclass(frozen=True, slots=True)
class FieldJoin:
    """One `@join__field`: how `subgraph` knows the field. `type` is its own output type where it differs."""

    subgraph: str
    requires: str | None = None
    provides: str | None = None
    type: str | None = None
    external: bool = False
    used_overridden: bool = False
    override: str | None = None
    override_label: str | None = None
    contexts: tuple[ContextUse, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A field of an object, interface or input type. `joins` is empty where only an interface object answers it."""

    name: str
    type: str
    named_type: str
    joins: tuple[FieldJoin, ...]
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A named type. Maps by subgraph hold only what that subgraph declares.

    `interfaces`: the interfaces it implements, by subgraph. `members`: a union's members, by subgraph.
    `values`: an enum's values, each with its subgraphs. `contexts`: the contexts that this type sets.
    """

    name: str
    kind: Kind
    joins: tuple[TypeJoin, ...]
    fields: Mapping[str, FieldDefinition]
    interfaces: Mapping[str, frozenset[str]]
    members: Mapping[str, frozenset[str]]
    values: Mapping[str, frozenset[str]]
    contexts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a type or a field asks of the viewer; all parts must hold. Scopes and policies are ORs of ANDs."""

    authenticated: bool = False
    scopes: tuple[tuple[str, ...], ...] = ()
    policies: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Supergraph:
    """A composed schema.

    `api_schema` is what clients see: no join or link machinery, nothing `@inaccessible`.
    `roots` maps "query", "mutation" and "subscription" to type names.
    `authorization` and `inaccessible` are keyed by schema coordinate (`Type`, `Type.field`, `Enum.VALUE`,
    `Type.field(argument:)`). `override_labels` are the labels that progressive `@override` asks about.
    """

    api_schema: GraphQLSchema
    subgraphs: Mapping[str, Subgraph]
    types: Mapping[str, TypeDefinition]
    roots: Mapping[str, str]
    authorization: Mapping[str, Authorization]
    inaccessible: frozenset[str]
    override_labels: frozenset[str]

    @staticmethod
    def parse(sdl: str) -> Supergraph:
        """Read supergraph SDL.

        Raises InvalidSupergraph when the text is not GraphQL or has no join machinery.
        """
        from router.supergraph.read import read  # noqa: PLC0415 (the reader builds this model)

        return read(sdl)
