"""Mutations over several subgraphs: in the client's order, each with its follow-ups."""

from typing import Any

from tests.scenarios.scenario import LINK, Case, It, Record, Scenario


def _counters_apart() -> list[Record]:
    things: list[Record] = [{"__typename": "Thing", "id": i, "n": 0, "m": 0, "name": f"N{i}"} for i in ("1", "2")]
    return [{"__typename": "Query", "things": things}, {"__typename": "Mutation", "things": things}, *things]


def _bump(it: It, arguments: dict[str, Any], what: str) -> Record | None:
    thing: Record | None = next((t for t in it.record["things"] if t["id"] == arguments["id"]), None)
    if thing is not None:
        thing[what] += arguments["by"]
        return {**thing}
    return None


def _zero(it: It, what: str) -> str:
    seen = " ".join(str(t[what]) for t in it.record["things"])
    for thing in it.record["things"]:
        thing[what] = 0
    return seen


_TWICE = """mutation ($x: Boolean!) {
  a: add(id: "1", by: 1) @include(if: $x) { n }
  t: touch(id: "1", by: 5) { m }
  c: add(id: "1", by: 2) { n }
  a: add(id: "1", by: 1) { id n }
}"""
_TWICE_BESIDE = """mutation ($x: Boolean!) {
  a: add(id: "1", by: 1) @include(if: $x) { name }
  b: add(id: "1", by: 5) { n }
  a: add(id: "1", by: 1) { n }
}"""

# Each subgraph has a state of its own, as servers have: only its own mutations count there.
SCENARIOS = {
    "order": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query { things: [Thing!]! }
            type Mutation { add(id: ID!, by: Int!): Thing resetA: String }
            type Thing @key(fields: "id") { id: ID! n: Int }
            """,
            "b": LINK
            + """
            type Mutation { touch(id: ID!, by: Int!): Thing resetB: String }
            type Thing @key(fields: "id") { id: ID! m: Int name: String twice: Int @requires(fields: "n") n: Int @external }
            """,
        },
        records=_counters_apart,
        rules={
            "Mutation.add": lambda it, a: _bump(it, a, "n"),
            "Mutation.touch": lambda it, a: _bump(it, a, "m"),
            "Mutation.resetA": lambda it, _: _zero(it, "n"),
            "Mutation.resetB": lambda it, _: _zero(it, "m"),
            "Thing.twice": lambda it, _: (it["n"] or 0) * 2,
        },
        cases={
            "a run of one subgraph is one request": Case(
                'mutation { a: add(id: "1", by: 1) { n } b: add(id: "1", by: 2) { n } resetA }', fetches=1
            ),
            "there, elsewhere, and there again": Case(
                'mutation { a: add(id: "1", by: 1) { n } t: touch(id: "1", by: 5) { m } c: add(id: "1", by: 2) { n } }',
                fetches=3,
            ),
            "a follow-up reads what its own mutation left": Case(
                'mutation { t: touch(id: "1", by: 5) { m n } a: add(id: "1", by: 1) { n twice name } }', fetches=4
            ),
            "nothing found, nothing followed": Case(
                'mutation { a: add(id: "none", by: 1) { n name } resetB }', fetches=2
            ),
            "one field under two conditions runs once, where it first stands": Case(_TWICE, {"x": True}, fetches=3),
            "and where it first stands with its conditions met": Case(_TWICE, {"x": False}, fetches=2),
            "in one request too": Case(_TWICE_BESIDE, {"x": True}, fetches=2),
            "and there in the client's order": Case(_TWICE_BESIDE, {"x": False}, fetches=1),
            "a type name at the root": Case(
                'mutation { __typename a: add(id: "2", by: 1) { __typename name } }', fetches=2
            ),
        },
        random=10,
    ),
}
