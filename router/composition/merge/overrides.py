"""Decides which subgraph resolves a field that another one took over with @override."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from router.composition.merge.interface_objects import abstracted
from router.composition.merge.session import Session, Sources
from router.composition.naming import did_you_mean
from router.composition.outcome import Place
from router.composition.schema.model import Application, Field, Kind, Schema

_LABEL = re.compile(r"[a-zA-Z][a-zA-Z0-9_\-:./]*")
_STILL_USED = (
    "is still used in some federation directive(s) (@key, @requires, and/or @provides) and/or to satisfy interface"
    " constraint(s)"
)
_MARK_OR_REMOVE = "marking it @external explicitly or removing it along with its references."
_PERCENT = re.compile(r"percent\((\d{1,2}(\.\d{1,8})?|100)\)")


@dataclass
class Overrides:
    """What overriding means for one field, by subgraph index."""

    used: set[int] = field(default_factory=set)
    """Overridden, but still named by a key, requirement or interface there: stays in the supergraph, marked."""
    unused: set[int] = field(default_factory=set)
    """Overridden and not needed any more: left out."""
    labels: dict[int, str] = field(default_factory=dict)
    """The label of a progressive override, at both its ends."""
    unknown_target: set[int] = field(default_factory=set)

    @property
    def overridden(self) -> set[int]:
        """Every subgraph that resolves the field no more (or, with a label, not always)."""
        return self.used | self.unused


def resolve_overrides(session: Session, skeleton: Schema, parent: str, name: str, sources: Sources[Field]) -> Overrides:
    """Read the @override directives on one field in all subgraphs, refusing those that cannot hold."""
    answer = Overrides()
    found: dict[int, Application] = {}
    for index, item in sources.items():
        application = session.subgraphs[index].find(item, "override")
        if application is not None:
            found[index] = application
    for index, application in found.items():
        _resolve(session, skeleton, f"{parent}.{name}", sources, found, index, application, answer)
    return answer


def _resolve(
    session: Session,
    skeleton: Schema,
    coordinate: str,
    sources: Sources[Field],
    found: Mapping[int, Application],
    index: int,
    application: Application,
    answer: Overrides,
) -> None:
    parent, name = coordinate.split(".")
    subgraph = session.subgraphs[index]
    here = subgraph.name
    indexes = {other.name: position for position, other in enumerate(session.subgraphs)}
    source = str(application.arguments.get("from"))

    def refuse(code: str, message: str, *also: Place, fix: str = "") -> None:
        session.refuse(code, message, session.place(index, application), *also, fix=fix)

    if subgraph.schema.types[parent].kind is Kind.INTERFACE:
        refuse(
            "OVERRIDE_ON_INTERFACE",
            f'@override cannot be used on field "{coordinate}" on subgraph "{here}": @override is not supported on'
            " interface type fields.",
            fix="Remove @override here and apply it to the fields of the object types that implement the interface.",
        )
    elif subgraph.is_interface_object(parent):
        refuse(
            "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
            f"@override is not yet supported on fields of @interfaceObject types: cannot be used on field"
            f' "{coordinate}" on subgraph "{here}".',
            fix="Remove @override; let the other subgraph drop the field instead.",
        )
    elif source not in indexes:
        answer.unknown_target.add(index)
        session.hint(
            "FROM_SUBGRAPH_DOES_NOT_EXIST",
            f'Source subgraph "{source}" for field "{coordinate}" on subgraph "{here}" does not exist.'
            + did_you_mean(source, indexes),
            session.place(index, application),
        )
    elif source == here:
        refuse(
            "OVERRIDE_FROM_SELF_ERROR",
            f'Source and destination subgraphs "{source}" are the same for overridden field "{coordinate}"',
            fix="Name the subgraph the field is taken over from, or remove @override.",
        )
    elif indexes[source] in found:
        refuse(
            "OVERRIDE_SOURCE_HAS_OVERRIDE",
            f'Field "{coordinate}" on subgraph "{here}" is also marked with directive @override in subgraph "{source}".'
            " Only one @override directive is allowed per field.",
            session.place(indexes[source], found[indexes[source]]),
            fix=f'Keep the @override of the subgraph that is to resolve "{coordinate}" and remove the other.',
        )
    elif indexes[source] not in sources:
        stand_ins = abstracted(session, skeleton, parent, name, indexes[source])
        if stand_ins:
            refuse(
                "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
                f'Invalid @override on field "{coordinate}" of subgraph "{here}": source subgraph "{source}" does not'
                f' have field "{coordinate}" but abstract it in type "{stand_ins[0]}" and overriding abstracted fields'
                " is not supported.",
                fix=f'Remove @override, and the field from "{stand_ins[0]}" in subgraph "{source}".',
            )
        else:
            session.hint(
                "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
                f'Field "{coordinate}" on subgraph "{here}" no longer exists in the from subgraph. The @override'
                " directive can be removed.",
                session.place(index, application),
            )
    elif (conflict := _conflict(session, parent, sources, index, indexes[source])) is not None:
        directive, where = conflict
        refuse(
            "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
            f'@override cannot be used on field "{coordinate}" on subgraph "{here}" since "{coordinate}" on "{where}"'
            f' is marked with directive "@{directive}"',
            *session.places([indexes[source]], coordinate),
            fix=f'Remove @{directive} from "{coordinate}" on "{where}", or @override.',
        )
    else:
        _take_over(session, coordinate, sources, index, indexes[source], application, answer)


def _conflict(
    session: Session, parent: str, sources: Sources[Field], index: int, source: int
) -> tuple[str, str] | None:
    """Name the directive that does not go with @override, and its subgraph."""
    origin = session.subgraphs[source]
    for directive in ("requires", "provides"):
        if origin.find(sources[source], directive) is not None:
            return origin.local[directive], origin.name
    subgraph = session.subgraphs[index]
    if subgraph.is_external(subgraph.schema.types[parent], sources[index]):
        return origin.local["external"], subgraph.name
    return None


def _take_over(
    session: Session,
    coordinate: str,
    sources: Sources[Field],
    index: int,
    source: int,
    application: Application,
    answer: Overrides,
) -> None:
    origin = session.subgraphs[source]
    parent = origin.schema.types[coordinate.split(".", maxsplit=1)[0]]
    label = application.arguments.get("label")
    if origin.is_external(parent, sources[source]):
        session.hint(
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
            f'Field "{coordinate}" on subgraph "{session.subgraphs[index].name}" is not resolved anymore by the from'
            f' subgraph (it is marked "@external" in "{origin.name}"). The @override directive can be removed.',
            session.place(index, application),
        )
    else:
        (answer.used if coordinate in origin.used else answer.unused).add(source)
        if not label:
            advice = f"It {_STILL_USED}, but consider" if source in answer.used else ""
            rest = f"{advice} {_MARK_OR_REMOVE}" if advice else "Consider removing it."
            session.hint(
                "OVERRIDDEN_FIELD_CAN_BE_REMOVED",
                f'Field "{coordinate}" on subgraph "{origin.name}" is overridden. {rest}',
                *session.places([source], coordinate),
            )
    if isinstance(label, str) and label:
        if _LABEL.fullmatch(label) or _PERCENT.fullmatch(label):
            answer.labels[index] = answer.labels[source] = label
        else:
            session.refuse(
                "OVERRIDE_LABEL_INVALID",
                f'Invalid @override label "{label}" on field "{coordinate}" on subgraph'
                f' "{session.subgraphs[index].name}": labels must start with a letter and after that may contain'
                " alphanumerics, underscores, minuses, colons, periods, or slashes. Alternatively, labels may be of the"
                ' form "percent(x)" where x is a float between 0-100 inclusive.',
                session.place(index, application),
                fix='Write a name such as "checkout-v2", or a share such as "percent(5)".',
            )
        moving = f'Field "{coordinate}"'
        if source in answer.used:
            message = (
                f'{moving} on subgraph "{origin.name}" is currently being migrated via progressive @override. It'
                f" {_STILL_USED}. Once the migration is complete, consider {_MARK_OR_REMOVE}"
            )
        else:
            message = (
                f"{moving} is currently being migrated with progressive @override. Once the migration is complete,"
                f' remove the field from subgraph "{origin.name}".'
            )
        at = (session.place(index, application), *session.places([source], coordinate))
        session.hint("OVERRIDE_MIGRATION_IN_PROGRESS", message, *at)
