"""Whatever is done to a schema: nothing raises, and each operation that becomes invalid is named with a reason."""

from __future__ import annotations

import random

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, validate, validate_schema

from router.checks.change import Severity
from router.checks.changes import changes
from router.checks.operations import Sender, from_documents
from router.checks.report import Report, Variant
from router.checks.reports import as_json, github, junit, markdown, table
from router.checks.verdict import judge

SCHEMA = """
type Query {
  hits(by: By, first: Int = 3): [Hit!]!
  node(id: ID!): Node
  item(id: ID!, kind: Kind = BIG): Item
}
type Mutation {
  save(input: Save!): Saved!
}
union Hit = Item | Other
union Saved = Item | Refused
interface Node {
  id: ID!
}
interface Problem {
  message: String!
}
type Item implements Node {
  id: ID!
  name: String!
  kind: Kind
  others(first: Int): [Other]
}
type Other implements Node {
  id: ID!
  name: String!
  item: Item
}
type Refused implements Problem {
  message: String!
  code: Kind!
}
enum Kind {
  BIG
  SMALL
}
input By {
  name: String
  kind: Kind = SMALL
  inner: Inner
}
input Inner {
  deep: [Int!]
}
input Save {
  name: String!
  by: By
}
directive @mark(as: String) on FIELD
"""
OPERATIONS = [
    "query A($by: By) { hits(by: $by) { __typename ... on Item { id name } ... on Other { id name item { name } } } }",
    'query B { hits(by: {name: "x", kind: BIG, inner: {deep: [1]}}, first: 2) { ... on Node { id } } }',
    "query C($id: ID!) { node(id: $id) { id ... on Item { kind others(first: 1) { id } } ... on Other { name } } }",
    'query D($id: ID!, $kind: Kind) { item(id: $id, kind: $kind) { ...F } } fragment F on Item { name kind @mark(as: "x") }',
    "mutation E($input: Save!) { save(input: $input) { ... on Item { id } ... on Problem { message } } }",
    "mutation G($n: String!, $by: By) { save(input: {name: $n, by: $by}) { ... on Refused { code } } }",
    "query H($deep: [Int!]) { hits(by: {inner: {deep: $deep}}) { ... on Item { name @mark } } }",
]  # fmt: skip
SWAPS = [("!", ""), (": String", ": String!"), (": Int", ": ID"), ("ID!", "String!"), (" = 3", ""), (" | Other", ""), (" | Item", ""),
         ("Item | ", ""), (" implements Node", ""), (" implements Problem", ""), ("  name", "  title"), (": Kind", ": Int"), ("[", ""),
         ("(as: String)", "(to: Int!)"), ("on FIELD", "on QUERY"), ("(first: Int)", ""), ("Kind = BIG", "Kind!"), ("input By", "input By @oneOf")]  # fmt: skip


def mutated(chance: random.Random) -> GraphQLSchema | None:
    """The schema after a few changes; None where that is none any more."""
    lines = SCHEMA.splitlines()
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        if chance.random() < 0.2 and lines[place].startswith("  "):
            del lines[place]
        else:
            old, new = chance.choice(SWAPS)
            near = next((n for n in range(place, len(lines)) if old in lines[n]), None)
            if near is not None:
                lines[near] = lines[near].replace(old, new, 1)
    try:
        made = build_schema("\n".join(lines).replace("[Hit!!", "[Hit!"))
    except (GraphQLError, TypeError):
        return None
    return None if validate_schema(made) else made


@pytest.mark.parametrize("seed", range(4))
def test_no_operation_becomes_invalid_untold(seed: int) -> None:
    chance, old = random.Random(seed), build_schema(SCHEMA)
    operations = from_documents([(f"{n}.graphql", text) for n, text in enumerate(OPERATIONS)], Sender("web"))
    judged = 0
    assert [each.name for each in operations if validate(old, each.document)] == []

    while judged < 25:
        new = mutated(chance)
        if new is None:
            continue
        judged += 1
        found = changes(old, new)
        verdict = judge(found, old, new, operations)
        broken = {e.operation.name for each in verdict.changes for e in each.effects if e.severity is Severity.BREAKING}
        broken |= {effect.operation.name for effect in verdict.invalid}
        report = Report("old", "new", (Variant("", verdict),))
        for write in (markdown, junit, as_json):
            assert write(report)
        assert bool(github(report)) == any(each.effects for each in verdict.changes) or verdict.invalid

        assert table(report, colour=True)
        assert {each.name for each in operations if validate(new, each.document)} <= broken
        assert not broken or verdict.severity is Severity.BREAKING
        assert {each.change for each in verdict.changes} == set(found)
