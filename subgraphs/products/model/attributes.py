"""Attributes: which ones a product type defines, whether values fit, and the texts by which filters find them."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TEXT_MAX = 500
NAME = re.compile(r"[a-z][a-zA-Z0-9]{0,39}")
CHOICES_MAX = 100
UNIT_MAX = 20


class AttributeKind(enum.Enum):
    """What values an attribute takes."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"


@dataclass(frozen=True, kw_only=True)
class AttributeDefinition:
    """One attribute that a product type allows: on its products, or on each of their variants."""

    name: str
    kind: AttributeKind
    required: bool = False
    of_variant: bool = False
    choices: tuple[str, ...] = ()
    unit: str | None = None

    def problem(self) -> str | None:
        """Say what is wrong with the definition itself, or None."""
        if not NAME.fullmatch(self.name):
            return "is no name: letters and digits, a small letter first, at most 40"
        if self.choices and self.kind is not AttributeKind.TEXT:
            return "can offer choices only of texts"
        if len(self.choices) > CHOICES_MAX or any(not each.strip() or len(each) > TEXT_MAX for each in self.choices):
            return f"offers at most {CHOICES_MAX} texts to choose from"
        if self.unit is not None and len(self.unit) > UNIT_MAX:
            return f"has a unit of more than {UNIT_MAX} characters"
        return None

    def plain(self) -> dict[str, object]:
        """The definition as JSON has it."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "required": self.required,
            "ofVariant": self.of_variant,
            "choices": list(self.choices),
            "unit": self.unit,
        }

    def problem_with(self, value: object) -> str | None:
        """Say what is wrong with `value`, or None when it fits."""
        match self.kind:
            case AttributeKind.TEXT:
                if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MAX:
                    return f"must be a text of 1 to {TEXT_MAX} characters"
            case AttributeKind.NUMBER:
                if isinstance(value, bool) or not isinstance(value, int | float):
                    return "must be a number"
            case AttributeKind.BOOLEAN:
                if not isinstance(value, bool):
                    return "must be true or false"
        if self.choices and value not in self.choices:
            return f"must be one of {', '.join(self.choices)}"
        return None


def facets_of(attributes: Iterable[Mapping[str, object]]) -> dict[str, list[str]]:
    """Collect every value by attribute name, as texts, sorted: `{"color": ["Black", "Silver"]}`."""
    values: dict[str, set[str]] = {}
    for each in attributes:
        for name, value in each.items():
            values.setdefault(name, set()).add(facet_text(value))
    return {name: sorted(texts) for name, texts in sorted(values.items())}


def facet_text(value: object) -> str:
    """One spelling for each value: 16 and 16.0 are "16", True is "true"."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
