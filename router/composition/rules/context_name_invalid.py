"""CONTEXT_NAME_INVALID: a context's name is joined with its subgraph's by underscores, so it has none itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from router.composition.expand.subgraph import Subgraph
from router.composition.outcome import Fault
from router.composition.rules.reporting import fault

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def check(subgraph: Subgraph) -> Iterator[Fault]:
    """Judge the name of every @context."""
    for type in subgraph.schema.types.values():
        for application in subgraph.find_all(type, "context"):
            name = application.arguments.get("name")
            if isinstance(name, str) and _NAME.fullmatch(name) is not None:
                continue
            why = (
                "may not contain an underscore."
                if isinstance(name, str) and "_" in name
                else "is invalid. It should have only alphanumeric characters."
            )
            yield fault(
                subgraph,
                "CONTEXT_NAME_INVALID",
                f'Context name "{name}" {why}',
                application.at,
                fix="Start with a letter, and use letters and digits only.",
            )
