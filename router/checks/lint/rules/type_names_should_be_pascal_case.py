"""Types are named in PascalCase."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "TYPE_NAMES_SHOULD_BE_PASCAL_CASE"
LEVEL = Level.ERROR


_PASCAL = re.compile(r"[A-Z][a-zA-Z0-9]*")


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Types that are named otherwise."""
    for each in graph.types:
        if not _PASCAL.fullmatch(each.name):
            yield each, "the type is not named in PascalCase"
