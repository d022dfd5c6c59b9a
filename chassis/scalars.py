"""What no input may hold, whatever field it is for: what PostgreSQL cannot store, and numbers nobody means.

PostgreSQL has no place for the character U+0000 in a text (its documentation, 8.3), and `1e999999` is a short text and
a very long number. Both are refused before a resolver sees them.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, DecimalException
from typing import Any

from graphql import DocumentNode, GraphQLError, StringValueNode, Visitor, visit
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.types.scalar import ScalarDefinition

NUL = "\0"
# More than any amount of money, rate or weight has, before the point and after it.
DIGITS_MAX = 30
_TEXT_MAX = 100


def _decimal(value: object) -> Decimal:
    text = value if isinstance(value, str) else str(value)
    try:
        number = Decimal(text) if len(text) <= _TEXT_MAX else None
    except DecimalException:
        number = None
    if number is None or not number.is_finite() or isinstance(value, bool):
        raise StrawberryInputCoercionError(f'Value cannot represent a Decimal: "{text[:_TEXT_MAX]}".')
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if number.adjusted() >= DIGITS_MAX or exponent < -DIGITS_MAX:
        raise StrawberryInputCoercionError(
            f'Value cannot represent a Decimal: "{text}" has more than {DIGITS_MAX} digits before or after its point.'
        )
    return number


DECIMAL = ScalarDefinition(
    name="Decimal",
    description="Decimal (fixed-point)",
    specified_by_url=None,
    serialize=str,
    parse_value=_decimal,
    parse_literal=None,
    origin=Decimal,
)


def nul_in_variables(variables: Any, path: str = "") -> str | None:
    """Where a JSON value holds U+0000, as `$input.lines[0].sku`; None when it nowhere does."""
    match variables:
        case str():
            return path if NUL in variables else None
        case dict():
            items: Iterator[tuple[str, Any]] = (
                (f"{path}.{key}" if path else f"${key}", value) for key, value in variables.items()
            )
        case list():
            items = ((f"{path}[{index}]", value) for index, value in enumerate(variables))
        case _:
            return None
    for where, value in items:
        if NUL in where:
            return path or "$"
        if found := nul_in_variables(value, where):
            return found
    return None


class _Nul(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: StringValueNode | None = None

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        if NUL in node.value:
            self.found = node


def nul_in_document(document: DocumentNode) -> GraphQLError | None:
    """The error of a document with U+0000 in one of its strings; None for one without."""
    looking = _Nul()
    visit(document, looking)
    if looking.found is None:
        return None
    return GraphQLError(
        "A text may not hold the character U+0000.", looking.found, extensions={"code": "BAD_USER_INPUT"}
    )
