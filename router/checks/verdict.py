"""Breaking or not: each change, judged by the operations that clients really send.

Theory. Validating an operation against the new schema finds what makes it invalid. What leaves it valid and still
breaks who reads the answer, or who sends variables, is found by comparing the change with what the operation uses. Both
give effects; a change is as bad as the worst of its effects. Without operations it is as bad as it could be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphql import (
    GraphQLAbstractType,
    GraphQLArgument,
    GraphQLError,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    get_named_type,
    is_abstract_type,
    validate,
)

from router.checks.change import Change, Kind, Severity
from router.checks.operations import Operation, Place, place_of
from router.checks.positions import accepts
from router.checks.usage import Call, Selection, Uses, uses

BREAKING, DANGEROUS = Severity.BREAKING, Severity.DANGEROUS


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to one operation: where it is felt, and why."""

    operation: Operation
    severity: Severity
    place: Place
    why: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A change with its verdict. `accepted` is the reason why it may ship although it breaks something."""

    change: Change
    verdict: Severity
    effects: tuple[Effect, ...] = ()
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All changes judged.

    `operations` is None where none were given. `stale` are those that were invalid before: nothing can break them.
    `invalid` are effects on operations that no single change explains.
    """

    changes: tuple[Judged, ...]
    operations: int | None = None
    stale: tuple[Operation, ...] = ()
    invalid: tuple[Effect, ...] = ()

    @property
    def severity(self) -> Severity:
        """The worst of all."""
        found = [each.verdict for each in self.changes if not each.accepted]
        return max([*found, *(effect.severity for effect in self.invalid)], key=_rank, default=Severity.SAFE)


def judge(
    changes: Sequence[Change],
    old: GraphQLSchema,
    new: GraphQLSchema,
    operations: Sequence[Operation] | None,
    accepted: Mapping[str, str] | None = None,
) -> Verdict:
    """The verdict on what changed between two schemas; `accepted` maps coordinates to reasons."""
    reasons = accepted or {}
    if operations is None:
        judged = (Judged(each, each.severity, (), reasons.get(each.coordinate, "")) for each in changes)
        return Verdict(tuple(judged))
    effects: list[list[Effect]] = [[] for _ in changes]
    stale: list[Operation] = []
    invalid: list[Effect] = []
    suspects = [index for index, each in enumerate(changes) if each.severity is not Severity.SAFE]
    for operation in operations if changes else ():
        errors = validate(new, operation.document)
        if validate(old, operation.document):
            if errors:
                stale.append(operation)
            continue
        used = uses(old, operation.document)
        felt = _Felt(operation, used, old, new)
        for index in suspects:
            effects[index] += felt.effects(changes[index])
        for error in errors:
            to_blame, effect = _blame(error, operation, used, changes)
            if to_blame is not None and not _breaks(effects[to_blame], operation):
                # It is certain now, so what only might have been is not told beside it.
                effects[to_blame] = [*(each for each in effects[to_blame] if each.operation is not operation), effect]
        # What else validation says of an operation that is broken already follows from that.
        if errors and not any(_breaks(each, operation) for each in effects):
            invalid.append(_blame(errors[0], operation, used, changes)[1])
    judged_all = [
        Judged(
            change,
            max((effect.severity for effect in felt_by), key=_rank, default=Severity.SAFE),
            tuple(sorted(felt_by, key=_order)),
            reasons.get(change.coordinate, ""),
        )
        for change, felt_by in zip(changes, effects, strict=True)
    ]
    return Verdict(tuple(sorted(judged_all, key=_worst_first)), len(operations), tuple(stale), tuple(invalid))


def _breaks(effects: Iterable[Effect], operation: Operation) -> bool:
    return any(each.operation is operation and each.severity is BREAKING for each in effects)


def _rank(severity: Severity) -> int:
    return severity.rank


def _worst_first(judged: Judged) -> int:
    return -judged.verdict.rank


def _order(effect: Effect) -> tuple[int, int, str, int]:
    return -effect.severity.rank, -(effect.operation.count or 0), effect.place.file, effect.place.line


def _blame(
    error: GraphQLError, operation: Operation, used: Uses, changes: Sequence[Change]
) -> tuple[int | None, Effect]:
    """Which change an error of validation comes from, if one can be named, and the error as an effect."""
    nodes = [node for node in error.nodes or () if node.loc is not None]
    place = place_of(nodes[0]) if nodes else operation.place
    effect = Effect(operation, BREAKING, place, error.message)
    coordinates = {used.coordinates[id(node)] for node in nodes if id(node) in used.coordinates}
    for index, change in enumerate(changes):
        if change.severity is BREAKING and change.coordinate in coordinates:
            if len(nodes) > 1:
                blamed = next(node for node in nodes if used.coordinates.get(id(node)) == change.coordinate)
                effect = replace(effect, place=place_of(blamed))
            return index, effect
    return None, effect


class _Felt:
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

    def directive(self, change: Change) -> Iterator[Felt]:
        """The directive is used."""
        for call in self.uses.calls.get(change.coordinate, ()):
            yield BREAKING, call.node, f"uses `{change.coordinate}`"

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
_RULES: Mapping[Kind, Callable[[_Felt, Change], Iterable[Felt]]] = {
    **dict.fromkeys(Kind, _Felt.nothing),
    Kind.TYPE_REMOVED: _Felt.type,
    Kind.TYPE_CHANGED_KIND: _Felt.type,
    Kind.ROOT_TYPE_REMOVED: _Felt.root,
    Kind.ROOT_TYPE_CHANGED: _Felt.root,
    Kind.FIELD_REMOVED: _Felt.field,
    Kind.FIELD_CHANGED_TYPE: _Felt.field,
    Kind.FIELD_BECAME_NULLABLE: _Felt.field,
    Kind.REQUIRED_ARG_ADDED: _Felt.argument_required,
    Kind.ARG_BECAME_REQUIRED: _Felt.argument_required,
    Kind.ARG_REMOVED: _Felt.argument_removed,
    Kind.ARG_CHANGED_TYPE: _Felt.argument_type,
    Kind.ARG_DEFAULT_VALUE_CHANGED: _Felt.argument_default,
    Kind.REQUIRED_INPUT_FIELD_ADDED: _Felt.input_field_required,
    Kind.INPUT_FIELD_BECAME_REQUIRED: _Felt.input_field_required,
    Kind.INPUT_FIELD_REMOVED: _Felt.input_field_removed,
    Kind.INPUT_FIELD_CHANGED_TYPE: _Felt.input_field_type,
    Kind.INPUT_FIELD_DEFAULT_VALUE_CHANGED: _Felt.input_field_default,
    Kind.ONE_OF_ADDED: _Felt.one_of,
    Kind.VALUE_REMOVED_FROM_ENUM: _Felt.value_removed,
    Kind.VALUE_ADDED_TO_ENUM: _Felt.value_added,
    Kind.TYPE_ADDED_TO_UNION: _Felt.member_added,
    Kind.TYPE_REMOVED_FROM_UNION: _Felt.member_removed,
    Kind.IMPLEMENTED_INTERFACE_ADDED: _Felt.interface_added,
    Kind.IMPLEMENTED_INTERFACE_REMOVED: _Felt.interface_removed,
    Kind.SPECIFIED_BY_CHANGED: _Felt.scalar,
    Kind.DIRECTIVE_REMOVED: _Felt.directive,
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
