"""Hints about types that subgraphs define differently, where that is allowed but may not be meant."""

from __future__ import annotations

from collections.abc import Collection

from router.composition.merge.session import Session, Sources
from router.composition.schema.model import Definition, Kind, Operation, Type

_ROOTS = frozenset(operation.value for operation in Operation)


def hint_on_fields(session: Session, outlined: Type, sources: Sources[Type]) -> None:
    """Tell about value types' fields that some subgraphs lack, and about entities that are none elsewhere."""
    entity_in = [index for index, type in sources.items() if session.subgraphs[index].find_all(type, "key")]
    if entity_in and outlined.kind is Kind.OBJECT and len(entity_in) < len(sources):
        others = [index for index in sources if index not in entity_in]
        session.hint(
            "INCONSISTENT_ENTITY",
            f'Type "{outlined.name}" is declared as an entity (has a @key applied) in some but not all defining'
            f" subgraphs: it has no @key in {session.names(others)} but has some @key in {session.names(entity_in)}.",
            *session.places(sources, outlined.name),
        )
    if entity_in or outlined.name in _ROOTS:
        return
    kind, words = ("OBJECT", "non-entity object") if outlined.kind is Kind.OBJECT else ("INTERFACE", "interface")
    for name in dict.fromkeys(name for _, type in sorted(sources.items()) for name in type.fields):
        having = [index for index, type in sources.items() if name in type.fields]
        lacking = [index for index in sources if index not in having]
        if any(not _all_external(session, index, sources[index]) for index in lacking):
            coordinate = f"{outlined.name}.{name}"
            session.hint(
                f"INCONSISTENT_{kind}_VALUE_TYPE_FIELD",
                f'Field "{coordinate}" of {words} type "{outlined.name}" is defined in some but not all subgraphs that'
                f' define "{outlined.name}": "{coordinate}" is defined in {session.names(having)} but not in'
                f" {session.names(lacking)}.",
                *session.places(sources, coordinate),
            )


def _all_external(session: Session, index: int, type: Type) -> bool:
    return all(session.subgraphs[index].is_external(type, item) for item in type.fields.values())


def hint_on_members(session: Session, outlined: Type, sources: Sources[Type]) -> None:
    """Tell about union members that some subgraphs lack."""
    for member in outlined.members:
        having = [index for index, type in sources.items() if member in type.members]
        lacking = [index for index in sources if index not in having]
        if lacking:
            session.hint(
                "INCONSISTENT_UNION_MEMBER",
                f'Union type "{outlined.name}" includes member type "{member}" in some but not all defining subgraphs:'
                f' "{member}" is defined in {session.names(having)} but not in {session.names(lacking)}.',
                *session.places(sources, outlined.name),
            )


def hint_on_locations(session: Session, name: str, common: Collection[str], own: Sources[list[str]]) -> None:
    """Tell about directives for operations that subgraphs allow in different places."""
    mine = locations_in_words(common)
    if any(locations_in_words(locations) != mine for locations in own.values()):
        session.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
            f'Executable directive "@{name}" has inconsistent locations across subgraphs and will use {mine}'
            " (intersection of all subgraphs) in the supergraph, but has: "
            + session.differences(own, locations_in_words, first=mine, between=" and ")
            + ".",
            *session.places(own, f"@{name}"),
        )


def hint_on_repeating(session: Session, name: str, sources: Sources[Definition]) -> None:
    """Tell about directives for operations that only some subgraphs let repeat."""
    once = [index for index, definition in sources.items() if not definition.repeatable]
    often = [index for index, definition in sources.items() if definition.repeatable]
    if once and often:
        session.hint(
            "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE",
            f'Executable directive "@{name}" will not be marked repeatable in the supergraph as it is inconsistently'
            f" marked repeatable in subgraphs: it is not repeatable in {session.names(once)} but is repeatable in"
            f" {session.names(often)}.",
            *session.places(sources, f"@{name}"),
        )


def locations_in_words(names: Collection[str]) -> str:
    """Write locations as `locations "FIELD, QUERY"`."""
    return f'{"location" if len(names) == 1 else "locations"} "{", ".join(sorted(names))}"'
