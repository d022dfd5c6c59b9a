"""The check of one hand-made federation: its named cases, then random operations."""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import dataclass
from typing import Any

from graphql import build_schema, print_schema

from tests.differential.check import Different, check_fetches, compare
from tests.differential.operations import random_operation
from tests.differential.routed import Federation
from tests.scenarios.scenario import Scenario
from tests.scenarios.stub import Stub


@dataclass
class Bench:
    """A federation, its stubs, and the one schema that holds everything."""

    federation: Federation
    stubs: list[Stub]
    whole: Stub
    dearer: int = 0

    @staticmethod
    def of(scenario: Scenario) -> Bench:
        """Compose a scenario and start its stubs."""
        federation = Federation.composed(scenario.subgraphs, labels=scenario.labels)
        schema = build_schema(print_schema(federation.supergraph.api_schema))
        stubs = {name: Stub.of_subgraph(scenario, name, schema) for name in scenario.subgraphs}
        federation.servers |= stubs
        return Bench(federation, list(stubs.values()), Stub(scenario, schema, None, schema))

    async def check(self, name: str, text: str, variables: dict[str, Any]) -> int:
        """Compare both executors with the one schema; answer the generic one's requests. Raises Different."""
        self.restart()
        right = self.whole.answer({"query": text, "variables": variables})
        before = self.federation.fetches
        routed = await self.federation.generic(text, variables)
        fetches = self.federation.fetches - before
        self.restart()
        fast = self.federation.fast(text, variables)
        where = f"{name}\n{text}\nvariables {json.dumps(variables)}\n"
        compare(where, right, routed, fast, self.federation)
        self.restart()
        if await check_fetches(where, text, variables, fetches, self.federation):
            self.dearer += 1
        return fetches

    def restart(self) -> None:
        """Undo what mutations did."""
        for stub in (*self.stubs, self.whole):
            stub.restart()


async def check_scenario(scenario: Scenario, *, named: bool = True) -> None:
    """Raises Different for a wrong answer, a broken rule, or more fetches than a case needs."""
    bench = Bench.of(scenario)
    for name, case in scenario.cases.items() if named else ():
        fetches = await bench.check(name, case.query, dict(case.variables))
        if case.fetches is not None and fetches != case.fetches:
            raise Different(f"{name}: {fetches} fetches, {case.fetches} would do\n{bench.federation.plan(case.query)}")
    source = random.Random(zlib.crc32(repr(sorted(scenario.subgraphs.items())).encode()))
    for number in range(scenario.random):
        text, variables = random_operation(bench.whole.schema, source)
        await bench.check(f"random operation {number}", text, variables)
    if bench.dearer * 10 > scenario.random:
        raise Different(f"{bench.dearer} of {scenario.random} random operations cost a request more than needed")
