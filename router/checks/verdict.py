"""Breaking or not: each change, judged by the operations that clients really send.

Theory. Validating an operation against the new schema finds what makes it invalid. What leaves it valid and still
breaks who reads the answer, or who sends variables, is found by comparing the change with what the operation uses. Both
give effects; a change is as bad as the worst of its effects. Without operations it is as bad as it could be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from graphql import GraphQLError, GraphQLSchema, validate

from router.checks.change import OF_FIELDS, Change, Kind, Severity
from router.checks.effects import BREAKING, Effect, Rules
from router.checks.operations import Operation, place_of
from router.checks.usage import Uses, uses

# Two fields of one name in fragments on different types must answer alike (5.3.2, field selection merging): where one
# of them becomes stricter, who selects both is refused.
_SAFE_BUT_INVALID = frozenset({Kind.FIELD_BECAME_NON_NULL})


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
    known: Collection[Change] | None = None,
) -> Verdict:
    """The verdict on what changed between two schemas; `accepted` maps coordinates to reasons.

    Of a contract, `known` are the changes of the whole graph: whom they concern is judged there, and operations may be
    there that are not meant for the contract.
    """
    reasons = accepted or {}
    if operations is None:
        judged = (Judged(each, each.severity, (), reasons.get(each.coordinate, "")) for each in changes)
        return Verdict(tuple(judged))
    effects: list[list[Effect]] = [[] for _ in changes]
    stale: list[Operation] = []
    invalid: list[Effect] = []
    suspects = [index for index, each in enumerate(changes) if _may_be_felt(each) and each not in (known or ())]
    concerned = {name for index in suspects for name in _concerned(changes[index])}
    broken = {name for index in suspects if _may_invalidate(changes[index]) for name in _concerned(changes[index])}
    for operation in operations if suspects else ():
        used = uses(old, operation.document)
        # Whether an operation is valid hangs on what it touches, and on nothing else.
        if concerned.isdisjoint(used.touched):
            continue
        errors: list[GraphQLError] = []
        if known is not None or not broken.isdisjoint(used.touched):
            errors = validate(new, operation.document)
            if validate(old, operation.document):
                if errors:
                    stale.append(operation)
                continue
        felt = Rules(operation, used, old, new)
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


def _may_be_felt(change: Change) -> bool:
    return (
        change.severity is not Severity.SAFE
        or change.kind is Kind.DEPRECATION_ADDED
        or change.kind in _SAFE_BUT_INVALID
    )


def _may_invalidate(change: Change) -> bool:
    return change.severity is BREAKING or change.kind in _SAFE_BUT_INVALID


def _concerned(change: Change) -> tuple[str, ...]:
    """What an operation must touch to be concerned: the field or directive, else the types."""
    owner = change.coordinate.partition("(")[0]
    if change.kind in OF_FIELDS:
        return (owner,)
    return owner.partition(".")[0], change.other


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
        if _may_invalidate(change) and change.coordinate in coordinates:
            if len(nodes) > 1:
                blamed = next(node for node in nodes if used.coordinates.get(id(node)) == change.coordinate)
                effect = replace(effect, place=place_of(blamed))
            return index, effect
    return None, effect
