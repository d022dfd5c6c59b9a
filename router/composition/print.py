"""Last stage: writes the supergraph as SDL, sorted by name, so that equal inputs give equal text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from graphql.language.block_string import print_block_string

from router import federation
from router.composition.merge import Merged
from router.composition.merge.features import SupergraphLink
from router.composition.schema.model import (
    Absent,
    Application,
    Definition,
    Field,
    Input,
    Kind,
    Operation,
    Type,
)
from router.composition.schema.values import print_value

_LINK_PURPOSE = '''enum link__Purpose {
  """
  `SECURITY` features provide metadata necessary to securely resolve fields.
  """
  SECURITY

  """
  `EXECUTION` features provide metadata necessary for operation execution.
  """
  EXECUTION
}'''

_CONTEXT_ARGUMENT = """input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}"""


def print_supergraph(merged: Merged) -> str:
    """Write the supergraph: the schema with its links, directive definitions, then types, each sorted by name."""
    join = federation.join_version(merged.version)
    directives = {name: print_definition(item) for name, item in merged.schema.definitions.items()}
    directives |= _join_directives(join)
    types = {name: print_type(item) for name, item in merged.schema.types.items()}
    types |= _join_types(merged, join)
    types |= {name: f"scalar {name}" for name in merged.carried.scalars}
    blocks = [
        _schema(merged, join),
        *(directives[name] for name in sorted(directives, key=_order)),
        *(types[name] for name in sorted(types, key=_order)),
    ]
    return "\n\n".join(blocks) + "\n"


def _order(name: str) -> tuple[str, str]:
    """Sort as people read: letters regardless of case, underscores first."""
    return name.lower().replace("_", " "), name


def _schema(merged: Merged, join: federation.Version) -> str:
    links = [
        SupergraphLink(f"{federation.LINK}/v1.0"),
        SupergraphLink(f"{federation.JOIN}/v{join[0]}.{join[1]}", purpose="EXECUTION"),
        *merged.carried.links,
    ]
    applications = "".join(f"\n  {_print_application(item)}" for item in merged.schema.directives)
    roots = "".join(
        f"\n  {operation.keyword}: {merged.schema.roots[operation]}"
        for operation in Operation
        if operation in merged.schema.roots
    )
    return (
        _description(merged.schema.description)
        + "schema"
        + "".join(f"\n  {_print_link(link)}" for link in links)
        + applications
        + "\n{"
        + roots
        + "\n}"
    )


def _print_link(link: SupergraphLink) -> str:
    parts = [f'url: "{link.url}"']
    if link.alias is not None:
        parts.append(f'as: "{link.alias}"')
    if link.purpose is not None:
        parts.append(f"for: {link.purpose}")
    if link.imports:
        names = [
            f'"{element}"' if element == alias else f'{{name: "{element}", as: "{alias}"}}'
            for element, alias in link.imports
        ]
        parts.append(f"import: [{', '.join(names)}]")
    return f"@link({', '.join(parts)})"


def _join_directives(join: federation.Version) -> dict[str, str]:
    field = (
        "graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean,"
        " override: String, usedOverridden: Boolean"
    )
    if join >= (0, 4):
        field += ", overrideLabel: String"
    if join >= (0, 5):
        field += ", contextArguments: [join__ContextArgument!]"
    definitions = {
        "join__enumValue": "(graph: join__Graph!) repeatable on ENUM_VALUE",
        "join__field": f"({field}) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION",
        "join__graph": "(name: String!, url: String!) on ENUM_VALUE",
        "join__implements": "(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE",
        "join__type": "(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! ="
        " true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT"
        " | SCALAR",
        "join__unionMember": "(graph: join__Graph!, member: String!) repeatable on UNION",
        "link": "(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA",
    }
    if join >= (0, 4):
        definitions["join__directive"] = (
            "(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) repeatable on SCHEMA | OBJECT"
            " | INTERFACE | FIELD_DEFINITION"
        )
    return {name: f"directive @{name}{text}" for name, text in definitions.items()}


def _join_types(merged: Merged, join: federation.Version) -> dict[str, str]:
    graphs = "".join(
        f"\n  {graph} @join__graph(name: {print_value(subgraph.name)}, url: {print_value(subgraph.url)})"
        for graph, subgraph in zip(merged.graphs, merged.subgraphs, strict=True)
    )
    types = {
        "join__FieldSet": "scalar join__FieldSet",
        "join__Graph": "enum join__Graph {" + graphs + "\n}",
        "link__Import": "scalar link__Import",
        "link__Purpose": _LINK_PURPOSE,
    }
    if join >= (0, 4):
        types["join__DirectiveArguments"] = "scalar join__DirectiveArguments"
    if join >= (0, 5):
        types["join__FieldValue"] = "scalar join__FieldValue"
        types["join__ContextArgument"] = _CONTEXT_ARGUMENT
    return types


def print_definition(definition: Definition) -> str:
    """Write a directive's definition."""
    arguments = _print_arguments(definition.arguments)
    repeatable = " repeatable" if definition.repeatable else ""
    locations = " | ".join(definition.locations)
    return f"{_description(definition.description)}directive @{definition.name}{arguments}{repeatable} on {locations}"


def print_type(type: Type) -> str:
    """Write a type's definition, its directives on lines of their own."""
    keyword = {
        Kind.SCALAR: "scalar",
        Kind.OBJECT: "type",
        Kind.INTERFACE: "interface",
        Kind.UNION: "union",
        Kind.ENUM: "enum",
        Kind.INPUT: "input",
    }[type.kind]
    implements = f" implements {' & '.join(type.interfaces)}" if type.interfaces else ""
    head = f"{_description(type.description)}{keyword} {type.name}{implements}"
    head += "".join(f"\n  {_print_application(item)}" for item in type.directives)
    members = f"\n = {' | '.join(type.members)}" if type.members else ""
    parts = [
        *(_print_field(item) for item in type.fields.values()),
        *(_description(item.description, "  ") + "  " + _print_input(item) for item in type.inputs.values()),
        *(
            _description(item.description, "  ") + "  " + item.name + _print_applications(item.directives)
            for item in type.values.values()
        ),
    ]
    return head + members + (_block(parts) if parts else "")


def _block(parts: Sequence[str]) -> str:
    lines = ["", "{"]
    for position, part in enumerate(parts):
        if position and part.lstrip().startswith('"""'):
            lines.append("")
        lines.append(part)
    return "\n".join([*lines, "}"])


def _print_field(field: Field) -> str:
    arguments = _print_arguments(field.arguments, "  ")
    applications = _print_applications(field.directives)
    return f"{_description(field.description, '  ')}  {field.name}{arguments}: {field.type}{applications}"


def _print_arguments(arguments: Mapping[str, Input], indent: str = "") -> str:
    if not arguments:
        return ""
    if not any(item.description for item in arguments.values()):
        return f"({', '.join(_print_input(item) for item in arguments.values())})"
    lines = [
        _description(item.description, indent + "  ") + f"{indent}  {_print_input(item)}" for item in arguments.values()
    ]
    return "(\n" + "\n".join(lines) + f"\n{indent})"


def _print_input(item: Input) -> str:
    default = "" if isinstance(item.default, Absent) else f" = {print_value(item.default)}"
    return f"{item.name}: {item.type}{default}{_print_applications(item.directives)}"


def _print_applications(applications: Iterable[Application]) -> str:
    return "".join(f" {_print_application(item)}" for item in applications)


def _print_application(application: Application) -> str:
    if not application.arguments:
        return f"@{application.name}"
    arguments = ", ".join(f"{name}: {print_value(value)}" for name, value in application.arguments.items())
    return f"@{application.name}({arguments})"


def _description(text: str | None, indent: str = "") -> str:
    if text is None:
        return ""
    block = print_block_string(text)
    if "\n" not in block and not text.startswith((" ", "\t")):
        inner = text.strip("\n")
        block = f'"""\n{inner}\n"""' if not inner.endswith(('"', "\\")) else block
    return "".join(f"{indent}{line}\n" if line else "\n" for line in block.split("\n"))
