"""The shape of the answer: the client's selection, collected for each runtime type and with its conditions decided.

GraphQL specification, 6.3.2 CollectFields and MergeSelectionSets; October 2021 edition. Collected on first use of a
type and kept, so a plan's second request collects nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    is_abstract_type,
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf; `name` decides how results are coerced."""

    name: str


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A leaf of one of these values; others (@inaccessible ones) are null to the client."""

    name: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Several:
    """A list."""

    of: Output


@dataclass(frozen=True, slots=True)
class Required:
    """A non-null type."""

    of: Output


class Composite:
    """An object, or an abstract type with the selection for each possible object type.

    Where no `__typename` was fetched, an interface is completed by its own fields: the planner leaves it out only
    behind an `@interfaceObject`, where the runtime type is asked for by nothing (and may be known to no subgraph).
    Where it was to be fetched and did not come, what the object's type adds is not known: it cannot be shown.
    """

    __slots__ = ("_collector", "_nodes", "_shapes", "abstract", "denied", "is_interface", "name", "possible")

    def __init__(
        self,
        name: str,
        collector: _Collector,
        nodes: Sequence[FieldNode],
        possible: frozenset[str],
        *,
        abstract: bool,
        is_interface: bool = False,
    ) -> None:
        self.name = name
        self.denied = collector.denied.types & possible
        self.abstract = abstract
        self.is_interface = is_interface
        self.possible = possible
        self._collector = collector
        self._nodes = nodes
        self._shapes: dict[str, ObjectShape] = {}

    def shape(self, typename: str) -> ObjectShape:
        """The fields of one of the possible types, or of the interface itself, in the client's order."""
        found = self._shapes.get(typename)
        if found is None:
            sets = [node.selection_set for node in self._nodes if node.selection_set is not None]
            found = self._shapes[typename] = self._collector.collect(typename, sets)
        return found

    def differs_by_type(self) -> bool:
        """Whether some of the possible types have other fields in the answer than the interface itself."""
        own = [field.key for field in self.shape(self.name).fields]
        return any([field.key for field in self.shape(each).fields] != own for each in self.possible)


Output: TypeAlias = Scalar | Enumeration | Several | Required | Composite


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field of the answer. `name` is the schema's, `key` the client's.

    `own` fields (introspection) the router answers itself; `denied` ones the viewer may not see: they were not planned.
    """

    key: str
    name: str
    output: Output
    own: bool
    denied: bool = False


class DeferredShape:
    """What one `@defer` sends later of an object."""

    __slots__ = ("_collector", "_sets", "_typename", "label")

    def __init__(self, label: str | None, collector: _Collector, typename: str, sets: list[SelectionSetNode]) -> None:
        self.label = label
        self._collector = collector
        self._typename = typename
        self._sets = sets

    def shape(self) -> ObjectShape:
        """The fields that are sent then."""
        return self._collector.collect(self._typename, self._sets)


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object of the answer; `deferred` is what comes later, where that is wanted, and is not among the fields."""

    typename: str
    fields: tuple[FieldShape, ...]
    is_interface: bool = False
    deferred: tuple[DeferredShape, ...] = ()

    def get(self, key: str) -> FieldShape | None:
        """The field that the client knows by this key."""
        return next((field for field in self.fields if field.key == key), None)


@dataclass(frozen=True, slots=True)
class Denied:
    """What authorization took out of the operation: field nodes, and object types whose objects are shown as null."""

    nodes: tuple[FieldNode, ...] = ()
    types: frozenset[str] = frozenset()


def shape_of(
    schema: GraphQLSchema,
    fragments: Mapping[str, FragmentDefinitionNode],
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    denied: Denied = Denied(),
    *,
    defer: bool = False,
) -> ObjectShape:
    """The answer's shape. `variables` decide @skip, @include and @defer: give at least those that stand there.

    With `defer`, what fragments under @defer hold is set apart; else it is like everything else.
    """
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _Collector(schema, fragments, variables, denied, defer=defer).collect(root.name, [operation.selection_set])


class _Collector:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        denied: Denied,
        *,
        defer: bool,
    ) -> None:
        self.schema = schema
        self.defer = defer
        self.fragments = fragments
        self.variables = variables
        self.denied = denied
        self.denied_nodes = {id(node) for node in denied.nodes}

    def collect(self, typename: str, sets: Sequence[SelectionSetNode]) -> ObjectShape:
        kind = self.schema.type_map[typename]
        assert isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType))
        grouped: dict[str, list[FieldNode]] = {}
        deferred: dict[str | None, list[SelectionSetNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            self._group(kind, selection_set, grouped, seen, deferred)
        fields = []
        for key, nodes in grouped.items():
            name = nodes[0].name.value
            definition = self.schema.get_field(kind, name)
            if definition is None:
                continue
            allowed = [node for node in nodes if id(node) not in self.denied_nodes]
            output = self._output(definition.type, allowed)
            fields.append(FieldShape(key, name, output, own=name.startswith("__"), denied=not allowed))
        later = tuple(DeferredShape(label, self, typename, sets) for label, sets in deferred.items())
        return ObjectShape(typename, tuple(fields), isinstance(kind, GraphQLInterfaceType), later)

    def _group(
        self,
        kind: GraphQLObjectType | GraphQLInterfaceType,
        selection_set: SelectionSetNode,
        grouped: dict[str, list[FieldNode]],
        seen: set[str],
        deferred: dict[str | None, list[SelectionSetNode]],
    ) -> None:
        for node in selection_set.selections:
            if not self._wanted(node.directives):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                grouped.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(kind, node.type_condition.name.value):
                    if self._is_deferred(node.directives):
                        deferred.setdefault(_label(node.directives), []).append(node.selection_set)
                    else:
                        self._group(kind, node.selection_set, grouped, seen, deferred)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                fragment = self.fragments[node.name.value]
                applies = self._applies(kind, fragment.type_condition.name.value)
                if self._is_deferred(node.directives):
                    if applies:
                        deferred.setdefault(_label(node.directives), []).append(fragment.selection_set)
                    continue
                seen.add(node.name.value)
                if applies:
                    self._group(kind, fragment.selection_set, grouped, seen, deferred)

    def _applies(self, kind: GraphQLObjectType | GraphQLInterfaceType, condition: str) -> bool:
        if condition == kind.name:
            return True
        conditional = self.schema.type_map.get(condition)
        return conditional is not None and is_abstract_type(conditional) and self.schema.is_sub_type(conditional, kind)

    def _wanted(self, directives: Sequence[DirectiveNode] | None) -> bool:
        for directive in directives or ():
            name = directive.name.value
            if name in ("skip", "include") and self._truth(directive) == (name == "skip"):
                return False
        return True

    def _is_deferred(self, directives: Sequence[DirectiveNode] | None) -> bool:
        if not self.defer or not directives:
            return False
        for directive in directives:
            if directive.name.value == "defer":
                conditions = [argument for argument in directive.arguments or () if argument.name.value == "if"]
                return not conditions or self._holds(conditions[0].value)
        return False

    def _truth(self, directive: DirectiveNode) -> bool:
        return self._holds((directive.arguments or ())[0].value)

    def _holds(self, value: ValueNode) -> bool:
        if isinstance(value, VariableNode):
            return bool(self.variables.get(value.name.value))
        return isinstance(value, BooleanValueNode) and value.value

    def _output(self, kind: GraphQLOutputType, nodes: Sequence[FieldNode]) -> Output:
        if isinstance(kind, GraphQLNonNull):
            return Required(self._output(kind.of_type, nodes))
        if isinstance(kind, GraphQLList):
            return Several(self._output(kind.of_type, nodes))
        if isinstance(kind, GraphQLScalarType):
            return Scalar(kind.name)
        if isinstance(kind, GraphQLEnumType):
            return Enumeration(kind.name, frozenset(kind.values))
        if isinstance(kind, GraphQLObjectType):
            return Composite(kind.name, self, nodes, frozenset((kind.name,)), abstract=False)
        possible = frozenset(member.name for member in self.schema.get_possible_types(kind))
        is_interface = isinstance(kind, GraphQLInterfaceType)
        return Composite(kind.name, self, nodes, possible, abstract=True, is_interface=is_interface)


def _label(directives: Sequence[DirectiveNode] | None) -> str | None:
    for directive in directives or ():
        for argument in directive.arguments or ():
            if directive.name.value == "defer" and argument.name.value == "label":
                return argument.value.value if isinstance(argument.value, StringValueNode) else None
    return None
