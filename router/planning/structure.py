"""A plan as JSON-shaped data, in the structure that Apollo's tools show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from router.plan import (
    Condition,
    Defer,
    Deferred,
    Each,
    EntityFetch,
    Fetch,
    Key,
    Lookup,
    Node,
    On,
    Parallel,
    Path,
    Plan,
    RepresentationField,
    RepresentationSelection,
    Sequence,
    Subscription,
)


def as_json(plan: Plan) -> dict[str, Any]:
    """`{"kind": "QueryPlan", "node": …}`. Several lookups in one request are a `BatchFetch`, one entry each."""
    return {"kind": "QueryPlan", "node": None if plan.root is None else _node(plan.root)}


def _optional(node: Node | None) -> dict[str, Any] | None:
    return None if node is None else _node(node)


def _node(node: Node) -> dict[str, Any]:
    match node:
        case Fetch():
            shown = _request(node) | {"operationKind": node.kind.value}
            return shown if not node.path else {"kind": "Flatten", "path": _path(node.path), "node": shown}
        case EntityFetch():
            return _entity_fetch(node)
        case Sequence(nodes):
            return {"kind": "Sequence", "nodes": [_node(each) for each in nodes]}
        case Parallel(nodes):
            return {"kind": "Parallel", "nodes": [_node(each) for each in nodes]}
        case Condition(variable, then, otherwise):
            clauses = {"ifClause": _optional(then), "elseClause": _optional(otherwise)}
            present = {name: clause for name, clause in clauses.items() if clause is not None}
            return {"kind": "Condition", "condition": variable, **present}
        case Defer(primary, deferred):
            return {
                "kind": "Defer",
                "primary": {"node": _optional(primary)},
                "deferred": [_deferred(each) for each in deferred],
            }
        case Subscription(primary, rest):
            return {"kind": "Subscription", "primary": _node(primary), "rest": _optional(rest)}


def _deferred(part: Deferred) -> dict[str, Any]:
    shown = {"depends": [], "label": part.label, "queryPath": _path(part.path), "node": _optional(part.node)}
    return shown if part.variable is None else shown | {"if": part.variable}


def _request(fetch: Fetch | EntityFetch) -> dict[str, Any]:
    return {
        "kind": "Fetch",
        "serviceName": fetch.subgraph,
        "variableUsages": list(fetch.variables),
        "operation": fetch.operation,
        "operationName": fetch.operation_name,
    }


def _entity_fetch(fetch: EntityFetch) -> dict[str, Any]:
    shown = _request(fetch) | {"operationKind": "query"}
    if len(fetch.lookups) == 1 and len(fetch.lookups[0].paths) == 1:
        lookup = fetch.lookups[0]
        return {"kind": "Flatten", "path": _path(lookup.paths[0]), "node": shown | {"requires": _requires(lookup)}}
    lookups = [
        {
            "alias": lookup.reply_key,
            "paths": [_path(path) for path in lookup.paths],
            "requires": _requires(lookup),
        }
        for lookup in fetch.lookups
    ]
    return shown | {"kind": "BatchFetch", "lookups": lookups}


def _path(path: Path) -> list[str]:
    parts: list[str] = []
    for step in path:
        match step:
            case Key(name):
                parts.append(name)
            case Each():
                parts.append("@")
            case On(types):
                parts.append(f"|[{', '.join(types)}]")
    return parts


def _requires(lookup: Lookup) -> list[dict[str, Any]]:
    return [
        {
            "kind": "InlineFragment",
            "typeCondition": typename,
            "selections": [{"kind": "Field", "name": "__typename"}, *_selections(each.selections)],
        }
        for each in lookup.representations
        for typename in ((each.typename,) if each.typename else each.types)
    ]


def _selections(selections: Iterable[RepresentationSelection]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in selections:
        if isinstance(each, RepresentationField):
            shown: dict[str, Any] = {"kind": "Field", "name": each.name}
            if each.tree_key != each.name:
                shown["alias"] = each.tree_key
            if each.selections:
                shown["selections"] = _selections(each.selections)
            found.append(shown)
        else:
            found += [
                {"kind": "InlineFragment", "typeCondition": name, "selections": _selections(each.selections)}
                for name in each.types
            ]
    return found
