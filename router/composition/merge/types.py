"""Merges whole types, kind by kind."""

from __future__ import annotations

from dataclasses import replace

from router.composition.merge.applications import Merger
from router.composition.merge.descriptions import merge_description
from router.composition.merge.enums import merge_enum
from router.composition.merge.fields import check_sharing, merge_field
from router.composition.merge.inconsistencies import hint_on_fields, hint_on_members
from router.composition.merge.inputs import merge_input_type
from router.composition.merge.join_directives import join_directives
from router.composition.merge.overrides import resolve_overrides
from router.composition.merge.session import Session, Sources
from router.composition.naming import listed
from router.composition.schema.model import Application, Field, Kind, Operation, Schema, Type
from router.composition.schema.values import EnumName, Value

_INTERFACE_OBJECT = "Interface Object Type (Object Type with @interfaceObject)"


def sources_of(session: Session, name: str, kind: Kind | None = None) -> dict[int, Type]:
    """Answer what each subgraph has under a type's name; with a kind, only what is of it or stands in for it."""
    return {
        index: type
        for index, type in session.types.get(name, {}).items()
        if kind is None
        or type.kind is kind
        or (kind is Kind.INTERFACE and session.subgraphs[index].is_interface_object(name))
    }


def outline(session: Session) -> Schema:
    """Answer the supergraph's types with kinds, interfaces and union members only; clashes of kinds are refused."""
    types: dict[str, Type] = {}
    for name in session.types:
        sources = sources_of(session, name)
        kind = _kind(session, name, sources)
        sources = sources_of(session, name, kind)
        types[name] = Type(
            name=name,
            kind=kind,
            interfaces={interface: 0 for type in sources.values() for interface in type.interfaces},
            members={member: 0 for type in sources.values() for member in type.members},
        )
    roots = {operation: operation.value for operation in Operation if operation.value in types}
    return Schema(types=types, roots=roots)


def _kind(session: Session, name: str, sources: Sources[Type]) -> Kind:
    """Answer the kind all subgraphs agree on. A clash is refused; the first subgraph's kind then stands."""
    kinds: dict[str, list[int]] = {}
    for index, type in sources.items():
        interface_object = session.subgraphs[index].is_interface_object(name)
        text = _INTERFACE_OBJECT if interface_object else f"{type.kind.value} Type"
        kinds.setdefault(text, []).append(index)
    if len(kinds) == 1:
        first = next(iter(sources.values())).kind
        if next(iter(kinds)) == _INTERFACE_OBJECT:
            session.refuse(
                "INTERFACE_OBJECT_USAGE_ERROR",
                f'Type "{name}" is declared with @interfaceObject in all the subgraphs in which it is defined (it is'
                f" defined in {session.names(sources)} but should be defined as an interface in at least one subgraph)",
                *session.places(sources, name),
                fix=f"Define `interface {name}` with the same @key in the subgraph that knows its implementations.",
            )
        return first
    if kinds.keys() == {"Interface Type", _INTERFACE_OBJECT}:
        return Kind.INTERFACE
    texts = [f"{text} in {session.names(indexes)}" for text, indexes in kinds.items()]
    session.refuse(
        "TYPE_KIND_MISMATCH",
        f'Type "{name}" has mismatched kind: it is defined as {texts[0]} but {" and ".join(texts[1:])}',
        *session.places(sources, name),
        fix=f'Define "{name}" as the same kind of type everywhere, or give one of the two types another name.',
    )
    leading = next(iter(sources))
    return Kind.INTERFACE if session.subgraphs[leading].is_interface_object(name) else sources[leading].kind


def merge_type(merger: Merger, name: str) -> Type | None:
    """Merge one type; None when nothing of it reaches the supergraph."""
    session = merger.session
    outlined = merger.skeleton.types[name]
    sources = sources_of(session, name, outlined.kind)
    merged = replace(
        outlined,
        description=merge_description(session, name, sources),
        directives=(
            *_joins(session, sources),
            *join_directives(session, sources),
            *merger.directives(name, sources),
        ),
    )
    match outlined.kind:
        case Kind.OBJECT | Kind.INTERFACE:
            if outlined.kind is Kind.INTERFACE:
                _check_interface(session, merger.skeleton, name, sources)
            hint_on_fields(session, outlined, sources)
            fields = _merge_fields(merger, outlined, sources)
            return replace(merged, fields=fields) if fields else None
        case Kind.INPUT:
            return replace(merged, inputs=merge_input_type(merger, name, sources))
        case Kind.ENUM:
            return replace(merged, values=merge_enum(merger, name, sources))
        case Kind.UNION:
            hint_on_members(session, outlined, sources)
            return merged
        case Kind.SCALAR:
            return merged


def _merge_fields(merger: Merger, outlined: Type, sources: Sources[Type]) -> dict[str, Field]:
    session = merger.session
    stand_ins = {
        index
        for interface in outlined.interfaces
        for index in session.types.get(interface, ())
        if session.subgraphs[index].is_interface_object(interface)
    }
    fields: dict[str, dict[int, Field]] = {}
    for index, type in sorted(sources.items()):
        for name, item in type.fields.items():
            fields.setdefault(name, {})[index] = item
    merged: dict[str, Field] = {}
    for name, having in fields.items():
        holders = sorted(stand_ins | having.keys())
        everywhere = len(having) == len(sources)
        overrides = resolve_overrides(session, merger.skeleton, outlined.name, name, having)
        if outlined.name == Operation.SUBSCRIPTION.value:
            _refuse_shared_subscription(session, having)
        whole = merge_field(merger, outlined.name, name, having, holders, overrides, everywhere=everywhere)
        if whole is not None:
            merged[name] = whole
        if outlined.kind is Kind.OBJECT:
            check_sharing(merger, outlined.name, name, having, holders, overrides)
    return merged


def _refuse_shared_subscription(session: Session, sources: Sources[Field]) -> None:
    if any(session.subgraphs[index].find(item, "shareable") is not None for index, item in sources.items()):
        session.refuse(
            "INVALID_FIELD_SHARING",
            "Fields on root level subscription object cannot be marked as shareable",
            *(session.place(index, item) for index, item in sorted(sources.items())),
            fix="Remove @shareable: a subscription is started in one subgraph.",
        )


def _joins(session: Session, sources: Sources[Type]) -> list[Application]:
    """Write who defines the type, by which keys, and which interfaces and members it has where."""
    joins: list[Application] = []
    for index, type in sorted(sources.items()):
        subgraph = session.subgraphs[index]
        graph = EnumName(session.graphs[index])
        keys = subgraph.find_all(type, "key")
        is_object = subgraph.is_interface_object(type.name)
        for key in keys:
            arguments: dict[str, Value] = {"graph": graph, "key": subgraph.field_set(key)}
            if key.extension > 0 or subgraph.find(type, "extends") is not None:
                arguments["extension"] = True
            if "resolvable" in key.arguments:
                arguments["resolvable"] = key.arguments["resolvable"]
            if is_object:
                arguments["isInterfaceObject"] = True
            joins.append(Application("join__type", arguments))
        if not keys:
            joins.append(
                Application("join__type", {"graph": graph, **({"isInterfaceObject": True} if is_object else {})})
            )
    for name, member in (("join__implements", "interface"), ("join__unionMember", "member")):
        for index, type in sorted(sources.items()):
            owned = type.interfaces if member == "interface" else type.members
            joins.extend(
                Application(name, {"graph": EnumName(session.graphs[index]), member: other}) for other in owned
            )
    return sorted(joins, key=lambda join: ("join__implements", "join__type", "join__unionMember").index(join.name))


def _check_interface(session: Session, skeleton: Schema, name: str, sources: Sources[Type]) -> None:
    """A subgraph that resolves an interface by key must know all its types; one that stands in for it, none."""
    order = skeleton.implementations.get(name, ())
    for index, type in sorted(sources.items()):
        subgraph = session.subgraphs[index]
        if type.kind is Kind.INTERFACE:
            keys = subgraph.find_all(type, "key")
            key = next((key for key in keys if key.arguments.get("resolvable") is not False), None)
            known = subgraph.schema.possible(name)
            missing = [other for other in order if other not in known]
            if key is not None and missing:
                them = "them" if len(missing) > 1 else "it"
                names = listed([f'"{other}"' for other in sorted(missing)], "type", "types")
                session.refuse(
                    "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE",
                    f'[{subgraph.name}] Interface type "{name}" has a resolvable key'
                    f' (@key(fields: "{subgraph.field_set(key)}")) in subgraph "{subgraph.name}" but that subgraph is'
                    f' missing some of the supergraph implementation types of "{name}". Subgraph "{subgraph.name}"'
                    f' should define {names} (and have {them} implement "{name}").',
                    session.place(index, key),
                    fix=f'Define {names} in subgraph "{subgraph.name}" with the same key, or let the key be for'
                    " reference only: @key(..., resolvable: false).",
                )
        else:
            defined = [f'"{other}"' for other in order if other in subgraph.schema.types]
            if defined:
                session.refuse(
                    "INTERFACE_OBJECT_USAGE_ERROR",
                    f'[{subgraph.name}] Interface type "{name}" is defined as an @interfaceObject in subgraph'
                    f' "{subgraph.name}" so that subgraph should not define any of the implementation types of'
                    f' "{name}",'
                    f" but it defines {listed(defined, 'type', 'types')}",
                    session.place(index, type),
                    *session.places([index], next(other for other in order if other in subgraph.schema.types)),
                    fix=f'Remove {listed(defined, "type", "types")} from subgraph "{subgraph.name}", or define'
                    f' "{name}" as an interface there.',
                )
