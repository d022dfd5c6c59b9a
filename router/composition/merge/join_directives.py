"""Directives that a supergraph carries inside `@join__directive`, unmerged: who applied them, with which arguments."""

from __future__ import annotations

from typing import TypeVar

from router.composition.merge.session import Session, Sources
from router.composition.schema.model import Application, Field, Type
from router.composition.schema.values import EnumName, Value, canonical

CARRIED = ("cacheTag",)


Part = TypeVar("Part", Field, Type)


def join_directives(session: Session, sources: Sources[Part]) -> tuple[Application, ...]:
    """Write one `@join__directive` for each distinct application on an element."""
    found: dict[str, tuple[str, dict[str, Value], list[Value]]] = {}
    for index, source in sorted(sources.items()):
        for directive in CARRIED:
            for application in session.subgraphs[index].find_all(source, directive):
                arguments = dict(application.arguments)
                key = f"{directive} {canonical(arguments)}"
                _, _, graphs = found.setdefault(key, (f"federation__{directive}", arguments, []))
                graphs.append(EnumName(session.graphs[index]))
    return tuple(
        Application("join__directive", {"graphs": tuple(graphs), "name": name, "args": arguments})
        for name, arguments, graphs in found.values()
    )
