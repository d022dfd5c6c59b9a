"""Merges what goes in: arguments and input objects. Only what every subgraph understands may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from router.composition.merge.applications import Merger
from router.composition.merge.descriptions import merge_description
from router.composition.merge.references import Position, merge_references
from router.composition.merge.session import Sources
from router.composition.schema.coercion import as_enums, coerced
from router.composition.schema.model import ABSENT, Absent, Application, Default, Input, Type
from router.composition.schema.values import EnumName, Value, canonical


def merge_arguments(merger: Merger, coordinate: str, sources: Sources[Mapping[str, Input]]) -> dict[str, Input]:
    """Merge the arguments of one field or directive: those that all sources have.

    An argument that a context fills somewhere is nobody's to give, and left out.
    """
    session = merger.session
    merged: dict[str, Input] = {}
    for name in dict.fromkeys(name for _, arguments in sorted(sources.items()) for name in arguments):
        having = {index: arguments[name] for index, arguments in sources.items() if name in arguments}
        missing = [index for index in sources if index not in having]
        label = f"{coordinate}({name}:)"
        contextual = [
            index for index, given in having.items() if session.subgraphs[index].find(given, "fromContext") is not None
        ]
        if contextual:
            for index, given in having.items():
                if index not in contextual and given.required:
                    session.refuse(
                        "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS",
                        f'Argument "{label}" is contextual in at least one subgraph but in "{label}" it does not have'
                        " @fromContext, is not nullable and has no default value.",
                        session.place(index, given),
                        fix="Give the argument @fromContext here too, a default value, or a nullable type.",
                    )
                elif index not in contextual:
                    session.hint(
                        "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS",
                        f'Contextual argument "{label}" will not be included in the supergraph since it is contextual'
                        " in at least one subgraph",
                        session.place(index, given),
                    )
            continue
        if not missing:
            merged[name] = _merge_input(merger, label, having, argument=True)
            continue
        demanding = [index for index, given in having.items() if given.required]
        if demanding:
            session.refuse(
                "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
                f'Argument "{label}" is required in some subgraphs but does not appear in all subgraphs: it is required'
                f" in {session.names(demanding)} but does not appear in {session.names(missing)}",
                *session.places(sources, label),
                fix=f"Add the argument in {session.names(missing)}, or make it optional (nullable, or with a default).",
            )
        else:
            session.hint(
                "INCONSISTENT_ARGUMENT_PRESENCE",
                f'Optional argument "{label}" will not be included in the supergraph as it does not appear in all'
                f" subgraphs: it is defined in {session.names(having)} but not in {session.names(missing)}.",
                *session.places(sources, label),
            )
    return merged


def merge_input_type(merger: Merger, name: str, sources: Sources[Type]) -> dict[str, Input]:
    """Merge the fields of an input object: those all subgraphs have, and whatever is @inaccessible."""
    session = merger.session
    merged: dict[str, Input] = {}
    for field in dict.fromkeys(field for _, type in sorted(sources.items()) for field in type.inputs):
        having = {index: type.inputs[field] for index, type in sources.items() if field in type.inputs}
        missing = [index for index in sources if index not in having]
        label = f"{name}.{field}"
        item = _merge_input(merger, label, having, argument=False)
        joins = _joins(merger, having, missing)
        if not missing or merger.is_inaccessible(item.directives):
            merged[field] = replace(item, directives=(*joins, *item.directives))
            continue
        demanding = [index for index, given in having.items() if given.required]
        if demanding:
            session.refuse(
                "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
                f'Input object field "{label}" is required in some subgraphs but does not appear in all subgraphs: it'
                f" is required in {session.names(demanding)} but does not appear in {session.names(missing)}",
                *session.places(sources, label),
                fix=f"Add the field in {session.names(missing)}, or make it optional (nullable, or with a default).",
            )
        else:
            session.hint(
                "INCONSISTENT_INPUT_OBJECT_FIELD",
                f'Input object field "{field}" will not be added to "{name}" in the supergraph as it does not appear in'
                f" all subgraphs: it is defined in {session.names(having)} but not in {session.names(missing)}.",
                *session.places(sources, label),
            )
    if not merged:
        session.refuse(
            "EMPTY_MERGED_INPUT_TYPE",
            f'None of the fields of input object type "{name}" are consistently defined in all the subgraphs defining'
            " that type. As only fields common to all subgraphs are merged, this would result in an empty type.",
            *session.places(sources, name),
            fix=f'Give "{name}" at least one field that every subgraph that defines it has.',
        )
    return merged


def _merge_input(merger: Merger, label: str, sources: Sources[Input], *, argument: bool) -> Input:
    session = merger.session
    words = ("FIELD_ARGUMENT_TYPE_MISMATCH", "argument") if argument else ("FIELD_TYPE_MISMATCH", "field")
    reference, _ = merge_references(
        session,
        merger.skeleton,
        sources,
        label,
        Position.INPUT,
        lambda: (words[0], f'{words[1]} "{label}"'),
    )
    merger.note_use(reference, Position.INPUT, label)
    return Input(
        name=next(iter(sources.values())).name,
        type=reference,
        default=_merge_default(merger, label, sources, argument=argument),
        description=merge_description(session, label, sources),
        directives=merger.directives(label, sources),
    )


def _merge_default(merger: Merger, label: str, sources: Sources[Input], *, argument: bool) -> Default:
    """Answer the default all sources share; without one in all, none. Two different ones are refused."""
    session = merger.session
    values = {index: _default(merger, source) for index, source in sources.items()}
    texts = {None if isinstance(value, Absent) else canonical(value) for value in values.values()}
    if len(texts) == 1:
        first = next(iter(sources.values()))
        if isinstance(first.default, Absent):
            return ABSENT
        return as_enums(merger.skeleton, first.default, first.type)
    if len(texts - {None}) > 1:
        code, words = (
            ("FIELD_ARGUMENT_DEFAULT_MISMATCH", "Argument")
            if argument
            else ("INPUT_FIELD_DEFAULT_MISMATCH", "Input field")
        )
        session.refuse(
            code,
            f'{words} "{label}" has incompatible default values across subgraphs: it has '
            + session.differences(
                values,
                _in_words,
            ),
            *session.places(sources, label),
            fix="Give it the same default value in every subgraph.",
        )
    else:
        without = [index for index, value in values.items() if isinstance(value, Absent)]
        having = {index: value for index, value in values.items() if index not in without}
        session.hint(
            "INCONSISTENT_DEFAULT_VALUE_PRESENCE",
            f'{"Argument" if argument else "Input field"} "{label}" has a default value in only some subgraphs: will'
            f" not use a default in the supergraph (there is no default in {session.names(without)}) but"
            f' "{label}" has {session.differences(having, _in_words, between=" and ")}.',
            *session.places(sources, label),
        )
    return ABSENT


def _in_words(value: Default) -> str:
    return "no default value" if isinstance(value, Absent) else f"default value {canonical(value)}"


def _default(merger: Merger, source: Input) -> Default:
    if isinstance(source.default, Absent):
        return ABSENT
    return coerced(merger.skeleton, source.default, source.type)


def _joins(merger: Merger, having: Sources[Input], missing: list[int]) -> tuple[Application, ...]:
    types = {given.type for given in having.values()}
    if not missing and len(types) == 1:
        return ()
    joins: list[Application] = []
    for index, given in sorted(having.items()):
        arguments: dict[str, Value] = {"graph": EnumName(merger.session.graphs[index])}
        if len(types) > 1:
            arguments["type"] = str(given.type)
        joins.append(Application("join__field", arguments))
    return tuple(joins)
