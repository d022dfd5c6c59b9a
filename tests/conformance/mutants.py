"""Asks Apollo's composer and ours the same of mutants of the corpus: `python -m tests.conformance.mutants ../shared/conformance`.

Needs Node, and `npm ci` in bench/peers. A mutant is a case of the corpus with a line dropped, a type, directive, version
or field set changed, or a name taken twice. Compared are the sets of error codes, the supergraphs, and the sets of hint
codes; where the reference throws instead of answering, nothing is.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from graphql import parse

from router.composition import Composed, Source, compose

PEERS: Final = Path(__file__).parents[2] / "bench" / "peers"
SDL_MAX: Final = 6_000
"""Longer cases, in characters, are left out: they take long and say the same."""

_TYPES = ("Int", "String", "ID", "Boolean", "[Int]", "[String!]")
_DIRECTIVES = (
    "@shareable",
    "@external",
    "@inaccessible",
    '@key(fields: "id")',
    '@tag(name: "m")',
    '@override(from: "a")',
    '@requires(fields: "id")',
    '@provides(fields: "id")',
    "@interfaceObject",
    "@authenticated",
    "@deprecated",
    "@cost(weight: 2)",
    "@listSize(assumedSize: 3)",
)
_FIELD_SETS = ("id", "nope", "id name", "__typename", "id @skip(if: true)", "id {", "name")


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
            changed = chance.choice(subgraphs)
            changed["sdl"] = _change(changed["sdl"], chance)
        if any(item["sdl"] != other["sdl"] for item, other in zip(subgraphs, case["subgraphs"], strict=True)):
            number += 1
            yield Mutant(f"{number} {case['id']}", subgraphs)


def _change(sdl: str, chance: random.Random) -> str:
    """Make one change; none where the chosen one finds nothing to change."""
    match chance.randrange(8):
        case 0:
            lines = sdl.split("\n")
            inner = [number for number, line in enumerate(lines) if line.startswith("  ") and "@link" not in line]
            dropped = chance.choice(inner) if inner else -1
            return "\n".join(line for number, line in enumerate(lines) if number != dropped)
        case 1:
            return _replaced(sdl, r" @(?!link|composeDirective)\w+(\([^()]*\))?", "", chance)
        case 2:
            return _replaced(sdl, r"(?<=: )(Int|String|ID|Boolean|Float)\b", chance.choice(_TYPES), chance)
        case 3:
            return _replaced(sdl, r"(?<=\w)!", "", chance)
        case 4:
            return _imported(_replaced(sdl, r"(?m)(?<=[\w!\]])$", f" {chance.choice(_DIRECTIVES)}", chance))
        case 5:
            return _replaced(sdl, r"federation/v2\.\d+", f"federation/v2.{chance.randrange(13)}", chance)
        case 6:
            return _replaced(sdl, r'(?<=fields: ")[^"]*(?=")', chance.choice(_FIELD_SETS), chance)
        case _:
            names = re.findall(r"\b(?:type|interface|input|enum|union|scalar) (\w+)", sdl)
            name = chance.choice(names) if names else ""
            return _replaced(sdl, r"(?<=\btype )\w+", name, chance) if name else sdl


def _replaced(sdl: str, pattern: str, text: str, chance: random.Random) -> str:
    found = list(re.finditer(pattern, sdl))
    if not found:
        return sdl
    one = chance.choice(found)
    return sdl[: one.start()] + text + sdl[one.end() :]


def _imported(sdl: str) -> str:
    """Add imports for the federation directives that are used without."""
    link = re.search(r"federation/v[^)]*import: \[([^\]]*)\]", sdl)
    if link is None:
        return sdl
    names = {directive.partition("(")[0] for directive in _DIRECTIVES} - {"@deprecated"}
    missing = [f'"{name}"' for name in sorted(names) if f" {name}" in sdl and f'"{name}"' not in link[1]]
    return sdl[: link.start(1)] + ", ".join([link[1], *missing] if link[1] else missing) + sdl[link.end(1) :]


def _difference(mutant: Mutant, theirs: dict[str, Any]) -> str | None:
    """Say how the two answers differ, if they do."""
    if "thrown" in theirs:
        return None
    outcome = compose([Source(item["name"], item["url"], item["sdl"]) for item in mutant.subgraphs])
    if not isinstance(outcome, Composed):
        ours = {fault.code for fault in outcome.faults}
        expected = {str(error["code"]) for error in theirs.get("errors", ())}
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
