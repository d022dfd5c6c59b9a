"""Merges enums: all values where it only comes out, common values where it only goes in, the same ones where both."""

from __future__ import annotations

from router.composition.merge.applications import Merger
from router.composition.merge.descriptions import merge_description
from router.composition.merge.references import Position
from router.composition.merge.session import Sources
from router.composition.schema.model import Application, EnumValue, Type
from router.composition.schema.values import EnumName


def merge_enum(merger: Merger, name: str, sources: Sources[Type]) -> dict[str, EnumValue]:
    """Merge an enum's values. Call it when all fields and arguments are merged: it asks how the enum is used."""
    session = merger.session
    uses = merger.uses.get(name, {})
    if not uses:
        session.hint(
            "UNUSED_ENUM_TYPE",
            f'Enum type "{name}" is defined but unused. It will be included in the supergraph with all the values'
            ' appearing in any subgraph ("as if" it was only used as an output type).',
            *session.places(sources, name),
        )
    merged: dict[str, EnumValue] = {}
    for text in dict.fromkeys(text for _, type in sorted(sources.items()) for text in type.values):
        having = {index: type.values[text] for index, type in sources.items() if text in type.values}
        missing = [index for index in sources if index not in having]
        joins = tuple(
            Application("join__enumValue", {"graph": EnumName(session.graphs[index])}) for index in sorted(having)
        )
        label = f"{name}.{text}"
        directives = merger.directives(label, having)
        value = EnumValue(text, merge_description(session, label, having), (*joins, *directives))
        if not missing or Position.INPUT not in uses or merger.is_inaccessible(directives):
            merged[text] = value
            if missing and Position.INPUT not in uses:
                session.hint(
                    "INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM",
                    f'Value "{text}" of enum type "{name}" has been added to the supergraph but is only defined in a'
                    f' subset of the subgraphs defining "{name}": "{text}" is defined in {session.names(having)} but'
                    f" not in {session.names(missing)}.",
                    *session.places(sources, label),
                )
        elif Position.OUTPUT in uses:
            merged[text] = value
            session.refuse(
                "ENUM_VALUE_MISMATCH",
                f'Enum type "{name}" is used as both input type (for example, as type of "{uses[Position.INPUT]}") and'
                f' output type (for example, as type of "{uses[Position.OUTPUT]}"), but value "{text}" is not defined'
                f' in all the subgraphs defining "{name}": "{text}" is defined in {session.names(having)} but not in'
                f" {session.names(missing)}",
                *session.places(sources, label),
                fix=f'Add "{text}" to the enum in {session.names(missing)}, or mark it @inaccessible until all'
                " subgraphs have it.",
            )
        else:
            session.hint(
                "INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM",
                f'Value "{text}" of enum type "{name}" will not be part of the supergraph as it is not defined in all'
                f' the subgraphs defining "{name}": "{text}" is defined in {session.names(having)} but not in'
                f" {session.names(missing)}.",
                *session.places(sources, label),
            )
    if not merged:
        session.refuse(
            "EMPTY_MERGED_ENUM_TYPE",
            f'None of the values of enum type "{name}" are defined consistently in all the subgraphs defining that'
            " type. As only values common to all subgraphs are merged, this would result in an empty type.",
            *session.places(sources, name),
            fix=f'Give "{name}" at least one value that every subgraph that defines it has.',
        )
    return merged
