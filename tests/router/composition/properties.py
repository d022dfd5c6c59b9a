"""What holds of composition whatever it is given. Each property is a function of a seed.

    python -m tests.router.composition.properties --minutes 60 --seed 0

looks for counterexamples as long as told, and prints the seed of each; `./dev test` tries a few. Subgraphs come from
random worlds cut into pieces (tests/differential), from the generated federation, and from the conformance corpus where
it lies beside the checkout. A broken property is an AssertionError, or whatever exception composition let out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from bench.federation import ROOT
from bench.generated import federation
from router.composition import Composed, Outcome, Refused, Source, compose
from router.supergraph import Supergraph
from tests.differential import sdl
from tests.differential.make import make

CORPUS: Final = ROOT.parent / "shared" / "conformance" / "composition"
SLOW_S: Final = 20
"""No more CPU time than this for any seed, when looking for hours: what hangs is broken too."""
_TOKEN: Final = re.compile(r'""".*?"""|"[^"\n]*"|[_A-Za-z]\w*|-?\d[\d.]*|\s+|.', re.DOTALL)
_CODE: Final = re.compile(r"[A-Z][A-Z0-9_]+")
_JUNK: Final = (
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "!",
        ":",
        "@",
        "|",
        "&",
        "=",
        "$",
        '"',
        '"""',
        "...",
        "#",
        "\\",
        "\x00",
        "é",
        "\ud800",
    ),
    *("extend", "type", "interface", "union", "input", "enum", "scalar", "schema", "directive", "implements", "on"),
    *("Query", "Int", "ID", "String", "id", "__typename", "_Any", "_entities", "null", "true", "0", "1e9", "-1"),
    *('@key(fields: "id")', "@shareable", "@external", "@inaccessible", "@interfaceObject", '@override(from: "a")'),
    *('@requires(fields: "id")', '@provides(fields: "id")', "@extends", '@tag(name: "x")', "@authenticated"),
)
_FIELD_SETS: Final = (
    *("", " ", "{", "}", "{}", "id id", "id { id }", "nothing", "id {", "... on Query { id }", "...F", "__typename"),
    *(
        "id(a: 1)",
        "a: id",
        "id @skip(if: true)",
        "e { " * 40 + "id" + " }" * 40,
        "1",
        '\\"',
        "$context { id }",
        "id,id",
    ),
)


def subgraphs(seed: int) -> list[Source]:
    """The pieces of a random world: they fit together."""
    made = make(seed, nulls=0, errors=0)
    return [Source(name, f"http://{name}", sdl.of_subgraph(made, name)) for name in made.subgraphs]


def what_was_one_composes(seed: int) -> None:
    """The pieces of one schema compose, and what they compose to can be served."""
    outcome = compose(subgraphs(seed))
    assert isinstance(outcome, Composed), outcome
    Supergraph.parse(outcome.sdl)


def order_does_not_matter(seed: int) -> None:
    """Equal to the letter: the supergraph orders subgraphs, types and directives by name, not as they came.

    Of refusals the same faults are told, in whatever order.
    """
    source = random.Random(seed)
    given = _any_subgraphs(source, seed)
    if source.random() < 0.5:
        given = mutated(given, source)
    shuffled = source.sample(given, len(given))
    first, second = compose(given), compose(shuffled)
    match first, second:
        case Composed(), Composed():
            assert first.sdl == second.sdl
        case Refused(), Refused():
            assert _told(first) == _told(second)
        case _:
            raise AssertionError(f"composes in one order only: {first} {second}")


def a_mutation_is_composed_or_refused(seed: int) -> None:
    """Whatever is done to one subgraph: a supergraph that can be read, or faults with codes; never an exception."""
    source = random.Random(seed)
    given = _any_subgraphs(source, seed)
    for _ in range(source.choice((1, 1, 1, 2, 5))):
        given = mutated(given, source)
    assert_answered(compose(given))


def assert_answered(outcome: Outcome) -> None:
    """A supergraph that can be read, or at least one fault, each with a code and words."""
    match outcome:
        case Composed():
            Supergraph.parse(outcome.sdl)
        case Refused():
            assert outcome.faults
            assert all(_CODE.fullmatch(fault.code) and fault.message for fault in outcome.faults)


def _told(refused: Refused) -> set[tuple[str, str]]:
    return {(fault.code, " ".join(sorted(fault.message.split()))) for fault in refused.faults}


PROPERTIES: Final[tuple[Callable[[int], None], ...]] = (
    what_was_one_composes,
    order_does_not_matter,
    a_mutation_is_composed_or_refused,
)

# ----------------------------------------------------------------------------------------------------------- mutations


def mutated(given: Sequence[Source], source: random.Random) -> list[Source]:
    """Change one thing in one subgraph."""
    index = source.randrange(len(given))
    changed = list(given)
    changed[index] = replace(given[index], sdl=_changed(given[index].sdl, source))
    return changed


def _changed(text: str, source: random.Random) -> str:
    tokens = _TOKEN.findall(text)
    words = [at for at, token in enumerate(tokens) if not token.isspace()]
    if not words:
        return source.choice(_JUNK)
    at, other = source.choice(words), source.choice(words)
    names = [at for at in words if tokens[at][:1].isalpha()] or words
    match source.randrange(12):
        case 0:
            tokens[at] = ""
        case 1:
            tokens[at] += " " + tokens[at]
        case 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case 3:
            tokens[source.choice(names)] = tokens[source.choice(names)]
        case 4:
            tokens[source.choice(names)] = source.choice(_JUNK)
        case 5:
            tokens[at] += f" {source.choice(_JUNK)} "
        case 6:
            return _without_one(text, r"@\w+(?:\([^)]*\))?", source)
        case 7:
            return _without_one(text, r"(?m)^.*\n", source)
        case 8:
            return text[: source.randrange(len(text))]
        case 9:
            strings = [at for at in words if tokens[at].startswith('"') and not tokens[at].startswith('"""')]
            if strings:
                tokens[source.choice(strings)] = f'"{source.choice(_FIELD_SETS)}"'
        case 10:
            types = [at for at in names if tokens[at - 2 : at - 1] == [":"] or tokens[at - 1] == "["]
            if len(types) > 1:
                first, second = source.sample(types, 2)
                tokens[first], tokens[second] = tokens[second], tokens[first]
        case _:
            blocks = re.findall(r"(?m)^(?:extend )?(?:type|interface|union|enum|input)[^{}]*(?:\{[^{}]*\})?", text)
            if blocks:
                return text + "\n" + source.choice(("", "extend ")) + source.choice(blocks)
    return "".join(tokens)


def _without_one(text: str, pattern: str, source: random.Random) -> str:
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    gone = source.choice(found)
    return text[: gone.start()] + text[gone.end() :]


def _any_subgraphs(source: random.Random, seed: int) -> list[Source]:
    choice = source.random()
    if choice < 0.1:
        return [Source(each.name, each.url, each.sdl) for each in federation(10, seed=seed, entities=2)]
    if choice < 0.6 and (cases := corpus()):
        return list(source.choice(cases))
    return subgraphs(seed)


@cache
def corpus() -> tuple[tuple[Source, ...], ...]:
    """The conformance corpus, where it is there."""
    found = []
    for path in sorted(CORPUS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            given = json.loads(line)["subgraphs"]
            if given:
                found.append(tuple(Source(each["name"], each.get("url") or "", each["sdl"]) for each in given))
    return tuple(found)


def main() -> int:
    """Look for counterexamples; 1 when there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0, help="the first one tried")
    options = parser.parse_args()
    until = time.monotonic() + options.minutes * 60
    seed, broken = options.seed, 0
    while time.monotonic() < until:
        for holds in PROPERTIES:
            began = time.process_time()
            try:
                holds(seed)
                assert time.process_time() - began < SLOW_S, "takes too long"
            except Exception:
                broken += 1
                print(f"{holds.__name__}({seed})\n{traceback.format_exc(limit=-3)}", file=sys.stderr)
        seed += 1
    print(f"seeds {options.seed} to {seed - 1}: {broken} counterexamples")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
