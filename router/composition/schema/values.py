"""Constant GraphQL values as Python values, and back to text.

None, bool, int, float and str stand for themselves; an enum value is an `EnumName`, a list a tuple, an input object a
dict. A number beyond all bounds stays as it is written, an `EnumName` too. A variable has no place in a constant; it
becomes the `EnumName` of its spelling, which no type accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
)
from graphql.language.print_string import print_string

DIGITS_MAX = 1_000
"""Integers of more digits are not read as such."""


@dataclass(frozen=True, slots=True)
class EnumName:
    """An enum value, told apart from the string of the same letters."""

    name: str


Value: TypeAlias = "bool | int | float | str | EnumName | tuple[Value, ...] | dict[str, Value] | None"


def value_of(node: ValueNode) -> Value:
    """Read a constant from the syntax tree."""
    match node:
        case NullValueNode():
            return None
        case BooleanValueNode(value=value):
            return value
        case IntValueNode(value=digits) if len(digits) <= DIGITS_MAX:
            return int(digits)
        case FloatValueNode(value=digits) if isfinite(float(digits)):
            return float(digits)
        case IntValueNode(value=digits) | FloatValueNode(value=digits):
            return EnumName(digits)
        case StringValueNode(value=text):
            return text
        case EnumValueNode(value=name):
            return EnumName(name)
        case ListValueNode(values=items):
            return tuple(value_of(item) for item in items)
        case ObjectValueNode(fields=fields):
            return {field.name.value: value_of(field.value) for field in fields}
        case _:
            return EnumName(f"${getattr(getattr(node, 'name', None), 'value', '')}")


def print_value(value: Value) -> str:
    """Write a constant as GraphQL text."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
        case str():
            return print_string(value)
        case EnumName(name):
            return name
        case tuple():
            return f"[{', '.join(print_value(item) for item in value)}]"
        case dict():
            return "{" + ", ".join(f"{name}: {print_value(item)}" for name, item in value.items()) + "}"


def canonical(value: Value) -> str:
    """Answer a text that is equal for equal constants, whatever the order of their object fields."""
    match value:
        case tuple():
            return f"[{','.join(canonical(item) for item in value)}]"
        case dict():
            return "{" + ",".join(f"{name}:{canonical(value[name])}" for name in sorted(value)) + "}"
        case _:
            return print_value(value)
