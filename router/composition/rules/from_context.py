"""CONTEXT_NOT_SET, NO_CONTEXT_IN_SELECTION, CONTEXT_NO_RESOLVABLE_KEY: a @fromContext stands where it can be served."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from router.composition.contexts import context_of
from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Absent, Application, Field, Input, Kind, Type

_WRITE = 'Write `@fromContext(field: "$name { field }")`: a context, and the one field of it to take.'
_NO_DEFAULT = "Remove the default value; make the argument nullable if the context may have no value."
_NOT_HERE = "Take the value from a context on fields of object types only, and on none that implements an interface's."


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge every argument that takes its value from a context."""
    for type in subgraph.schema.types.values():
        for item in type.fields.values():
            for argument in item.arguments.values():
                taken = subgraph.find(argument, "fromContext")
                if taken is not None:
                    for code, message, fix in _problems(
                        subgraph, subgraph.contexts.keys(), type, item, argument, taken
                    ):
                        yield fault(subgraph, code, message, taken.at, fix=fix)
    for definition in subgraph.schema.definitions.values():
        for argument in definition.arguments.values():
            taken = subgraph.find(argument, "fromContext")
            if taken is not None:
                label = f"@{definition.name}({argument.name}:)"
                message = f'@fromContext argument cannot be used on a directive definition "{label}".'
                yield fault(subgraph, "CONTEXT_NOT_SET", message, taken.at, fix=_NOT_HERE)


def _problems(
    subgraph: Subgraph,
    names: Collection[str],
    type: Type,
    item: Field,
    argument: Input,
    application: Application,
) -> Iterator[tuple[str, str, str]]:
    coordinate = f"{type.name}.{item.name}({argument.name}:)"
    if type.kind is Kind.INTERFACE:
        message = f'@fromContext argument cannot be used on a field that exists on an interface "{coordinate}".'
        yield "CONTEXT_NOT_SET", message, _NOT_HERE
    for name in type.interfaces:
        interface = subgraph.schema.types.get(name)
        if interface is not None and item.name in interface.fields:
            theirs = f"{name}.{item.name}"
            message = f'@fromContext argument cannot be used on a field implementing an interface field "{theirs}".'
            yield "CONTEXT_NOT_SET", message, _NOT_HERE
    if not isinstance(argument.default, Absent):
        yield "CONTEXT_NOT_SET", f'@fromContext arguments may not have a default value: "{coordinate}".', _NO_DEFAULT
    name, selection = context_of(application)
    if not name or not selection.strip():
        written = application.arguments.get("field")
        yield "NO_CONTEXT_IN_SELECTION", f'@fromContext argument does not reference a context "{written}".', _WRITE
        return
    if name not in names:
        message = f'Context "{name}" is used at location "{coordinate}" but is never set.'
        fix = f'Set the context where the value comes from: @context(name: "{name}") on a type above "{type.name}".'
        yield "CONTEXT_NOT_SET", message, fix
        return
    keys = subgraph.find_all(type, "key")
    if not any(key.arguments.get("resolvable") is not False for key in keys):
        yield (
            "CONTEXT_NO_RESOLVABLE_KEY",
            f'Object "{type.name}" has no resolvable key but has a field with a contextual argument.',
            f'Give "{type.name}" a @key, so that it can be asked for with the value of the context.',
        )
