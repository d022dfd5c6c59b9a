"""Judges the field set of a @key, @requires or @provides; each directive's own rule file says what it allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode, print_ast

from router.composition.expand.subgraph import Subgraph
from router.composition.fieldsets import FieldSetFault, parse_field_set
from router.composition.naming import did_you_mean
from router.composition.outcome import Fault
from router.composition.rules.graphql.directive_applications import SPECIFIED
from router.composition.rules.reporting import as_written, fault
from router.composition.schema.coercion import fits
from router.composition.schema.model import Application, Field, Kind, Schema, Type
from router.composition.schema.references import base_name
from router.composition.schema.values import print_value, value_of

_SYNTAX = 'Write a selection as in a query, without arguments and aliases: "id name { first }".'


@dataclass(frozen=True, slots=True)
class FieldSetRule:
    """What one directive allows inside its field set. `directive` is its canonical name."""

    directive: str
    arguments: bool
    """Whether fields with arguments may be selected."""
    local_leaves: bool
    """Whether leaves that the subgraph resolves itself may be selected."""
    abstract: bool
    """Whether interfaces and unions may be selected."""

    @property
    def code(self) -> str:
        """The prefix of the directive's error codes."""
        return self.directive.upper()


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    message: str
    fix: str


def check_field_set(
    subgraph: Subgraph, rule: FieldSetRule, application: Application, parent: str, where: str
) -> Iterator[Fault]:
    """Judge one application's field set, selected on the type named `parent`; `where` names what carries it."""
    prefix = f"On {where}, for {as_written(application)}: "
    fields = application.arguments.get("fields")
    if not isinstance(fields, str):
        code = f"{rule.code}_INVALID_FIELDS_TYPE"
        message = f'{prefix}Invalid value for argument "fields": must be a string.'
        yield fault(subgraph, code, message, application.at, fix='Write the fields as one string: "id name { first }".')
        return
    try:
        selection = parse_field_set(fields)
    except FieldSetFault as error:
        yield fault(subgraph, f"{rule.code}_INVALID_FIELDS", f"{prefix}{error}", application.at, fix=_SYNTAX)
        return
    type = subgraph.schema.types.get(parent)
    if type is None:
        return
    problems = list(_problems(subgraph, rule, type, selection, below_external=False))
    # What is not even a selection of the type is told first, and alone.
    broken = [problem for problem in problems if problem.code.endswith("_INVALID_FIELDS")]
    for problem in broken[:1] or problems:
        yield fault(subgraph, problem.code, prefix + problem.message, application.at, fix=problem.fix)


def _problems(
    subgraph: Subgraph, rule: FieldSetRule, parent: Type, selection: SelectionSetNode, *, below_external: bool
) -> Iterator[_Problem]:
    known = subgraph.schema.definitions.keys() | subgraph.machinery.definitions.keys() | SPECIFIED.keys()
    for node in selection.selections:
        for name in (directive.name.value for directive in node.directives or ()):
            if name not in known:
                yield _Problem(
                    f"{rule.code}_INVALID_FIELDS", f'Unknown directive "@{name}"', f"Remove @{name} from the field set."
                )
        if node.directives:
            found = ", ".join(print_ast(directive) for directive in node.directives)
            message = (
                f"cannot have directive applications in the @{rule.directive}(fields:) argument but found {found}."
            )
            yield _Problem(f"{rule.code}_DIRECTIVE_IN_FIELDS_ARG", message, f"Remove {found} from the field set.")
        match node:
            case FieldNode():
                yield from _field_problems(subgraph, rule, parent, node, below_external=below_external)
            case InlineFragmentNode():
                name = node.type_condition.name.value if node.type_condition is not None else parent.name
                target = subgraph.schema.types.get(name)
                if target is None or not target.composite:
                    fix = f'Name an object type that "{parent.name}" can be.'
                    message = f'Unknown type "{name}".' if target is None else f'Fragment cannot condition on "{name}".'
                    yield _Problem(f"{rule.code}_INVALID_FIELDS", message, fix)
                elif rule.directive == "key" and not _may_be(subgraph.schema, parent, target):
                    message = (
                        f'Cannot add fragment of condition "{name}" (runtimes: ['
                        f'{", ".join(sorted(subgraph.schema.possible(name)))}]) to parent type "{parent.name}"'
                        f" (runtimes: {', '.join(sorted(subgraph.schema.possible(parent.name)))})"
                    )
                    yield _Problem(f"{rule.code}_INVALID_FIELDS", message, f'Name a type that "{parent.name}" can be.')
                else:
                    yield from _problems(subgraph, rule, target, node.selection_set, below_external=below_external)
            case FragmentSpreadNode():
                message = "Named fragments are not allowed in a field set."
                yield _Problem(f"{rule.code}_INVALID_FIELDS", message, "Write the fragment's fields out.")
            case _:
                continue


def _field_problems(
    subgraph: Subgraph, rule: FieldSetRule, parent: Type, node: FieldNode, *, below_external: bool
) -> Iterator[_Problem]:
    name = node.name.value
    if node.alias is not None:
        message = (
            f'Cannot use alias "{node.alias.value}" in "{node.alias.value}: {name}": aliases are not currently'
            f" supported in @{rule.directive}"
        )
        yield _Problem(f"{rule.code}_INVALID_FIELDS", message, f"Write `{name}` without the alias.")
        return
    if name == "__typename":
        if not rule.local_leaves and not below_external:
            message = _not_external(subgraph, rule, f"{parent.name}.__typename")
            yield _Problem(f"{rule.code}_FIELDS_MISSING_EXTERNAL", message, "Remove __typename: it is known anyway.")
        return
    item = parent.fields.get(name)
    if item is None:
        advice = (
            "the field should either be added to this subgraph or, if it should not be resolved by this subgraph, you"
            " need to add it to this subgraph with @external"
            if rule.directive == "key"
            else "if the field is defined in another subgraph, you need to add it to this subgraph with @external"
        )
        message = f'Cannot query field "{name}" on type "{parent.name}" ({advice}).'
        near = did_you_mean(name, parent.fields)
        fix = f'Add "{name}" to "{parent.name}" in this subgraph{_external(rule)}, or correct the name.{near}'
        yield _Problem(f"{rule.code}_INVALID_FIELDS", message, fix)
        return
    coordinate = f"{parent.name}.{name}"
    target = subgraph.schema.types.get(base_name(item.type))
    composite = target is not None and target.composite
    if not rule.abstract and target is not None and target.kind in {Kind.INTERFACE, Kind.UNION}:
        message = f'field "{coordinate}" is a {target.kind.value} type which is not allowed in @{rule.directive}'
        yield _Problem(f"{rule.code}_FIELDS_SELECT_INVALID_TYPE", message, "Select object types and leaves only.")
        return
    if not rule.arguments and item.arguments:
        message = (
            f"field {coordinate} cannot be included because it has arguments (fields with argument are not allowed in"
            f" @{rule.directive})"
        )
        yield _Problem(
            f"{rule.code}_FIELDS_HAS_ARGS", message, f'Take "{name}" out of the field set, or give it no arguments.'
        )
    for message, fix in argument_problems(subgraph, coordinate, item, node):
        yield _Problem(f"{rule.code}_INVALID_FIELDS", message, fix)
    external = subgraph.is_external(parent, item)
    if node.selection_set is None:
        if composite:
            message = f'Invalid empty selection set for field "{coordinate}" of non-leaf type {item.type}'
            yield _Problem(f"{rule.code}_INVALID_FIELDS", message, f"Say which of its fields: `{name} {{ ... }}`.")
        elif not rule.local_leaves and not below_external and not external:
            yield _Problem(
                f"{rule.code}_FIELDS_MISSING_EXTERNAL",
                _not_external(subgraph, rule, coordinate),
                _own(rule, coordinate),
            )
    elif target is None or not composite:
        message = f'Field "{coordinate}" of type {item.type} has no subfields to select.'
        yield _Problem(f"{rule.code}_INVALID_FIELDS", message, f"Write `{name}` alone.")
    else:
        outside = below_external or external or _external_in_some_implementation(subgraph, parent, name)
        yield from _problems(subgraph, rule, target, node.selection_set, below_external=outside)


def argument_problems(subgraph: Subgraph, coordinate: str, item: Field, node: FieldNode) -> Iterator[tuple[str, str]]:
    """Say what is wrong with the arguments that a selection gives to a field, each with what would put it right."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    for name in sorted(given.keys() - item.arguments.keys()):
        message = f'Unknown argument "{name}" found in value: "{coordinate}" has no argument named "{name}"'
        yield message, "Give arguments that the field has here."
    for argument in item.arguments.values():
        if argument.name in given:
            value = value_of(given[argument.name])
            if not fits(subgraph.schema, value, argument.type):
                where = f'"{coordinate}({argument.name}:)" of type {argument.type}'
                fix = f'Give a constant of type "{argument.type}": a field set has no variables.'
                yield f"Invalid value {print_value(value)} for argument {where}", fix
        elif argument.required and subgraph.find(argument, "fromContext") is None:
            head = print_ast(FieldNode(name=node.name, arguments=node.arguments))
            message = (
                f'Missing mandatory value for argument "{argument.name}" of field "{coordinate}" in selection "{head}"'
            )
            yield message, f"Give it: `{node.name.value}({argument.name}: ...)`."


def _may_be(schema: Schema, parent: Type, target: Type) -> bool:
    """Tell whether an object of one type may be of the other too."""
    if parent.name in target.interfaces or target.name in parent.interfaces or parent.name == target.name:
        return True
    return bool(schema.possible(target.name) & schema.possible(parent.name))


def _not_external(subgraph: Subgraph, rule: FieldSetRule, coordinate: str) -> str:
    directive = f"@{rule.directive}"
    if coordinate in subgraph.pretended_externals:
        return (
            f'field "{coordinate}" should not be part of a {directive} since it is already "effectively" provided by'
            " this subgraph (while it is marked @external, it is a @key field of an extension type, which are not"
            " internally considered external for historical/backward compatibility reasons)"
        )
    return (
        f'field "{coordinate}" should not be part of a {directive} since it is already provided by this subgraph (it is'
        " not marked @external)"
    )


def _own(rule: FieldSetRule, coordinate: str) -> str:
    return f'Take "{coordinate}" out of the @{rule.directive}, or mark it @external if another subgraph resolves it.'


def _external(rule: FieldSetRule) -> str:
    return "" if rule.directive == "key" else ", marked @external"


def _external_in_some_implementation(subgraph: Subgraph, parent: Type, name: str) -> bool:
    if parent.kind is not Kind.INTERFACE:
        return False
    for object in sorted(subgraph.schema.possible(parent.name)):
        type = subgraph.schema.types[object]
        if name in type.fields and subgraph.is_external(type, type.fields[name]):
            return True
    return False
