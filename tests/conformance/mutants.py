"""Asks Apollo's composer and ours the same of mutants of the corpus: `python -m tests.conformance.mutants ../shared/conformance`.

Needs Node, and `npm ci` in bench/peers. A mutant is a case of the corpus with a change or two (mutations.py). Compared are
the sets of error codes, the supergraphs, and the sets of hint codes; where the reference throws instead of answering,
nothing is.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphql import parse

from router.composition import Composed, Source, compose
from tests.conformance.mutations import change

PEERS: Final = Path(__file__).parents[2] / "bench" / "peers"
SDL_MAX: Final = 6_000
"""Longer cases, in characters, are left out: they take long and say the same."""


def main() -> int:
    """Compose the mutants with both, print where they differ; 0 when nowhere."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.mutants", description=__doc__)
    parser.add_argument("corpus", type=Path, help="the folder that holds composition/")
    parser.add_argument("--count", type=int, default=500, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="others for each seed, the same for the same")
    options = parser.parse_args()
    mutants = list(_mutants(options.corpus / "composition", options.count, random.Random(options.seed)))
    asked = "".join(json.dumps({"subgraphs": mutant.subgraphs}) + "\n" for mutant in mutants)
    told = subprocess.run(
        ["node", "answer.mjs"],
        cwd=PEERS,
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    differing = 0
    for mutant, line in zip(mutants, told.stdout.splitlines(), strict=True):
        difference = _difference(mutant, json.loads(line))
        if difference is not None:
            differing += 1
            print(f"{mutant.name}: {difference}")
    print(f"{len(mutants)} mutants, {differing} differ")
    return 1 if differing else 0


@dataclass(frozen=True)
class Mutant:
    """A changed case."""

    name: str
    subgraphs: list[dict[str, str]]


def _mutants(corpus: Path, count: int, chance: random.Random) -> Iterator[Mutant]:
    lines = [line for path in sorted(corpus.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    cases = [case for case in map(json.loads, lines) if sum(len(item["sdl"]) for item in case["subgraphs"]) < SDL_MAX]
    number = 0
    while number < count:
        case: dict[str, Any] = chance.choice(cases)
        subgraphs = [
            {"name": item["name"], "url": item.get("url") or "", "sdl": item["sdl"]} for item in case["subgraphs"]
        ]
        for _ in range(chance.choice((1, 1, 2))):
            change(subgraphs, chance)
        if [(item["name"], item["sdl"]) for item in subgraphs] != [
            (item["name"], item["sdl"]) for item in case["subgraphs"]
        ]:
            number += 1
            yield Mutant(f"{number} {case['id']}", subgraphs)


def _told_apart(subgraphs: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(item["name"], item["sdl"]) for item in subgraphs]


def _difference(mutant: Mutant, theirs: dict[str, Any]) -> str | None:
    """Say how the two answers differ, if they do."""
    if "thrown" in theirs:
        return None
    outcome = compose([Source(item["name"], item["url"], item["sdl"]) for item in mutant.subgraphs])
    if not isinstance(outcome, Composed):
        ours = {fault.code for fault in outcome.faults}
        # What is wrong with composed directives in the merged schema, the reference tells without a code.
        expected = {error["code"] or "DIRECTIVE_COMPOSITION_ERROR" for error in theirs.get("errors", ())}
        return None if ours == expected else f"{sorted(ours)}, the reference {sorted(expected) or 'composes'}"
    if "errors" in theirs:
        return f"composes, the reference {theirs['errors']}"
    if _definitions(outcome.sdl) != _definitions(theirs["supergraphSdl"]):
        return "another supergraph"
    hints, expected = {hint.code for hint in outcome.hints}, {hint["code"] for hint in theirs["hints"]}
    return None if hints == expected else f"hints differ in {sorted(hints ^ expected)}"


def _definitions(sdl: str) -> object:
    """Answer the document without the orders that mean nothing."""
    return _unordered(parse(sdl, no_location=True).to_dict())


def _unordered(value: object) -> object:
    match value:
        case dict():
            return tuple((key, _unordered(item)) for key, item in sorted(value.items()) if key != "block")
        case list() | tuple():
            return tuple(sorted((_unordered(item) for item in value), key=repr))
        case _:
            return value


if __name__ == "__main__":
    sys.exit(main())
