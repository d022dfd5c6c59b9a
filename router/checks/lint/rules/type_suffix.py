"""Types do not say in their names that they are types."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph, kind_of

CODE = "TYPE_SUFFIX"
LEVEL = Level.WARN


_NAMED = re.compile(r"(Type|Object|Interface|Enum|Union)[A-Z]\w*|\w+(Type|Object|Interface|Enum|Union)")


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Types with the kind of type before or behind the name."""
    for each in graph.types:
        found = _NAMED.fullmatch(each.name)
        word = (found[1] or found[2]) if found else ""
        if word and word.lower() in (*kind_of(each.node).split(), "type"):
            yield each, f"`{word}` in the name repeats what it is"
