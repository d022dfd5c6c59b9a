"""Composition's satisfiability check and the planner agree, though each walks a graph of its own (docs/decisions/0007).

What the check accepts the planner plans; what it refuses, the planner cannot plan: the query that the fault names.

    python -m tests.router.composition.agreement --minutes 10 --seed 0

The check refuses more on purpose where other gateways' planners would not follow (docs/decisions/0007): what a field
requires must be reachable from the subgraph that resolves it, and both ends of a progressive @override must be.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from unittest.mock import patch

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
    validate,
)

from router.composition import Composed, Fault, Refused, Source, compose, satisfiability
from router.graph import Graph
from router.planning import Unreachable, plan
from router.supergraph import Supergraph
from tests.router.composition.properties import subgraphs

STRICTER: Final = ("cannot satisfy @requires conditions", "is overridden")
_KEY: Final = re.compile(r'@key\(fields: "\w+"')
_WITNESS: Final = re.compile(r"query:\n(.*?)\ncannot be satisfied", re.DOTALL)
_EXAMPLES: Final = {"Int": "1", "Float": "1.5", "Boolean": "true"}


def agree(seed: int) -> tuple[int, int]:
    """Compose a random world of which some keys are cut off, and plan; answers how much was planned and refused."""
    source = random.Random(seed)
    given = subgraphs(seed)
    for _ in range(source.choice((0, 1, 1, 2))):
        given = cut_off(given, source)
    match compose(given):
        case Composed(sdl):
            return planned(sdl), 0
        case Refused(faults):
            return 0, unplannable(given, [fault for fault in faults if fault.code == "SATISFIABILITY_ERROR"])


def planned(sdl: str) -> int:
    """Plan every field of every type on some way to it. Raises Unreachable when one cannot be."""
    supergraph = Supergraph.parse(sdl)
    graph, count = Graph.of(supergraph), 0
    for operation in operations(supergraph.api_schema):
        document = parse(operation)
        assert not validate(supergraph.api_schema, document), operation
        for labels in (frozenset[str](), supergraph.override_labels):
            plan(graph.under(labels), document, None)
            count += 1
    return count


def unplannable(given: Sequence[Source], faults: Sequence[Fault]) -> int:
    """See that nobody plans what the faults call unanswerable, save where the check is stricter on purpose."""
    witnesses = [
        found[1]
        for fault in faults
        if not any(words in fault.message for words in STRICTER)
        and (found := _WITNESS.search(fault.message)) is not None
    ]
    if not witnesses:
        return 0
    supergraph = Supergraph.parse(unchecked(given))
    graph = Graph.of(supergraph)
    for witness in witnesses:
        document = parse(re.sub(r"(?m)^(\s*)\.\.\.$", r"\1__typename", witness))
        assert not validate(supergraph.api_schema, document), witness
        try:
            plan(graph, document, None)
        except Unreachable:
            continue
        raise AssertionError(f"refused, but planned: {witness}")
    return len(witnesses)


def unchecked(given: Sequence[Source]) -> str:
    """The supergraph as it would be printed if every query could be satisfied."""
    with patch.object(satisfiability, "check", return_value=()):
        outcome = compose(given)
    assert isinstance(outcome, Composed), outcome
    return outcome.sdl


def cut_off(given: Sequence[Source], source: random.Random) -> list[Source]:
    """Take a subgraph one of its keys, or the way in by it."""
    index = source.randrange(len(given))
    changed, text = list(given), given[index].sdl
    keys = list(_KEY.finditer(text))
    if keys:
        key = source.choice(keys)
        closed = source.random() < 0.5
        text = (
            f"{text[: key.end()]}, resolvable: false{text[key.end() :]}"
            if closed
            else text[: key.start()] + text[key.end() + 1 :]
        )
        changed[index] = replace(given[index], sdl=text)
    return changed


def operations(schema: GraphQLSchema) -> Iterator[str]:
    """For each composite type that can be reached, one query for all its fields, by a shortest way."""
    assert schema.query_type is not None
    seen: set[str] = set()
    ahead: list[tuple[object, tuple[str, ...]]] = [(schema.query_type, ())]
    for type, way in ahead:
        if not isinstance(type, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) or type.name in seen:
            continue
        seen.add(type.name)
        if not isinstance(type, GraphQLObjectType):
            ahead += [(each, (*way, f"... on {each.name}")) for each in schema.get_possible_types(type)]
        if isinstance(type, GraphQLUnionType):
            continue
        selected = []
        for name, field in type.fields.items():
            target = get_named_type(field.type)
            called = name + _arguments(field)
            selected.append(called if is_leaf_type(target) else f"{called} {{ __typename }}")
            ahead.append((target, (*way, called)))
        yield "{ " + " { ".join((*way, " ".join(selected))) + " }" * (len(way) + 1)


def _arguments(field: GraphQLField) -> str:
    given = [f"{name}: {_example(item)}" for name, item in field.args.items() if is_required_argument(item)]
    return f"({', '.join(given)})" if given else ""


def _example(argument: GraphQLArgument) -> str:
    return _EXAMPLES.get(get_named_type(argument.type).name, '"1"')


def main() -> int:
    """Look for disagreements as long as told; the first one is raised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0, help="the first one tried")
    options = parser.parse_args()
    until, seed, made, refused = time.monotonic() + options.minutes * 60, options.seed, 0, 0
    while time.monotonic() < until:
        counts = agree(seed)
        made, refused, seed = made + counts[0], refused + counts[1], seed + 1
    print(f"seeds {options.seed} to {seed - 1}: {made} plans made, {refused} queries neither satisfiable nor planned")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
