"""The check itself: one seed's world, its operations, and what must be equal."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.differential.make import make
from tests.differential.operations import random_operation
from tests.differential.routed import Answer, Federation, federation_of
from tests.differential.servers import Server

# What worlds suffer from, by turns: nothing, nulls, errors, both.
TROUBLES = ((0.0, 0.0), (0.15, 0.0), (0.0, 0.05), (0.15, 0.05))

# So many requests more an operation may cost with variables in its conditions.
DEARER_MAX = 2


class Different(AssertionError):
    """The routed answer is not the monolith's; the message holds all it takes to see it again."""


@dataclass
class Tally:
    """What one seed did."""

    operations: int = 0
    fast: int = 0
    handed_over: int = 0
    fetches: int = 0
    dearer: int = 0


async def check_seed(seed: int, *, operations: int, nulls: float | None = None, errors: float | None = None) -> Tally:
    """Compare `operations` random operations. Raises Different."""
    usual = TROUBLES[seed % len(TROUBLES)]
    world = make(seed, nulls=usual[0] if nulls is None else nulls, errors=usual[1] if errors is None else errors)
    whole = Server(world)
    log: list[str] = []
    federation = federation_of(world, log)
    source = world.chance("operations")
    dearer = 0
    for number in range(operations):
        kind = "mutation" if world.mutations and source.random() < 0.15 else "query"
        text, variables = random_operation(whole.schema, source, kind)
        right = whole.answer({"query": text, "variables": variables})
        where = f"seed {seed}, operation {number}\n{text}\nvariables {json.dumps(variables)}\n"
        before = federation.fetches
        routed = await federation.generic(text, variables)
        fetches = federation.fetches - before
        _same(where, "what ran", whole.log, log)
        compare(where, right, routed, federation.fast(text, variables), federation)
        dearer += await check_fetches(where, text, variables, fetches, federation)
        whole.log.clear()
        log.clear()
    return Tally(operations, federation.compiled, federation.handed_over, federation.fetches, dearer)


def compare(where: str, right: dict[str, Any], routed: Answer, fast: Answer | None, federation: Federation) -> None:
    """Hold both executors' answers to the right one, and the subgraphs' requests to the rules. Raises Different."""
    _same(where, "data", right.get("data"), routed.data)
    _same_errors(where, right, routed.errors)
    if fast is not None:
        _same(where + "compiled\n", "data", right.get("data"), fast.data)
        if right.get("errors"):
            raise Different(f"{where}the fast path answered without the errors {right['errors']}")
    if broken := federation.broken_rules():
        raise Different(f"{where}{broken[0]}")


_CONDITION = re.compile(r"(@(?:skip|include)\(if: )\$(\w+)\)")


async def check_fetches(where: str, text: str, variables: dict[str, Any], fetches: int, federation: Federation) -> bool:
    """Hold the requests to those of the same operation with its conditions written out. Raises Different.

    There planning sees that a field is skipped; with a variable that must not cost more. It may rarely: where two fields
    are in one request for both of them, or apart for one of them alone. That is one request, or two where the inputs of
    these fields are together or apart as well. Answers whether it cost more.
    """
    decided = _CONDITION.sub(lambda found: f"{found[1]}{json.dumps(variables[found[2]])})", text)
    if decided == text:
        return False
    before = federation.fetches
    await federation.generic(decided, variables)
    least = federation.fetches - before
    if fetches > least + DEARER_MAX:
        raise Different(f"{where}{fetches} requests, {least} with its conditions decided before")
    return fetches > least


def _same(where: str, what: str, right: Any, routed: Any) -> None:
    # Text, so that the order of keys counts and True is not 1.
    if json.dumps(right) != json.dumps(routed):
        raise Different(f"{where}{what} differs\n  right  {json.dumps(right)}\n  routed {json.dumps(routed)}")


def _same_errors(where: str, right: dict[str, Any], routed: list[tuple[str | int, ...]]) -> None:
    """Errors are there or not, alike; and each that the router reports explains a null of the answer.

    Not the same set: where a null travels upwards, an executor may leave out the errors of siblings.
    """
    errors = right.get("errors", [])
    if bool(errors) != bool(routed):
        raise Different(f"{where}errors differ\n  right  {errors}\n  routed {routed}")
    for path in routed:
        here = right.get("data")
        for step in path:
            if here is None:
                break
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                raise Different(
                    f"{where}the router reports an error at {path}, which is no place of the answer"
                ) from None
        if here is not None:
            raise Different(f"{where}the router reports an error at {path}, where the answer has a value")
