"""Fields are named in camelCase."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "FIELD_NAMES_SHOULD_BE_CAMEL_CASE"
LEVEL = Level.ERROR


_CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Fields of object types and interfaces that are named otherwise."""
    for each in graph.fields:
        if not _CAMEL.fullmatch(each.name):
            yield each, "the field is not named in camelCase"
