"""Constants as their types read them (GraphQL, "Input coercion"): one item stands for a list of it, an int for an ID.

A string where an enum value belongs is taken for that value: subgraph libraries print such defaults.
"""

from __future__ import annotations

from router.composition.schema.model import Kind, Schema
from router.composition.schema.references import ListOf, Named, NonNull, Reference
from router.composition.schema.values import EnumName, Value


def coerced(schema: Schema, value: Value, reference: Reference) -> Value:
    """Answer the value in the shape its type gives it; what does not fit comes back as it is."""
    match reference:
        case NonNull(of):
            return coerced(schema, value, of)
        case ListOf(of):
            if value is None:
                return None
            items = value if isinstance(value, tuple) else (value,)
            return tuple(coerced(schema, item, of) for item in items)
        case Named(name):
            if name == "ID" and isinstance(value, int) and not isinstance(value, bool):
                return str(value)
            type = schema.types.get(name)
            if type is not None and type.kind is Kind.ENUM and isinstance(value, str):
                return EnumName(value)
            return value


def as_enums(schema: Schema, value: Value, reference: Reference) -> Value:
    """Answer the value as it was written, save that strings for enum values become these."""
    match reference:
        case NonNull(of):
            return as_enums(schema, value, of)
        case ListOf(of) if isinstance(value, tuple):
            return tuple(as_enums(schema, item, of) for item in value)
        case ListOf(of):
            return as_enums(schema, value, of)
        case Named(name):
            type = schema.types.get(name)
            is_enum = type is not None and type.kind is Kind.ENUM
            return EnumName(value) if is_enum and isinstance(value, str) else value


def fits_scalar(value: Value, name: str) -> bool:
    """Tell whether a specified scalar accepts the constant; scalars of the schema's own accept anything."""
    match name:
        case "Int":
            return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "String":
            return isinstance(value, str)
        case "Boolean":
            return isinstance(value, bool)
        case "ID":
            return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
        case _:
            return not isinstance(value, EnumName) or not value.name.startswith("$")


def fits(schema: Schema, value: Value, reference: Reference) -> bool:
    """Tell whether a constant may stand for the type (GraphQL, "Values of Correct Type")."""
    match reference:
        case NonNull(of):
            return value is not None and fits(schema, value, of)
        case ListOf(of):
            if value is None:
                return True
            return all(fits(schema, item, of) for item in (value if isinstance(value, tuple) else (value,)))
        case Named(name):
            return value is None or _fits_named(schema, value, name)


def _fits_named(schema: Schema, value: Value, name: str) -> bool:
    type = schema.types.get(name)
    if type is None or type.kind is Kind.SCALAR:
        return fits_scalar(value, name)
    if type.kind is Kind.ENUM:
        # Subgraph libraries print enum defaults as strings; a string that names a value is let pass.
        text = value.name if isinstance(value, EnumName) else value
        return isinstance(text, str) and (text in type.values or isinstance(value, str))
    if type.kind is not Kind.INPUT or not isinstance(value, dict):
        return False
    if value.keys() - type.inputs.keys():
        return False
    # What is left out is not asked after: Apollo's composer lets it pass too.
    return all(fits(schema, given, type.inputs[name].type) for name, given in value.items())
