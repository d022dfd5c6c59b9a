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
