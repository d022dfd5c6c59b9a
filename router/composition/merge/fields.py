"""Merges one field of an object or interface type, and writes down in `@join__field` who resolves it how."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from router.composition.contexts import context_of
from router.composition.merge.applications import Merger
from router.composition.merge.descriptions import merge_description
from router.composition.merge.inputs import merge_arguments
from router.composition.merge.interface_objects import abstracted
from router.composition.merge.join_directives import join_directives
from router.composition.merge.overrides import Overrides
from router.composition.merge.references import Position, merge_references
from router.composition.merge.session import Session, Sources
from router.composition.naming import listed
from router.composition.outcome import Place
from router.composition.schema.model import Absent, Application, Field, Input, Operation, Schema
from router.composition.schema.references import Reference
from router.composition.schema.subtyping import is_subtype
from router.composition.schema.values import EnumName, Value, canonical, print_value


def merge_field(
    merger: Merger,
    parent: str,
    name: str,
    sources: Sources[Field],
    holders: Collection[int],
    overrides: Overrides,
    *,
    everywhere: bool,
) -> Field | None:
    """Merge one field. `holders` are the subgraphs that have it, or stand in for an interface of its parent.

    `everywhere`: all subgraphs with the parent have it. None when no subgraph resolves it, which is refused.
    """
    session, skeleton = merger.session, merger.skeleton
    coordinate = f"{parent}.{name}"
    external = {index for index, item in sources.items() if _is_external(session, parent, index, item)}
    if not _someone_resolves(session, skeleton, parent, name, external, holders):
        session.refuse(
            "EXTERNAL_MISSING_ON_BASE",
            f'Field "{coordinate}" is marked @external on all the subgraphs in which it is listed'
            f" ({session.names(sources)}).",
            *session.places(sources, coordinate),
            fix=f'Remove @external in the subgraph that resolves "{coordinate}", or add the field to one that does.',
        )
        return None
    for index in sorted(external):
        _refuse_merged_directives(merger, coordinate, index, sources[index])
    real = {index: item for index, item in sources.items() if index not in external}
    reference, same = merge_references(
        session,
        skeleton,
        real or sources,
        coordinate,
        Position.OUTPUT,
        lambda: ("FIELD_TYPE_MISMATCH", f'field "{coordinate}"'),
    )
    merger.note_use(reference, Position.OUTPUT, coordinate)
    arguments = merge_arguments(merger, coordinate, {index: item.arguments for index, item in real.items()})
    if external:
        _check_externals(session, skeleton, coordinate, sources, external, reference, arguments, same=same)
    tells = not everywhere or _tells_something(session, parent, sources, holders, overrides, external, same=same)
    joins = _joins(session, sources, overrides, external, same=same) if tells else ()
    directives = merger.directives(coordinate, real)
    joins += join_directives(session, sources)
    return Field(name, reference, arguments, merge_description(session, coordinate, real), (*joins, *directives))


def _is_external(session: Session, parent: str, index: int, item: Field) -> bool:
    subgraph = session.subgraphs[index]
    return subgraph.is_external(subgraph.schema.types[parent], item)


def _someone_resolves(
    session: Session, skeleton: Schema, parent: str, name: str, external: set[int], holders: Collection[int]
) -> bool:
    for index in holders:
        subgraph = session.subgraphs[index]
        type = subgraph.schema.types.get(parent)
        if type is not None and name in type.fields and index not in external:
            return True
        for interface in abstracted(session, skeleton, parent, name, index):
            stand_in = subgraph.schema.types[interface]
            if not subgraph.is_external(stand_in, stand_in.fields[name]):
                return True
    return False


def _refuse_merged_directives(merger: Merger, coordinate: str, index: int, item: Field) -> None:
    subgraph = merger.session.subgraphs[index]
    for application in item.directives:
        name = merger.supergraph_name(index, application.name)
        carried = merger.carried.directives.get(name) if name is not None else None
        # Composed directives are left out silently, as Apollo's composer does.
        if name is not None and (carried is None or carried.canonical is not None):
            arguments = ", ".join(f"{name}: {print_value(value)}" for name, value in application.arguments.items())
            text = f"@{application.name}({arguments})" if arguments else f"@{application.name}"
            merger.session.refuse(
                "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL",
                f'[{subgraph.name}] Cannot apply merged directive {text} to external field "{coordinate}"',
                merger.session.place(index, application),
                fix=f"Apply {text} where the field is resolved, and remove it from the @external declaration.",
            )


def _check_externals(
    session: Session,
    skeleton: Schema,
    coordinate: str,
    sources: Sources[Field],
    external: set[int],
    reference: Reference,
    arguments: Mapping[str, Input],
    *,
    same: bool,
) -> None:
    """What a subgraph calls external must be declared as those who resolve it do."""
    wrong_type = any(
        item.type != reference and (same or not is_subtype(skeleton, item.type, reference))
        for index, item in sources.items()
        if index in external
    )
    if wrong_type:
        session.refuse(
            "EXTERNAL_TYPE_MISMATCH",
            f'Type of field "{coordinate}" is incompatible across subgraphs (where marked @external): it has '
            + session.differences(sources, lambda item: f'type "{item.type}"', first=f'type "{reference}"'),
            *session.places(sources, coordinate),
            fix=f'Declare the @external "{coordinate}" with the type it is resolved with, "{reference}".',
        )
    for argument in arguments.values():
        name = f"{coordinate}({argument.name}:)"
        having = {
            index: item.arguments[argument.name] for index, item in sources.items() if argument.name in item.arguments
        }
        missing = [index for index in sorted(external) if index not in having]
        if missing:
            session.refuse(
                "EXTERNAL_ARGUMENT_MISSING",
                f'Field "{coordinate}" is missing argument "{name}" in some subgraphs where it is marked @external:'
                f' argument "{name}" is declared in {session.names(having)} but not in {session.names(missing)}'
                f' (where "{coordinate}" is @external).',
                *session.places(sources, name),
                fix=f'Add the argument to the @external declaration: "{argument.name}: {argument.type}".',
            )
        theirs = [having[index] for index in sorted(external) if index in having]
        if any(given.type != argument.type and not is_subtype(skeleton, argument.type, given.type) for given in theirs):
            session.refuse(
                "EXTERNAL_ARGUMENT_TYPE_MISMATCH",
                f'Type of argument "{name}" is incompatible across subgraphs (where "{coordinate}" is marked'
                " @external): it has " + session.differences(having, lambda given: f'type "{given.type}"'),
                *session.places(having, name),
                fix=f'Declare the argument as where the field is resolved: "{argument.name}: {argument.type}".',
            )
        if any(_default_text(given) != _default_text(argument) for given in theirs):
            session.refuse(
                "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH",
                f'Argument "{name}" has incompatible defaults across subgraphs (where "{coordinate}" is marked'
                " @external): it has " + session.differences(having, _default_text),
                *session.places(having, name),
                fix=f"Declare the argument as where the field is resolved, with {_default_text(argument)}.",
            )


def _default_text(given: Input) -> str:
    return "no default value" if isinstance(given.default, Absent) else f"default value {canonical(given.default)}"


def _joins(
    session: Session, sources: Sources[Field], overrides: Overrides, external: set[int], *, same: bool
) -> tuple[Application, ...]:
    """Write one `@join__field` for each subgraph that has the field."""
    joins: list[Application] = []
    for index, item in sorted(sources.items()):
        if index in overrides.unused and index not in overrides.labels:
            continue
        subgraph = session.subgraphs[index]
        arguments: dict[str, Value] = {"graph": EnumName(session.graphs[index])}
        for directive in ("requires", "provides"):
            application = subgraph.find(item, directive)
            if application is not None:
                arguments[directive] = subgraph.field_set(application)
        if not same:
            arguments["type"] = str(item.type)
        if index in external:
            arguments["external"] = True
        override = subgraph.find(item, "override")
        if override is not None:
            arguments["override"] = override.arguments.get("from")
        if index in overrides.used:
            arguments["usedOverridden"] = True
        if index in overrides.labels:
            arguments["overrideLabel"] = overrides.labels[index]
        contextual = _context_arguments(session, index, item)
        if contextual:
            arguments["contextArguments"] = contextual
        joins.append(Application("join__field", arguments))
    return tuple(joins)


def _tells_something(
    session: Session,
    parent: str,
    sources: Sources[Field],
    holders: Collection[int],
    overrides: Overrides,
    external: set[int],
    *,
    same: bool,
) -> bool:
    """Tell whether subgraphs differ in how they have the field; where they do not, no join need say so."""
    if not same or overrides.used or overrides.labels or external:
        return True
    for index in holders:
        subgraph = session.subgraphs[index]
        item = sources.get(index)
        if item is None or index in overrides.unused:
            if parent in subgraph.schema.types:
                return True
        elif (
            subgraph.find(item, "requires")
            or subgraph.find(item, "provides")
            or _context_arguments(session, index, item)
        ):
            return True
    return False


def _context_arguments(session: Session, index: int, item: Field) -> tuple[Value, ...]:
    """Answer the join__ContextArgument of each argument that a @context fills."""
    subgraph = session.subgraphs[index]
    found: list[Value] = []
    for argument in item.arguments.values():
        application = subgraph.find(argument, "fromContext")
        name, selection = context_of(application) if application is not None else ("", "")
        if name:
            found.append(
                {
                    "context": f"{subgraph.name}__{name}",
                    "name": argument.name,
                    "type": str(argument.type),
                    "selection": selection,
                }
            )
    return tuple(found)


def check_sharing(
    merger: Merger, parent: str, name: str, sources: Sources[Field], holders: Collection[int], overrides: Overrides
) -> None:
    """Refuse a field that several subgraphs resolve unless all of them call it @shareable."""
    if len(holders) == len(sources) == 1:
        return
    session = merger.session
    coordinate = f"{parent}.{name}"
    places: list[Place] = []
    resolving: list[str] = []
    shareable: list[str] = []
    alone: list[tuple[int, str]] = []

    def categorize(index: int, words: str, type_name: str, item: Field) -> None:
        subgraph = session.subgraphs[index]
        if subgraph.is_fully_external(subgraph.schema.types[type_name], item):
            return
        resolving.append(words)
        places.append(session.place(index, item))
        if f"{type_name}.{name}" in subgraph.shareable:
            shareable.append(words)
        else:
            alone.append((index, words))

    for index in sorted(holders):
        words = f'"{session.subgraphs[index].name}"'
        item = sources.get(index)
        if item is None:
            for interface in abstracted(session, merger.skeleton, parent, name, index):
                stand_in = session.subgraphs[index].schema.types[interface].fields[name]
                through = f'{words} (through @interfaceObject field "{interface}.{name}")'
                categorize(index, through, interface, stand_in)
        elif index not in overrides.overridden:
            categorize(index, words, parent, item)
    if not alone or len(alone) + len(shareable) < 2:
        return
    everyone = listed(resolving, "subgraph", "subgraphs")
    refusing = listed([words for _, words in alone], "subgraph", "subgraphs") if shareable else "all of them"
    extra = ""
    for index, words in alone:
        if index in overrides.unknown_target:
            extra = (
                f' (please note that "{coordinate}" has an @override directive in {words} that targets an unknown'
                " subgraph so this could be due to misspelling the @override(from:) argument)"
            )
            break
    session.refuse(
        "INVALID_FIELD_SHARING",
        f'Non-shareable field "{coordinate}" is resolved from multiple subgraphs: it is resolved from {everyone} and'
        f" defined as non-shareable in {refusing}{extra}",
        *places,
        fix="Keep the field in one subgraph: a subscription is started in one place."
        if parent == Operation.SUBSCRIPTION.value
        else f'Mark "{coordinate}" with @shareable in every subgraph that resolves it if they all answer the same;'
        " otherwise let one subgraph resolve it and remove it from the others, or move it with @override.",
    )
