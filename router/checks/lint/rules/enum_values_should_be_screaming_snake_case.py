"""Enum values are named in SCREAMING_SNAKE_CASE."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "ENUM_VALUES_SHOULD_BE_SCREAMING_SNAKE_CASE"
LEVEL = Level.ERROR


_SCREAMING = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Values that are named otherwise."""
    for each in graph.values:
        if not _SCREAMING.fullmatch(each.name):
            yield each, "the value is not named in SCREAMING_SNAKE_CASE"
