"""Decides a plan's conditions for given variables: what is left has none, and can be compiled.

What subgraphs are sent stays as it is: their operations carry the conditions themselves, with the variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from router.plan import (
    Condition,
    Defer,
    EntityFetch,
    Fetch,
    Field,
    Fragment,
    Lookup,
    Node,
    Parallel,
    Selection,
    Subscription,
)
from router.plan import Sequence as SequenceNode


def decide(node: Node | None, variables: Mapping[str, Any]) -> Node | None:
    """The node without conditions; None where nothing is left of it."""
    match node:
        case None:
            return None
        case Fetch():
            return replace(node, selections=_selections(node.selections, variables))
        case EntityFetch():
            lookups = tuple(_lookup(lookup, variables) for lookup in node.lookups)
            return replace(node, lookups=lookups) if any(lookup.paths for lookup in lookups) else None
        case SequenceNode(nodes):
            return _joined(SequenceNode, (decide(child, variables) for child in nodes))
        case Parallel(nodes):
            return _joined(Parallel, (decide(child, variables) for child in nodes))
        case Condition(variable, then, otherwise):
            return decide(then if variables.get(variable) else otherwise, variables)
        case Defer() | Subscription():
            return node
        case _:
            assert_never(node)


def _lookup(lookup: Lookup, variables: Mapping[str, Any]) -> Lookup:
    """One that asks for nothing finds no objects: the request that holds it declares its variable all the same."""
    lookup = lookup.asking(variables)
    if not lookup.representations:
        return replace(lookup, selections=(), paths=())
    return replace(
        lookup,
        selections=_selections(lookup.selections, variables),
        representations=tuple(each.decided(variables) for each in lookup.representations),
    )


def _joined(kind: type[SequenceNode | Parallel], nodes: Iterable[Node | None]) -> Node | None:
    left = tuple(node for node in nodes if node is not None)
    if len(left) > 1:
        return kind(left)
    return left[0] if left else None


def _selections(selections: Sequence[Selection], variables: Mapping[str, Any]) -> tuple[Selection, ...]:
    out: list[Selection] = []
    for selection in selections:
        if not all(condition.holds(variables) for condition in selection.conditions):
            continue
        inner = _selections(selection.selections, variables)
        match selection:
            case Field():
                out.append(replace(selection, conditions=(), selections=inner))
            case Fragment():
                out.append(replace(selection, conditions=(), selections=inner))
    return tuple(out)
