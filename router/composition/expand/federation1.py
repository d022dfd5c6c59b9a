"""Rewrites Federation 1 subgraphs into what Federation 2 would have said.

Federation 1 was laxer: externals that nothing used, keys on interfaces, sharing without saying so, extensions as a way
to mark ownership. Each pass below takes one of these away; their order matters, because later passes read what earlier
ones left (unused externals, say, appear when inactive @requires go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode, print_ast

from router import federation
from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import FieldSetFault, parse_field_set
from router.composition.naming import subgraph_names
from router.composition.outcome import Fault, Place
from router.composition.schema.model import Application, Field, Kind, Operation, Schema, Type, applied
from router.composition.schema.references import base_name
from router.composition.schema.rewriting import with_fields, with_types, without
from router.composition.schema.values import EnumName, Value, canonical

IMPORTED: Final[Mapping[str, str]] = {
    directive.name: directive.name
    for directive in federation.FEDERATION_DIRECTIVES
    if directive.stands_in(federation.FEDERATION_1_UPGRADED)
}
"""An upgraded schema knows these directives by their plain names."""


def upgrade(subgraphs: Sequence[Subgraph]) -> tuple[tuple[Subgraph, ...], tuple[Fault, ...]]:
    """Upgrade every Federation 1 subgraph among these; the others come back as they are."""
    upgraded: list[Subgraph] = []
    faults: list[Fault] = []
    for subgraph in subgraphs:
        if not subgraph.federation_1:
            upgraded.append(subgraph)
            continue
        others = [other for other in subgraphs if other is not subgraph]
        faults.extend(_extensions_without_base(subgraph, others))
        changed = _with(subgraph, _text_arguments(subgraph.schema))
        changed = _with(changed, _no_externals_on_types_and_interfaces(changed.schema))
        changed = _with(changed, _no_externals_on_extension_keys(changed, others))
        changed = _with(changed, _active_selections_only(changed))
        changed = _with(changed, _no_extensions(changed))
        changed = _with(changed, _no_federation_on_interfaces(changed.schema))
        changed = _with(changed, _no_provides_of_leaves(changed.schema))
        schema, unused = _no_unused_externals(changed)
        faults.extend(unused)
        changed = _with(changed, schema)
        changed = _with(changed, _shared(changed, subgraph, others))
        changed = _with(changed, _no_tags_on_externals(changed, others))
        upgraded.append(replace(changed, local={**IMPORTED, **changed.local}))
    return tuple(upgraded), (*faults, *_interface_objects_by_old_keys(subgraphs))


def _interface_objects_by_old_keys(subgraphs: Sequence[Subgraph]) -> Iterator[Fault]:
    """INTERFACE_OBJECT_USAGE_ERROR: a Federation 1 key on an interface finds no type names for an @interfaceObject."""
    keyed: dict[str, list[Place]] = {}
    objects: dict[str, list[Place]] = {}
    for subgraph in subgraphs:
        for type in subgraph.schema.types.values():
            if subgraph.federation_1 and type.kind is Kind.INTERFACE and subgraph.find(type, "key") is not None:
                keyed.setdefault(type.name, []).append(Place(subgraph.name, *type.at))
            elif not subgraph.federation_1 and subgraph.is_interface_object(type.name):
                objects.setdefault(type.name, []).append(Place(subgraph.name, *type.at))
    for name in objects.keys() & keyed.keys():
        old = subgraph_names(place.subgraph for place in keyed[name])
        new = subgraph_names(place.subgraph for place in objects[name])
        yield Fault(
            "INTERFACE_OBJECT_USAGE_ERROR",
            f'The @interfaceObject directive is used on type "{name}" in {new}, which requires other subgraphs to'
            " resolve its type name via an interface @key. However, @key on an interface in a federation 1 subgraph"
            " does not mean it can fulfill the __typename-resolution requirement that @interfaceObject depends on."
            f" For {old}, either upgrade them to federation 2 subgraphs or remove @key from the type.",
            (*objects[name], *keyed[name]),
            f"Link federation v2.3 or newer in {old}, or remove @key from the interface there.",
        )


def _with(subgraph: Subgraph, schema: Schema) -> Subgraph:
    """Answer the same subgraph with another schema (and nothing remembered about the old one)."""
    return replace(subgraph, schema=schema)


def _is_extension(type: Type) -> bool:
    """Tell whether Federation 1 takes the type for an extension of another subgraph's."""
    if type.kind not in {Kind.OBJECT, Kind.INTERFACE}:
        return False
    return applied(type.directives, "extends") is not None or (type.extended and not has_own_parts(type))


def has_own_parts(type: Type) -> bool:
    """Tell whether something of the type was written outside its extensions."""
    if type.defined:
        return True
    numbers = [item.extension for item in type.fields.values()]
    numbers += type.interfaces.values()
    return 0 in numbers


def _is_root(subgraph: Subgraph, type: Type) -> bool:
    return type.name in subgraph.schema.roots.values() or type.name in {operation.value for operation in Operation}


def _extensions_without_base(subgraph: Subgraph, others: Sequence[Subgraph]) -> list[Fault]:
    faults: list[Fault] = []
    for type in subgraph.schema.types.values():
        if not _is_extension(type) or _is_root(subgraph, type):
            continue
        elsewhere = (other.schema.types.get(type.name) for other in others)
        if not any(found is not None and has_own_parts(found) for found in elsewhere):
            message = (
                f'[{subgraph.name}] Type "{type.name}" is an extension type, but there is no type definition for'
                f' "{type.name}" in any subgraph.'
            )
            fix = f"Write `type {type.name}` without `extend` in the subgraph that owns it, or correct its name."
            faults.append(Fault("EXTENSION_WITH_NO_BASE", message, (Place(subgraph.name, *type.at),), fix))
    return faults


def _text_arguments(schema: Schema) -> Schema:
    """Accept `fields: id` and `fields: ["id", "name"]` for `fields: "id name"`."""

    def mended(directives: tuple[Application, ...]) -> tuple[Application, ...]:
        return tuple(
            replace(
                application, arguments={**application.arguments, "fields": _as_text(application.arguments["fields"])}
            )
            if application.name in {"key", "requires", "provides"} and "fields" in application.arguments
            else application
            for application in directives
        )

    def change(type: Type) -> Type:
        type = replace(type, directives=mended(type.directives))
        return with_fields(type, lambda item: replace(item, directives=mended(item.directives)))

    return with_types(schema, change)


def _as_text(value: Value) -> Value:
    match value:
        case EnumName(name):
            return name
        case tuple() if all(isinstance(item, str) for item in value):
            return " ".join(str(item) for item in value)
        case _:
            return value


def _no_externals_on_types_and_interfaces(schema: Schema) -> Schema:
    def change(type: Type) -> Type:
        if type.kind is Kind.OBJECT:
            return replace(type, directives=without(type.directives, "external"))
        if type.kind is Kind.INTERFACE:
            return with_fields(type, lambda item: replace(item, directives=without(item.directives, "external")))
        return type

    return with_types(schema, change)


def _no_externals_on_extension_keys(subgraph: Subgraph, others: Sequence[Subgraph]) -> Schema:
    """An extension's key fields are its own in all but name; without keys, the owner's first key counts."""

    def change(type: Type) -> Type:
        if not type.composite or not (_is_extension(type) or (_is_root(subgraph, type) and type.extended)):
            return type
        names: set[str] = set()
        own = [application for application in type.directives if application.name == "key"]
        for key in own:
            names |= subgraph.selected(type.name, key)
        for other in others if not own else ():
            elsewhere = other.schema.types.get(type.name)
            keys = other.find_all(elsewhere, "key") if elsewhere is not None else ()
            if keys:
                names |= other.selected(type.name, keys[0])
        return with_fields(
            type,
            lambda item: (
                replace(item, directives=without(item.directives, "external"))
                if f"{type.name}.{item.name}" in names
                else item
            ),
        )

    return with_types(subgraph.schema, change)


def _active_selections_only(subgraph: Subgraph) -> Schema:
    """Leave out of @requires and @provides what this subgraph resolves anyway."""

    def mended(directives: tuple[Application, ...], parent: str, name: str) -> tuple[Application, ...]:
        kept: list[Application] = []
        for application in directives:
            if application.name == name:
                text = active_selection(subgraph, parent, application)
                if text is None:
                    continue
                application = replace(application, arguments={**application.arguments, "fields": text})  # noqa: PLW2901
            kept.append(application)
        return tuple(kept)

    def change(type: Type) -> Type:
        def change_field(item: Field) -> Field:
            directives = mended(item.directives, type.name, "requires")
            return replace(item, directives=mended(directives, base_name(item.type), "provides"))

        return with_fields(type, change_field)

    return with_types(subgraph.schema, change)


def active_selection(subgraph: Subgraph, parent: str, application: Application) -> Value:
    """Answer the field set without what is not external; None when nothing is left."""
    fields = application.arguments.get("fields")
    if not isinstance(fields, str):
        return fields
    try:
        selection = parse_field_set(fields)
    except FieldSetFault:
        return fields
    kept, dropped = _external_part(subgraph, parent, selection, below_external=False)
    if not dropped:
        return fields
    return None if kept is None else " ".join(print_ast(kept).split())[1:-1].strip()


def _external_part(
    subgraph: Subgraph, parent: str, selection: SelectionSetNode, *, below_external: bool
) -> tuple[SelectionSetNode | None, bool]:
    """Answer the part of a selection that reaches an external field, and whether anything was left out."""
    type = subgraph.schema.types.get(parent)
    kept: list[FieldNode | InlineFragmentNode] = []
    dropped = False
    for node in selection.selections:
        inner: SelectionSetNode | None
        match node:
            case FieldNode():
                item = type.fields.get(node.name.value) if type is not None else None
                if type is None or item is None:
                    kept.append(node)
                    continue
                external = below_external or _external_somewhere(subgraph, type, item)
                if node.selection_set is None:
                    target = subgraph.schema.types.get(base_name(item.type))
                    if external or (target is not None and target.composite):
                        kept.append(node)
                    else:
                        dropped = True
                    continue
                inner, lost = _external_part(
                    subgraph, base_name(item.type), node.selection_set, below_external=external
                )
                dropped = dropped or lost
                if inner is not None:
                    kept.append(
                        FieldNode(
                            name=node.name,
                            alias=node.alias,
                            arguments=node.arguments,
                            directives=node.directives,
                            selection_set=inner,
                        )
                    )
            case InlineFragmentNode():
                condition = node.type_condition.name.value if node.type_condition else parent
                inner, lost = _external_part(subgraph, condition, node.selection_set, below_external=below_external)
                dropped = dropped or lost
                if inner is not None:
                    kept.append(
                        InlineFragmentNode(
                            type_condition=node.type_condition, directives=node.directives, selection_set=inner
                        )
                    )
            case _:
                continue
    return (SelectionSetNode(selections=tuple(kept)) if kept else None), dropped


def _external_somewhere(subgraph: Subgraph, type: Type, item: Field) -> bool:
    if subgraph.is_external(type, item):
        return True
    if type.kind is not Kind.INTERFACE:
        return False
    for name in subgraph.schema.possible(type.name):
        object = subgraph.schema.types[name]
        implementation = object.fields.get(item.name)
        if implementation is not None and subgraph.is_external(object, implementation):
            return True
    return False


def _no_extensions(subgraph: Subgraph) -> Schema:
    """Take extensions for definitions: ownership is no longer a thing."""

    def change(type: Type) -> Type:
        if not (_is_extension(type) or (_is_root(subgraph, type) and type.extended)):
            return type
        return replace(
            type,
            directives=tuple(replace(item, extension=0) for item in type.directives),
            interfaces=dict.fromkeys(type.interfaces, 0),
            fields={name: replace(item, extension=0) for name, item in type.fields.items()},
            defined=True,
            extended=False,
        )

    return with_types(subgraph.schema, change)


def _no_federation_on_interfaces(schema: Schema) -> Schema:
    def change(type: Type) -> Type:
        if type.kind is not Kind.INTERFACE:
            return type
        type = replace(type, directives=without(type.directives, "key"))
        return with_fields(
            type, lambda item: replace(item, directives=without(item.directives, "provides", "requires"))
        )

    return with_types(schema, change)


def _no_provides_of_leaves(schema: Schema) -> Schema:
    def change(type: Type) -> Type:
        def change_field(item: Field) -> Field:
            target = schema.types.get(base_name(item.type))
            if target is not None and target.composite:
                return item
            return replace(item, directives=without(item.directives, "provides"))

        return with_fields(type, change_field) if type.kind is Kind.OBJECT else type

    return with_types(schema, change)


def _no_unused_externals(subgraph: Subgraph) -> tuple[Schema, list[Fault]]:
    referenced = {base_name(item.type) for type in subgraph.schema.types.values() for item in type.fields.values()}
    for type in subgraph.schema.types.values():
        referenced |= set(type.members) | set(type.interfaces)
        if applied(type.directives, "key") is not None:
            referenced.add(type.name)
    faults: list[Fault] = []

    def change(type: Type) -> Type | None:
        if type.kind not in {Kind.OBJECT, Kind.INTERFACE}:
            return type
        changed = with_fields(
            type,
            lambda item: (
                None if subgraph.is_external(type, item) and f"{type.name}.{item.name}" not in subgraph.used else item
            ),
        )
        if changed.fields or not type.fields:
            return changed
        if type.name in referenced:
            message = (
                f"[{subgraph.name}] Type {type.name} contains only external fields and all those fields are all unused"
                " (they do not appear in any @key, @provides or @requires)."
            )
            fix = "Use a field in a @key, @requires or @provides, or remove the type where it is not resolved."
            faults.append(Fault("TYPE_WITH_ONLY_UNUSED_EXTERNAL", message, (Place(subgraph.name, *type.at),), fix))
            return changed
        return None

    return with_types(subgraph.schema, change), faults


def _shared(subgraph: Subgraph, original: Subgraph, others: Sequence[Subgraph]) -> Schema:
    """Mark as @shareable what several subgraphs resolve: Federation 1 allowed it without a word."""
    elsewhere: Mapping[str, list[Subgraph]] = {
        name: [other for other in others if name in other.schema.types] for name in subgraph.schema.types
    }
    roots = set(subgraph.schema.roots.values())
    subscription = subgraph.schema.roots.get(Operation.SUBSCRIPTION)
    marker = Application("shareable")

    def change(type: Type) -> Type:
        if type.kind is not Kind.OBJECT or not elsewhere[type.name] or type.name == subscription:
            return type
        if type.name not in roots and applied(type.directives, "key") is None:
            return replace(type, directives=(*type.directives, marker))

        def change_field(item: Field) -> Field:
            if f"{type.name}.{item.name}" in original.shareable:
                return item
            for other in elsewhere[type.name]:
                their_type = other.schema.types[type.name]
                theirs = their_type.fields.get(item.name)
                if theirs is not None and not other.is_fully_external(their_type, theirs):
                    return replace(item, directives=(*item.directives, marker))
            return item

        return with_fields(type, change_field)

    return with_types(subgraph.schema, change)


def _no_tags_on_externals(subgraph: Subgraph, others: Sequence[Subgraph]) -> Schema:
    """Drop a tag from an external field when its real definition has the same."""

    def change(type: Type) -> Type:
        def change_field(item: Field) -> Field:
            if applied(item.directives, "external") is None:
                return item
            theirs: set[str] = set()
            for other in others:
                field = other.field_at(f"{type.name}.{item.name}")
                if field is not None and other.find(field, "external") is None:
                    theirs |= {canonical(dict(tag.arguments)) for tag in other.find_all(field, "tag")}
            kept = tuple(
                application
                for application in item.directives
                if application.name != "tag" or canonical(dict(application.arguments)) not in theirs
            )
            return replace(item, directives=kept)

        return with_fields(type, change_field)

    return with_types(subgraph.schema, change)
