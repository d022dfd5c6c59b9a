"""CONTEXT_NAME_INVALID, CONTEXT_NOT_SET, NO_SELECTION_FOR_CONTEXT and their family: @context and @fromContext fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.composition.contexts import context_of
from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Absent, Application, Field, Input, Kind, Type

_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|-)*")

_WRITE = 'Write `@fromContext(field: "$name { field }")`: a context, and the one field of it to take.'
_NO_DEFAULT = "Remove the default value; make the argument nullable if the context may have no value."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge the names of contexts, and every argument that takes its value from one."""
    contexts: dict[str, list[Type]] = {}
    for type in subgraph.schema.types.values():
        for application in subgraph.find_all(type, "context"):
            name = application.arguments.get("name")
            if not isinstance(name, str) or _NAME.fullmatch(name) is None:
                message = f'Context name "{name}" is invalid. It should have only alphanumeric characters.'
                yield fault(subgraph, "CONTEXT_NAME_INVALID", message, application.at, fix="Use letters, digits and -.")
                continue
            contexts.setdefault(name, []).append(type)
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for argument in item.arguments.values():
                taken = subgraph.find(argument, "fromContext")
                if taken is not None:
                    for code, message, fix in _problems(subgraph, contexts, type, item, argument, taken):
                        yield fault(subgraph, code, message, taken.at, fix=fix)


def _problems(
    subgraph: Subgraph,
    contexts: dict[str, list[Type]],
    type: Type,
    item: Field,
    argument: Input,
    application: Application,
) -> Iterator[tuple[str, str, str]]:
    coordinate = f"{type.name}.{item.name}({argument.name}:)"
    if type.kind is Kind.INTERFACE:
        yield (
            "CONTEXT_NOT_SET",
            f'@fromContext argument cannot be used on a field that exists on an interface "{coordinate}".',
            "Move the argument to the object types that implement the interface.",
        )
    if not isinstance(argument.default, Absent):
        yield "CONTEXT_NOT_SET", f'@fromContext arguments may not have a default value: "{coordinate}".', _NO_DEFAULT
    name, selection = context_of(application)
    if not name:
        written = application.arguments.get("field")
        yield "NO_CONTEXT_IN_SELECTION", f'@fromContext argument does not reference a context "{written}".', _WRITE
        return
    if name not in contexts:
        message = f'Context "{name}" is used at location "{coordinate}" but is never set.'
        fix = f'Set the context where the value comes from: @context(name: "{name}") on a type above "{type.name}".'
        yield "CONTEXT_NOT_SET", message, fix
        return
    if selection.replace(" ", "") in {"", "{}"}:
        message = f'Context "{name}" is used in "{coordinate}" but the selection is invalid: no selection is made'
        yield "NO_SELECTION_FOR_CONTEXT", message, _WRITE
    keys = subgraph.find_all(type, "key")
    if not any(key.arguments.get("resolvable") is not False for key in keys):
        yield (
            "CONTEXT_NO_RESOLVABLE_KEY",
            f'Object "{type.name}" has no resolvable key but has a field with a contextual argument.',
            f'Give "{type.name}" a @key, so that it can be asked for with the value of the context.',
        )
