"""Builds a schema from a parsed document, folding extensions into what they extend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graphql import (
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
)

from router.composition.schema.model import (
    ABSENT,
    Application,
    Definition,
    EnumValue,
    Field,
    Input,
    Kind,
    Operation,
    Schema,
    Type,
)
from router.composition.schema.references import reference_of
from router.composition.schema.spans import named_by
from router.composition.schema.values import value_of


def read_schema(document: DocumentNode) -> Schema:
    """Build the schema a document describes. Without a schema definition, roots go by their default names."""
    types: dict[str, Type] = {}
    definitions: dict[str, Definition] = {}
    roots: dict[Operation, str] = {}
    directives: list[Application] = []
    description: str | None = None
    has_definition = False
    extensions: dict[str, int] = {}
    for node in document.definitions:
        match node:
            case SchemaDefinitionNode() | SchemaExtensionNode():
                is_definition = isinstance(node, SchemaDefinitionNode)
                has_definition = has_definition or is_definition
                if isinstance(node, SchemaDefinitionNode):
                    description = _text(node.description)
                directives.extend(_applications(node.directives, 0 if is_definition else 1))
                for root in node.operation_types or ():
                    roots[Operation[root.operation.name]] = root.type.name.value
            case DirectiveDefinitionNode():
                definitions[node.name.value] = _definition(node)
            case TypeDefinitionNode() | TypeExtensionNode():
                name = node.name.value
                extension = 0
                if isinstance(node, TypeExtensionNode):
                    extension = extensions[name] = extensions.get(name, 0) + 1
                part = _type(node, extension)
                types[name] = _joined(types[name], part) if name in types else part
            case _:
                continue
    for operation in Operation:
        default = types.get(operation.value)
        if has_definition or operation in roots or default is None:
            continue
        if default.kind is Kind.OBJECT or operation is Operation.QUERY:
            roots[operation] = operation.value
    return Schema(types, definitions, tuple(directives), roots, description)


def _joined(first: Type, second: Type) -> Type:
    """Fold two clauses about one type into one; on a clash of kinds the definition's stands."""
    head = second if second.defined else first
    return replace(
        head,
        description=second.description if first.description is None else first.description,
        directives=first.directives + second.directives,
        interfaces={**second.interfaces, **first.interfaces}
        if second.defined
        else {**first.interfaces, **second.interfaces},
        fields={**first.fields, **second.fields},
        inputs={**first.inputs, **second.inputs},
        members={**first.members, **second.members},
        values={**first.values, **second.values},
        defined=first.defined or second.defined,
        extended=first.extended or second.extended,
    )


def _type(node: TypeDefinitionNode | TypeExtensionNode, extension: int) -> Type:
    type = Type(
        name=node.name.value,
        kind=Kind.SCALAR,
        description=_text(getattr(node, "description", None)),
        directives=_applications(node.directives, extension),
        defined=extension == 0,
        extended=extension > 0,
        at=named_by(node.name, node.name),
    )
    match node:
        case ObjectTypeDefinitionNode() | ObjectTypeExtensionNode():
            kind = Kind.OBJECT
        case InterfaceTypeDefinitionNode() | InterfaceTypeExtensionNode():
            kind = Kind.INTERFACE
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            members = {member.name.value: extension for member in node.types or ()}
            return replace(type, kind=Kind.UNION, members=members)
        case EnumTypeDefinitionNode() | EnumTypeExtensionNode():
            values = {
                value.name.value: EnumValue(
                    value.name.value,
                    _text(value.description),
                    _applications(value.directives, 0),
                    named_by(value.name, value.name),
                    extension,
                )
                for value in node.values or ()
            }
            return replace(type, kind=Kind.ENUM, values=values)
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            return replace(type, kind=Kind.INPUT, inputs=_inputs(node.fields or (), extension))
        case ScalarTypeDefinitionNode() | ScalarTypeExtensionNode():
            return type
        case _:
            raise TypeError(f"not a type: {node.kind}")
    return replace(
        type,
        kind=kind,
        interfaces={interface.name.value: extension for interface in node.interfaces or ()},
        fields={item.name.value: _field(item, extension) for item in node.fields or ()},
    )


def _field(node: FieldDefinitionNode, extension: int) -> Field:
    return Field(
        name=node.name.value,
        type=reference_of(node.type),
        arguments=_inputs(node.arguments or (), 0),
        description=_text(node.description),
        directives=_applications(node.directives, 0),
        at=named_by(node.name, node.type),
        extension=extension,
    )


def _inputs(nodes: Iterable[InputValueDefinitionNode], extension: int) -> dict[str, Input]:
    return {
        node.name.value: Input(
            name=node.name.value,
            type=reference_of(node.type),
            default=ABSENT if node.default_value is None else value_of(node.default_value),
            description=_text(node.description),
            directives=_applications(node.directives, 0),
            at=named_by(node.name, node.default_value or node.type),
            extension=extension,
        )
        for node in nodes
    }


def _definition(node: DirectiveDefinitionNode) -> Definition:
    return Definition(
        name=node.name.value,
        arguments=_inputs(node.arguments or (), 0),
        locations=tuple(dict.fromkeys(location.value for location in node.locations)),
        repeatable=node.repeatable,
        description=_text(node.description),
        at=named_by(node.name, node.name),
    )


def _applications(nodes: Iterable[DirectiveNode] | None, extension: int) -> tuple[Application, ...]:
    return tuple(
        Application(
            name=node.name.value,
            arguments={argument.name.value: value_of(argument.value) for argument in node.arguments or ()},
            extension=extension,
            at=named_by(node, node),
        )
        for node in nodes or ()
    )


def _text(node: StringValueNode | None) -> str | None:
    return node.value if node is not None else None
