"""Arguments and input fields are named in camelCase."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "INPUT_ARGUMENT_NAMES_SHOULD_BE_CAMEL_CASE"
LEVEL = Level.ERROR


_CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Arguments and fields of input types that are named otherwise."""
    for each in (*graph.arguments, *graph.input_fields):
        if not _CAMEL.fullmatch(each.name):
            yield each, "the argument is not named in camelCase"
