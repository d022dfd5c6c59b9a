"""What a change does to an operation that was valid before it: one rule for each kind of change that can be felt.

Rules see what validation cannot: an answer that may be null now, a value that travels in a variable, a new member that
nothing is selected of. What validation sees is added by router.checks.verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLAbstractType,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    get_named_type,
    is_abstract_type,
)

from router.checks.change import Change, Kind, Severity
from router.checks.operations import Operation, Place, place_of
from router.checks.positions import accepts
from router.checks.usage import Call, Selection, Uses

BREAKING, DANGEROUS = Severity.BREAKING, Severity.DANGEROUS


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one operation: where it is felt, and why."""

    operation: Operation
    severity: Severity
    place: Place
    why: str


class Rules:
    """What changes do to one operation that was valid before them."""

    def __init__(self, operation: Operation, used: Uses, old: GraphQLSchema, new: GraphQLSchema) -> None:
        self.operation = operation
        self.uses = used
        self.old = old
        self.new = new

    def effects(self, change: Change) -> Iterator[Effect]:
        """The first place each way in which the operation feels the change, at most one for a severity."""
        seen: set[Severity] = set()
        for severity, node, why in _RULES[change.kind](self, change):
            if severity not in seen:
                seen.add(severity)
                yield Effect(self.operation, severity, place_of(node), why)

    # Each rule below answers severities, nodes and reasons.

    def field(self, change: Change) -> Iterator[Felt]:
        """The field is selected."""
        for call in self.uses.calls.get(change.coordinate, ()):
            yield BREAKING, call.node, f"selects `{_last(change.coordinate)}`"

    def argument_removed(self, change: Change) -> Iterator[Felt]:
        """The argument is given."""
        for node in self.uses.arguments.get(change.coordinate, ()):
            yield BREAKING, node, f"gives `{_argument(change.coordinate)}`"

    def argument_required(self, change: Change) -> Iterator[Felt]:
        """The field is called without the argument."""
        for call in self._without(change, certain=False):
            yield BREAKING, call.node, f"does not give `{_argument(change.coordinate)}`"

    def argument_type(self, change: Change) -> Iterator[Felt]:
        """Validation finds what does not fit; what still fits may mean something else."""
        pair = _argument_of(self.old, change.coordinate), _argument_of(self.new, change.coordinate)
        if pair[0] is None or pair[1] is None or accepts(pair[0].type, pair[1].type):
            return
        if get_named_type(pair[0].type).name != get_named_type(pair[1].type).name:
            for node in self.uses.arguments.get(change.coordinate, ()):
                yield DANGEROUS, node, f"gives `{_argument(change.coordinate)}` as `{pair[0].type}`"

    def argument_default(self, change: Change) -> Iterator[Felt]:
        """The default is relied on."""
        for call in self._without(change, certain=True):
            yield DANGEROUS, call.node, f"leaves `{_argument(change.coordinate)}` to its default"

    def input_field_removed(self, change: Change) -> Iterator[Felt]:
        """The input field is given, or may be in a variable."""
        for node in self.uses.input_fields.get(change.coordinate, ()):
            yield BREAKING, node, f"gives `{change.coordinate}`"
        yield from self._may_send(change, BREAKING, "may give")

    def input_field_type(self, change: Change) -> Iterator[Felt]:
        """A variable may hold what no longer fits; validation finds what is written out."""
        pair = _input_of(self.old, change.coordinate), _input_of(self.new, change.coordinate)
        if pair[0] is not None and pair[1] is not None and not accepts(pair[0].type, pair[1].type):
            yield from self._may_send(change, BREAKING, "may give")

    def input_field_required(self, change: Change) -> Iterator[Felt]:
        """An input object without the field, written out or in a variable."""
        name, _, field = change.coordinate.partition(".")
        for call in self.uses.literals.get(name, ()):
            if field not in call.given | call.perhaps:
                yield BREAKING, call.node, f"does not give `{change.coordinate}`"
        yield from self._may_send(change, BREAKING, "may leave out")

    def input_field_default(self, change: Change) -> Iterator[Felt]:
        """An input object that may leave the field out."""
        name, _, field = change.coordinate.partition(".")
        for call in self.uses.literals.get(name, ()):
            if field not in call.given:
                yield DANGEROUS, call.node, f"leaves `{change.coordinate}` to its default"
        yield from self._may_send(change, DANGEROUS, "may leave out")

    def one_of(self, change: Change) -> Iterator[Felt]:
        """A variable may hold several fields; validation finds what is written out."""
        for node in self.uses.variables.get(change.coordinate, ()):
            yield BREAKING, node, f"may give several fields of `{change.coordinate}`"

    def value_removed(self, change: Change) -> Iterator[Felt]:
        """The value is sent, may be sent, or was waited for."""
        name = change.coordinate.partition(".")[0]
        for node in self.uses.sent_values.get(change.coordinate, ()):
            yield BREAKING, node, f"sends `{_last(change.coordinate)}`"
        for node in self.uses.variables.get(name, ()):
            yield BREAKING, node, f"may send `{_last(change.coordinate)}`"
        for node in self.uses.returned.get(name, ()):
            yield DANGEROUS, node, f"is never answered `{_last(change.coordinate)}` again"

    def value_added(self, change: Change) -> Iterator[Felt]:
        """The enum is answered."""
        for node in self.uses.returned.get(change.coordinate.partition(".")[0], ()):
            yield DANGEROUS, node, f"may be answered `{_last(change.coordinate)}`, which it was not written for"

    def member_added(self, change: Change) -> Iterator[Felt]:
        """A selection that says nothing of the new member."""
        for selection in self._selections_on(change.coordinate):
            yield from self._uncovered(selection, change.other)

    def interface_added(self, change: Change) -> Iterator[Felt]:
        """A selection on the interface that says nothing of who implements it now."""
        for selection in self._selections_on(change.other):
            yield from self._uncovered(selection, change.coordinate)

    def member_removed(self, change: Change) -> Iterator[Felt]:
        """A fragment on a member that is none any more."""
        for each in self.uses.conditions:
            if each.type == change.other and each.parent == change.coordinate:
                yield BREAKING, each.node, f"asks `{each.parent}` for `{each.type}`"

    def interface_removed(self, change: Change) -> Iterator[Felt]:
        """A fragment that reached the type by the interface, or the interface's fragment on the type."""
        member, interface = change.coordinate, change.other
        for each in self.uses.conditions:
            if each.type == member and each.parent == interface:
                yield BREAKING, each.node, f"asks `{interface}` for `{member}`"
            elif each.type == interface and each.parent != interface and _is_possible(self.old, each.parent, member):
                yield BREAKING, each.node, f"reads `{member}` by its interface `{interface}`"

    def type(self, change: Change) -> Iterator[Felt]:
        """The type is named or answered."""
        for node in self.uses.types(change.coordinate):
            yield BREAKING, node, f"uses `{change.coordinate}`"

    def type_removed(self, change: Change) -> Iterator[Felt]:
        """The type is named or answered; what a variable holds does not name it."""
        for node in self.uses.mentions(change.coordinate):
            yield BREAKING, node, f"uses `{change.coordinate}`"

    def root(self, change: Change) -> Iterator[Felt]:
        """The operation is of this kind."""
        root = self.old.get_root_type(self.operation.node.operation)
        if root is not None and root.name == change.coordinate:
            if change.kind is Kind.ROOT_TYPE_REMOVED:
                yield BREAKING, self.operation.node, f"is a {self.operation.node.operation.value}"
            for each in self.uses.conditions:
                if each.type == change.coordinate:
                    yield BREAKING, each.node, f"names `{change.coordinate}`"

    def scalar(self, change: Change) -> Iterator[Felt]:
        """The scalar is read or sent."""
        for node in self.uses.types(change.coordinate):
            yield DANGEROUS, node, f"reads or writes `{change.coordinate}`"

    def authorization(self, change: Change) -> Iterator[Felt]:
        """The field is selected, or the type answered, by viewers of whom nothing is known."""
        called = [call.node for call in self.uses.calls.get(change.coordinate, ())]
        for node in called or self.uses.types(change.coordinate):
            yield DANGEROUS, node, f"reads `{_last(change.coordinate)}`, which not every viewer may any more"

    def directive(self, change: Change) -> Iterator[Felt]:
        """The directive is used."""
        for call in self.uses.calls.get(change.coordinate, ()):
            yield BREAKING, call.node, f"uses `{change.coordinate}`"

    def deprecated(self, change: Change) -> Iterator[Felt]:
        """It is still used: nothing breaks yet."""
        used = self.uses
        nodes = [call.node for call in used.calls.get(change.coordinate, ())]
        nodes += used.arguments.get(change.coordinate, ())
        nodes += used.input_fields.get(change.coordinate, ())
        nodes += used.sent_values.get(change.coordinate, ())
        for node in nodes:
            yield Severity.SAFE, node, "uses it still"

    def nothing(self, _: Change) -> Iterator[Felt]:
        """Nothing that validation would not find, or nothing at all."""
        return iter(())

    def _without(self, change: Change, *, certain: bool) -> Iterator[Call]:
        owner, name = change.coordinate.partition("(")[0], _argument(change.coordinate)
        for call in self.uses.calls.get(owner, ()):
            if name not in call.given and (certain or name not in call.perhaps):
                yield call

    def _may_send(self, change: Change, severity: Severity, what: str) -> Iterator[Felt]:
        for node in self.uses.variables.get(change.coordinate.partition(".")[0], ()):
            yield severity, node, f"{what} `{change.coordinate}` in a variable"

    def _selections_on(self, name: str) -> Iterator[Selection]:
        return (each for each in self.uses.selections if each.type == name)

    def _uncovered(self, selection: Selection, member: str) -> Iterator[Felt]:
        if not self.uses.covers(selection.selections, member, self.new):
            yield DANGEROUS, selection.node, f"has no selection for `{member}`"


Felt = tuple[Severity, Node, str]
_RULES: Mapping[Kind, Callable[[Rules, Change], Iterable[Felt]]] = {
    **dict.fromkeys(Kind, Rules.nothing),
    Kind.TYPE_REMOVED: Rules.type_removed,
    Kind.TYPE_CHANGED_KIND: Rules.type,
    Kind.ROOT_TYPE_REMOVED: Rules.root,
    Kind.ROOT_TYPE_CHANGED: Rules.root,
    Kind.FIELD_REMOVED: Rules.field,
    Kind.FIELD_CHANGED_TYPE: Rules.field,
    Kind.FIELD_BECAME_NULLABLE: Rules.field,
    Kind.REQUIRED_ARG_ADDED: Rules.argument_required,
    Kind.ARG_BECAME_REQUIRED: Rules.argument_required,
    Kind.ARG_REMOVED: Rules.argument_removed,
    Kind.ARG_CHANGED_TYPE: Rules.argument_type,
    Kind.ARG_DEFAULT_VALUE_CHANGED: Rules.argument_default,
    Kind.REQUIRED_INPUT_FIELD_ADDED: Rules.input_field_required,
    Kind.INPUT_FIELD_BECAME_REQUIRED: Rules.input_field_required,
    Kind.INPUT_FIELD_REMOVED: Rules.input_field_removed,
    Kind.INPUT_FIELD_CHANGED_TYPE: Rules.input_field_type,
    Kind.INPUT_FIELD_DEFAULT_VALUE_CHANGED: Rules.input_field_default,
    Kind.ONE_OF_ADDED: Rules.one_of,
    Kind.VALUE_REMOVED_FROM_ENUM: Rules.value_removed,
    Kind.VALUE_ADDED_TO_ENUM: Rules.value_added,
    Kind.TYPE_ADDED_TO_UNION: Rules.member_added,
    Kind.TYPE_REMOVED_FROM_UNION: Rules.member_removed,
    Kind.IMPLEMENTED_INTERFACE_ADDED: Rules.interface_added,
    Kind.IMPLEMENTED_INTERFACE_REMOVED: Rules.interface_removed,
    Kind.SPECIFIED_BY_CHANGED: Rules.scalar,
    Kind.DIRECTIVE_REMOVED: Rules.directive,
    Kind.AUTHORIZATION_TIGHTENED: Rules.authorization,
    Kind.DEPRECATION_ADDED: Rules.deprecated,
}


def _last(coordinate: str) -> str:
    return coordinate.rpartition(".")[2]


def _argument(coordinate: str) -> str:
    return coordinate.partition("(")[2].removesuffix(":)")


def _argument_of(schema: GraphQLSchema, coordinate: str) -> GraphQLArgument | None:
    owner, argument = coordinate.partition("(")[0], _argument(coordinate)
    if owner.startswith("@"):
        directive = schema.get_directive(owner[1:])
        return directive.args.get(argument) if directive else None
    name, _, field = owner.partition(".")
    kind = schema.type_map.get(name)
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and field in kind.fields:
        found: GraphQLArgument | None = kind.fields[field].args.get(argument)
        return found
    return None


def _input_of(schema: GraphQLSchema, coordinate: str) -> GraphQLInputField | None:
    name, _, field = coordinate.partition(".")
    kind = schema.type_map.get(name)
    return kind.fields.get(field) if isinstance(kind, GraphQLInputObjectType) else None


def _is_possible(schema: GraphQLSchema, parent: str, member: str) -> bool:
    kind: GraphQLAbstractType | object = schema.type_map.get(parent)
    if parent == member:
        return True
    return is_abstract_type(kind) and any(each.name == member for each in schema.get_possible_types(kind))
