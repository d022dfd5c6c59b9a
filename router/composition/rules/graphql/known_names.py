"""Every type and directive that a schema names exists (GraphQL, "Type System")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from router import federation
from router.composition.expand.subgraph import Subgraph
from router.composition.naming import did_you_mean
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault
from router.composition.schema.model import Schema, every_application
from router.composition.schema.references import base_name
from router.composition.schema.spans import Span

SPECIFIED_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})
_SPECIFICATIONS = ("link__", "federation__")
SPECIFIED_DIRECTIVES = frozenset({"deprecated", "specifiedBy", "include", "skip"})


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Refuse unknown names."""
    known = (
        subgraph.written.types.keys()
        | subgraph.schema.types.keys()
        | subgraph.machinery.types.keys()
        | SPECIFIED_SCALARS
    )
    reported: set[str] = set()
    # A specification's own types are there for its directives; clients never see them.
    own = {name for name in known if not name.startswith(_SPECIFICATIONS)} | subgraph.schema.types.keys()
    asked = [(name, at, own) for name, at in _named_types(subgraph.schema)]
    # Directives are read before any specification adds its types: what they take, the schema defines itself.
    written = subgraph.written.types.keys() | SPECIFIED_SCALARS
    asked += [(name, at, written) for name, at in _argument_types(subgraph.written)]
    for name, at, there in asked:
        if name not in there and name not in reported:
            reported.add(name)
            yield fault(subgraph, "INVALID_GRAPHQL", f"Unknown type {name}", at, fix=_fix(name, known))
    directives = {f"@{name}" for name in subgraph.schema.definitions.keys() | subgraph.machinery.definitions.keys()}
    for _, _, application in chain(every_application(subgraph.schema), every_application(set_apart(subgraph))):
        name = application.name
        if (
            name in subgraph.schema.definitions
            or name in subgraph.machinery.definitions
            or name in SPECIFIED_DIRECTIVES
        ):
            continue
        guess = did_you_mean(f"@{name}", directives) or _advice(subgraph, name)
        message = f'Unknown directive "@{name}".{guess}'
        yield fault(subgraph, "INVALID_GRAPHQL", message, application.at, fix=_fix(f"@{name}", directives))


def set_apart(subgraph: Subgraph) -> Schema:
    """Answer what was written but belongs to a specification: the directives on it are judged all the same."""
    own = subgraph.schema.types.keys() | set(subgraph.written.roots.values())
    types = {name: type for name, type in subgraph.written.types.items() if name not in own}
    defined = subgraph.schema.definitions
    return Schema(types, {name: item for name, item in subgraph.written.definitions.items() if name not in defined})


def _fix(name: str, known: Iterable[str]) -> str:
    how = "Import or define it" if name.startswith("@") else "Define it"
    return f"{how}, or correct the name.{did_you_mean(name, known)}"


def _advice(subgraph: Subgraph, name: str) -> str:
    versions = {directive.name: directive.since for directive in reversed(federation.FEDERATION_DIRECTIVES)}
    if name not in versions:
        return ""
    if subgraph.federation_1:
        return (
            f' If you meant the "@{name}" federation 2 directive, note that this schema is a federation 1 schema. To be'
            " a federation 2 schema, it needs to @link to the federation specifcation v2."
        )
    local = subgraph.local.get(name)
    if local is None:
        major, minor = versions[name]
        return (
            f' If you meant the "@{name}" federation directive, link version v{major}.{minor} or newer of the'
            " federation specification, which has it."
        )
    if "__" not in local:
        return (
            f' If you meant the "@{name}" federation directive, you should use "@{local}" as it is imported under that'
            " name in the @link to the federation specification of this schema."
        )
    return (
        f' If you meant the "@{name}" federation directive, you should use fully-qualified name "@{local}" or add'
        f' "@{name}" to the `import` argument of the @link to the federation specification.'
    )


def _argument_types(written: Schema) -> Iterator[tuple[str, Span]]:
    for definition in written.definitions.values():
        for argument in definition.arguments.values():
            yield base_name(argument.type), argument.at


def _named_types(schema: Schema) -> Iterator[tuple[str, Span]]:
    for type in schema.types.values():
        for name in (*type.interfaces, *type.members):
            yield name, type.at
        for item in type.fields.values():
            yield base_name(item.type), item.at
            for argument in item.arguments.values():
                yield base_name(argument.type), argument.at
        for given in type.inputs.values():
            yield base_name(given.type), given.at
