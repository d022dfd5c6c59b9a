"""Random operations on the suites' supergraphs, whose answers no one recorded: `python -m tests.conformance.fresh ../shared/conformance`.

An answer must be that of the compiled executor, that on our own composition, that of the same operation in other words
(fragments written out and backwards, conditions by literals, every field under another name), and what the operations
that ask one path of it each say together. In other words it costs as many requests, give or take one under conditions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse, print_ast

from router.planning import Unreachable
from tests.conformance import rewrites
from tests.conformance.suites import UNEVEN, Suite
from tests.conformance.twice import composed
from tests.differential.operations import random_operation
from tests.differential.routed import Answer, Federation


class Different(AssertionError):
    """Two ways to the same answer do not agree; the message holds all it takes to see it again."""


def main() -> int:
    """Check every suite, print every difference; 0 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.fresh", description=__doc__)
    add_options(parser)
    options = parser.parse_args()
    passed = failed = left_out = 0
    for suite in chosen(options):
        check = Check.of(suite, options.seed)
        for number in range(options.operations):
            try:
                asyncio.run(check.one())
                passed += 1
            except Punished:
                left_out += 1
            except Different as difference:
                failed += 1
                print(f"FAIL {suite.folder.name}, operation {number}: {difference}\n", flush=True)
    for name, (field, reason) in UNEVEN.items():
        print(f"never asked for: {field} of {name}: {reason}")
    print(f"{left_out} left out, since a suite answers some right plans with an error")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which operations are drawn, on which suites."""
    parser.add_argument("corpus", type=Path, help="the folder that holds gateway/")
    parser.add_argument("--only", default="", help="suites, separated by commas")
    parser.add_argument("--seed", type=int, default=1, help="others for each seed, the same for the same")
    parser.add_argument("--operations", type=int, default=10, help="how many for each suite")


def chosen(options: argparse.Namespace) -> list[Suite]:
    """The suites that the options name, or all."""
    named = frozenset(filter(None, options.only.split(",")))
    return [each for each in Suite.all(options.corpus / "gateway") if not named or each.folder.name in named]


class Punished(Exception):
    """The suite answers with an error to a right plan."""


@dataclass
class Check:
    """One suite on the reference's supergraph and on our own."""

    suite: Suite
    federation: Federation
    own: Federation
    draw: Callable[[], tuple[str, dict[str, Any]]]

    @staticmethod
    def of(suite: Suite, seed: int) -> Check:
        """The check of a suite; its operations depend on its name and the seed."""
        federation = suite.federation(suite.sdl())
        source, writer = random.Random(f"{suite.folder.name} {seed}"), suite.writer(federation)
        schema = suite.schema(federation)

        def draw() -> tuple[str, dict[str, Any]]:
            kind = "mutation" if schema.mutation_type and source.random() < 0.5 else "query"
            return random_operation(schema, source, kind, writer=writer)

        return Check(suite, federation, suite.federation(composed(suite.folder)), draw)

    async def one(self) -> None:
        """Draw an operation and check it. Raises Different."""
        text, variables = self.draw()
        where = f"\n{text}\nvariables {json.dumps(variables)}\n"
        right, requests = await self.ask(self.federation, text, variables)
        self.suite.state.reset()
        if requests and (fast := self.federation.fast(text, variables)) is not None:
            _same(f"{where}compiled", right, fast)
        own, own_requests = await self.ask(self.own, text, variables)
        _same(f"{where}on our composition", right, own)
        if own_requests != requests:
            raise Different(f"{where}{requests} requests, {own_requests} on our composition")
        operation = rewrites.inlined(parse(text))
        for name, rewritten in _rewritten(operation, variables):
            again = print_ast(rewritten)
            answer, needed = await self.ask(self.federation, again, variables)
            answer = Answer(rewrites.original(answer.data), answer.errors)
            _same(f"{where}{name}\n{again}", right, answer, ordered=False)
            # Under conditions one more may be needed or not: see tests.differential.check.check_fetches.
            if abs(needed - requests) > ("if: $" in text):
                raise Different(f"{where}{requests} requests, {needed} {name}\n{again}")
        if operation.operation.value == "query":
            await self.paths(where, operation, variables, right)

    async def paths(
        self, where: str, operation: OperationDefinitionNode, variables: Mapping[str, Any], right: Answer
    ) -> None:
        """Hold the answer to the answers to its single paths. Raises Different."""
        parts = [
            (await self.ask(self.federation, print_ast(path), variables))[0]
            for path in rewrites.single_paths(operation)
        ]
        errors = [error for part in parts for error in part.errors]
        try:
            together = reduce(rewrites.merged, (part.data for part in parts))
        except ValueError as error:
            raise Different(f"{where}single paths: {error}") from None
        if bool(errors) != bool(right.errors):
            raise Different(f"{where}errors differ\n  whole {right.errors}\n  single paths {errors}")
        if not errors:
            _same(f"{where}single paths", right, Answer(together, []), ordered=False)

    async def ask(self, federation: Federation, text: str, variables: Mapping[str, Any]) -> tuple[Answer, int]:
        """An answer and what it cost. Raises Different where a subgraph refused a request."""
        self.suite.state.reset()
        before, punished = federation.fetches, self.suite.punished()
        try:
            answer = await federation.generic(text, dict(variables))
        except Unreachable:
            return Answer(None, [()]), 0
        except Exception as error:
            raise Different(f"\n{text}\nvariables {json.dumps(variables)}\n{error!r}") from error
        if self.suite.punished() > punished:
            raise Punished
        if broken := federation.broken_rules():
            for server in self.suite.servers.values():
                server.broken_rules.clear()
            raise Different(f"\n{text}\nvariables {json.dumps(variables)}\n{broken[0]}")
        return answer, federation.fetches - before


def _rewritten(
    operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> list[tuple[str, OperationDefinitionNode]]:
    found = [
        ("inlined", operation),
        ("decided", rewrites.decided(operation, variables)),
        ("renamed", rewrites.renamed(operation)),
    ]
    if operation.operation.value == "query":
        found.append(("backwards", rewrites.reversed_(operation)))
    return found


def _same(where: str, right: Answer, other: Answer, *, ordered: bool = True) -> None:
    if bool(right.errors) != bool(other.errors):
        raise Different(f"{where}: errors differ\n  one   {right.errors}\n  other {other.errors}")
    one, two = (json.dumps(answer.data, sort_keys=not ordered) for answer in (right, other))
    if one != two:
        raise Different(f"{where}: data differs\n  one   {one}\n  other {two}")


if __name__ == "__main__":
    sys.exit(main())
