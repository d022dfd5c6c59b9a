"""Root fields are not named like REST calls: query fields are nouns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.checks.lint.finding import Level
from router.checks.lint.graph import Element, Graph

CODE = "RESTY_FIELD_NAMES"
LEVEL = Level.ERROR


_OF_QUERIES = re.compile(r"(get|list|fetch|find|load|query|retrieve)[A-Z]\w*")
_OF_MUTATIONS = re.compile(r"(get|list|post|put|patch)[A-Z]\w*")


def find(graph: Graph) -> Iterator[tuple[Element, str]]:
    """Fields of Query and Mutation that begin with such a verb."""
    patterns = {graph.roots["query"]: _OF_QUERIES, graph.roots["mutation"]: _OF_MUTATIONS}
    for each in graph.fields:
        pattern = patterns.get(each.coordinate.partition(".")[0])
        found = pattern.fullmatch(each.name) if pattern else None
        if found is not None:
            noun = each.name.removeprefix(found[1])
            yield each, f"`{found[1]}` says nothing here: `{noun[0].lower()}{noun[1:]}` would do"
