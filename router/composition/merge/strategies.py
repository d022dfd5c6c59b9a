"""How one directive's arguments from several subgraphs become one set of arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from router.composition.schema.values import Value

Arguments: TypeAlias = Mapping[str, Value]

CLAUSES_MAX = 256
"""An access rule keeps no more alternatives than this: the product of many would not end; fewer is only stricter."""


def _every_rule(name: str) -> Callable[[Sequence[Arguments]], dict[str, Value]]:
    """All rules hold at once: the conjunction of alternatives, written as alternatives again."""

    def merge(applications: Sequence[Arguments]) -> dict[str, Value]:
        rules = [clauses(arguments.get(name)) for arguments in applications]
        return {name: tuple(tuple(sorted(clause)) for clause in conjunction(rules))}

    return merge


def clauses(value: Value) -> list[frozenset[str]]:
    """Answer an access rule's alternatives, each a set of names that must all be held."""
    if not isinstance(value, tuple):
        return []
    return [frozenset(str(item) for item in inner) for inner in value[:CLAUSES_MAX] if isinstance(inner, tuple)]


def conjunction(rules: Sequence[Sequence[frozenset[str]]]) -> list[frozenset[str]]:
    """Answer the alternatives that satisfy every rule, leaving out those another one makes needless."""
    answer: list[frozenset[str]] = [frozenset()]
    for rule in rules:
        if not rule:
            continue
        product = {left | right for left in answer for right in rule}
        shortest = sorted(product, key=lambda clause: (len(clause), sorted(clause)))[: 4 * CLAUSES_MAX]
        answer = [clause for clause in shortest if not any(other < clause for other in shortest)][:CLAUSES_MAX]
    return answer


def _numbers(applications: Sequence[Arguments], name: str) -> list[int]:
    return [value for arguments in applications if isinstance(value := arguments.get(name), int)]


def _cost(applications: Sequence[Arguments]) -> dict[str, Value]:
    return {"weight": max(_numbers(applications, "weight"))}


def _list_size(applications: Sequence[Arguments]) -> dict[str, Value]:
    merged: dict[str, Value] = {}
    sizes = _numbers(applications, "assumedSize")
    if sizes:
        merged["assumedSize"] = max(sizes)
    for name in ("slicingArguments", "sizedFields"):
        lists = [value for arguments in applications if isinstance(value := arguments.get(name), tuple)]
        if lists:
            merged[name] = tuple(dict.fromkeys(str(item) for items in lists for item in items))
    merged["requireOneSlicingArgument"] = all(
        arguments.get("requireOneSlicingArgument") is not False for arguments in applications
    )
    return merged


@dataclass(frozen=True, slots=True)
class Strategy:
    """How a directive's arguments are merged, as a function and as words for the hint."""

    merge: Callable[[Sequence[Arguments]], dict[str, Value]]
    words: str


STRATEGIES: Final[Mapping[str, Strategy]] = {
    "requiresScopes": Strategy(_every_rule("scopes"), '{ "scopes": DNF_CONJUNCTION }'),
    "policy": Strategy(_every_rule("policies"), '{ "policies": DNF_CONJUNCTION }'),
    "cost": Strategy(_cost, '{ "weight": MAX }'),
    "listSize": Strategy(
        _list_size,
        '{ "assumedSize": NULLABLE_MAX, "slicingArguments": NULLABLE_UNION, "sizedFields": NULLABLE_UNION,'
        ' "requireOneSlicingArgument": NULLABLE_AND }',
    ),
}
"""By canonical directive name; a directive without a strategy keeps its most frequent application."""
