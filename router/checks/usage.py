"""What of a schema an operation uses: fields, arguments, input fields, enum values, types and directives, with places.

Theory. One walk over the operation and its fragments, with the schema it was written for at hand. What stands in the
text is known exactly. What travels in variables is not: of a variable only its type is known, so every input field and
every enum value that its type reaches may be sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    visit,
)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Call:
    """A field, a directive or an input object, with what was handed to it.

    `given` always comes along; `perhaps` hangs on a variable that may be null or left out.
    """

    node: Node
    given: frozenset[str]
    perhaps: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """A fragment on `type` where the selection is of `parent`."""

    node: Node
    type: str
    parent: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What is selected of an interface or a union; `node` is the field that answers it."""

    node: Node
    type: str
    selections: SelectionSetNode


@dataclass(slots=True)
class Uses:
    """Keyed by coordinate (or type name) as router.checks.change writes them; values are the nodes in the text.

    `coordinates` is the other way round: by `id` of a node, for validation's errors. `touched` are all the
    fields, types and (with their @) directives that have a say in the operation. `declared` are the types that
    variables name, `variables` all that they may hold.
    """

    calls: dict[str, list[Call]] = field(default_factory=dict)
    arguments: dict[str, list[Node]] = field(default_factory=dict)
    input_fields: dict[str, list[Node]] = field(default_factory=dict)
    literals: dict[str, list[Call]] = field(default_factory=dict)
    sent_values: dict[str, list[Node]] = field(default_factory=dict)
    variables: dict[str, list[Node]] = field(default_factory=dict)
    declared: dict[str, list[Node]] = field(default_factory=dict)
    returned: dict[str, list[Node]] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    coordinates: dict[int, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)

    def types(self, name: str) -> list[Node]:
        """Where a type is named, answered, or may be in a variable."""
        return [*self.mentions(name), *self.variables.get(name, ())]

    def mentions(self, name: str) -> list[Node]:
        """Where a type is named or answered."""
        conditions = [each.node for each in self.conditions if each.type == name]
        return [*self.returned.get(name, ()), *conditions, *self.declared.get(name, ())]

    def covers(self, selections: SelectionSetNode, member: str, schema: GraphQLSchema) -> bool:
        """Whether the selections say anything of objects of type `member`, `__typename` aside."""
        return self._covers(selections, member, schema, set())

    def _covers(self, selections: SelectionSetNode, member: str, schema: GraphQLSchema, seen: set[str]) -> bool:
        for each in selections.selections:
            match each:
                case FieldNode():
                    if not each.name.value.startswith("__"):
                        return True
                case InlineFragmentNode():
                    on = each.type_condition.name.value if each.type_condition else member
                    if _applies(on, member, schema) and self._covers(each.selection_set, member, schema, seen):
                        return True
                case FragmentSpreadNode():
                    fragment = self.fragments.get(each.name.value)
                    if fragment is None or each.name.value in seen:
                        continue
                    seen.add(each.name.value)
                    on = fragment.type_condition.name.value
                    if _applies(on, member, schema) and self._covers(fragment.selection_set, member, schema, seen):
                        return True
                case _:
                    continue
        return False


def _applies(condition: str, member: str, schema: GraphQLSchema) -> bool:
    if condition == member:
        return True
    kind = schema.type_map.get(condition)
    return is_abstract_type(kind) and any(each.name == member for each in schema.get_possible_types(kind))


def uses(schema: GraphQLSchema, document: DocumentNode) -> Uses:
    """What the document uses of the schema it is valid for."""
    info = TypeInfo(schema)
    collected = Uses(
        fragments={d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)},
    )
    visit(document, TypeInfoVisitor(info, _Collector(schema, info, collected)))
    collected.touched.update(collected.returned, collected.variables, collected.literals)
    collected.touched.update(collected.calls)
    collected.touched.update(coordinate.partition(".")[0] for coordinate in collected.calls)
    collected.touched.update(coordinate.partition(".")[0] for coordinate in collected.sent_values)
    collected.touched.update(each.type for each in collected.conditions)
    return collected


class _Collector(Visitor):
    """Fills a Uses on the way down."""

    def __init__(self, schema: GraphQLSchema, info: TypeInfo, found: Uses) -> None:
        super().__init__()
        self.schema = schema
        self.info = info
        self.found = found
        self.may_be_null: set[str] = set()

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        for each in node.variable_definitions or ():
            # One with a default is never left out where it is used.
            if not isinstance(each.type, NonNullTypeNode) and each.default_value is None:
                self.may_be_null.add(each.variable.name.value)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        kind = self.info.get_input_type()
        if kind is not None:
            _add(self.found.declared, get_named_type(kind).name, node)
            for name in _reached(get_named_type(kind)):
                _add(self.found.variables, name, node)

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent, kind = self.info.get_parent_type(), self.info.get_type()
        if parent is not None:
            self.found.touched.add(parent.name)
        if parent is None or kind is None:
            return
        coordinate = f"{parent.name}.{node.name.value}"
        self._call(coordinate, node, node.arguments)
        name = get_named_type(kind).name
        _add(self.found.returned, name, node)
        if node.selection_set is not None and is_abstract_type(get_named_type(kind)):
            self.found.selections.append(Selection(node, name, node.selection_set))

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self._call(f"@{node.name.value}", node, node.arguments)

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        if node.type_condition is not None:
            self._condition(node, node.type_condition.name.value)

    def _condition(self, node: InlineFragmentNode | FragmentSpreadNode, on: str) -> None:
        parent = self.info.get_parent_type()
        if parent is not None:
            self.found.conditions.append(Condition(node, on, parent.name))

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        fragment = self.found.fragments.get(node.name.value)
        if fragment is not None:
            self._condition(node, fragment.type_condition.name.value)

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> None:
        self.found.touched.add(node.name.value)

    def enter_argument(self, node: ArgumentNode, _key: Any, _parent: Any, _path: Any, ancestors: Any) -> None:
        owner = next(each for each in reversed(ancestors) if isinstance(each, FieldNode | DirectiveNode))
        coordinate = self.found.coordinates.get(id(owner))
        if coordinate is not None:
            known = f"{coordinate}({node.name.value}:)"
            _add(self.found.arguments, known, node)
            self._at(node, known)
            kind = get_named_type(self.info.get_input_type())
            if kind is not None:
                self.found.touched.add(kind.name)

    def enter_object_value(self, node: ObjectValueNode, *_: Any) -> None:
        kind = get_named_type(self.info.get_input_type())
        if isinstance(kind, GraphQLInputObjectType):
            given, perhaps = self._given(node.fields)
            _add(self.found.literals, kind.name, Call(node, given, perhaps))

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        parent = self.info.get_parent_input_type()
        kind = get_named_type(parent)
        if isinstance(kind, GraphQLInputObjectType):
            coordinate = f"{kind.name}.{node.name.value}"
            _add(self.found.input_fields, coordinate, node)
            self._at(node, coordinate)

    def enter_enum_value(self, node: EnumValueNode, *_: Any) -> None:
        kind = get_named_type(self.info.get_input_type())
        if kind is not None:
            _add(self.found.sent_values, f"{kind.name}.{node.value}", node)

    def _call(self, coordinate: str, node: Node, arguments: tuple[ArgumentNode, ...] | None) -> None:
        given, perhaps = self._given(arguments or ())
        _add(self.found.calls, coordinate, Call(node, given, perhaps))
        self.found.coordinates[id(node)] = coordinate

    def _given(self, parts: tuple[ArgumentNode, ...] | tuple[ObjectFieldNode, ...]) -> tuple[frozenset[str], ...]:
        given: set[str] = set()
        perhaps: set[str] = set()
        for each in parts:
            value = each.value
            if isinstance(value, NullValueNode):
                continue
            uncertain = isinstance(value, VariableNode) and value.name.value in self.may_be_null
            (perhaps if uncertain else given).add(each.name.value)
        return frozenset(given), frozenset(perhaps)

    def _at(self, node: ArgumentNode | ObjectFieldNode, coordinate: str) -> None:
        """Errors of validation name the part or anything in its value; an input object inside names its own parts."""
        self.found.coordinates[id(node)] = coordinate
        for value in _plain_values(node.value):
            self.found.coordinates[id(value)] = coordinate


def _plain_values(value: Node) -> Iterator[Node]:
    yield value
    for item in getattr(value, "values", ()):
        yield from _plain_values(item)


def _add(found: dict[str, list[Item]], key: str, item: Item) -> None:
    found.setdefault(key, []).append(item)


def _reached(kind: Any) -> set[str]:
    """The names of all types that a value of this input type may hold, itself among them."""
    names: set[str] = set()
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if each.name not in names:
            names.add(each.name)
            if isinstance(each, GraphQLInputObjectType):
                waiting += [get_named_type(item.type) for item in each.fields.values()]
    return names
