"""Do other gateways take the supergraphs that we compose? `python -m tests.peers.load ../shared/conformance`

Composes the subgraphs of every gateway suite, of every case of the composition corpus that has a supergraph, and of the
shop (with its storefront contract), and has @apollo/gateway and @graphql-hive/gateway load each, beside the reference's own
supergraph for the same subgraphs. Prints a table and every difference; exits 1 when one of ours is refused whose
counterpart is taken. Needs `npm ci` in tests/peers first; takes minutes.

@apollo/gateway refuses what links @authenticated, @requiresScopes or @policy, whoever composed it: it gets these links as
mere remarks, in both columns (see compare.py).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.gateways import without_security
from router.composition import Composed, Source, compose
from router.contracts import contract
from router.sources.config import load_config
from router.sources.gather import gather

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GATEWAYS = "@apollo/gateway", "@graphql-hive/gateway"


@dataclass(frozen=True)
class Pair:
    """One set of subgraphs composed twice; without a reference where there is none."""

    group: str
    name: str
    ours: str | None
    reference: str | None


def ours(sources: Sequence[Source]) -> str | None:
    outcome = compose(sources)
    return outcome.sdl if isinstance(outcome, Composed) else None


def suites(corpus: Path) -> Iterator[Pair]:
    for folder in sorted((corpus / "gateway" / "suites").iterdir()):
        listed = json.loads((folder / "suite.json").read_text())["subgraphs"]
        sources = [Source(each["name"], each["url"], (folder / each["sdl"]).read_text()) for each in listed]
        yield Pair("gateway suites", folder.name, ours(sources), (folder / "supergraph.graphql").read_text())


def cases(corpus: Path) -> Iterator[Pair]:
    for file in sorted((corpus / "composition").glob("*.jsonl")):
        for line in file.read_text().splitlines():
            case = json.loads(line)
            reference = case["expected"].get("supergraph")
            if reference:
                sources = [Source(each["name"], each["url"] or "", each["sdl"]) for each in case["subgraphs"]]
                yield Pair("composition corpus", case["id"], ours(sources), reference)


def shop() -> Iterator[Pair]:
    config = load_config(ROOT / "supergraph.yaml", {})
    whole = ours(gather(config).sources)
    yield Pair("the shop", "whole", whole, None)
    for each in config.contracts if whole else ():
        made = contract(whole or "", each.include, each.exclude, hide_unreachable_types=each.hide_unreachable_types)
        yield Pair("the shop", f"contract {each.name}", made.sdl if isinstance(made, Composed) else None, None)


def load(pairs: Sequence[Pair]) -> Mapping[str, str | None]:
    """What each gateway says of each supergraph, by `number gateway whose`; None is that it loaded."""
    asked = []
    for number, pair in enumerate(pairs):
        for gateway in GATEWAYS:
            for whose, sdl in (("ours", pair.ours), ("reference", pair.reference)):
                if sdl is not None:
                    text = without_security(sdl) if gateway == "@apollo/gateway" else sdl
                    asked.append({"id": f"{number} {gateway} {whose}", "gateway": gateway, "sdl": text})
    said: dict[str, str | None] = {}
    while len(said) < len(asked):
        answers, died = _run(asked[len(said) :])
        said |= {answer["id"]: answer["error"] for answer in answers}
        if died is not None and len(said) < len(asked):
            # A gateway's native part may take the whole process with it: whom it fell over is told, the rest goes on.
            said[asked[len(said)]["id"]] = died
    return said


def _run(asked: Sequence[Mapping[str, str]]) -> tuple[list[dict[str, Any]], str | None]:
    """The answers node gave, and what it said when it died before the end."""
    lines = "".join(f"{json.dumps(each)}\n" for each in asked)
    run = subprocess.run(["node", "load.mjs"], cwd=HERE, input=lines, capture_output=True, text=True, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    if run.returncode == 0 and len(answers) == len(asked):
        return answers, None
    said = [line for line in run.stderr.splitlines() if line and not line.startswith(("stack backtrace", "note:"))]
    return answers, f"the process died ({run.returncode}): {' '.join(said)[-300:]}"


def report(pairs: Sequence[Pair], said: Mapping[str, str | None]) -> bool:
    """Print the table and the differences; whether ours load wherever the reference's do."""
    print("| supergraphs | composed | " + " | ".join(f"{name}: ours, the reference's" for name in GATEWAYS) + " |")
    print("|---" * (2 + len(GATEWAYS)) + "|")
    for group in dict.fromkeys(pair.group for pair in pairs):
        members = [number for number, pair in enumerate(pairs) if pair.group == group]
        composed = sum(pairs[number].ours is not None for number in members)
        cells = []
        for gateway in GATEWAYS:
            taken = []
            for whose in ("ours", "reference"):
                keys = [f"{number} {gateway} {whose}" for number in members]
                answered = [said[key] for key in keys if key in said]
                taken.append(f"{sum(error is None for error in answered)} of {len(answered)}" if answered else "-")
            cells.append(", ".join(taken))
        print(f"| {group} | {composed} of {len(members)} | " + " | ".join(cells) + " |")
    fine = True
    for number, pair in enumerate(pairs):
        if pair.ours is None:
            print(f"{pair.name} does not compose")
            fine = False
            continue
        for gateway in GATEWAYS:
            mine = said[f"{number} {gateway} ours"]
            theirs = said.get(f"{number} {gateway} reference")
            if mine is None and theirs is None:
                continue
            fine = fine and (mine is None or theirs is not None)
            other = "" if pair.reference is None else f"\n  the reference's: {theirs or 'loads'}"
            print(f"{pair.name}, {gateway}:\n  ours: {mine or 'loads'}{other}")
    return fine


def main() -> int:
    """Load everything; 0 when ours are taken wherever the reference's are."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers.load", description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path, help="the folder that holds gateway/ and composition/")
    parser.add_argument("--suites-only", action="store_true", help="leave the composition corpus out")
    options = parser.parse_args()
    pairs = [*suites(options.corpus), *(() if options.suites_only else cases(options.corpus)), *shop()]
    return 0 if report(pairs, load(pairs)) else 1


if __name__ == "__main__":
    sys.exit(main())
