"""Random operations on the conformance suites through three gateways: `python -m tests.peers.fresh ../shared/conformance`.

Asks each operation of tests.conformance.fresh of this router, of @apollo/gateway and of @graphql-hive/gateway. Prints where
the data differ, or whether there are errors, and where this router makes more subgraph requests than the cheaper of the
others that answers the same. That is to be looked at by hand: gateways may differ where none is wrong, and often one is. Needs `npm ci` in tests/peers first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import parse, print_ast

from tests.conformance import rewrites
from tests.conformance.__main__ import stub
from tests.conformance.fresh import Check, Different, Punished, add_options, chosen
from tests.conformance.suites import Suite
from tests.conformance.twice import BASE, plain

HERE = Path(__file__).resolve().parent
SAME = "the same"
GATEWAYS = "@apollo/gateway", "@graphql-hive/gateway"


@dataclass(frozen=True)
class Answered:
    """What a gateway made of an operation: `data` as sorted text, in which True is not 1 and 1.0 is 1."""

    data: str
    errors: bool
    requests: int

    @staticmethod
    def of(data: Any, errors: Any, requests: int) -> Answered:
        """From an answer's parts."""
        return Answered(json.dumps(plain(data), sort_keys=True), bool(errors), requests)

    def __str__(self) -> str:
        return f"{self.requests} requests, {'errors' if self.errors else 'no errors'}: {self.data}"


class Peers:
    """The other gateways, in one Node process; each serves the supergraph it was told last."""

    def __init__(self, process: subprocess.Popen[str], subgraphs: str) -> None:
        self.process, self.subgraphs = process, subgraphs
        self.suite = ""

    def serve(self, suite: Suite) -> None:
        """Load a suite's supergraph. Raises ValueError where one of them does not take it."""
        self.suite = suite.folder.name
        refused = self._say(sdl=suite.sdl().replace(BASE, self.subgraphs))
        if refused is not None:
            raise ValueError(refused)

    def ask(self, gateway: str, text: str, variables: Mapping[str, Any]) -> Answered:
        """One gateway's answer, from subgraphs that remember nothing."""
        self._http("_reset", b"{}")
        answer = self._say(gateway=gateway, query=text, variables=variables)
        return Answered.of(rewrites.original(answer.get("data")), answer.get("errors"), len(self._http("_log")))

    def _say(self, **message: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def _http(self, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(f"{self.subgraphs}/{self.suite}/{path}", body)
        with urllib.request.urlopen(request, timeout=10) as reply:
            return json.loads(reply.read())


@contextmanager
def peers(gateway: Path) -> Iterator[Peers]:
    """The other gateways and the corpus' subgraphs, until the block ends."""
    with (
        stub(gateway) as subgraphs,
        subprocess.Popen(
            ["node", "ask.mjs"],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        yield Peers(process, subgraphs)


def main() -> None:
    """Compare, print what differs, and a count of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers.fresh", description=__doc__)
    add_options(parser)
    options = parser.parse_args()
    tally: Counter[str] = Counter()
    with peers(options.corpus / "gateway") as others:
        for suite in chosen(options):
            others.serve(suite)
            check = Check.of(suite, options.seed)
            for number in range(options.operations):
                tally[compared(check, others, f"{suite.folder.name}, operation {number}")] += 1
    print(", ".join(f"{count} {verdict}" for verdict, count in tally.most_common()))


def compared(check: Check, others: Peers, where: str) -> str:
    """Ask one operation of all, print the answers if there is something to look at; how this router's stands."""
    text, variables = check.draw()
    try:
        answer, requests = asyncio.run(check.ask(check.federation, text, variables))
    except Punished:
        return "left out"
    except Different as fault:
        print(f"{where}: {fault}\n")
        return "faulty"
    ours = Answered.of(answer.data, answer.errors, requests)
    # Aliases that are names of keys make the others lose fields.
    plain_names = print_ast(rewrites.renamed(rewrites.inlined(parse(text))))
    theirs = {name: others.ask(name, plain_names, variables) for name in GATEWAYS}
    verdict = judged(ours, theirs)
    if verdict != SAME:
        print(f"{verdict}: {where}\n{text}\nvariables {json.dumps(variables)}")
        for name, each in {"this router": ours, **theirs}.items():
            print(f"  {name}: {each}")
        print(flush=True)
    return verdict


def judged(ours: Answered, theirs: Mapping[str, Answered]) -> str:
    """How this router's answer stands to the others'."""
    alike = [name for name, each in theirs.items() if each.data == ours.data]
    if not alike:
        return "unlike all, who agree" if len({each.data for each in theirs.values()}) == 1 else "unlike all"
    if ours.requests > min(theirs[name].requests for name in alike):
        return "dearer"
    if len(alike) < len(theirs):
        return f"like {alike[0]}"
    return SAME if all(each.errors == ours.errors for each in theirs.values()) else "other errors"


if __name__ == "__main__":
    main()
